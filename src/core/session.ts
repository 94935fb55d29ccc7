import { PairingError } from './errors.js'
import { isSame } from './is-same.js'
import { endsWithCode, slowCodeAt } from './next-request.js'
import type { PhoneNumber } from './phone-number.js'
import type { PairingMethod, ProviderTiming } from './provider.js'
import { qrDeadAt, qrHiddenAt } from './qr-lifetime.js'
import { requestFailed } from './session-failures.js'
import {
  begin,
  doesCount,
  emptyRound,
  enter,
  FAILURE_LIMIT,
  forgetQr,
  hide,
  initialPoll,
  NEVER,
  readOnceMore,
  retry,
  showNextCode,
  start,
  watch,
} from './session-moves.js'
import { checkPhone, responded } from './session-responses.js'
import type { PairingRefreshMode, SessionEvent, SessionFacts, SessionState } from './session-state.js'
import { isOver, viewSession } from './session-view.js'

/** Codes that may pass unscanned before the user has to act: Z-API's documented rule, and a good one for all. */
export const DEFAULT_MAX_REFRESHES = 3

/** After so long without an event the page was hidden or the machine asleep, and the provider was not polled. */
const SILENCE_MS = 60_000

/** Two readings of one clock may be this far out of order before it counts as set back. */
const CLOCK_TOLERANCE_MS = 1_000

/** A component that is mounted again sooner was moved, or changed its key: the user did not come back. */
const RETURN_AFTER_MS = 1_000

/** What a session begins with. */
export interface SessionOptions {
  /** `id` of the provider. */
  readonly provider: string
  /** Random text. */
  readonly attemptSeed: string
  readonly expectedPhoneNumber: string | undefined
  readonly clearsLeftovers: boolean
  readonly method: PairingMethod
  readonly methods: readonly PairingMethod[]
  readonly timing: ProviderTiming
  readonly maxRefreshes: number
  /** @default 'auto' */
  readonly refreshMode?: PairingRefreshMode | undefined
  /** False: no request is sent before `started`. */
  readonly autoStart: boolean
}

/** The first state of a session, at a moment in epoch milliseconds. */
export function initialState(
  { autoStart, method, refreshMode = 'auto', ...setup }: SessionOptions,
  now: number,
): SessionState {
  const facts: SessionFacts = {
    setup: { ...setup, refreshMode, tag: undefined },
    method,
    phase: { name: autoStart ? 'active' : 'idle' },
    since: now,
    roundSince: now,
    waitingSince: now,
    now,
    attempt: autoStart ? 1 : 0,
    copies: 0,
    departures: 0,
    visit: { name: 'shown' },
    isWatched: true,
    notice: undefined,
    reset: 'none',
    lastRead: undefined,
    poll: initialPoll,
    qr: emptyRound,
    code: { name: 'number' },
    codeQuietUntil: 0,
  }
  return { facts, session: viewSession(facts) }
}

/** The state after an event. Pure and total: any event may come in any state; a state that stays is the same object. */
export function transition(state: SessionState, event: SessionEvent): SessionState {
  // A copy that only this call writes to. Everything deeper is replaced, never written.
  const facts: SessionFacts = { ...state.facts, poll: { ...state.facts.poll }, qr: { ...state.facts.qr } }
  settle(facts, event.at)
  apply(facts, event)
  settle(facts, event.at)
  if (isSame(facts, state.facts)) return state
  facts.now = event.at
  return { facts, session: viewSession(facts, state.session) }
}

/** What time alone does: codes expire, waiting ends. */
function settle(facts: SessionFacts, at: number): void {
  const { qr, code, setup } = facts
  if (at < facts.now - CLOCK_TOLERANCE_MS) {
    forgetTimes(facts, at)
    return
  }
  if (code.name === 'live') {
    if (at >= code.code.expiresAt) {
      facts.code = { name: 'expired', phoneNumber: code.phoneNumber }
      readOnceMore(facts, at)
    } else if (at >= slowCodeAt(code.code) && !code.isSlow) facts.code = { ...code, isSlow: true }
  }
  if (facts.codeQuietUntil && at >= facts.codeQuietUntil) {
    facts.codeQuietUntil = 0
    // It said to wait, and that is over.
    if (code.name === 'number' && code.error?.code === 'rate-limited')
      facts.code = { ...code, error: undefined }
  }
  if (qr.code && qr.display === 'visible' && at >= qrHiddenAt(qr.code, setup.timing)) {
    qr.display = 'waiting'
    facts.waitingSince = at
  }
  if (qr.code && endsWithCode(facts) && at >= qrDeadAt(qr.code, setup.timing)) endWithCode(facts, at)
  if (at - facts.now > SILENCE_MS) facts.waitingSince = at
}

/** The last code that may be shown without the user has expired. */
function endWithCode(facts: SessionFacts, at: number): void {
  const { qr, setup } = facts
  if (!doesCount(qr, facts, at)) {
    forgetQr(qr, facts, at)
    qr.isInvited = true
    return
  }
  qr.display = qr.code && qr.code.number >= setup.maxRefreshes ? 'spent' : 'held'
  readOnceMore(facts, at)
}

