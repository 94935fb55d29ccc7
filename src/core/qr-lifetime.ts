import type { ProviderTiming } from './provider.js'
import { type QrPayload, qrPayloadKey } from './qr-payload.js'

/** The protocol's longest code (the first of a round). A code that a provider repeats for longer is expired anyway. */
export const QR_LONGEST_LIFETIME_MS = 60_000

/**
 * How long a code stays on screen after the next request was due: time for the response to travel. Without it
 * every code would blink at every request; much longer, and a hanging network would leave an expired code on screen.
 */
const QR_ANSWER_GRACE_MS = 2_000

/** A QR code and what is known about its age. Times are epoch milliseconds. */
export interface TrackedQrCode {
  readonly payload: QrPayload
  readonly firstSeenAt: number
  /** The last response with this code. */
  readonly confirmedAt: number
  /** The last moment at which another code was valid: this one is younger. Unknown for the first. */
  readonly bornAfter: number | undefined
  /** The end that the provider stated. */
  readonly ownExpiresAt: number | undefined
  /** Of a pushed code: by when it is confirmed or replaced without a request. */
  readonly promisedAt: number | undefined
}

/** A pushed snapshot may be this late before the session polls. */
export const PUSH_SLACK_MS = 1_000

/** The longest promise that counts: a source that stopped sending must not stop the polling. */
const PROMISE_LONGEST_MS = 60_000

/** When the next pushed snapshot is due; `undefined` where none was promised. */
export function promisedAt(nextInMs: number | undefined, at: number): number | undefined {
  return isFiniteNumber(nextInMs) && nextInMs >= 0 ? at + Math.min(nextInMs, PROMISE_LONGEST_MS) : undefined
}

/** When this code has certainly expired. */
export function qrExpiresAt(code: TrackedQrCode, timing: ProviderTiming): number {
  const longest = code.firstSeenAt + QR_LONGEST_LIFETIME_MS
  if (code.ownExpiresAt !== undefined) return Math.min(code.ownExpiresAt, longest)
  return followsRotation(code, timing) ? code.firstSeenAt + timing.qrLifetimeMs : longest
}

/** When this code leaves the screen unless a response confirms it before. */
export function qrHiddenAt(code: TrackedQrCode, timing: ProviderTiming): number {
  const deadAt = qrExpiresAt(code, timing)
  if (code.promisedAt !== undefined) return Math.min(code.promisedAt + QR_ANSWER_GRACE_MS, deadAt)
  if (code.ownExpiresAt !== undefined) return deadAt
  const seenOnce = code.bornAfter === undefined && code.confirmedAt === code.firstSeenAt
  const trustedUntil = seenOnce
    ? code.firstSeenAt + timing.qrLifetimeMs
    : qrNextRequestAt(code, timing) + QR_ANSWER_GRACE_MS
  return Math.min(trustedUntil, deadAt)
}

/**
 * When to read whether this code was replaced. The first code is read at a steady pace, since its age is unknown. From the
 * first change on the rotation is known to within one interval: the next request falls where the next change may first
 * happen, and if it has not, halfway through what is left. Each round of requests narrows the interval.
 */
function qrNextRequestAt(code: TrackedQrCode, timing: ProviderTiming): number {
  if (code.promisedAt !== undefined) return code.promisedAt + PUSH_SLACK_MS
  if (code.ownExpiresAt !== undefined) {
    return Math.max(qrExpiresAt(code, timing), code.confirmedAt + timing.qrMinIntervalMs)
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

/** When the QR request is due, for a known code or for the first one. */
export function qrRequestAt(
  code: TrackedQrCode | undefined,
  { qrAskedAt, qrInvited }: QrRequests,
  timing: ProviderTiming,
): number {
  const usualAt = qrAskedAt + timing.qrIntervalMs
  if (!code) return qrInvited ? qrAskedAt + timing.qrMinIntervalMs : usualAt
  const at = qrNextRequestAt(code, timing)
  // The provider still repeats a code that has expired: poll at the usual pace.
  return at <= qrAskedAt ? usualAt : at
}

/** What was requested so far. */
export interface QrRequests {
  /** The last response to a QR request; `-Infinity` before it. */
  readonly qrAskedAt: number
  /** The provider said since that it is ready: the next request need not wait its full time. */
  readonly qrInvited: boolean
}

/** What a response says about a code. Times are epoch milliseconds, and 0 or more as far as they are durations. */
export interface QrSighting {
  readonly payload: QrPayload
  /** When the provider gave it. */
  readonly at: number
  /** When it was requested: the provider's own expiry counts from there. */
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
  // After a longer gap there may have been other codes in between: the rotation is unknown again.
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

function isFiniteNumber(value: number | undefined): value is number {
  return Number.isFinite(value)
}

/** False for a code of unknown age, and for one that has outlived the rotation: then there is none to follow. */
function followsRotation(code: TrackedQrCode, timing: ProviderTiming): boolean {
  return code.bornAfter !== undefined && code.confirmedAt < code.firstSeenAt + timing.qrLifetimeMs
}
