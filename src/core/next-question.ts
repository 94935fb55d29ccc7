import type { PairingMethod } from './provider.js'
import { PUSH_SLACK_MS, qrDeadAt, qrHiddenAt, qrQuestionAt } from './qr-lifetime.js'
import type { QuestionKind, SessionFacts, SessionPairingCode } from './session-state.js'

/** A question that is due at a moment (epoch milliseconds). */
export interface Question {
  readonly kind: QuestionKind
  readonly at: number
}

/** Whoever looks for a passkey longer than this comes back to the page, and that asks. */
const PASSKEY_LIMIT_MS = 10 * 60_000

/** A link may be ended on the phone at any time; whoever opens the screen again must not see an old one. */
const LINKED_RECHECK_MS = 15_000

/** Some links are dropped again two or three minutes after they were made. */
const LINKED_WATCH_MS = 3 * 60_000

/** Looking for the right screen takes this long; after that, the code may be one that WhatsApp never knew. */
const SLOW_CODE_MS = 30_000

/** When to offer something else to whoever has not entered the code yet. */
export function slowCodeAt({ shownAt }: SessionPairingCode): number {
  return shownAt + SLOW_CODE_MS
}

/** What to ask the provider next, and when; `undefined` when nothing is to be asked. Pure: the schedule is a value. */
export function nextQuestion(facts: SessionFacts): Question | undefined {
  const kind = nextKind(facts)
  if (!kind) return undefined
  // The last question, and what the user asked for, wait for nobody.
  const isPushed = !facts.ending && (kind === 'status' || kind === 'qr-code')
  const promisedAt = isPushed ? facts.promisedAt + PUSH_SLACK_MS : 0
  return { kind, at: Math.max(askAt(facts, kind), facts.quietUntil, promisedAt) }
}

/** What a push would save the session from asking for: codes and state, or with `phone-code` the state alone. */
export function wantedPush(facts: SessionFacts): PairingMethod | undefined {
  const kind = facts.ending || isOnlyOnLook(facts) ? undefined : nextKind(facts)
  return kind === 'status' || kind === 'qr-code' ? facts.method : undefined
}

/** Whether the next question waits for somebody to look, instead of for its time: what takes long is not polled. */
export function isOnlyOnLook({ phase, since, now, isLinkDoubted }: SessionFacts): boolean {
  if (phase === 'linked') return !isLinkDoubted && now - since > LINKED_WATCH_MS
  return phase === 'passkey-required' && now - since > PASSKEY_LIMIT_MS
}

function nextKind(facts: SessionFacts): QuestionKind | undefined {
  const { phase, method, qr, timing } = facts
  if (phase === 'idle' || phase === 'failed') return undefined
  if (phase !== 'active' || facts.ending) return 'status'
  if (method === 'qr' ? facts.qrExhausted || facts.qrHeld : facts.codeRanOut && !facts.codeRequested)
    return undefined
  if (facts.reset === 'due') return 'reset'
  if (method === 'qr') return askAt(facts, 'qr-code') <= askAt(facts, 'status') ? 'qr-code' : 'status'
  if (facts.codeRequested) return 'pairing-code'
  // The first answer tells what the provider offers; later, a code that was just shown may have been scanned.
  const mayBeAnswered = facts.code || (qr && askAt(facts, 'status') < qrDeadAt(qr, timing))
  return mayBeAnswered || facts.answeredAt < 0 ? 'status' : undefined
}

function askAt(facts: SessionFacts, kind: QuestionKind): number {
  const { qr, qrAskedAt, timing } = facts
  if (kind === 'status' && !facts.ending)
    return facts.answeredAt + (isSettled(facts) ? LINKED_RECHECK_MS : timing.statusIntervalMs)
  if (kind !== 'qr-code') return facts.since
  // Without a code of this round, or with one that nobody knows the age of: the clock was set back.
  return qrQuestionAt(qr?.number && qrAskedAt >= 0 ? qr : undefined, facts, timing)
}

function isSettled({ phase, isLinkDoubted }: SessionFacts): boolean {
  return phase === 'linked' && !isLinkDoubted
}

/** Whether something has to be said by the user when the QR code of this moment has passed. */
export function endsWithCode({ qr, qrExhausted, qrHeld, refreshMode, maxRefreshes }: SessionFacts): boolean {
  if (!qr || qrExhausted || qrHeld) return false
  return qr.number >= maxRefreshes || (refreshMode === 'manual' && qr.number > 0)
}

/** When the session changes by time alone, whatever the network does; `Infinity` when it does not. */
export function nextDeadline(facts: SessionFacts): number {
  const { phase, qr, qrVisible, code, isCodeSlow, codeQuietUntil, timing } = facts
  const deadlines = [Number.POSITIVE_INFINITY]
  if (phase !== 'active') return Math.min(...deadlines)
  if (codeQuietUntil) deadlines.push(codeQuietUntil)
  if (qr && qrVisible) deadlines.push(qrHiddenAt(qr, timing))
  if (qr && endsWithCode(facts)) deadlines.push(qrDeadAt(qr, timing))
  if (code) deadlines.push(isCodeSlow ? code.expiresAt : Math.min(slowCodeAt(code), code.expiresAt))
  return Math.min(...deadlines)
}
