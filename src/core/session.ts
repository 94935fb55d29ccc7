import { pauseAfter, retryAfterMs } from './backoff.js'
import { PairingError, type PairingErrorCode } from './errors.js'
import { isSame } from './is-same.js'
import { asAmount } from './json.js'
import { endsWithCode, slowCodeAt } from './next-question.js'
import { normalizePairingCode } from './pairing-code.js'
import { isSamePhone, type PhoneNumber } from './phone-number.js'
import type { PairingMethod, PairingSnapshot, ProviderTiming } from './provider.js'
import { promisedAt, qrDeadAt, qrHiddenAt, trackQrCode } from './qr-lifetime.js'
import { qrPayloadKey } from './qr-payload.js'
import type {
  PairingRefreshMode,
  Phase,
  Poll,
  QrRound,
  SessionEvent,
  SessionFacts,
  SessionState,
} from './session-state.js'
import { isOver, viewSession } from './session-view.js'

export const DEFAULT_MAX_REFRESHES = 3
const SILENCE_MS = 60_000
const CLOCK_TOLERANCE_MS = 1_000
const FAILURE_LIMIT = 3
const WEATHER_LIMIT = 8
const weather: readonly PairingErrorCode[] = ['network', 'timeout', 'provider-unavailable', 'rate-limited']
const LINKING_GRACE_MS = 10_000
const LINKING_LIMIT_MS = 5 * 60_000
const WAITING_LIMIT_MS = 10 * 60_000
const CODE_COOL_DOWN_MS = 30_000
const REPLACED_LIMIT = 12
const NEVER = Number.NEGATIVE_INFINITY

export interface SessionOptions {
  readonly provider: string
  readonly attemptSeed: string
  readonly expectedPhoneNumber: string | undefined
  readonly clearsLeftovers: boolean
  readonly method: PairingMethod
  readonly methods: readonly PairingMethod[]
  readonly timing: ProviderTiming
  readonly maxRefreshes: number
  readonly refreshMode?: PairingRefreshMode | undefined
  readonly autoStart: boolean
}

const unasked: Poll = { answeredAt: NEVER, quietUntil: 0, promisedAt: NEVER, failures: 0, error: undefined }
const noCodes: QrRound = {
  display: 'waiting',
  code: undefined,
  askedAt: NEVER,
  isInvited: false,
  shown: 0,
  broken: 0,
  wanted: 1,
  replaced: [],
}

export function initialState(
  { autoStart, method, refreshMode = 'auto', ...setup }: SessionOptions,
  now: number,
): SessionState {
  const facts: SessionFacts = {
    setup: { ...setup, refreshMode },
    method,
    phase: { name: autoStart ? 'active' : 'idle' },
    since: now,
    roundSince: now,
    waitingSince: now,
    now,
    attempt: autoStart ? 1 : 0,
    copies: 0,
    departures: 0,
    reset: 'none',
    isEnding: false,
    poll: unasked,
    qr: noCodes,
    code: { name: 'number' },
    codeQuietUntil: 0,
  }
  return { facts, session: viewSession(facts) }
}

export function transition(state: SessionState, event: SessionEvent): SessionState {
  const { facts } = state
  const s: SessionFacts = { ...facts, poll: { ...facts.poll }, qr: { ...facts.qr } }
  settle(s, event.at)
  apply(s, event)
  settle(s, event.at)
  if (isSame(s, facts)) return state
  s.now = event.at
  return { facts: s, session: viewSession(s, state.session) }
}

