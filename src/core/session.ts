import { PairingError, type PairingErrorCode } from './errors.js'
import { isSame } from './is-same.js'
import { normalizePairingCode } from './pairing-code.js'
import type { PhoneNumber } from './phone-number.js'
import type { PairingMethod, PairingSnapshot, ProviderTiming } from './provider.js'
import { qrDeadAt, qrHiddenAt, type TrackedQrCode } from './qr-lifetime.js'
import { qrPayloadKey } from './qr-payload.js'
import type { SessionEvent, SessionFacts, SessionState } from './session-state.js'
import { viewState } from './session-view.js'

/** Codes that may pass unscanned before the user is asked: Z-API's documented rule, and a good one for all. */
export const DEFAULT_MAX_REFRESHES = 3

/** What fails for no outside reason is given this many chances; weather gets more, since it heals by itself. */
const FAILURE_LIMIT = 3
const WEATHER_LIMIT = 8
const weather: readonly PairingErrorCode[] = ['network', 'timeout', 'provider-unavailable', 'rate-limited']

const RETRY_FIRST_MS = 1_000
const RETRY_LONGEST_MS = 30_000

/** Whatever a provider says; nobody waits longer, and no timer holds more than 24 days. */
const RETRY_AFTER_LONGEST_MS = 3_600_000

/** Providers report "not linked" for a moment between the scan and the link (WhatsApp's 515 restart). */
const LINKING_GRACE_MS = 10_000

/** WhatsApp's own hand-over after a scan takes seconds, a provider's start up to five minutes. */
const LINKING_LIMIT_MS = 5 * 60_000

/** GREEN-API documents up to ten minutes before the first code. */
const WAITING_LIMIT_MS = 10 * 60_000

/** Without a word for so long, nobody was asked: the page was hidden, or the machine asleep. */
const SILENCE_MS = 60_000

/** Two readings of one clock may be this far out of order before it counts as set back. */
const CLOCK_TOLERANCE_MS = 1_000

/** Dead codes remembered, so that a late answer cannot bring one back. A round rarely has more than six. */
const REPLACED_LIMIT = 12

/** What a session begins with. */
export interface SessionOptions {
  readonly method: PairingMethod
  readonly methods: readonly PairingMethod[]
  readonly timing: ProviderTiming
  readonly maxRefreshes: number
  /** False: nothing is asked before `started`. */
  readonly autoStart: boolean
}

const NEVER = Number.NEGATIVE_INFINITY

const noCode = {
  phoneNumber: undefined,
  codeRequested: false,
  code: undefined,
  codeRanOut: false,
  codeError: undefined,
} as const

const unasked = { answeredAt: NEVER, qrAskedAt: NEVER, quietUntil: 0, failures: 0, error: undefined } as const

const freshRound = {
  ...noCode,
  ...unasked,
  reset: 'none',
  ending: false,
  qrVisible: false,
  qrShown: 0,
  qrBroken: 0,
  qrExhausted: false,
  qrInvited: false,
} as const

/** The first state of a session, at a moment in epoch milliseconds. */
export function initialState({ autoStart, ...options }: SessionOptions, now: number): SessionState {
  return viewState({
    ...options,
    ...freshRound,
    phase: autoStart ? 'active' : 'idle',
    since: now,
    roundSince: now,
    waitingSince: now,
    now,
    account: {},
    helpUrl: undefined,
    qr: undefined,
    qrReplaced: [],
  })
}

/** A copy of the facts that one transition writes to, and nobody else sees. */
type Draft = { -readonly [Key in keyof SessionFacts]: SessionFacts[Key] }

/** The state after an event. Pure and total: any event may come in any state; a state that stays is the same object. */
export function transition(state: SessionState, event: SessionEvent): SessionState {
  const draft: Draft = { ...state.facts }
  settle(draft, event.at)
  apply(draft, event)
  settle(draft, event.at)
  if (isSame(draft, state.facts)) return state
  draft.now = event.at
  return viewState(draft, state.session)
}

