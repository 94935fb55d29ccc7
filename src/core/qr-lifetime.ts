import type { ProviderTiming } from './provider.js'
import { type QrPayload, qrPayloadKey } from './qr-payload.js'

/** The protocol's longest code (the first of a round); whatever a provider repeats, no code outlives it. */
export const QR_LONGEST_LIFETIME_MS = 60_000

/**
 * How long a code stays on screen after the next question was due: time for the answer to travel. Without it
 * every code would blink at every question; much longer, and a hanging network would leave a dead code up.
 */
const QR_ANSWER_GRACE_MS = 2_000

/** A QR code and what is known about its age. Times are epoch milliseconds. */
export interface TrackedQrCode {
  readonly payload: QrPayload
  readonly firstSeenAt: number
  /** The last answer that gave this code. */
  readonly confirmedAt: number
  /** The last moment at which another code was valid: this one was born after it. Unknown for the first. */
  readonly bornAfter: number | undefined
  /** The provider's own word. */
  readonly ownExpiresAt: number | undefined
  /** Of a pushed code: by when it is confirmed or replaced without a question. */
  readonly promisedAt: number | undefined
}

/** A pushed answer may be this late before it is asked for. */
export const PUSH_SLACK_MS = 1_000

/** Whatever is promised: a source that has gone silent must not keep anybody from asking. */
const PROMISE_LONGEST_MS = 60_000

/** When the next pushed answer is due; `undefined` where none was promised. */
export function promisedAt(nextInMs: number | undefined, at: number): number | undefined {
  return isFiniteNumber(nextInMs) && nextInMs >= 0 ? at + Math.min(nextInMs, PROMISE_LONGEST_MS) : undefined
}

/** When nothing can keep this code alive any longer. */
export function qrDeadAt(code: TrackedQrCode, timing: ProviderTiming): number {
  const longest = code.firstSeenAt + QR_LONGEST_LIFETIME_MS
  if (code.ownExpiresAt !== undefined) return Math.min(code.ownExpiresAt, longest)
  return followsRotation(code, timing) ? code.firstSeenAt + timing.qrLifetimeMs : longest
}

/** When this code leaves the screen unless an answer confirms it before. */
export function qrHiddenAt(code: TrackedQrCode, timing: ProviderTiming): number {
  const deadAt = qrDeadAt(code, timing)
  if (code.promisedAt !== undefined) return Math.min(code.promisedAt + QR_ANSWER_GRACE_MS, deadAt)
  if (code.ownExpiresAt !== undefined) return deadAt
  const seenOnce = code.bornAfter === undefined && code.confirmedAt === code.firstSeenAt
  const trustedUntil = seenOnce
    ? code.firstSeenAt + timing.qrLifetimeMs
    : qrNextQuestionAt(code, timing) + QR_ANSWER_GRACE_MS
  return Math.min(trustedUntil, deadAt)
}

/**
 * When to ask whether this code was replaced. The first code is asked about at a steady pace, since its age is
 * unknown. From the first change on the rotation is known to within one interval: the next question falls where the
 * next change may first happen, and if it has not, halfway through what is left. Each round of questions makes
 * the guess sharper, and in between none is wasted.
 */
function qrNextQuestionAt(code: TrackedQrCode, timing: ProviderTiming): number {
  if (code.promisedAt !== undefined) return code.promisedAt + PUSH_SLACK_MS
  if (code.ownExpiresAt !== undefined) {
    return Math.max(qrDeadAt(code, timing), code.confirmedAt + timing.qrMinIntervalMs)
  }
  if (code.bornAfter === undefined || !followsRotation(code, timing))
    return code.confirmedAt + timing.qrIntervalMs
  const firstChangeAt = code.bornAfter + timing.qrLifetimeMs
  const lastChangeAt = code.firstSeenAt + timing.qrLifetimeMs
  const halfway = code.confirmedAt + (lastChangeAt - code.confirmedAt) / 2
  return Math.max(
    code.confirmedAt < firstChangeAt ? firstChangeAt : halfway,
    code.confirmedAt + timing.qrMinIntervalMs,
  )
}

