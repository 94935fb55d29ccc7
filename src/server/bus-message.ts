import { asAmount, asRecord, parseJson } from '../core/json.js'
import { decodeSnapshot } from '../core/snapshot.js'
import type { ReplicaMessage } from '../poller/poller-host.js'

/** A message with its sender, who receives it too. */
export function encodeBusMessage(from: string, message: ReplicaMessage): string {
  return JSON.stringify({ from, ...message })
}

/** A message of another replica; `undefined` for one of this replica, and for any other text. */
export function decodeBusMessage(text: string, self: string): ReplicaMessage | undefined {
  const { from, type, snapshot, revision } = asRecord(parseJson(text))
  if (typeof from !== 'string' || from === self) return undefined
  if (type === 'changed') return { type, revision: asAmount(revision) ?? 0 }
  if (type !== 'snapshot') return undefined
  try {
    return { type, snapshot: decodeSnapshot(snapshot) }
  } catch {
    return undefined
  }
}