/** What time alone does: codes run out, waiting ends. */
function settle(draft: Draft, at: number): void {
  const { qr, code, timing, maxRefreshes } = draft
  if (at < draft.now - CLOCK_TOLERANCE_MS) {
    forgetTimes(draft, at)
    return
  }
  if (code && at >= code.expiresAt) {
    draft.code = undefined
    draft.codeRanOut = true
    end(draft)
  }
  if (qr && draft.qrVisible && at >= qrHiddenAt(qr, timing)) {
    draft.qrVisible = false
    draft.waitingSince = at
  }
  if (qr && !draft.qrExhausted && qr.number >= maxRefreshes && at >= qrDeadAt(qr, timing)) {
    draft.qrExhausted = true
    end(draft)
  }
  if (at - draft.now > SILENCE_MS) draft.waitingSince = at
}

/** A code has run out: one last question, at once, and then silence. */
function end(draft: Draft): void {
  if (draft.phase === 'active') Object.assign(draft, { ending: true, quietUntil: 0 })
}

/** A clock that was set back says nothing about the age of a code: what is on screen goes, and all waiting ends. */
function forgetTimes(draft: Draft, at: number): void {
  const { qr } = draft
  const codeRanOut = draft.codeRanOut || draft.code !== undefined
  const roundSince = Math.min(draft.roundSince, at)
  Object.assign(draft, unasked, {
    // The next answer that gives this code again begins its life anew.
    qr: qr && { ...qr, firstSeenAt: at, confirmedAt: at, bornAfter: undefined, ownExpiresAt: undefined },
    qrVisible: false,
    codeRanOut,
    code: undefined,
    now: at,
    since: at,
    roundSince,
    waitingSince: at,
  })
}

function apply(draft: Draft, event: SessionEvent): void {
  const { at } = event
  switch (event.type) {
    case 'started':
      start(draft, at)
      break
    case 'cancelled':
      Object.assign(draft, noCode)
      enter(draft, 'idle', at)
      break
    case 'method-chosen':
      choose(draft, event.method)
      break
    case 'number-submitted':
      submit(draft, event.phoneNumber, at)
      break
    case 'number-rejected':
      Object.assign(draft, noCode, { codeError: event.error })
      break
    case 'number-withdrawn':
      Object.assign(draft, noCode)
      break
    case 'answered':
      answered(draft, event)
      break
    case 'reset-done':
      if (draft.reset === 'due') Object.assign(draft, unasked, { reset: 'done' })
      break
    case 'errored':
      errored(draft, event)
      break
    case 'image-broken':
      if (draft.qrVisible) imageBroken(draft, at)
  }
}

/** A number says which method is meant, and that the round has begun. */
function submit(draft: Draft, phoneNumber: PhoneNumber, at: number): void {
  choose(draft, 'phone-code')
  if (draft.phase === 'idle') start(draft, at)
  if (draft.phase !== 'active' || draft.method !== 'phone-code' || draft.codeRequested) return
  Object.assign(draft, noCode, { phoneNumber, codeRequested: true, ending: false, quietUntil: 0 })
}

function choose(draft: Draft, method: PairingMethod): void {
  const isOpen = draft.phase === 'active' || draft.phase === 'idle' || draft.phase === 'failed'
  if (isOpen && (draft.methods.length === 0 || draft.methods.includes(method))) draft.method = method
}

function imageBroken(draft: Draft, at: number): void {
  draft.qrVisible = false
  draft.qrBroken += 1
  const error = new PairingError('invalid-answer', 'The QR image cannot be shown.')
  if (draft.qrBroken < FAILURE_LIMIT) retry(draft, error, at)
  else fail(draft, error, at)
}

/** A new round: from the beginning, after `expired`, after `failed`. */
function start(draft: Draft, at: number): void {
  const { phase, qr, phoneNumber } = draft
  // A second click must not hand out three more codes.
  if (phase === 'linking' || (phase === 'active' && !draft.qrExhausted && !draft.codeRanOut)) return
  // Where leftovers block the way, starting again *is* the reset the user asked for.
  const isReset = phase === 'failed' && draft.error?.action === 'start-over'
  // Who asks again after a code ran out wants another one for the same number.
  const isRepeat = draft.method === 'phone-code' && draft.codeRanOut
  Object.assign(draft, freshRound, {
    roundSince: at,
    waitingSince: at,
    reset: isReset ? 'due' : 'none',
    // A code that may still be alive keeps its age; otherwise a provider that repeats it would make it young again.
    qr: qr && { ...qr, number: 0 },
    ...(isRepeat && { phoneNumber, codeRequested: true }),
  })
  enter(draft, 'active', at)
}

type Answered = Extract<SessionEvent, { type: 'answered' }>

