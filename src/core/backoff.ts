import type { PairingError } from './errors.js'

const RETRY_FIRST_MS = 1_000

/** A provider that asks to slow down, and does not say for how long, gets a longer pause than after any other failure. */
const RATE_LIMIT_FIRST_MS = 5_000

/** Share of a pause that is added at random, so that pages that failed together do not retry together. */
const JITTER = 0.25
const RETRY_LONGEST_MS = 30_000

/** No provider makes a session wait longer, and no timer holds more than 24 days. */
const RETRY_AFTER_LONGEST_MS = 3_600_000

/** The pause before the next request, after so many failures in a row. `jitter` is random, from 0 to 1. */
export function pauseAfter(error: PairingError, failures: number, jitter = 0): number {
  const firstMs = error.code === 'rate-limited' ? RATE_LIMIT_FIRST_MS : RETRY_FIRST_MS
  const pauseMs = Math.min(firstMs * 2 ** Math.max(failures - 1, 0), RETRY_LONGEST_MS)
  return Math.max(pauseMs, retryAfterMs(error)) * (1 + JITTER * jitter)
}

/** How long the provider asked to wait; 0 where it did not say. */
export function retryAfterMs(error: PairingError): number {
  // `||`: a provider's `NaN` is no time to wait for.
  return Math.min(error.retryAfterMs || 0, RETRY_AFTER_LONGEST_MS)
}
