import type { PairingBus } from '../../src/core/pairing-bus.js'

/** A bus without `take` and `last`, which connects any number of replicas in one process. */
export interface PlainBus extends PairingBus {
  readonly published: readonly { readonly channel: string; readonly message: string }[]
  /** Publishes on each channel, as any client of the broker could. */
  inject(message: string): void
  /** The number of subscribers. */
  readonly listeners: number
}

/** Each replica receives all messages, including its own. */
export function plainBus(): PlainBus {
  const published: { readonly channel: string; readonly message: string }[] = []
  const listeners = new Set<{ readonly channel: string; readonly listener: (message: string) => void }>()
  return {
    published,
    publish(channel, message) {
      published.push({ channel, message })
      for (const one of [...listeners]) if (one.channel === channel) one.listener(message)
    },
    subscribe(channel, listener) {
      const entry = { channel, listener }
      listeners.add(entry)
      return () => void listeners.delete(entry)
    },
    inject(message) {
      for (const { listener } of [...listeners]) listener(message)
    },
    get listeners() {
      return listeners.size
    },
  }
}

/** A bus with everything that a bus may have. */
export interface MemoryBus extends Required<PairingBus> {
  /** Every published, kept or claimed text. */
  readonly seen: string[]
  /** The number of keys that were claimed and not released. */
  readonly taken: number
  /** Replaces the kept text of each channel. */
  forge(change: (text: string) => string): void
}

export function memoryBus(): MemoryBus {
  const { publish, subscribe } = plainBus()
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
      return publish(channel, message)
    },
    subscribe,
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