function answered(draft: Draft, event: Answered): void {
  const { snapshot, question, at } = event
  const { phase } = draft
  if (phase === 'idle' || phase === 'failed') return
  // Once linked, only the state itself may say that the link is gone; codes that come late may not.
  if (phase === 'linked' && snapshot.status !== 'unlinked') {
    draft.answeredAt = at
    return
  }
  Object.assign(draft, { answeredAt: at, quietUntil: 0, failures: 0, error: undefined })
  draft.timing = snapshot.timing ?? draft.timing
  draft.methods = snapshot.methods ?? draft.methods
  const [first = draft.method] = draft.methods
  if (!draft.methods.includes(draft.method)) draft.method = first
  // The request for a pairing code is over, whatever it brought.
  if (question === 'pairing-code') {
    draft.codeRequested = false
    // Taken back below, where a code came.
    draft.codeError = new PairingError(
      'code-refused',
      'The provider gave no pairing code. Ask again, or use the QR code.',
    )
  }
  if (question === 'qr-code') Object.assign(draft, { qrAskedAt: at, qrInvited: false })
  const wasEnding = draft.ending
  const isCodeUp = wasEnding || isCodeOnScreen(draft)
  draft.ending = false
  switch (snapshot.status) {
    case 'linked':
      // A provider of one's own may leave it out.
      draft.account = snapshot.account ?? {}
      enter(draft, 'linked', at)
      break
    case 'passkey-required':
      draft.helpUrl = snapshot.helpUrl
      enter(draft, 'passkey-required', at)
      break
    case 'stopped':
    case 'stale':
      // The round is over; whoever begins another one will meet it again.
      if (wasEnding) break
      if (snapshot.status === 'stale' || draft.reset === 'done') {
        fail(draft, stuck(), at)
        break
      }
      forgetQr(draft)
      draft.reset = 'due'
      enter(draft, 'active', at)
      break
    case 'unlinked':
      unlinked(draft, at)
      break
    default:
      if (phase === 'active') answeredWhileActive(draft, event, isCodeUp)
  }
  const limitMs = draft.phase === 'linking' ? LINKING_LIMIT_MS : WAITING_LIMIT_MS
  if (isWaiting(draft) && at - draft.waitingSince >= limitMs) fail(draft, stuck(), at)
}

function isWaiting({ phase, method, qrVisible, qrExhausted }: Draft): boolean {
  return phase === 'linking' || (phase === 'active' && method === 'qr' && !qrVisible && !qrExhausted)
}

function answeredWhileActive(draft: Draft, event: Answered, isCodeUp: boolean): void {
  const { snapshot, at } = event
  if (snapshot.status === 'qr') {
    if (draft.method === 'qr') showQrCode(draft, event, snapshot)
  } else if (snapshot.status === 'pairing-code') {
    // A state that goes on naming a code does not make it young again.
    if (event.question === 'pairing-code' || !draft.codeRanOut) showPairingCode(draft, event, snapshot)
  } else if (snapshot.status === 'linking' || isCodeUp) {
    // Nothing announces a scan; a provider that leaves its QR state while a code is on screen was answered by a phone.
    enter(draft, 'linking', at)
  }
}

function unlinked(draft: Draft, at: number): void {
  draft.qrInvited = true
  if (draft.phase === 'linked') {
    start(draft, at)
  } else if (draft.phase === 'linking' && at - draft.since >= LINKING_GRACE_MS) {
    draft.roundSince = at
    enter(draft, 'active', at)
  }
}

function showQrCode(
  draft: Draft,
  { askedAt, at }: Answered,
  { qrCode: payload, expiresInMs }: Extract<PairingSnapshot, { status: 'qr' }>,
): void {
  const { qr: previous, timing, maxRefreshes } = draft
  const key = qrPayloadKey(payload)
  if (draft.qrExhausted || draft.qrReplaced.includes(key)) return
  const known = previous && qrPayloadKey(previous.payload) === key ? previous : undefined
  const code: TrackedQrCode = {
    payload,
    number: known?.number || draft.qrShown + 1,
    firstSeenAt: known ? known.firstSeenAt : at,
    confirmedAt: at,
    bornAfter: known ? known.bornAfter : bornAfter(previous, at, timing),
    ownExpiresAt: isFiniteNumber(expiresInMs) ? Math.min(askedAt, at) + expiresInMs : undefined,
  }
  const isDead = at >= qrDeadAt(code, timing)
  if (known && isDead) return
  if (!known) forgetQr(draft)
  // Expired on arrival: not a code to show.
  if (isDead) return
  if (code.number > maxRefreshes) {
    draft.qrExhausted = true
    return
  }
  Object.assign(draft, { qr: code, qrVisible: true, qrShown: code.number })
}

