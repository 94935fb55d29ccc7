import type { ProviderTiming } from './provider.js'
import type { QrPayload } from './qr-payload.js'

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
  /** 1 for the first code of the round; 0 for a code of an earlier round that was not given again yet. */
  readonly number: number
  readonly firstSeenAt: number
  /** The last answer that gave this code. */
  readonly confirmedAt: number
  /** The last moment at which another code was valid: this one was born after it. Unknown for the first. */
  readonly bornAfter: number | undefined
  /** The provider's own word. */
  readonly ownExpiresAt: number | undefined
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
export function qrNextQuestionAt(code: TrackedQrCode, timing: ProviderTiming): number {
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

/** False for a code of unknown age, and for one that has outlived the rotation: then there is none to follow. */
function followsRotation(code: TrackedQrCode, timing: ProviderTiming): boolean {
  return code.bornAfter !== undefined && code.confirmedAt < code.firstSeenAt + timing.qrLifetimeMs
}
