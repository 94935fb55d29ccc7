import { pauseAfter } from './backoff.js'
import { PairingError } from './errors.js'
import { qrDeadAt } from './qr-lifetime.js'
import { qrPayloadKey } from './qr-payload.js'
import type { SessionNotice } from './session-notice.js'
import type { Phase, Poll, QrRound, SessionFacts } from './session-state.js'

/** Attempts before an error that is not transient ends the session. */
export const FAILURE_LIMIT = 3

/** Replaced codes that are remembered, so that a late response cannot bring one back. A round rarely has more than six. */
const REPLACED_LIMIT = 12

/** A code that the page joined in its last seconds, or that nobody could see, does not count as one that passed unscanned. */
const COUNTED_FROM_MS = 5_000

export const NEVER: number = Number.NEGATIVE_INFINITY

/** As if the provider had not been polled yet. */
export const initialPoll: Poll = {
  respondedAt: NEVER,
  quietUntil: 0,
  promisedAt: NEVER,
  failures: 0,
  error: undefined,
  isStarting: false,
}

/** A round before its first code. */
export const emptyRound: QrRound = {
  display: 'waiting',
  code: undefined,
  requestedAt: NEVER,
  isInvited: false,
  isMissing: false,
  shown: 0,
  displayed: 0,
  watch: { ms: 0, since: undefined, wasInterrupted: false },
  broken: 0,
  wanted: 1,
  replaced: [],
}

/** What the user starts: a new round, after `expired` and after `failed`; or the next code, where that waits for the user. */
export function start(facts: SessionFacts, at: number): void {
  const { phase, qr, code, method } = facts
  const isActive = phase.name === 'active'
  if (isActive && qr.display === 'held' && method === 'qr') {
    showNextCode(facts, at)
    return
  }
  // A second click must not hand out three more codes.
  if (phase.name === 'linking' || (isActive && qr.display !== 'spent' && code.name !== 'expired')) return
  // Retry after a code has expired requests another one for the same number.
  const isRepeat = method === 'phone-code' && code.name === 'expired' && at >= facts.codeQuietUntil
  begin(facts, at)
  if (isRepeat) facts.code = { name: 'requesting', phoneNumber: code.phoneNumber }
}

/** A new round from its beginning. Where leftovers are in the way, it begins with the reset that the user asked for. */
export function begin(facts: SessionFacts, at: number): void {
  const { phase, qr } = facts
  const error = phase.name === 'failed' ? phase.error : undefined
  const isReset = error?.action === 'start-over'
  facts.reset = !isReset ? 'none' : error?.code === 'wrong-phone-number' ? 'unlink-due' : 'due'
  facts.code = { name: 'number' }
  facts.poll = { ...initialPoll }
  // A code that may still be valid keeps its age; otherwise a provider that repeats it would make it young again.
  facts.qr = { ...emptyRound, code: qr.code && { ...qr.code, number: 0 }, replaced: qr.replaced }
  facts.notice = undefined
  facts.lastRead = undefined
  facts.roundSince = facts.waitingSince = at
  facts.attempt += 1
  enter(facts, { name: 'active' }, at)
}

/** The next code of the round, as soon as the provider may be asked for it. */
export function showNextCode(facts: SessionFacts, at: number): void {
  const { qr } = facts
  forgetQr(qr, facts, at)
  qr.display = 'waiting'
  qr.wanted = qr.shown + 1
  qr.isInvited = true
  facts.lastRead = undefined
  facts.poll.promisedAt = NEVER
  facts.waitingSince = at
}

/** Into a phase, with what it takes off the screen. */
export function enter(facts: SessionFacts, phase: Phase, at: number): void {
  if (facts.phase.name !== phase.name) facts.since = facts.waitingSince = at
  facts.phase = phase
  if (phase.name === 'active') return
  const { code, qr } = facts
  // Only what is certainly used up is forgotten: after anything else the code may come again, and keeps its age.
  if (phase.name === 'linked' || phase.name === 'passkey-required') forgetQr(qr, facts, at)
  // While linking it may still turn out that the code was not entered.
  if (code.name === 'requesting' || (code.name === 'live' && phase.name !== 'linking'))
    facts.code = { name: 'number', phoneNumber: code.phoneNumber }
  hide(qr)
  facts.lastRead = undefined
  facts.notice = undefined
}

