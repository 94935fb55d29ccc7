import { qrDeadAt, qrHiddenAt, qrNextQuestionAt } from './qr-lifetime.js'
import type { QuestionKind, SessionFacts } from './session-state.js'

/** A question that is due at a moment (epoch milliseconds). */
export interface Question {
  readonly kind: QuestionKind
  readonly at: number
}

/** WhatsApp's own hand-over after a scan takes seconds, a provider's start up to five minutes. */
const LINKING_LIMIT_MS = 5 * 60_000

/** GREEN-API documents up to ten minutes before the first code. */
const PREPARING_LIMIT_MS = 10 * 60_000

/** Somebody who looks for a passkey takes longer than a scan, but does not take all day. */
const PASSKEY_LIMIT_MS = 10 * 60_000

/** What to ask the provider next, and when; `null` when nothing is to be asked. Pure: the schedule is a value. */
export function nextQuestion(facts: SessionFacts): Question | null {
  const question = planned(facts)
  return question && { ...question, at: Math.max(question.at, facts.quietUntil) }
}

function planned(facts: SessionFacts): Question | null {
  const { phase, method, timing, answeredAt } = facts
  if (phase.name === 'active' && method === 'qr' && facts.qr.exhausted) return null
  if (phase.name === 'active' && facts.reset === 'due') return { kind: 'reset', at: facts.since }
  const status: Question = {
    kind: 'status',
    at: (answeredAt ?? Number.NEGATIVE_INFINITY) + timing.statusIntervalMs,
  }
  if (phase.name === 'linking') return status
  if (phase.name === 'passkey-required') return facts.now - facts.since < PASSKEY_LIMIT_MS ? status : null
  if (phase.name !== 'active') return null
  if (method === 'phone-code') return plannedForCode(facts, status)
  const qrCode: Question = { kind: 'qr-code', at: qrQuestionAt(facts) }
  return qrCode.at <= status.at ? qrCode : status
}

function plannedForCode(facts: SessionFacts, status: Question): Question | null {
  const { code, qr, timing } = facts
  if (code.requested) return { kind: 'pairing-code', at: facts.since }
  if (code.current) return status
  // The first answer tells what the provider offers. A QR code that was just shown may still have been scanned.
  const qrMayBeScanned = qr.current !== null && status.at < qrDeadAt(qr.current, timing)
  return facts.answeredAt === null || qrMayBeScanned ? status : null
}

function qrQuestionAt({ qr, timing, now }: SessionFacts): number {
  if (qr.askedAt === null) return Number.NEGATIVE_INFINITY
  const usualAt = qr.askedAt + timing.qrIntervalMs
  if (!qr.current || qr.current.number === 0)
    return qr.invited ? qr.askedAt + timing.qrMinIntervalMs : usualAt
  const at = qrNextQuestionAt(qr.current, timing)
  // A code that is over while the provider still repeats it: keep asking, at the usual pace.
  return at <= qr.askedAt || qrDeadAt(qr.current, timing) <= now ? Math.max(at, usualAt) : at
}

/** When the session changes by time alone, whatever the network does; `null` when it does not. */
export function nextDeadline(facts: SessionFacts): number | null {
  const { phase, qr, code, maxRefreshes, method, timing } = facts
  if (phase.name === 'linking') return linkingEndsAt(facts)
  if (phase.name !== 'active') return null
  const deadlines: number[] = []
  if (qr.current && qr.visible) deadlines.push(qrHiddenAt(qr.current, timing))
  else if (qr.current && !qr.exhausted && qr.current.number >= maxRefreshes)
    deadlines.push(qrDeadAt(qr.current, timing))
  if (code.current) deadlines.push(code.current.expiresAt)
  if (method === 'qr' && !qr.exhausted && !qr.visible) deadlines.push(preparingEndsAt(facts))
  return deadlines.length === 0 ? null : Math.min(...deadlines)
}

/** When waiting for a code has taken too long. */
export function preparingEndsAt({ qr, roundSince }: SessionFacts): number {
  return Math.max(roundSince, qr.current?.confirmedAt ?? 0) + PREPARING_LIMIT_MS
}

/** When finishing a link has taken too long. */
export function linkingEndsAt({ since }: SessionFacts): number {
  return since + LINKING_LIMIT_MS
}
