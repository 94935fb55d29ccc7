import { pauseAfter } from '../core/backoff.js'
import type { PairingError } from '../core/errors.js'
import type { PairingSnapshot, ProviderTiming } from '../core/provider.js'
import {
  PUSH_SLACK_MS,
  promisedAt,
  type QrQuestions,
  qrDeadAt,
  qrHiddenAt,
  qrQuestionAt,
  type TrackedQrCode,
  trackQrCode,
} from '../core/qr-lifetime.js'
import { qrPayloadKey } from '../core/qr-payload.js'

/** What a server may ask a provider on behalf of those who watch. */
export type ReadQuestion = 'status' | 'qr-code'

/** What is known of one session at the provider. A value: times are epoch milliseconds and come from outside. */
export interface Knowledge extends QrQuestions {
  /** The last answer that was no code. */
  readonly state: Exclude<PairingSnapshot, { status: 'qr' }> | undefined
  /** The last code; gone as soon as the state says that a phone has answered. */
  readonly qr: TrackedQrCode | undefined
  /** Counts codes, so that those who have one are not sent it again. */
  readonly qrVersion: number
  /** The last answer of any kind. */
  readonly answeredAt: number
  /** Nothing is asked before this moment. */
  readonly quietUntil: number
  /** When the next pushed answer is due: from the provider, or from another replica. */
  readonly promisedAt: number
  /** Failures in a row. */
  readonly failures: number
  /** The last answer was one to a question of our own: it has all details that the provider tells. */
  readonly isDetailed: boolean
  /** The provider refused: asking again helps nobody before something has changed. */
  readonly isRefused: boolean
}

const NEVER = Number.NEGATIVE_INFINITY

export const nothingKnown: Knowledge = {
  state: undefined,
  qr: undefined,
  qrVersion: 0,
  qrAskedAt: NEVER,
  qrInvited: false,
  answeredAt: NEVER,
  quietUntil: NEVER,
  promisedAt: NEVER,
  failures: 0,
  isDetailed: false,
  isRefused: false,
}

/** A link may be ended on the phone at any time; nobody looks at a linked screen for long. */
const LINKED_INTERVAL_MS = 15_000

/** Where an answer comes from: a question of our own, or without one. */
export interface AnswerOrigin {
  readonly question?: ReadQuestion | undefined
  readonly askedAt: number
  readonly at: number
}

/** Two readings of one clock may be this far out of order before it counts as set back. */
const CLOCK_TOLERANCE_MS = 1_000

/** What is known after an answer. */
export function learn(
  before: Knowledge,
  snapshot: PairingSnapshot,
  { question, askedAt, at }: AnswerOrigin,
  timing: ProviderTiming,
): Knowledge {
  // Of a clock that was set back: nobody knows how old anything is, and nothing may wait until it is late again.
  const isSetBack = at < before.answeredAt - CLOCK_TOLERANCE_MS
  const knowledge = isSetBack ? afterChange(before) : before
  const next: Knowledge = {
    ...knowledge,
    answeredAt: at,
    quietUntil: NEVER,
    failures: 0,
    isDetailed: question !== undefined,
    isRefused: false,
    promisedAt: promisedAt(snapshot.nextInMs, at) ?? knowledge.promisedAt,
    ...(question === 'qr-code' && { qrAskedAt: at, qrInvited: false }),
  }
  if (snapshot.status === 'qr') {
    const { qrCode: payload, expiresInMs, confirmInMs } = snapshot
    const qr = trackQrCode(knowledge.qr, { payload, at, askedAt, expiresInMs, confirmInMs }, timing)
    const isSame = knowledge.qr && qrPayloadKey(knowledge.qr.payload) === qrPayloadKey(payload)
    return {
      ...next,
      qr,
      qrVersion: isSame ? knowledge.qrVersion : knowledge.qrVersion + 1,
      // Pushed: as good as asked for.
      qrAskedAt: at,
      qrInvited: false,
    }
  }
  return {
    ...next,
    state: snapshot,
    ...(snapshot.status === 'unlinked' && { qrInvited: true }),
    ...(isAnswered(snapshot) && { qr: undefined }),
  }
}

/** What is known after a failure. `jitter` is random, from 0 to 1. */
export function learnFailure(
  knowledge: Knowledge,
  error: PairingError,
  at: number,
  jitter: number,
): Knowledge {
  const failures = knowledge.failures + 1
  const quietUntil = at + pauseAfter(error, failures, jitter)
  return { ...knowledge, failures, quietUntil, isRefused: !error.retryable }
}

/** What is known after something was changed at the provider: nothing but when it may be asked again. */
export function afterChange({ qrVersion, quietUntil, failures }: Knowledge): Knowledge {
  return { ...nothingKnown, qrVersion, quietUntil, failures }
}

/** What to ask next, and when; `undefined` where asking helps nobody. */
export function nextRead(
  knowledge: Knowledge,
  isQrWanted: boolean,
  timing: ProviderTiming,
): { readonly question: ReadQuestion; readonly at: number } | undefined {
  const { state, qr, answeredAt, quietUntil, promisedAt, isDetailed, isRefused } = knowledge
  if (isRefused) return undefined
  const isSettled = state?.status === 'linked' && isDetailed
  const intervalMs = isSettled ? LINKED_INTERVAL_MS : timing.statusIntervalMs
  const statusAt = answeredAt + intervalMs
  const qrAt =
    isQrWanted && !(state && isAnswered(state))
      ? qrQuestionAt(qr, knowledge, timing)
      : Number.POSITIVE_INFINITY
  const at = Math.max(Math.min(statusAt, qrAt), quietUntil, promisedAt + PUSH_SLACK_MS)
  return { question: qrAt <= statusAt ? 'qr-code' : 'status', at }
}

/** The code that may be shown at this moment, with what whoever shows it must know. */
export function currentQr(
  knowledge: Knowledge,
  at: number,
  timing: ProviderTiming,
): Extract<PairingSnapshot, { status: 'qr' }> | undefined {
  const { qr, qrAskedAt } = knowledge
  // The last question about it brought something else.
  if (!qr || qr.confirmedAt < qrAskedAt || at >= qrHiddenAt(qr, timing)) return undefined
  return {
    status: 'qr',
    qrCode: qr.payload,
    expiresInMs: qrDeadAt(qr, timing) - at,
    confirmInMs: Math.max(qrQuestionAt(qr, knowledge, timing) - at, 0),
  }
}

/** Whether a phone has answered: from then on, codes mean nothing. */
function isAnswered({ status }: PairingSnapshot): boolean {
  return status === 'linking' || status === 'linked' || status === 'passkey-required'
}
