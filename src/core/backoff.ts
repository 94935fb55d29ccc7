import type { PairingError } from './errors.js'

const RETRY_FIRST_MS = 1_000
const RATE_LIMIT_FIRST_MS = 5_000
const JITTER = 0.25
const RETRY_LONGEST_MS = 30_000

/** The longest accepted pause, in milliseconds. A longer one comes from a wrong clock or is not a time. */
export const RETRY_AFTER_LONGEST_MS = 3_600_000

/** Two readings of one clock may be this far out of order before it counts as set back. */
const CLOCK_TOLERANCE_MS = 1_000

/** Whether the clock was set back since a reading. Then a pause that was computed before could last for hours. */
export function isClockSetBack(before: number, at: number): boolean {
  return at < before - CLOCK_TOLERANCE_MS
}

export function pauseAfter(error: PairingError, failures: number, jitter = 0): number {
  const firstMs = error.code === 'rate-limited' ? RATE_LIMIT_FIRST_MS : RETRY_FIRST_MS
  const pauseMs = Math.min(firstMs * 2 ** Math.max(failures - 1, 0), RETRY_LONGEST_MS)
  return Math.max(pauseMs, retryAfterMs(error)) * (1 + JITTER * jitter)
}

export function retryAfterMs(error: PairingError): number {
  return Math.min(error.retryAfterMs || 0, RETRY_AFTER_LONGEST_MS)
}
