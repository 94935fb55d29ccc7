import { PairingError } from './errors.js'
import { linkingEndsAt, preparingEndsAt } from './next-question.js'
import { normalizePairingCode } from './pairing-code.js'
import type { PairingMethod, PairingSnapshot, ProviderTiming } from './provider.js'
import { qrDeadAt, qrHiddenAt, type TrackedQrCode } from './qr-lifetime.js'
import { qrPayloadKey } from './qr-payload.js'
import type {
  CodeFacts,
  QrFacts,
  SessionEvent,
  SessionFacts,
  SessionPhase,
  SessionState,
} from './session-state.js'
import { viewState } from './session-view.js'

/** Codes that may pass unscanned before the user is asked: Z-API's documented rule, and a good one for all. */
export const DEFAULT_MAX_REFRESHES = 3

/** A provider that answers with nonsense is given this many chances; a network gets more, since it heals by itself. */
const NONSENSE_LIMIT = 3
const FAILURE_LIMIT = 8

const RETRY_FIRST_MS = 1_000
const RETRY_LONGEST_MS = 30_000

/** Providers report "not linked" for a moment between the scan and the link (WhatsApp's 515 restart). */
const LINKING_GRACE_MS = 10_000

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

const noQr: QrFacts = {
  current: null,
  visible: false,
  shown: 0,
  exhausted: false,
  replaced: [],
  askedAt: null,
  invited: false,
}
const noCode: CodeFacts = { phoneNumber: null, requested: false, current: null, ranOut: false, error: null }
const freshRound = { reset: 'none', answeredAt: null, failures: 0, lastError: null, quietUntil: 0 } as const

/** The first state of a session, at a moment in epoch milliseconds. */
export function initialState({ autoStart, ...options }: SessionOptions, now: number): SessionState {
  const phase: SessionPhase = { name: autoStart ? 'active' : 'idle' }
  return viewState({
    ...options,
    ...freshRound,
    phase,
    since: now,
    roundSince: now,
    qr: noQr,
    code: noCode,
    now,
  })
}

/** The state after an event. Pure and total: any event may come in any state; a state that stays is the same object. */
export function transition(state: SessionState, event: SessionEvent): SessionState {
  const settled = settle(state.facts, event.at)
  const facts = settle(apply(settled, event), event.at)
  return facts === state.facts ? state : viewState(facts, state)
}

/** What time alone does: codes run out, waiting ends. */
function settle(facts: SessionFacts, at: number): SessionFacts {
  if (at < facts.now - CLOCK_TOLERANCE_MS) return withoutTimes(facts, at)
  let next = facts
  const { qr, code, timing } = facts
  if (code.current && at >= code.current.expiresAt)
    next = { ...next, code: { ...code, current: null, ranOut: true } }
  if (qr.current && qr.visible && at >= qrHiddenAt(qr.current, timing))
    next = { ...next, qr: { ...qr, visible: false } }
  if (
    qr.current &&
    !qr.exhausted &&
    qr.current.number >= facts.maxRefreshes &&
    at >= qrDeadAt(qr.current, timing)
  ) {
    next = { ...next, qr: { ...next.qr, visible: false, exhausted: true } }
  }
  if (next.phase.name === 'linking' && at >= linkingEndsAt(next)) {
    return fail(
      next,
      new PairingError(
        'timeout',
        'The phone answered, but the provider did not finish the link in time. Start again.',
      ),
      at,
    )
  }
  if (
    next.phase.name === 'active' &&
    next.method === 'qr' &&
    !next.qr.exhausted &&
    !next.qr.visible &&
    at >= preparingEndsAt(next)
  ) {
    return fail(
      next,
      next.lastError ?? new PairingError('timeout', 'The provider gave no code in time. Try again.'),
      at,
    )
  }
  return next
}

/** A clock that was set back says nothing about the age of a code: what is on screen goes, and all waiting ends. */
function withoutTimes(facts: SessionFacts, at: number): SessionFacts {
  return {
    ...facts,
    now: at,
    since: Math.min(facts.since, at),
    roundSince: Math.min(facts.roundSince, at),
    answeredAt: null,
    quietUntil: 0,
    qr: { ...withoutCode(facts.qr), askedAt: null },
    code: { ...facts.code, current: null, ranOut: facts.code.ranOut || facts.code.current !== null },
  }
}