function settle(s: SessionFacts, at: number): void {
  const { qr, code, setup } = s
  if (at < s.now - CLOCK_TOLERANCE_MS) return forgetTimes(s, at)
  if (code.name === 'live') {
    if (at >= code.code.expiresAt) {
      s.code = { name: 'spent', phoneNumber: code.phoneNumber }
      end(s)
    } else if (at >= slowCodeAt(code.code) && !code.isSlow) s.code = { ...code, isSlow: true }
  }
  if (s.codeQuietUntil && at >= s.codeQuietUntil) {
    s.codeQuietUntil = 0
    if (code.name === 'number' && code.error?.code === 'rate-limited') s.code = { ...code, error: undefined }
  }
  if (qr.code && qr.display === 'visible' && at >= qrHiddenAt(qr.code, setup.timing)) {
    qr.display = 'waiting'
    s.waitingSince = at
  }
  if (qr.code && endsWithCode(s) && at >= qrDeadAt(qr.code, setup.timing)) {
    qr.display = qr.code.number >= setup.maxRefreshes ? 'spent' : 'held'
    end(s)
  }
  if (at - s.now > SILENCE_MS) s.waitingSince = at
}

function forgetTimes(s: SessionFacts, at: number): void {
  const { qr, code } = s
  s.poll = { ...unasked }
  qr.askedAt = NEVER
  hide(qr)
  qr.code &&= {
    ...qr.code,
    firstSeenAt: at,
    confirmedAt: NEVER,
    bornAfter: undefined,
    ownExpiresAt: undefined,
    promisedAt: undefined,
  }
  if (code.name === 'live') s.code = { name: 'spent', phoneNumber: code.phoneNumber }
  s.codeQuietUntil = 0
  s.now = s.since = s.waitingSince = at
  s.roundSince = Math.min(s.roundSince, at)
}

function apply(s: SessionFacts, event: SessionEvent): void {
  const { at } = event
  switch (event.type) {
    case 'started':
      return start(s, at)
    case 'cancelled':
      s.code = { name: 'number' }
      return enter(s, { name: 'idle' }, at)
    case 'method-chosen':
      return choose(s, event.method)
    case 'number-submitted':
      return submit(s, event.phoneNumber, at)
    case 'number-rejected':
      s.code = { name: 'number', error: event.error }
      return
    case 'number-withdrawn':
      s.code = { name: 'number' }
      return
    case 'expected': {
      const { setup } = s
      s.setup = {
        ...setup,
        expectedPhoneNumber: event.phoneNumber ?? setup.expectedPhoneNumber,
        clearsLeftovers: event.clearsLeftovers ?? setup.clearsLeftovers,
        refreshMode: event.refreshMode ?? setup.refreshMode,
      }
      if (s.setup.refreshMode === 'auto' && s.qr.display === 'held') askForNextCode(s, at)
      return checkPhone(s, at)
    }
    case 'answered':
      return answered(s, event)
    case 'reset-done':
      if (!isResetDue(s)) return
      s.poll = { ...unasked }
      s.qr.askedAt = NEVER
      s.reset = s.reset === 'due' ? 'done' : 'none'
      return
    case 'errored':
      return errored(s, event)
    case 'push-ended':
      s.poll.promisedAt = NEVER
      return
    case 'copied':
      s.copies += 1
      return
    case 'left':
      if (!isOver(viewSession(s))) s.departures += 1
      return
    case 'image-broken':
      if (s.qr.display === 'visible') imageBroken(s, at)
  }
}

export const isResetDue = ({ reset }: SessionFacts): boolean => reset === 'due' || reset === 'unlink-due'

function submit(s: SessionFacts, phoneNumber: PhoneNumber, at: number): void {
  choose(s, 'phone-code')
  if (s.phase.name === 'idle') start(s, at)
  if (s.phase.name !== 'active' || s.method !== 'phone-code' || s.code.name === 'requesting') return
  if (at < s.codeQuietUntil) return
  s.code = { name: 'requesting', phoneNumber }
  s.isEnding = false
  s.poll.quietUntil = 0
}

function choose(s: SessionFacts, method: PairingMethod): void {
  const { methods } = s.setup
  const isOpen = s.phase.name === 'active' || s.phase.name === 'idle' || s.phase.name === 'failed'
  if (isOpen && (methods.length === 0 || methods.includes(method))) s.method = method
}

function imageBroken(s: SessionFacts, at: number): void {
  s.qr.display = 'waiting'
  s.qr.broken += 1
  const error = new PairingError('invalid-answer', 'The QR image cannot be shown.')
  if (s.qr.broken < FAILURE_LIMIT) retry(s, error, at)
  else enter(s, { name: 'failed', error }, at)
}

