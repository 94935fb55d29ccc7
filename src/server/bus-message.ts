import { asAmount, asRecord, parseJson } from '../core/json.js'
import type { PairingSnapshot } from '../core/provider.js'
import { decodeSnapshot } from '../core/wire.js'

/** What one replica sends to the others about a session. */
export type BusMessage =
  | { readonly type: 'snapshot'; readonly snapshot: PairingSnapshot }
  /** Something was changed at the provider: what was known before means nothing. */
  | { readonly type: 'changed' }

/** What belongs to every message. */
export interface BusStamp {
  /** When the sender sent it, by its own clock, in epoch milliseconds. */
  readonly sentAt: number
  /** The time of the last change that the sender knows of; 0 where it knows of none. */
  readonly revision: number
}

/** A snapshot says how long its code lives from the moment it is sent, so it may not be much older when it arrives. */
export const MAX_MESSAGE_AGE_MS = 2_000

/**
 * Servers that follow NTP differ by some milliseconds, and for a day by up to a second where some of them smear a leap second.
 * Replicas whose clocks differ by more than this do without each other's messages, which costs requests and shows nothing wrong.
 */
const CLOCK_TOLERANCE_MS = 1_000

/** A message with its sender, who receives it too. */
export function encodeBusMessage(from: string, message: BusMessage, stamp: BusStamp): string {
  return JSON.stringify({ from, ...stamp, ...message })
}

/**
 * A message of another replica; `undefined` for one of our own, for one that is old or from the future, and for what is none:
 * anybody may publish.
 */
export function decodeBusMessage(
  text: string,
  self: string,
  now: number,
): (BusMessage & Pick<BusStamp, 'revision'>) | undefined {
  const { from, type, snapshot, ...stamp } = asRecord(parseJson(text))
  if (typeof from !== 'string' || from === self) return undefined
  const sentAt = asAmount(stamp.sentAt)
  const ageMs = now - (sentAt ?? Number.NaN)
  if (!(ageMs <= MAX_MESSAGE_AGE_MS + CLOCK_TOLERANCE_MS && ageMs >= -CLOCK_TOLERANCE_MS)) return undefined
  // A change lies before its message. One of the future would void everything until then.
  const revision = Math.min(asAmount(stamp.revision) ?? 0, now + CLOCK_TOLERANCE_MS)
  if (type === 'changed') return { type, revision }
  if (type !== 'snapshot') return undefined
  try {
    return { type, revision, snapshot: decodeSnapshot(snapshot) }
  } catch {
    return undefined
  }
}
