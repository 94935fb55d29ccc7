import { asRecord, parseJson } from '../core/json.js'
import type { PairingSnapshot } from '../core/provider.js'
import { decodeSnapshot } from '../core/wire.js'

/** What one replica tells the others about a session. */
export type BusMessage =
  | { readonly type: 'snapshot'; readonly snapshot: PairingSnapshot }
  /** Something was changed at the provider: what was known before means nothing. */
  | { readonly type: 'changed' }

/** A message with its sender, who hears it too. */
export function encodeBusMessage(from: string, message: BusMessage): string {
  return JSON.stringify({ from, ...message })
}

/** A message of another replica; `undefined` for one of our own, and for what is none: anybody may publish. */
export function decodeBusMessage(text: string, self: string): BusMessage | undefined {
  const { from, type, snapshot } = asRecord(parseJson(text))
  if (typeof from !== 'string' || from === self) return undefined
  if (type === 'changed') return { type }
  if (type !== 'snapshot') return undefined
  try {
    return { type, snapshot: decodeSnapshot(snapshot) }
  } catch {
    return undefined
  }
}
