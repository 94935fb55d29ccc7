import type { ProviderTiming } from './provider.js'
import { type QrPayload, qrPayloadKey } from './qr-payload.js'

/**
 * The longest life of a code in WhatsApp's protocol (the first of a round). A code that a provider repeats for longer has
 * expired.
 */
export const QR_LONGEST_LIFETIME_MS = 60_000

/** WhatsApp's rotation: how long every code of a round but the first is valid. */
export const QR_LIFETIME_MS = 20_000

export const CODES_OF_A_ROUND = 6

/** The life of the connection for which WhatsApp issues codes, and so of a pairing code that was requested at its start. */
export const PAIRING_CODE_LIFETIME_MS: number =
  QR_LONGEST_LIFETIME_MS + (CODES_OF_A_ROUND - 1) * QR_LIFETIME_MS

/**
 * How long a code stays on screen after the next request was due, while the response travels. Without this time, each request
 * would make the code flicker. With a much longer one, an expired code would stay on screen when the network hangs.
 */
export const QR_RESPONSE_GRACE_MS = 2_000

/** A QR code and the facts about its age. Times are epoch milliseconds. */
export interface TrackedQrCode {
  readonly payload: QrPayload
  readonly firstSeenAt: number
  /** The last response with this code. */
  readonly confirmedAt: number
  /** The last time at which another code was valid, so this one is younger. Unknown for the first code. */
  readonly createdAfter: number | undefined
  /** The end that the provider reported. */
  readonly ownExpiresAt: number | undefined
  /** Of a pushed code: the latest time at which a push confirms or replaces it. */
  readonly promisedAt: number | undefined
}

/** A pushed snapshot may be this late before the session polls. */
export const PUSH_SLACK_MS = 1_000

/** The longest accepted `nextInMs` of a push, so that a source that stops sending does not stop the polling. */
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

/** When this code leaves the screen, unless a response confirms it earlier. */
export function qrHiddenAt(code: TrackedQrCode, timing: ProviderTiming): number {
  const expiresAt = qrExpiresAt(code, timing)
  if (code.promisedAt !== undefined) return Math.min(code.promisedAt + QR_RESPONSE_GRACE_MS, expiresAt)
  if (code.ownExpiresAt !== undefined) return expiresAt
  const seenOnce = code.createdAfter === undefined && code.confirmedAt === code.firstSeenAt
  const trustedUntil = seenOnce
    ? code.firstSeenAt + timing.qrLifetimeMs
    : qrNextRequestAt(code, timing) + QR_RESPONSE_GRACE_MS
  return Math.min(trustedUntil, expiresAt)
}

/**
 * When to read whether this code was replaced. The age of the first code is unknown, so it is read at a steady pace. After the
 * first change, the rotation is known to within one interval. The next request is then sent at the earliest time of the next
 * change, and later ones halfway through the remaining time. Each round of requests narrows the interval.
 */
function qrNextRequestAt(code: TrackedQrCode, timing: ProviderTiming): number {
  if (code.promisedAt !== undefined) return code.promisedAt + PUSH_SLACK_MS
  if (code.ownExpiresAt !== undefined) {
    return Math.max(qrExpiresAt(code, timing), code.confirmedAt + timing.qrMinIntervalMs)
  }
  if (code.createdAfter === undefined || !followsRotation(code, timing))
    return code.confirmedAt + timing.qrIntervalMs
  const firstChangeAt = code.createdAfter + timing.qrLifetimeMs
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
  { qrRespondedAt, qrInvited }: QrRequests,
  timing: ProviderTiming,
): number {
  const usualAt = qrRespondedAt + timing.qrIntervalMs
  if (!code) return qrInvited ? qrRespondedAt + timing.qrMinIntervalMs : usualAt
  const at = qrNextRequestAt(code, timing)
  // The provider still repeats a code that has expired: poll at the usual pace.
  return at <= qrRespondedAt ? usualAt : at
}

/** The requests so far. */
export interface QrRequests {
  /** The time of the last response to a QR request; `-Infinity` before the first. */
  readonly qrRespondedAt: number
  /** The provider has reported since then that it is ready, so the next request may come earlier. */
  readonly qrInvited: boolean
}

/** A response with a code. Times are epoch milliseconds. */
export interface QrResponse {
  readonly payload: QrPayload
  /** When the provider sent it. */
  readonly at: number
  /** When it was requested: the provider's expiry counts from this time. */
  readonly requestedAt: number
  readonly expiresInMs: number | undefined
  readonly confirmInMs: number | undefined
}

/** Two reported ends of one code that differ by less than this are the same, because responses travel for different times. */
const EXPIRY_TOLERANCE_MS = 500

/** Updates the facts about a code after a response with it. `previous` is the last code, which may be the same. */
export function trackQrCode(
  previous: TrackedQrCode | undefined,
  { payload, at, requestedAt, expiresInMs, confirmInMs }: QrResponse,
  { qrLifetimeMs }: ProviderTiming,
): TrackedQrCode {
  const isKnown = previous !== undefined && qrPayloadKey(previous.payload) === qrPayloadKey(payload)
  // After a longer gap there may have been other codes in between: the rotation is unknown again.
  const isNext = previous !== undefined && at - previous.confirmedAt < qrLifetimeMs
  const ownExpiresAt = isFiniteNumber(expiresInMs) ? Math.min(requestedAt, at) + expiresInMs : undefined
  return {
    payload,
    firstSeenAt: isKnown ? previous.firstSeenAt : at,
    confirmedAt: at,
    createdAfter: isKnown ? previous.createdAfter : isNext ? previous.confirmedAt : undefined,
    ownExpiresAt: isKnown ? keepIfClose(previous.ownExpiresAt, ownExpiresAt) : ownExpiresAt,
    promisedAt: promisedAt(confirmInMs, at),
  }
}

/**
 * Keeps the earlier time if both differ by only a few milliseconds. Otherwise the screen would be redrawn and the countdown would
 * restart.
 */
function keepIfClose(before: number | undefined, after: number | undefined): number | undefined {
  if (before === undefined || after === undefined) return after
  return Math.abs(after - before) < EXPIRY_TOLERANCE_MS ? before : after
}

function isFiniteNumber(value: number | undefined): value is number {
  return Number.isFinite(value)
}

/** Whether the code follows a known rotation. False if its age is unknown or it has lived longer than the rotation. */
function followsRotation(code: TrackedQrCode, timing: ProviderTiming): boolean {
  return code.createdAfter !== undefined && code.confirmedAt < code.firstSeenAt + timing.qrLifetimeMs
}