/** When the QR question is due: about a code that is known, or for one. */
export function qrQuestionAt(
  code: TrackedQrCode | undefined,
  { qrAskedAt, qrInvited }: QrQuestions,
  timing: ProviderTiming,
): number {
  const usualAt = qrAskedAt + timing.qrIntervalMs
  if (!code) return qrInvited ? qrAskedAt + timing.qrMinIntervalMs : usualAt
  const at = qrNextQuestionAt(code, timing)
  // Asked since, and the provider still repeats a code that is over: go on at the usual pace.
  return at <= qrAskedAt ? usualAt : at
}

/** What has been asked so far. */
export interface QrQuestions {
  /** The last QR question that was answered; `-Infinity` before it. */
  readonly qrAskedAt: number
  /** The provider said since that it is ready: the next question need not wait its full time. */
  readonly qrInvited: boolean
}

/** What an answer says of a code. Times are epoch milliseconds, and 0 or more as far as they are durations. */
export interface QrSighting {
  readonly payload: QrPayload
  /** When the provider gave it. */
  readonly at: number
  /** When it was asked for: the provider's own expiry counts from there. */
  readonly askedAt: number
  readonly expiresInMs: number | undefined
  readonly confirmInMs: number | undefined
}

/** Two statements about the end of one code that are closer than this mean the same moment: responses travel for a while. */
const EXPIRY_TOLERANCE_MS = 500

/** What is known of a code after a response that carries it: `previous` is the code before, which may be the same. */
export function trackQrCode(
  previous: TrackedQrCode | undefined,
  { payload, at, askedAt, expiresInMs, confirmInMs }: QrSighting,
  { qrLifetimeMs }: ProviderTiming,
): TrackedQrCode {
  const isKnown = previous !== undefined && qrPayloadKey(previous.payload) === qrPayloadKey(payload)
  // After a longer gap other codes may have come and gone between: the rotation is unknown again.
  const isNext = previous !== undefined && at - previous.confirmedAt < qrLifetimeMs
  const ownExpiresAt = isFiniteNumber(expiresInMs) ? Math.min(askedAt, at) + expiresInMs : undefined
  return {
    payload,
    firstSeenAt: isKnown ? previous.firstSeenAt : at,
    confirmedAt: at,
    bornAfter: isKnown ? previous.bornAfter : isNext ? previous.confirmedAt : undefined,
    ownExpiresAt: isKnown ? steady(previous.ownExpiresAt, ownExpiresAt) : ownExpiresAt,
    promisedAt: promisedAt(confirmInMs, at),
  }
}

/** A moment that moved by a few milliseconds would be a change: the screen would be drawn again and the countdown restart. */
function steady(before: number | undefined, after: number | undefined): number | undefined {
  if (before === undefined || after === undefined) return after
  return Math.abs(after - before) < EXPIRY_TOLERANCE_MS ? before : after
}

/**
 * A code on screen that the provider has not repeated, though it named no other: it is trusted until its own end. Where that
 * is unknown, a pushed code is trusted for as long as it was promised, any other one for one lifetime.
 */
export function unconfirmedQrCode(code: TrackedQrCode, timing: ProviderTiming): TrackedQrCode {
  if (code.ownExpiresAt === undefined && code.promisedAt !== undefined) return code
  const deadAt = qrDeadAt(code, timing)
  const ownExpiresAt = code.ownExpiresAt ?? Math.min(deadAt, code.confirmedAt + timing.qrLifetimeMs)
  return { ...code, ownExpiresAt, promisedAt: undefined }
}

function isFiniteNumber(value: number | undefined): value is number {
  return Number.isFinite(value)
}

/** False for a code of unknown age, and for one that has outlived the rotation: then there is none to follow. */
function followsRotation(code: TrackedQrCode, timing: ProviderTiming): boolean {
  return code.bornAfter !== undefined && code.confirmedAt < code.firstSeenAt + timing.qrLifetimeMs
}
