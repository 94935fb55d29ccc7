/** Whether webhooks report changes before a poll finds them. It is an immutable value. Times are epoch milliseconds. */
export interface WebhookRecord {
  /** How many changes in a row a webhook announced. */
  readonly inARow: number
  /** The time of the last webhook, until a request has found the announced change. */
  readonly announcedAt: number
  /** When a poll found a change without a webhook, which may still come. */
  readonly missedAt: number | undefined
}

/** A time before all others. */
export const NEVER: number = Number.NEGATIVE_INFINITY

/** Before the first webhook. */
export const initialWebhookRecord: WebhookRecord = { inARow: 0, announcedAt: NEVER, missedAt: undefined }

/** After this many announced changes in a row, polls only check the webhooks. */
const TRUSTED_CHANGES = 2

/** The interval of these polls, in milliseconds. It is the longest delay of a scan if its webhook is lost. */
export const TRUSTED_INTERVAL_MS = 20_000

/** A change that is found within this time after a webhook is the announced one. */
const ANNOUNCED_MS = 5_000

/** A webhook that arrives this long after its change was found is too late. */
const LATE_MS = 3_000

/** The record after a webhook. */
export function afterWebhook({ inARow, missedAt }: WebhookRecord, at: number): WebhookRecord {
  if (missedAt === undefined) return { inARow, announcedAt: at, missedAt }
  // Unless it is late, the webhook belongs to the change that a poll has already found.
  const isLate = at - missedAt > LATE_MS
  return isLate ? { ...initialWebhookRecord, announcedAt: at } : { ...initialWebhookRecord, inARow }
}

/** The record after a request has found a change. */
export function afterFoundChange(
  { inARow, announcedAt, missedAt }: WebhookRecord,
  at: number,
): WebhookRecord {
  if (at - announcedAt <= ANNOUNCED_MS) return { ...initialWebhookRecord, inARow: inARow + 1 }
  return { ...initialWebhookRecord, inARow: missedAt === undefined ? inARow : 0, missedAt: at }
}

/** Whether webhooks have announced several changes in a row before the polls, and none is missing since. */
export function areTrusted({ inARow, missedAt }: WebhookRecord): boolean {
  return inARow >= TRUSTED_CHANGES && missedAt === undefined
}
