import type { PairingBus } from '../../src/core/pairing-bus.js'

/** An in-process bus for any number of replicas. Each replica also receives its own messages. */
export interface MemoryBus extends Required<PairingBus> {
  /** Every published, kept or claimed text. */
  readonly seen: string[]
  /** The number of keys that were claimed and not released. */
  readonly taken: number
  /** Replaces the kept text of each channel. */
  forge(change: (text: string) => string): void
}

export function memoryBus(): MemoryBus {
  const listeners = new Set<{ readonly channel: string; readonly listener: (message: string) => void }>()
  const kept = new Map<string, { text: string; readonly until: number }>()
  const taken = new Map<string, number>()
  const seen: string[] = []
  return {
    seen,
    get taken() {
      return [...taken.values()].filter((until) => until > Date.now()).length
    },
    forge(change) {
      for (const entry of kept.values()) entry.text = change(entry.text)
    },
    publish(channel, message, keepMs) {
      seen.push(`${channel} ${message}`)
      if (keepMs) kept.set(channel, { text: message, until: Date.now() + keepMs })
      for (const one of [...listeners]) if (one.channel === channel) one.listener(message)
    },
    subscribe(channel, listener) {
      const entry = { channel, listener }
      listeners.add(entry)
      return () => void listeners.delete(entry)
    },
    async take(key, ttlMs) {
      seen.push(key)
      if (ttlMs === 0) return taken.delete(key) || true
      if ((taken.get(key) ?? 0) > Date.now()) return false
      taken.set(key, Date.now() + ttlMs)
      return true
    },
    async last(channel) {
      const entry = kept.get(channel)
      return entry && entry.until > Date.now() ? entry.text : undefined
    },
  }
}
