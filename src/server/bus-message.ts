import { asAmount, asRecord, parseJson } from '../core/json.js'
import { decodeSnapshot } from '../core/snapshot.js'
import type { ReplicaMessage } from '../poller/poller-host.js'

/** The fields of every message. */
export interface BusStamp {
  /** When it was sent, in epoch milliseconds of the sender's clock. */
  readonly sentAt: number
  /** The time of the last change that the sender knows; 0 if it knows none. */
  readonly revision: number
}

/** If an arriving state is older than this, the replica requests the state instead. */
export const MAX_MESSAGE_AGE_MS = 2_000

/**
 * Clocks with NTP differ by some milliseconds, and by up to a second for a day if some of them smear a leap second. Replicas
 * whose clocks differ by more ignore each other's messages, which costs requests but causes no errors.
 */
export const CLOCK_TOLERANCE_MS = 1_000

/** A message with its sender, who receives it too. */
export function encodeBusMessage(from: string, message: ReplicaMessage, stamp: BusStamp): string {
  if (message.type === 'changed') return JSON.stringify({ from, ...message, ...stamp })
  // Clocks differ between processes, so the message contains an age instead of a time.
  const { requestedAt, ...rest } = message
  return JSON.stringify({ from, ...rest, ageMs: Math.max(stamp.sentAt - requestedAt, 0), ...stamp })
}

/**
 * Reads a message of another replica. Returns `undefined` for an own, old, future or invalid message, because other programs may
 * publish too.
 */
export function decodeBusMessage(
  text: string,
  self: string,
  now: number,
): (ReplicaMessage & Pick<BusStamp, 'revision'>) | undefined {
  const { from, type, snapshot, ageMs, ...stamp } = asRecord(parseJson(text))
  if (typeof from !== 'string' || from === self) return undefined
  const sentAt = asAmount(stamp.sentAt)
  const travelledMs = now - (sentAt ?? Number.NaN)
  if (!(travelledMs <= MAX_MESSAGE_AGE_MS + CLOCK_TOLERANCE_MS && travelledMs >= -CLOCK_TOLERANCE_MS))
    return undefined
  // A change is older than its message. A change in the future would make all messages until then invalid.
  const revision = Math.min(asAmount(stamp.revision) ?? 0, now + CLOCK_TOLERANCE_MS)
  if (type === 'changed') return { type, revision }
  if (type !== 'snapshot') return undefined
  try {
    return {
      type,
      revision,
      snapshot: decodeSnapshot(snapshot),
      requestedAt: now - (asAmount(ageMs) ?? 0) - Math.max(travelledMs, 0),
    }
  } catch {
    return undefined
  }
}