function bornAfter(
  previous: TrackedQrCode | undefined,
  at: number,
  { qrLifetimeMs }: ProviderTiming,
): number | undefined {
  // After a longer gap other codes may have come and gone between: the rotation is unknown again.
  return previous && at - previous.confirmedAt < qrLifetimeMs ? previous.confirmedAt : undefined
}

function forgetQr(draft: Draft): void {
  if (draft.qr)
    draft.qrReplaced = [...draft.qrReplaced, qrPayloadKey(draft.qr.payload)].slice(-REPLACED_LIMIT)
  draft.qr = undefined
  draft.qrVisible = false
}

function showPairingCode(
  draft: Draft,
  { askedAt, at }: Answered,
  { pairingCode, expiresInMs }: Extract<PairingSnapshot, { status: 'pairing-code' }>,
): void {
  const code = normalizePairingCode(pairingCode)
  if (draft.code?.value !== code.value) {
    const { pairingCodeLifetimeMs } = draft.timing
    const lifetimeMs = isFiniteNumber(expiresInMs)
      ? Math.min(expiresInMs, pairingCodeLifetimeMs)
      : pairingCodeLifetimeMs
    draft.code = { ...code, shownAt: at, expiresAt: Math.min(askedAt, at) + lifetimeMs }
  }
  draft.codeRanOut = false
  draft.codeError = undefined
}

function errored(draft: Draft, { question, error, at }: Extract<SessionEvent, { type: 'errored' }>): void {
  const { phase } = draft
  if (phase === 'idle' || phase === 'linked' || phase === 'failed') return
  const wasEnding = draft.ending
  draft.ending = false
  if (question === 'pairing-code' && error.action !== 'contact-host') {
    // Asking again by itself could end a code that was issued after all: the user decides.
    draft.codeRequested = false
    draft.codeError = error
  } else if (wasEnding && question === 'status') {
    // The last question brought nothing: the round is over.
  } else if (question === 'reset' || !error.retryable) {
    fail(draft, error, at)
  } else {
    draft.failures += 1
    const limit = weather.includes(error.code) ? WEATHER_LIMIT : FAILURE_LIMIT
    // A code that is still good stays while the questions fail; when it goes, so does the patience.
    if (draft.failures < limit || isCodeOnScreen(draft)) retry(draft, error, at)
    else fail(draft, error, at)
  }
}

function retry(draft: Draft, error: PairingError, at: number): void {
  const pauseMs = Math.min(RETRY_FIRST_MS * 2 ** Math.max(draft.failures - 1, 0), RETRY_LONGEST_MS)
  draft.error = error
  // `||`: a provider's `NaN` is no time to wait for.
  draft.quietUntil = at + Math.max(pauseMs, Math.min(error.retryAfterMs || 0, RETRY_AFTER_LONGEST_MS))
}

function enter(draft: Draft, phase: SessionFacts['phase'], at: number): void {
  if (draft.phase !== phase) draft.since = draft.waitingSince = at
  draft.phase = phase
  if (phase === 'active') return
  // Only what is certainly used up is forgotten: after anything else the code may come again, and keeps its age.
  if (phase === 'linked' || phase === 'passkey-required') forgetQr(draft)
  // While linking it may still turn out that nothing was entered.
  if (phase !== 'linking') draft.code = undefined
  Object.assign(draft, { qrVisible: false, codeRequested: false, ending: false })
}

function fail(draft: Draft, error: PairingError, at: number): void {
  draft.error = error
  enter(draft, 'failed', at)
}

/** Leftovers of an earlier link, or a start that never ends: only a reset helps. */
function stuck(): PairingError {
  return new PairingError('session-stale', 'The session is stuck at the provider. Start over to clear it.')
}

function isCodeOnScreen({ method, qrVisible, code }: Draft): boolean {
  return method === 'qr' ? qrVisible : code !== undefined
}

function isFiniteNumber(value: number | undefined): value is number {
  return Number.isFinite(value)
}
