/** Whether webhooks come before the poll that would have found the same. A value: times are epoch milliseconds. */
export interface WebhookRecord {
  /** Changes in a row that a webhook announced. */
  readonly inARow: number
  /** The last webhook, until a request has found what it announced. */
  readonly announcedAt: number
  /** A poll found a change that no webhook had announced. It may still come. */
  readonly missedAt: number | undefined
}

const NEVER = Number.NEGATIVE_INFINITY

/** No webhook has come yet. */
export const initialWebhookRecord: WebhookRecord = { inARow: 0, announcedAt: NEVER, missedAt: undefined }

/** So many changes in a row have to be announced until polls are only a check on webhooks. */
const TRUSTED_CHANGES = 2

/** Between two polls then, in milliseconds: so late a scan is noticed at the most where its webhook does not come. */
export const TRUSTED_INTERVAL_MS = 20_000

/** A change that is found so soon after a webhook is the one that it announced. */
const ANNOUNCED_MS = 5_000

/** A webhook that comes later than this after its change was found is of no use. */
const LATE_MS = 3_000

/** The record after a webhook. */
export function afterWebhook({ inARow, missedAt }: WebhookRecord, at: number): WebhookRecord {
  if (missedAt === undefined) return { inARow, announcedAt: at, missedAt }
  // In time, it is about the change that a poll has found.
  const isLate = at - missedAt > LATE_MS
  return isLate ? { ...initialWebhookRecord, announcedAt: at } : { ...initialWebhookRecord, inARow }
}

/** The record after a request has found a change. */
export function afterFinding({ inARow, announcedAt, missedAt }: WebhookRecord, at: number): WebhookRecord {
  if (at - announcedAt <= ANNOUNCED_MS) return { ...initialWebhookRecord, inARow: inARow + 1 }
  return { ...initialWebhookRecord, inARow: missedAt === undefined ? inARow : 0, missedAt: at }
}

/** Whether webhooks were before the polls for several changes in a row, and none is missing since. */
export function areTrusted({ inARow, missedAt }: WebhookRecord): boolean {
  return inARow >= TRUSTED_CHANGES && missedAt === undefined
}
