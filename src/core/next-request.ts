import type { PairingMethod } from './provider.js'
import { PUSH_SLACK_MS, qrDeadAt, qrHiddenAt, qrQuestionAt } from './qr-lifetime.js'
import type { RequestKind, SessionFacts, SessionPairingCode } from './session-state.js'

/** A request that is due at a moment (epoch milliseconds). */
export interface DueRequest {
  readonly kind: RequestKind
  readonly at: number
}

/** After so long without a passkey the user has left the page; coming back to it makes a request. */
const PASSKEY_LIMIT_MS = 10 * 60_000

/** The link may be ended on the phone at any time, and a screen that is opened again must not show an old one. */
const LINKED_RECHECK_MS = 15_000

/** Some links are ended again two or three minutes after they were made. */
export const LINKED_WATCH_MS = 180_000

/** Finding the right screen on the phone takes this long; after that, the code may be one that WhatsApp never accepts. */
const SLOW_CODE_MS = 30_000

/** When to offer the user another way, because the code was not entered yet. */
export function slowCodeAt({ shownAt }: SessionPairingCode): number {
  return shownAt + SLOW_CODE_MS
}

/** The next request and when to send it; `undefined` when none is due. Pure: the schedule is a value. */
export function nextRequest(facts: SessionFacts): DueRequest | undefined {
  const kind = nextKind(facts)
  if (!kind) return undefined
  // The last read, and what the user asked for, do not wait for pushed snapshots.
  const isPushed = !facts.lastRead && (kind === 'status' || kind === 'qr-code')
  const promisedAt = isPushed ? facts.poll.promisedAt + PUSH_SLACK_MS : 0
  return { kind, at: Math.max(dueAt(facts, kind), facts.poll.quietUntil, promisedAt) }
}

/** What a push would save the session from polling: codes and state, or with `phone-code` the state alone. */
export function wantedPush(facts: SessionFacts): PairingMethod | undefined {
  const kind = facts.lastRead || isOnlyOnLook(facts) ? undefined : nextKind(facts)
  return kind === 'status' || kind === 'qr-code' ? facts.method : undefined
}

/** Whether the next request waits until the user comes back to the page: what takes long is not polled. */
export function isOnlyOnLook({ phase, since, now, visit }: SessionFacts): boolean {
  if (visit.name !== 'shown') return false
  if (phase.name === 'linked') return !phase.unlinkSuspected && now - since > LINKED_WATCH_MS
  return phase.name === 'passkey-required' && now - since > PASSKEY_LIMIT_MS
}

function nextKind(facts: SessionFacts): RequestKind | undefined {
  const { phase, method, qr, code, setup } = facts
  if (phase.name === 'idle') return undefined
  if (facts.lastRead) return 'status'
  if (phase.name === 'failed') return undefined
  if (phase.name !== 'active') return 'status'
  if (method === 'qr' ? qr.display === 'spent' || qr.display === 'held' : code.name === 'expired')
    return undefined
  if (facts.reset === 'due' || facts.reset === 'unlink-due') return 'reset'
  if (method === 'qr') return dueAt(facts, 'qr-code') <= dueAt(facts, 'status') ? 'qr-code' : 'status'
  if (code.name === 'requesting') return 'pairing-code'
  // The first response says what the provider offers; later, a phone may scan or enter a code that was just shown.
  const mayLink =
    code.name === 'live' || (qr.code && dueAt(facts, 'status') < qrDeadAt(qr.code, setup.timing))
  return mayLink || facts.poll.respondedAt < 0 ? 'status' : undefined
}

function dueAt(facts: SessionFacts, kind: RequestKind): number {
  const { qr, phase, setup, poll } = facts
  if (kind === 'status' && facts.lastRead) return facts.lastRead.at
  if (kind === 'status') {
    const isSettled = phase.name === 'linked' && !phase.unlinkSuspected
    return poll.respondedAt + (isSettled ? LINKED_RECHECK_MS : setup.timing.statusIntervalMs)
  }
  if (kind !== 'qr-code') return facts.since
  const sent = { qrAskedAt: qr.requestedAt, qrInvited: qr.isInvited }
  // Without a code of this round, or with one of unknown age, because the clock was set back.
  const known = qr.code?.number && qr.requestedAt >= 0 && !qr.isMissing ? qr.code : undefined
  return qrQuestionAt(known, sent, setup.timing)
}

/** Whether the round stops when the QR code of this moment has passed: the user has to act. */
export function endsWithCode({ qr, setup }: SessionFacts): boolean {
  if (!qr.code || qr.display === 'spent' || qr.display === 'held') return false
  return qr.code.number >= setup.maxRefreshes || (setup.refreshMode === 'manual' && qr.code.number > 0)
}

/** When the session changes by time alone, whatever the network does; `Infinity` when it does not. */
export function nextDeadline(facts: SessionFacts): number {
  const { qr, code, setup } = facts
  const deadlines = [Number.POSITIVE_INFINITY]
  if (facts.phase.name === 'active') {
    if (facts.codeQuietUntil) deadlines.push(facts.codeQuietUntil)
    if (qr.code && qr.display === 'visible') deadlines.push(qrHiddenAt(qr.code, setup.timing))
    if (qr.code && endsWithCode(facts)) deadlines.push(qrDeadAt(qr.code, setup.timing))
    if (code.name === 'live')
      deadlines.push(code.isSlow ? code.code.expiresAt : Math.min(slowCodeAt(code.code), code.code.expiresAt))
  }
  return Math.min(...deadlines)
}