function apply(facts: SessionFacts, event: SessionEvent): SessionFacts {
  const { at } = event
  switch (event.type) {
    case 'started':
      return start(facts, at)
    case 'cancelled':
      return facts.phase.name === 'idle' ? facts : { ...enter(facts, { name: 'idle' }, at), code: noCode }
    case 'method-chosen':
      if (
        facts.method === event.method ||
        (facts.methods.length > 0 && !facts.methods.includes(event.method))
      )
        return facts
      return { ...facts, method: event.method, now: at }
    case 'number-submitted':
      if (facts.phase.name !== 'active' || facts.code.requested) return facts
      return {
        ...facts,
        now: at,
        quietUntil: 0,
        code: { ...noCode, phoneNumber: event.phoneNumber, requested: true },
      }
    case 'number-rejected':
      return { ...facts, now: at, code: { ...noCode, error: event.error } }
    case 'number-withdrawn':
      return { ...facts, now: at, code: noCode }
    case 'answered':
      return answered(facts, event)
    case 'reset-done':
      return facts.reset === 'due'
        ? { ...facts, reset: 'done', now: at, answeredAt: null, failures: 0, lastError: null }
        : facts
    case 'errored':
      return errored(facts, event)
    case 'image-broken':
      if (!facts.qr.visible) return facts
      return errored(
        { ...facts, qr: withoutCode(facts.qr) },
        {
          ...event,
          question: 'qr-code',
          error: new PairingError(
            'invalid-answer',
            'The provider sent an image that cannot be shown. Ask for a new code.',
          ),
        },
      )
    case 'time-passed':
      return facts
  }
}

/** A new round: from the beginning, after `expired`, after `failed`. */
function start(facts: SessionFacts, at: number): SessionFacts {
  const { phase, qr, code } = facts
  const underWay = phase.name === 'linking' || (phase.name === 'active' && !qr.exhausted && !code.ranOut)
  // A second click must not hand out three more codes.
  if (underWay) return facts
  // Where leftovers block the way, starting again *is* the reset the user asked for.
  const reset = phase.name === 'failed' && phase.error.action === 'start-over' ? 'due' : 'none'
  // A code that may still be alive keeps its age; otherwise a provider that repeats it would make it young again.
  const current = qr.current && { ...qr.current, number: 0 }
  return {
    ...enter(facts, { name: 'active' }, at),
    ...freshRound,
    roundSince: at,
    reset,
    qr: { ...noQr, current, replaced: qr.replaced },
    // Who asks again after a code ran out wants another one for the same number.
    code:
      facts.method === 'phone-code' && code.ranOut
        ? { ...noCode, phoneNumber: code.phoneNumber, requested: true }
        : noCode,
  }
}

type Answered = Extract<SessionEvent, { type: 'answered' }>

function answered(before: SessionFacts, event: Answered): SessionFacts {
  const { snapshot, question, at } = event
  const { phase } = before
  if (phase.name === 'idle' || phase.name === 'linked' || phase.name === 'failed') return before
  const heard = {
    ...withDetails(before, snapshot),
    now: at,
    answeredAt: at,
    failures: 0,
    lastError: null,
    quietUntil: 0,
    ...(question === 'qr-code' && { qr: { ...before.qr, askedAt: at, invited: false } }),
  }
  // The request for a pairing code is over, whatever it brought.
  const facts = question === 'pairing-code' ? { ...heard, code: { ...heard.code, requested: false } } : heard
  switch (snapshot.status) {
    case 'linked':
      return enter(facts, { name: 'linked', account: snapshot.account }, at)
    case 'linking':
      return phase.name === 'active' ? enter(facts, { name: 'linking' }, at) : facts
    case 'passkey-required':
      return phase.name === 'passkey-required'
        ? facts
        : enter(facts, { name: 'passkey-required', helpUrl: snapshot.helpUrl }, at)
    case 'stale':
      return fail(facts, stale(), at)
    case 'stopped':
      return facts.reset === 'done'
        ? fail(facts, stale(), at)
        : { ...enter(facts, { name: 'active' }, at), reset: 'due', qr: withoutCode(facts.qr) }
    case 'preparing':
      // Nothing announces a scan; a provider that leaves its QR state while a code is on screen was answered by a phone.
      return phase.name === 'active' && codeOnScreen(facts) ? enter(facts, { name: 'linking' }, at) : facts
    case 'unlinked':
      return unlinked(facts, at)
    case 'qr':
      return phase.name === 'active' && facts.method === 'qr' ? showQrCode(facts, event, snapshot) : facts
    case 'pairing-code':
      return phase.name === 'active' ? showPairingCode(facts, event, snapshot) : facts
  }
}

function unlinked(facts: SessionFacts, at: number): SessionFacts {
  if (facts.phase.name === 'linking') {
    return at - facts.since < LINKING_GRACE_MS
      ? facts
      : { ...enter(facts, { name: 'active' }, at), roundSince: at, qr: withoutCode(facts.qr) }
  }
  return { ...facts, qr: { ...facts.qr, invited: true } }
}