function start(s: SessionFacts, at: number): void {
  const { phase, qr, code } = s
  const isActive = phase.name === 'active'
  if (isActive && qr.display === 'held' && s.method === 'qr') return askForNextCode(s, at)
  if (phase.name === 'linking' || (isActive && qr.display !== 'spent' && code.name !== 'spent')) return
  const { error } = { error: undefined, ...phase }
  const isReset = error?.action === 'start-over'
  s.reset = isReset ? (error?.code === 'wrong-phone-number' ? 'unlink-due' : 'due') : 'none'
  const isRepeat = s.method === 'phone-code' && code.name === 'spent' && at >= s.codeQuietUntil
  s.code = isRepeat ? { ...code, name: 'requesting' } : { name: 'number' }
  s.poll = { ...unasked }
  s.qr = { ...noCodes, code: qr.code && { ...qr.code, number: 0 }, replaced: qr.replaced }
  s.isEnding = false
  s.roundSince = s.waitingSince = at
  s.attempt += 1
  enter(s, { name: 'active' }, at)
}

function askForNextCode(s: SessionFacts, at: number): void {
  forgetQr(s.qr)
  Object.assign<QrRound, Partial<QrRound>>(s.qr, {
    display: 'waiting',
    wanted: s.qr.shown + 1,
    isInvited: true,
  })
  s.isEnding = false
  s.poll.promisedAt = NEVER
  s.waitingSince = at
}

function enter(s: SessionFacts, phase: Phase, at: number): void {
  if (s.phase.name !== phase.name) s.since = s.waitingSince = at
  s.phase = phase
  if (phase.name === 'active') return
  if (phase.name === 'linked' || phase.name === 'passkey-required') forgetQr(s.qr)
  const { code } = s
  if (code.name === 'requesting' || (code.name === 'live' && phase.name !== 'linking'))
    s.code = { name: 'number', phoneNumber: code.phoneNumber }
  hide(s.qr)
  s.isEnding = false
}

function hide(qr: QrRound): void {
  if (qr.display === 'visible') qr.display = 'waiting'
}

function forgetQr(qr: QrRound): void {
  if (qr.code) qr.replaced = [...qr.replaced, qrPayloadKey(qr.code.payload)].slice(-REPLACED_LIMIT)
  qr.code = undefined
  hide(qr)
}

function end(s: SessionFacts): void {
  if (s.phase.name !== 'active') return
  s.isEnding = true
  s.poll.quietUntil = 0
}

function retry({ poll }: SessionFacts, error: PairingError, at: number, jitter?: number): void {
  poll.error = error
  poll.quietUntil = at + pauseAfter(error, poll.failures, jitter)
}

function stuck(): Phase {
  return {
    name: 'failed',
    error: new PairingError('session-stale', 'The session is stuck at the provider. Start over to clear it.'),
  }
}

const isCodeOnScreen = ({ method, qr, code }: SessionFacts): boolean =>
  method === 'qr' ? qr.display === 'visible' : code.name === 'live'

function promise({ poll }: SessionFacts, nextInMs: number | undefined, at: number): void {
  poll.promisedAt = promisedAt(nextInMs, at) ?? poll.promisedAt
}

type Answered = Extract<SessionEvent, { type: 'answered' }>
const denials: readonly PairingSnapshot['status'][] = ['unlinked', 'stopped', 'stale']