/** Back to waiting for a phone, with the reason that the user should read. */
export function returnToCodes(facts: SessionFacts, notice: SessionNotice, at: number): void {
  facts.roundSince = at
  enter(facts, { name: 'active' }, at)
  facts.notice = notice
}

/** Takes the QR code off the screen. */
export function hide(qr: QrRound): void {
  if (qr.display === 'visible') qr.display = 'waiting'
}

/** Takes the QR code away for good. */
export function forgetQr(qr: QrRound, facts: Pick<SessionFacts, 'setup'>, at: number): void {
  if (qr.code) {
    if (!doesCount(qr, facts, at)) qr.shown -= 1
    qr.replaced = [...qr.replaced, qrPayloadKey(qr.code.payload)].slice(-REPLACED_LIMIT)
  }
  qr.code = undefined
  qr.isMissing = false
  hide(qr)
}

/** Whether the code counts as one of the round that could have been scanned. */
export function doesCount(
  { code, watch, displayed }: QrRound,
  { setup }: Pick<SessionFacts, 'setup'>,
  at: number,
): boolean {
  if (!code?.number || (displayed > 1 && !watch.wasInterrupted)) return true
  const untilMs = Math.min(at, qrDeadAt(code, setup.timing))
  const lastMs = watch.since === undefined ? 0 : Math.max(untilMs - watch.since, 0)
  return watch.ms + lastMs >= COUNTED_FROM_MS
}

/** The page is visible and online, or it is not: the time of the code on screen runs on, or stops. */
export function watch(facts: SessionFacts, isWatched: boolean, at: number): void {
  const { qr } = facts
  if (isWatched === facts.isWatched) return
  facts.isWatched = isWatched
  const { ms, since } = qr.watch
  const watchedMs = since === undefined ? ms : ms + Math.max(at - since, 0)
  qr.watch = { ms: watchedMs, since: isWatched ? at : undefined, wasInterrupted: true }
}

/** A code has expired: the state is read once more, at once, and then nothing until the user acts. */
export function readOnceMore(facts: SessionFacts, at: number): void {
  if (facts.phase.name !== 'active') return
  facts.lastRead = { since: at, at }
  facts.poll.quietUntil = 0
}

/** The request is repeated after a pause. */
export function retry({ poll }: SessionFacts, error: PairingError, at: number, jitter?: number): void {
  poll.error = error
  poll.quietUntil = at + pauseAfter(error, poll.failures, jitter)
}

/** Leftovers of an earlier link, or a start that never ends: only a reset helps. */
export function stuck(): Phase {
  const message = 'The session is stuck at the provider. Start over to clear it.'
  return { name: 'failed', error: new PairingError('session-stale', message) }
}

/** Whether there is a code that a phone could scan or that the user could enter. */
export function isCodeOnScreen({ method, qr, code }: SessionFacts): boolean {
  return method === 'qr' ? qr.display === 'visible' : code.name === 'live'
}

/** With another tag, this is the session of another user or number: nothing of the old one may be shown. */
export function followTag(facts: SessionFacts, tag: string | undefined, at: number): void {
  const { setup, phase } = facts
  if (!tag || tag === setup.tag) return
  facts.setup = { ...setup, tag }
  if (setup.tag === undefined) return
  const isIdle = phase.name === 'idle'
  facts.phase = { name: isIdle ? 'idle' : 'active' }
  facts.since = facts.roundSince = facts.waitingSince = at
  if (!isIdle) facts.attempt += 1
  facts.notice = undefined
  facts.reset = 'none'
  facts.lastRead = undefined
  facts.poll = { ...initialPoll }
  facts.qr = { ...emptyRound }
  facts.code = { name: 'number' }
  facts.codeQuietUntil = 0
}