/** A clock that was set back says nothing about the age of a code: what is on screen goes, and all waiting ends. */
function forgetTimes(facts: SessionFacts, at: number): void {
  const { qr, code, visit } = facts
  facts.poll = { ...initialPoll }
  qr.requestedAt = NEVER
  hide(qr)
  if (qr.code)
    qr.code = {
      ...qr.code,
      // The next response that has this code begins its life anew.
      firstSeenAt: at,
      // Unknown: another code need not have appeared since.
      confirmedAt: NEVER,
      bornAfter: undefined,
      ownExpiresAt: undefined,
      promisedAt: undefined,
    }
  // How long the code was watched is unknown too, so it counts.
  qr.watch = { ms: Number.POSITIVE_INFINITY, since: undefined, wasInterrupted: false }
  if (code.name === 'live') facts.code = { name: 'expired', phoneNumber: code.phoneNumber }
  if (visit.name !== 'shown') facts.visit = { ...visit, at: NEVER }
  facts.codeQuietUntil = 0
  facts.now = facts.since = facts.waitingSince = at
  facts.roundSince = Math.min(facts.roundSince, at)
}

function apply(facts: SessionFacts, event: SessionEvent): void {
  const { at } = event
  switch (event.type) {
    case 'started':
      start(facts, at)
      return
    case 'cancelled':
      facts.code = { name: 'number' }
      enter(facts, { name: 'idle' }, at)
      return
    case 'method-chosen':
      choose(facts, event.method)
      return
    case 'number-submitted':
      submit(facts, event.phoneNumber, at)
      return
    case 'number-rejected':
      facts.code = { name: 'number', error: event.error }
      return
    case 'number-withdrawn':
      facts.code = { name: 'number' }
      return
    case 'expected':
      expect(facts, event)
      return
    case 'responded':
      responded(facts, event)
      return
    case 'reset-done':
      if (facts.reset !== 'due' && facts.reset !== 'unlink-due') return
      facts.poll = { ...initialPoll }
      facts.qr.requestedAt = NEVER
      // A provider that was unlinked may have stopped, and then it is still to be reset.
      facts.reset = facts.reset === 'due' ? 'done' : 'none'
      return
    case 'request-failed':
      requestFailed(facts, event)
      return
    case 'push-ended':
      facts.poll.promisedAt = NEVER
      return
    case 'copied':
      facts.copies += 1
      return
    case 'attention-changed':
      watch(facts, event.isWatched, at)
      return
    case 'left':
      facts.visit = { name: 'shown' }
      if (!isOver(viewSession(facts))) facts.departures += 1
      facts.visit = { name: 'left', at }
      return
    case 'returned':
      returned(facts, event)
      return
    case 'image-broken':
      if (facts.qr.display === 'visible') imageBroken(facts, at)
      return
    case 'time-passed':
      return
  }
}

/** A number says which method is meant, and that the round has begun. */
function submit(facts: SessionFacts, phoneNumber: PhoneNumber, at: number): void {
  choose(facts, 'phone-code')
  if (facts.phase.name === 'idle') start(facts, at)
  if (facts.phase.name !== 'active' || facts.method !== 'phone-code' || facts.code.name === 'requesting')
    return
  if (at < facts.codeQuietUntil) return
  facts.code = { name: 'requesting', phoneNumber }
  facts.notice = undefined
  facts.lastRead = undefined
  facts.poll.quietUntil = 0
}

function choose(facts: SessionFacts, method: PairingMethod): void {
  const { phase, setup } = facts
  const isOpen = phase.name === 'active' || phase.name === 'idle' || phase.name === 'failed'
  if (isOpen && (setup.methods.length === 0 || setup.methods.includes(method))) facts.method = method
}

function expect(facts: SessionFacts, event: Extract<SessionEvent, { type: 'expected' }>): void {
  const { setup } = facts
  facts.setup = {
    ...setup,
    expectedPhoneNumber: event.phoneNumber ?? setup.expectedPhoneNumber,
    clearsLeftovers: event.clearsLeftovers ?? setup.clearsLeftovers,
    refreshMode: event.refreshMode ?? setup.refreshMode,
  }
  if (facts.setup.refreshMode === 'auto' && facts.qr.display === 'held') showNextCode(facts, event.at)
  checkPhone(facts, event.at)
}

function imageBroken(facts: SessionFacts, at: number): void {
  const { qr } = facts
  qr.display = 'waiting'
  qr.broken += 1
  const error = new PairingError('invalid-answer', 'The QR image cannot be shown.')
  if (qr.broken < FAILURE_LIMIT) retry(facts, error, at)
  else enter(facts, { name: 'failed', error }, at)
}

/**
 * The user is back at a session that no component showed. One that ended without a link begins a new round, unless only
 * a person can remove the cause of its failure; everything else is read anew before it is shown.
 */
function returned(facts: SessionFacts, event: Extract<SessionEvent, { type: 'returned' }>): void {
  const { visit, phase, qr, code, method, poll } = facts
  const { at, autoStart, isReopened = false } = event
  if (visit.name !== 'left') return
  const mayRestart = autoStart && (isReopened || at - visit.at >= RETURN_AFTER_MS)
  facts.visit = { name: 'returned', at, mayRestart }
  const isExpired =
    phase.name === 'active' &&
    (method === 'qr' ? qr.display === 'spent' || qr.display === 'held' : code.name === 'expired')
  if (mayRestart && (isExpired || (phase.name === 'failed' && phase.error.retryable))) {
    begin(facts, at)
    return
  }
  if (isExpired || phase.name === 'failed') facts.lastRead = { since: at, at }
  poll.respondedAt = NEVER
  poll.promisedAt = NEVER
  facts.waitingSince = at
}
