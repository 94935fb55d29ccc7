import { PairingError } from './errors.js'
import { isSame } from './is-same.js'
import { endsWithCode, slowCodeAt } from './next-question.js'
import type { PhoneNumber } from './phone-number.js'
import type { PairingMethod, ProviderTiming } from './provider.js'
import { qrDeadAt, qrHiddenAt } from './qr-lifetime.js'
import { answered, checkPhone, errored } from './session-answers.js'
import { type Draft, freshRound, noCode, unasked } from './session-draft.js'
import { askForNextCode, end, enter, FAILURE_LIMIT, fail, retry, start } from './session-moves.js'
import type { PairingRefreshMode, SessionEvent, SessionFacts, SessionState } from './session-state.js'
import { isOver, viewSession } from './session-view.js'

/** Codes that may pass unscanned before the user is asked: Z-API's documented rule, and a good one for all. */
export const DEFAULT_MAX_REFRESHES = 3

/** Without a word for so long, nobody was asked: the page was hidden, or the machine asleep. */
const SILENCE_MS = 60_000

/** Two readings of one clock may be this far out of order before it counts as set back. */
const CLOCK_TOLERANCE_MS = 1_000

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
  /** False: nothing is asked before `started`. */
  readonly autoStart: boolean
}

/** The first state of a session, at a moment in epoch milliseconds. */
export function initialState(
  { autoStart, refreshMode = 'auto', ...options }: SessionOptions,
  now: number,
): SessionState {
  const facts: SessionFacts = {
    ...options,
    refreshMode,
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
    codeQuietUntil: 0,
    attempt: autoStart ? 1 : 0,
    copies: 0,
    departures: 0,
  }
  return { facts, session: viewSession(facts) }
}

/** The state after an event. Pure and total: any event may come in any state; a state that stays is the same object. */
export function transition(state: SessionState, event: SessionEvent): SessionState {
  const draft: Draft = { ...state.facts }
  settle(draft, event.at)
  apply(draft, event)
  settle(draft, event.at)
  if (isSame(draft, state.facts)) return state
  draft.now = event.at
  return { facts: draft, session: viewSession(draft, state.session) }
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
  if (code && at >= slowCodeAt(code)) draft.isCodeSlow = true
  if (draft.codeQuietUntil && at >= draft.codeQuietUntil) {
    draft.codeQuietUntil = 0
    // It said to wait, and that is over.
    if (draft.codeError?.code === 'rate-limited') draft.codeError = undefined
  }
  if (qr && draft.qrVisible && at >= qrHiddenAt(qr, timing)) {
    draft.qrVisible = false
    draft.waitingSince = at
  }
  if (qr && endsWithCode(draft) && at >= qrDeadAt(qr, timing)) {
    if (qr.number >= maxRefreshes) draft.qrExhausted = true
    else draft.qrHeld = true
    end(draft)
  }
  if (at - draft.now > SILENCE_MS) draft.waitingSince = at
}

/** A clock that was set back says nothing about the age of a code: what is on screen goes, and all waiting ends. */
function forgetTimes(draft: Draft, at: number): void {
  const { qr } = draft
  const codeRanOut = draft.codeRanOut || draft.code !== undefined
  const roundSince = Math.min(draft.roundSince, at)
  Object.assign(draft, unasked, {
    // The next answer that gives this code again begins its life anew.
    qr: qr && {
      ...qr,
      firstSeenAt: at,
      // Nobody knows how long ago: another code need not be born since.
      confirmedAt: Number.NEGATIVE_INFINITY,
      bornAfter: undefined,
      ownExpiresAt: undefined,
      promisedAt: undefined,
    },
    qrVisible: false,
    codeQuietUntil: 0,
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
    case 'expected':
      draft.expectedPhoneNumber = event.phoneNumber ?? draft.expectedPhoneNumber
      draft.clearsLeftovers = event.clearsLeftovers ?? draft.clearsLeftovers
      draft.refreshMode = event.refreshMode ?? draft.refreshMode
      if (draft.refreshMode === 'auto' && draft.qrHeld) askForNextCode(draft, at)
      if (draft.phase === 'linked') checkPhone(draft, at)
      break
    case 'answered':
      answered(draft, event)
      break
    case 'reset-done':
      // An unlinked provider may have stopped, and then it is still to be reset.
      if (draft.reset === 'due')
        Object.assign(draft, unasked, { reset: draft.unlinks ? 'none' : 'done', unlinks: false })
      break
    case 'errored':
      errored(draft, event)
      break
    case 'push-ended':
      draft.promisedAt = unasked.promisedAt
      break
    case 'copied':
      draft.copies += 1
      break
    case 'left':
      if (!isOver(viewSession(draft))) draft.departures += 1
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
  if (at < draft.codeQuietUntil) return
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
