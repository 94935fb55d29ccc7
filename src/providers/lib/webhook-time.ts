import { asText } from '../../core/json.js'

/** Up to here a number is in seconds: the year 5138, and 1973 in milliseconds. */
const MOST_SECONDS = 1e11

/** Time zones differ by multiples of this. */
const QUARTER_HOUR_MS = 900_000

/** The time in a field of a webhook, in epoch milliseconds: seconds, milliseconds or ISO 8601. */
export function webhookTime(value: unknown): number | undefined {
  const time = typeof value === 'number' ? value : Number(asText(value) ?? Number.NaN)
  if (Number.isFinite(time)) return time < MOST_SECONDS ? time * 1_000 : time
  const parsed = Date.parse(asText(value) ?? '')
  return Number.isNaN(parsed) ? undefined : parsed
}

/** As {@link webhookTime}, for a server that marks its local time as UTC. Returns the time nearest to now. */
export function localWebhookTime(value: unknown, now: number): number | undefined {
  const time = webhookTime(value)
  return time === undefined ? undefined : time + Math.round((now - time) / QUARTER_HOUR_MS) * QUARTER_HOUR_MS
}
