import type { PairingMethod } from './provider.js'
import { PUSH_SLACK_MS, qrDeadAt, qrHiddenAt, qrQuestionAt } from './qr-lifetime.js'
import type { QuestionKind, SessionFacts, SessionPairingCode } from './session-state.js'

export interface Question {
  readonly kind: QuestionKind
  readonly at: number
}

const PASSKEY_LIMIT_MS = 10 * 60_000
const LINKED_RECHECK_MS = 15_000
const LINKED_WATCH_MS = 3 * 60_000
const SLOW_CODE_MS = 30_000

export function slowCodeAt({ shownAt }: SessionPairingCode): number {
  return shownAt + SLOW_CODE_MS
}

export function nextQuestion(s: SessionFacts): Question | undefined {
  const kind = nextKind(s)
  if (!kind) return undefined
  const isPushed = !s.isEnding && (kind === 'status' || kind === 'qr-code')
  return {
    kind,
    at: Math.max(askAt(s, kind), s.poll.quietUntil, isPushed ? s.poll.promisedAt + PUSH_SLACK_MS : 0),
  }
}

export function wantedPush(s: SessionFacts): PairingMethod | undefined {
  const kind = s.isEnding || isOnlyOnLook(s) ? undefined : nextKind(s)
  return kind === 'status' || kind === 'qr-code' ? s.method : undefined
}

export function isOnlyOnLook({ phase, since, now }: SessionFacts): boolean {
  if (phase.name === 'linked') return !phase.isDoubted && now - since > LINKED_WATCH_MS
  return phase.name === 'passkey-required' && now - since > PASSKEY_LIMIT_MS
}

function nextKind(s: SessionFacts): QuestionKind | undefined {
  const { phase, method, qr, code, setup } = s
  if (phase.name === 'idle' || phase.name === 'failed') return undefined
  if (phase.name !== 'active' || s.isEnding) return 'status'
  if (method === 'qr' ? qr.display === 'spent' || qr.display === 'held' : code.name === 'spent')
    return undefined
  if (s.reset === 'due' || s.reset === 'unlink-due') return 'reset'
  if (method === 'qr') return askAt(s, 'qr-code') <= askAt(s, 'status') ? 'qr-code' : 'status'
  if (code.name === 'requesting') return 'pairing-code'
  const mayBeAnswered =
    code.name === 'live' || (qr.code && askAt(s, 'status') < qrDeadAt(qr.code, setup.timing))
  return mayBeAnswered || s.poll.answeredAt < 0 ? 'status' : undefined
}

function askAt(s: SessionFacts, kind: QuestionKind): number {
  const { qr, phase, setup } = s
  if (kind === 'status' && !s.isEnding)
    return (
      s.poll.answeredAt +
      (phase.name === 'linked' && !phase.isDoubted ? LINKED_RECHECK_MS : setup.timing.statusIntervalMs)
    )
  if (kind !== 'qr-code') return s.since
  const asked = { qrAskedAt: qr.askedAt, qrInvited: qr.isInvited }
  return qrQuestionAt(qr.code?.number && qr.askedAt >= 0 ? qr.code : undefined, asked, setup.timing)
}

export function endsWithCode({ qr, setup }: SessionFacts): boolean {
  if (!qr.code || qr.display === 'spent' || qr.display === 'held') return false
  return qr.code.number >= setup.maxRefreshes || (setup.refreshMode === 'manual' && qr.code.number > 0)
}

export function nextDeadline(s: SessionFacts): number {
  const { qr, code, setup } = s
  const deadlines = [Number.POSITIVE_INFINITY]
  if (s.phase.name === 'active') {
    if (s.codeQuietUntil) deadlines.push(s.codeQuietUntil)
    if (qr.code && qr.display === 'visible') deadlines.push(qrHiddenAt(qr.code, setup.timing))
    if (qr.code && endsWithCode(s)) deadlines.push(qrDeadAt(qr.code, setup.timing))
    if (code.name === 'live')
      deadlines.push(code.isSlow ? code.code.expiresAt : Math.min(slowCodeAt(code.code), code.code.expiresAt))
  }
  return Math.min(...deadlines)
}