function answered(s: SessionFacts, event: Answered): void {
  const { snapshot, question, at } = event
  const { phase: before } = s
  if (before.name === 'idle' || before.name === 'failed') return
  const { provider, timing, methods } = { ...s.setup, ...defined(snapshot) }
  if (before.name === 'linked') {
    s.setup = { ...s.setup, provider }
    if (snapshot.status === 'qr' || snapshot.status === 'pairing-code' || !isLinkGone(s, before, event))
      return
    start(s, at)
  }
  s.setup = { ...s.setup, provider, timing, methods }
  Object.assign<Poll, Partial<Poll>>(s.poll, { answeredAt: at, quietUntil: 0, failures: 0, error: undefined })
  if (before.name !== 'linked') promise(s, snapshot.nextInMs, at)
  if (!methods.includes(s.method)) s.method = methods[0] ?? s.method
  const { code } = s
  if (question === 'pairing-code' && code.name === 'requesting') {
    const error = new PairingError(
      'code-refused',
      'The provider gave no pairing code. Ask again, or use the QR code.',
    )
    s.code = { ...code, name: 'number', error }
  }
  if (question === 'qr-code')
    Object.assign<QrRound, Partial<QrRound>>(s.qr, { askedAt: at, isInvited: false })
  const wasEnding = s.isEnding
  const isCodeUp = wasEnding || isCodeOnScreen(s)
  s.isEnding = false
  switch (snapshot.status) {
    case 'linked':
      enter(s, { name: 'linked', account: snapshot.account ?? {}, isDoubted: false }, at)
      checkPhone(s, at)
      break
    case 'passkey-required':
      enter(s, { name: 'passkey-required', helpUrl: snapshot.helpUrl }, at)
      break
    case 'stopped':
    case 'stale':
      if (wasEnding) break
      if ((snapshot.status === 'stale' && !s.setup.clearsLeftovers) || s.reset === 'done') {
        enter(s, stuck(), at)
        break
      }
      forgetQr(s.qr)
      s.reset = 'due'
      if (question === 'pairing-code') s.code = code
      enter(s, { name: 'active' }, at)
      break
    case 'unlinked':
      s.qr.isInvited = true
      if (s.phase.name === 'linking' && at - s.since >= LINKING_GRACE_MS) {
        s.roundSince = at
        enter(s, { name: 'active' }, at)
      }
      break
    default:
      if (before.name === 'active') answeredWhileActive(s, event, isCodeUp)
  }
  const isLinking = s.phase.name === 'linking'
  const isWaiting =
    isLinking || (s.phase.name === 'active' && s.method === 'qr' && s.qr.display === 'waiting')
  if (isWaiting && at - s.waitingSince >= (isLinking ? LINKING_LIMIT_MS : WAITING_LIMIT_MS))
    enter(s, stuck(), at)
}

/** What an answer says about itself, without what it leaves out. */
function defined({ provider, timing, methods }: PairingSnapshot): Partial<SessionFacts['setup']> {
  return { ...(provider && { provider }), ...(timing && { timing }), ...(methods && { methods }) }
}

function isLinkGone(
  s: SessionFacts,
  phase: Extract<Phase, { name: 'linked' }>,
  { snapshot, at }: Answered,
): boolean {
  const isDoubted = denials.includes(snapshot.status)
  if (isDoubted && phase.isDoubted) return true
  Object.assign<Poll, Partial<Poll>>(s.poll, { answeredAt: at, quietUntil: 0, failures: 0 })
  promise(s, isDoubted ? 0 : snapshot.nextInMs, at)
  let { account } = phase
  if (snapshot.status === 'linked') {
    const { account: after = {} } = snapshot
    const isOther =
      account.phoneNumber && after.phoneNumber && !isSamePhone(account.phoneNumber, after.phoneNumber)
    account = isOther ? after : { ...account, ...after }
  }
  s.phase = { ...phase, account, isDoubted }
  checkPhone(s, at)
  return false
}

function checkPhone(s: SessionFacts, at: number): void {
  const { phase, setup } = s
  if (phase.name !== 'linked' || !setup.expectedPhoneNumber || !phase.account.phoneNumber) return
  if (isSamePhone(setup.expectedPhoneNumber, phase.account.phoneNumber)) return
  const error = new PairingError(
    'wrong-phone-number',
    'Another phone was linked than the one expected. Unlink it, and link the right one.',
  )
  enter(s, { name: 'failed', error, account: phase.account }, at)
}

