import { qrDeadAt, qrHiddenAt, qrNextQuestionAt } from './qr-lifetime.js'
import type { QuestionKind, SessionFacts } from './session-state.js'

/** A question that is due at a moment (epoch milliseconds). */
export interface Question {
  readonly kind: QuestionKind
  readonly at: number
}

/** Whoever looks for a passkey longer than this comes back to the page, and that asks. */
const PASSKEY_LIMIT_MS = 10 * 60_000

/** A link may be ended on the phone at any time; whoever opens the screen again must not see an old one. */
const LINKED_RECHECK_MS = 10_000

/** What to ask the provider next, and when; `undefined` when nothing is to be asked. Pure: the schedule is a value. */
export function nextQuestion(facts: SessionFacts): Question | undefined {
  const kind = nextKind(facts)
  return kind && { kind, at: Math.max(askAt(facts, kind), facts.quietUntil) }
}

/** Whether the next question waits for somebody to look, instead of for its time: what takes long is not polled. */
export function isOnlyOnLook({ phase, since, now }: SessionFacts): boolean {
  return phase === 'linked' || (phase === 'passkey-required' && now - since > PASSKEY_LIMIT_MS)
}

function nextKind(facts: SessionFacts): QuestionKind | undefined {
  const { phase, method, qr, timing } = facts
  if (phase === 'idle' || phase === 'failed') return undefined
  if (phase !== 'active' || facts.ending) return 'status'
  if (method === 'qr' ? facts.qrExhausted : facts.codeRanOut && !facts.codeRequested) return undefined
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
    return facts.answeredAt + (facts.phase === 'linked' ? LINKED_RECHECK_MS : timing.statusIntervalMs)
  if (kind !== 'qr-code') return facts.since
  const usualAt = qrAskedAt + timing.qrIntervalMs
  // No code of this round, or one that nobody knows the age of: the clock was set back.
  if (!qr?.number || qrAskedAt < 0) return facts.qrInvited ? qrAskedAt + timing.qrMinIntervalMs : usualAt
  const at = qrNextQuestionAt(qr, timing)
  // Asked since, and the provider still repeats a code that is over: go on at the usual pace.
  return at <= qrAskedAt ? usualAt : at
}

/** When the session changes by time alone, whatever the network does; `Infinity` when it does not. */
export function nextDeadline(facts: SessionFacts): number {
  const { phase, qr, qrVisible, qrExhausted, code, timing } = facts
  const deadlines = [Number.POSITIVE_INFINITY]
  if (phase !== 'active') return Math.min(...deadlines)
  if (qr && qrVisible) deadlines.push(qrHiddenAt(qr, timing))
  if (qr && !qrExhausted && qr.number >= facts.maxRefreshes) deadlines.push(qrDeadAt(qr, timing))
  if (code) deadlines.push(code.expiresAt)
  return Math.min(...deadlines)
}