function showQrCode(
  facts: SessionFacts,
  { askedAt, at }: Answered,
  snapshot: Extract<PairingSnapshot, { status: 'qr' }>,
): SessionFacts {
  const { qr, timing, maxRefreshes } = facts
  const key = qrPayloadKey(snapshot.qrCode)
  if (qr.exhausted || qr.replaced.includes(key)) return facts
  const previous = qr.current
  const isNew = !previous || qrPayloadKey(previous.payload) !== key
  const number = !isNew && previous.number > 0 ? previous.number : qr.shown + 1
  const code: TrackedQrCode = {
    payload: snapshot.qrCode,
    number,
    firstSeenAt: isNew ? at : previous.firstSeenAt,
    confirmedAt: at,
    bornAfter: isNew ? bornAfter(previous, at, timing) : previous.bornAfter,
    ownExpiresAt: snapshot.expiresInMs === undefined ? null : askedAt + snapshot.expiresInMs,
  }
  // Repeated beyond its life, or expired on arrival: not a code to show.
  if (at >= qrDeadAt(code, timing))
    return isNew ? { ...facts, qr: remember({ ...qr, current: null, visible: false }, previous) } : facts
  const shown = isNew ? remember(qr, previous) : qr
  if (number > maxRefreshes)
    return { ...facts, qr: { ...shown, current: null, visible: false, exhausted: true } }
  return { ...facts, qr: { ...shown, current: code, visible: true, shown: number } }
}

function bornAfter(previous: TrackedQrCode | null, at: number, timing: ProviderTiming): number | null {
  // After a longer gap other codes may have come and gone between: the rotation is unknown again.
  return previous && at - previous.confirmedAt < timing.qrLifetimeMs ? previous.confirmedAt : null
}

function remember(qr: QrFacts, code: TrackedQrCode | null): QrFacts {
  return code ? { ...qr, replaced: [...qr.replaced, qrPayloadKey(code.payload)].slice(-REPLACED_LIMIT) } : qr
}

function showPairingCode(
  facts: SessionFacts,
  { askedAt, at }: Answered,
  snapshot: Extract<PairingSnapshot, { status: 'pairing-code' }>,
): SessionFacts {
  const { timing, code } = facts
  const lifetimeMs = Math.min(
    snapshot.expiresInMs ?? timing.pairingCodeLifetimeMs,
    timing.pairingCodeLifetimeMs,
  )
  const current = {
    ...normalizePairingCode(snapshot.pairingCode),
    shownAt: at,
    expiresAt: askedAt + lifetimeMs,
  }
  return { ...facts, code: { ...code, current, ranOut: false, error: null } }
}

function errored(
  before: SessionFacts,
  { question, error, at }: Omit<Extract<SessionEvent, { type: 'errored' }>, 'type'>,
): SessionFacts {
  const { phase } = before
  if (error.code === 'aborted' || phase.name === 'idle' || phase.name === 'linked' || phase.name === 'failed')
    return before
  const facts = { ...before, now: at }
  if (question === 'pairing-code') {
    const code = { ...facts.code, requested: false, error }
    // Asking again by itself could end a code that was issued after all: the user decides.
    return error.retryable || error.action !== 'contact-host'
      ? { ...facts, code }
      : fail({ ...facts, code }, error, at)
  }
  if (question === 'reset' || !error.retryable) return fail(facts, error, at)
  const failures = facts.failures + 1
  const limit = error.code === 'invalid-answer' ? NONSENSE_LIMIT : FAILURE_LIMIT
  // A code that is still good stays while the questions fail; when it goes, so does the patience.
  if (failures >= limit && !codeOnScreen(facts)) return fail(facts, error, at)
  const pauseMs = Math.min(RETRY_FIRST_MS * 2 ** Math.min(failures - 1, 5), RETRY_LONGEST_MS)
  return { ...facts, failures, lastError: error, quietUntil: at + Math.max(pauseMs, error.retryAfterMs ?? 0) }
}

function enter(facts: SessionFacts, phase: SessionPhase, at: number): SessionFacts {
  const entered = { ...facts, phase, since: at, now: at }
  if (phase.name === 'active') return entered
  // Nothing was scanned where it was cancelled or failed: the code keeps its age, for the next round may meet it again.
  const mayReturn = phase.name === 'idle' || phase.name === 'failed'
  return {
    ...entered,
    qr: mayReturn ? { ...facts.qr, visible: false } : withoutCode(facts.qr),
    code: { ...facts.code, requested: false, current: null },
  }
}

function fail(facts: SessionFacts, error: PairingError, at: number): SessionFacts {
  return { ...enter(facts, { name: 'failed', error }, at), lastError: error }
}

function withoutCode(qr: QrFacts): QrFacts {
  return { ...remember(qr, qr.current), current: null, visible: false }
}

function codeOnScreen({ method, qr, code }: SessionFacts): boolean {
  return method === 'qr' ? qr.visible : code.current !== null
}

function withDetails(facts: SessionFacts, { methods, timing }: PairingSnapshot): SessionFacts {
  const known = { ...facts, methods: methods ?? facts.methods, timing: timing ?? facts.timing }
  const [first] = known.methods
  return first && !known.methods.includes(known.method) ? { ...known, method: first } : known
}

function stale(): PairingError {
  return new PairingError(
    'session-stale',
    'Leftovers of an earlier link block a new one at the provider. Start over to clear them.',
  )
}