function answeredWhileActive(s: SessionFacts, event: Answered, isCodeUp: boolean): void {
  const { snapshot, at } = event
  if (snapshot.status === 'qr') {
    if (s.method === 'qr') showQrCode(s, event, snapshot)
  } else if (snapshot.status === 'pairing-code') {
    if (event.question === 'pairing-code' || s.code.name !== 'spent') showPairingCode(s, event, snapshot)
  } else if (snapshot.status === 'linking' || isCodeUp) enter(s, { name: 'linking' }, at)
}

function showQrCode(
  s: SessionFacts,
  { askedAt, at }: Answered,
  snapshot: Extract<PairingSnapshot, { status: 'qr' }>,
): void {
  const { qr, setup } = s
  const { qrCode: payload, expiresInMs, confirmInMs } = snapshot
  const key = qrPayloadKey(payload)
  if (qr.display === 'spent' || qr.display === 'held' || qr.replaced.includes(key)) return
  const known = qr.code && qrPayloadKey(qr.code.payload) === key ? qr.code : undefined
  const number = known?.number || qr.shown + 1
  const code = {
    ...trackQrCode(qr.code, { payload, at, askedAt, expiresInMs, confirmInMs }, setup.timing),
    number,
  }
  const isDead = at >= qrDeadAt(code, setup.timing)
  if (known && isDead) return
  if (!known) forgetQr(qr)
  if (isDead) return
  if (number > setup.maxRefreshes) qr.display = 'spent'
  else if (setup.refreshMode === 'manual' && number > qr.wanted) qr.display = 'held'
  else {
    Object.assign<QrRound, Partial<QrRound>>(qr, { code, display: 'visible', shown: number })
    if (s.reset === 'done') s.reset = 'none'
  }
}

function showPairingCode(
  s: SessionFacts,
  { askedAt, at }: Answered,
  { pairingCode, expiresInMs }: Extract<PairingSnapshot, { status: 'pairing-code' }>,
): void {
  const code = normalizePairingCode(pairingCode)
  const { code: step, setup } = s
  if (!step.phoneNumber || (step.name === 'live' && step.code.value === code.value)) return
  const { pairingCodeLifetimeMs } = setup.timing
  const lifetimeMs = Math.min(asAmount(expiresInMs) ?? pairingCodeLifetimeMs, pairingCodeLifetimeMs)
  const live = { ...code, shownAt: at, expiresAt: Math.min(askedAt, at) + lifetimeMs }
  s.code = { name: 'live', phoneNumber: step.phoneNumber, code: live, isSlow: false }
}

function errored(
  s: SessionFacts,
  { question, error, jitter, nextInMs, at }: Extract<SessionEvent, { type: 'errored' }>,
): void {
  const { phase, poll, setup, code } = s
  if (phase.name === 'idle' || phase.name === 'failed') return
  if (phase.name === 'linked') {
    poll.failures += 1
    poll.quietUntil = at + pauseAfter(error, poll.failures, jitter)
    if (poll.failures >= WEATHER_LIMIT) s.phase = { ...phase, isDoubted: false }
    return
  }
  const wasEnding = s.isEnding
  s.isEnding = false
  if (question === 'pairing-code' && error.code === 'not-supported' && setup.methods.length === 0) {
    s.code = { name: 'number' }
    s.setup = { ...setup, methods: ['qr'] }
    s.method = 'qr'
  } else if (question === 'pairing-code' && error.action !== 'contact-host') {
    if (code.name === 'requesting') s.code = { ...code, name: 'number', error }
    s.codeQuietUntil = at + (retryAfterMs(error) || (error.code === 'rate-limited' ? CODE_COOL_DOWN_MS : 0))
  } else if (wasEnding && question === 'status') {
    // The last question brought nothing: the round is over.
  } else if (!error.retryable) enter(s, { name: 'failed', error }, at)
  else {
    if (at >= poll.quietUntil) poll.failures += 1
    const limit = weather.includes(error.code) ? WEATHER_LIMIT : FAILURE_LIMIT
    if (poll.failures < limit || isCodeOnScreen(s)) {
      retry(s, error, at, jitter)
      promise(s, nextInMs, at)
    } else enter(s, { name: 'failed', error }, at)
  }
}
