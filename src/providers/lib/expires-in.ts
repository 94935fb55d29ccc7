import { asText } from '../../core/json.js'
import { QR_LONGEST_LIFETIME_MS } from '../../core/qr-lifetime.js'

/**
 * How long a QR code still lives, from the moment its provider gives: ISO 8601, or seconds or milliseconds
 * since 1970. Nothing where that cannot be: a code that was just given is not over, and none lives longer
 * than a minute. Then a clock is wrong, and the documented rotation is the better guess.
 */
export function expiresIn(expiresAt: unknown): { expiresInMs?: number } {
  const text = asText(expiresAt) ?? ''
  const time = Number(text)
  // Seconds stay below this until the year 5138, milliseconds have been above it since 1973.
  const at = Number.isNaN(time) ? Date.parse(text) : time < 1e11 ? time * 1_000 : time
  const expiresInMs = at - Date.now()
  return expiresInMs > 0 && expiresInMs <= QR_LONGEST_LIFETIME_MS ? { expiresInMs } : {}
}
