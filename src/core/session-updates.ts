import { pauseAfter } from './backoff.js'
import { PairingError, type PairingErrorCode } from './errors.js'
import { type Draft, enter, isChangeDue, isCodeOnScreen, isWaiting, staleSession } from './session-draft.js'
import { WAY_OUT_MS } from './session-request.js'
import type { LaterRules, UpdateContext, UpdatedEvent } from './session-state.js'
import { showQrCode } from './show-qr-code.js'
import type { PairingUpdate } from './update.js'

/** Failures in a row until the session fails. */
export const FAILURE_LIMIT = 3

/** Transient errors get more retries than {@link FAILURE_LIMIT}. */
const TRANSIENT_LIMIT = 8
const transientErrors: readonly PairingErrorCode[] = [
  'network',
  'timeout',
  'provider-unavailable',
  'rate-limited',
]

/** The longest time in `linking`. WhatsApp takes seconds after a scan, but a provider may take up to five minutes to start. */
const LINKING_LIMIT_MS = 5 * 60_000

/** The longest wait for the first code, if the provider does not document one. */
const WAITING_LIMIT_MS = 10 * 60_000

/** A provider that sent a code in this round, but no other one within this time, is stuck. */
const NEXT_CODE_LIMIT_MS = 90_000

/** After a code, a provider between two states may be completing a link with it. The last read is repeated for this long. */
const LAST_READS_MS = 20_000

/** A pushed update may be this late before the page reads. */
const PUSH_SLACK_MS = 1_000

/** The pause until the next read, if an update does not contain one. */
const USUAL_INTERVAL_MS = 3_000

/** Applies an update to the session. */
export function updated(s: Draft, event: UpdatedEvent, later: LaterRules | undefined): void {
  const { update, at, isPushed = false, request } = event
  const { source, phase, isLastRead: wasLastRead } = s
  if (phase.name === 'idle' || (phase.name === 'failed' && s.isConfirmed && !wasLastRead)) return
  const { nextInMs = update.timing.statusIntervalMs || USUAL_INTERVAL_MS } = update
  // An update that comes while a change is due does not delay it.
  if (!isChangeDue(s.reset) || phase.name !== 'active')
    s.poll = { ...s.poll, dueAt: at + nextInMs + (isPushed ? PUSH_SLACK_MS : 0) }
  const isSameSession = source?.session === update.session
  const isSameOrigin = isSameSession && source?.origin === update.origin
  if (isSameOrigin && update.seq < source.seq) return
  const isRepeated = isSameOrigin && update.seq === source.seq
  // A response to an action of this page confirms no other action.
  const isOther = source && (!isSameSession || (!request && isChanged(source.revision, update.revision)))
  if (isOther || phase.name === 'failed') requireRules(later).prepare(s, event)
  s.isLastRead = false
  s.isConfirmed = true
  applySource(s, event)
  if (update.error) {
    s.isLastRead = wasLastRead
    if (!isRepeated || wasLastRead) applyError(s, update, at)
  } else {
    s.poll = { ...s.poll, failures: 0, error: undefined }
    applyState(s, event, { isRepeated, wasLastRead }, later)
    s.isLastRead = wasLastRead && update.status === 'preparing' && at < s.waitingSince + LAST_READS_MS
  }
  if (request === 'request-pairing-code') requireRules(later).endCodeRequest(s)
  limitWaiting(s, at)
}

/** Thrown if an event needs a rule that is not loaded yet. The state stays unchanged, and the event is applied again later. */
export const rulesMissing: Error = new Error('The rules of later states are not loaded yet.')

/** The rules of later states. */
export function requireRules(later: LaterRules | undefined): LaterRules {
  if (later) return later
  throw rulesMissing
}

/** A greater revision makes the page's state invalid; a missing one does not. */
function isChanged(before: number | undefined, after: number | undefined): boolean {
  return after !== undefined && after > (before ?? 0)
}

function applySource(s: Draft, { update, at }: UpdatedEvent): void {
  const { session, revision = s.source?.revision, origin, seq, provider, methods, abilities, timing } = update
  const known = s.source?.origin === origin ? s.source.clockOffsetMs : Number.POSITIVE_INFINITY
  const { source: before } = s
  const reportsState = update.status !== 'preparing' && !update.error
  const hasState = reportsState || (before?.session === session && before.hasState)
  s.source = { session, revision, origin, seq, hasState, clockOffsetMs: Math.min(known, at - update.at) }
  s.offer = { provider, methods, abilities, timing }
  const [first] = methods
  if (!first || methods.includes(s.method)) return
  s.method = first
  // The update was for the other method.
  s.poll = { ...s.poll, dueAt: at }
}

function applyState(
  s: Draft,
  event: UpdatedEvent,
  context: UpdateContext,
  later: LaterRules | undefined,
): void {
  const { status, pairingCode } = event.update
  const isPlain = status === 'qr' || status === 'preparing' || status === 'unlinked'
  if (!isPlain || pairingCode || s.phase.name !== 'active') requireRules(later).applyState(s, event, context)
  else if (status === 'qr' && s.method === 'qr' && !context.wasLastRead) showQrCode(s, event)
}

function limitWaiting(s: Draft, at: number): void {
  const startMs = s.offer.timing?.startMs ?? WAITING_LIMIT_MS
  const firstMs = s.qr.shown > 0 ? NEXT_CODE_LIMIT_MS : startMs
  const limitMs = s.phase.name === 'linking' ? LINKING_LIMIT_MS : firstMs
  if (isWaiting(s) && at - s.waitingSince >= limitMs) enter(s, staleSession(), at)
}

/** A request of the poller to the provider failed. */
function applyError(s: Draft, { error: reported, willRetry, nextInMs }: PairingUpdate, at: number): void {
  const { code = 'unknown', retryInMs } = reported ?? {}
  const text = `A request to the provider failed with "${code}". See the log of the server.`
  const error = new PairingError(code, text, { retryAfterMs: retryInMs })
  const waitMs = willRetry ? nextInMs : retryInMs
  const shown = willRetry ? new PairingError('provider-unavailable', text) : error
  failed(s, shown, waitMs === undefined ? undefined : at + waitMs, at)
}

/** A read, or the start or reset that comes before it, failed. */
export function failed(s: Draft, error: PairingError, retryAt: number | undefined, at: number): void {
  const { phase } = s
  const failures = s.poll.failures + 1
  const wasLastRead = s.isLastRead
  const dueAt = retryAt ?? at + pauseAfter(error, failures)
  s.isLastRead = false
  if (phase.name === 'failed') {
    s.isConfirmed = true
    return
  }
  if (phase.name === 'linked' && s.isConfirmed) {
    // Failed reads, even many, do not mean that the link has ended.
    s.poll = { dueAt, failures, error: undefined }
    if (failures >= TRANSIENT_LIMIT) s.phase = { ...phase, unlinkSuspected: false }
    return
  }
  // The last read failed: the round ends anyway.
  if (wasLastRead) return
  const limit = transientErrors.includes(error.code) ? TRANSIENT_LIMIT : FAILURE_LIMIT
  // An idle page does not wait for anything: the action of the user failed.
  if (error.retryable && phase.name !== 'idle' && (failures < limit || isCodeOnScreen(s))) {
    s.poll = { dueAt, failures, error }
    // While reads fail, the wait does not count against the provider.
    s.waitingSince = Math.max(s.waitingSince, at - WAY_OUT_MS)
  } else {
    enter(s, { name: 'failed', error }, at)
    // A remounted component does not wait any longer.
    s.isConfirmed = true
  }
}
