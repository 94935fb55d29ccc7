import { asAmount, asRecord, parseJson } from '../core/json.js'
import { decodeSnapshot } from '../core/snapshot.js'
import type { ReplicaMessage } from '../poller/poller-host.js'

/** What belongs to every message. */
export interface BusStamp {
  /** When the sender sent it, by its own clock, in epoch milliseconds. */
  readonly sentAt: number
  /** The time of the last change that the sender has seen; 0 where it has seen none. */
  readonly revision: number
}

/** A state that is older when it arrives is requested instead. */
export const MAX_MESSAGE_AGE_MS = 2_000

/**
 * Servers that follow NTP differ by some milliseconds, and for a day by up to a second where some of them smear a leap second.
 * Replicas whose clocks differ by more than this do without each other's messages, which costs requests and shows nothing wrong.
 */
export const CLOCK_TOLERANCE_MS = 1_000

/** A message with its sender, who receives it too. */
export function encodeBusMessage(from: string, message: ReplicaMessage, stamp: BusStamp): string {
  if (message.type === 'changed') return JSON.stringify({ from, ...message, ...stamp })
  // Clocks differ between processes, so the age travels. It ends where the time of the message begins.
  const { requestedAt, ...rest } = message
  return JSON.stringify({ from, ...rest, ageMs: Math.max(stamp.sentAt - requestedAt, 0), ...stamp })
}

/**
 * A message of another replica; `undefined` for one of our own, for one that is old or from the future, and for what is
 * none: other programs may publish too.
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
  // A change lies before its message. One of the future would void everything until then.
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
