import type { PairingBus } from '../core/pairing-bus.js'

/** So many at once, and from then on one for each interval. */
export interface RateLimitOptions {
  readonly size: number
  readonly intervalMs: number
}

/** Lets so many through at once, and from then on one for each interval. */
export interface RateLimit {
  /** The milliseconds until there is one for this key; 0 where there is. Takes nothing. */
  wait(key: string): number
  /** Takes one for this key; returns 0, or the milliseconds until there is one. */
  take(key: string): number
  /** One that was taken does not count. */
  giveBack(key: string): void
}

/** A bucket of `size` for each key, filled by one every `intervalMs`. */
export function createRateLimit({ size, intervalMs }: RateLimitOptions): RateLimit {
  /** When each bucket is full again: all there is to know about it. */
  const fullAt = new Map<string, number>()

  /** Never longer than it takes to fill: a clock that was set back must not lock a user out. */
  function fullOf(key: string, now: number): number {
    return Math.min(Math.max(fullAt.get(key) ?? now, now), now + size * intervalMs)
  }

  function wait(key: string): number {
    const now = Date.now()
    return Math.max(fullOf(key, now) - now - (size - 1) * intervalMs, 0)
  }

  return {
    wait,
    take(key) {
      const waitMs = wait(key)
      if (waitMs > 0) return waitMs
      const now = Date.now()
      const full = fullOf(key, now)
      // A full bucket is no different from none: without this, every session ever seen would stay in memory.
      for (const [other, at] of fullAt) if (at <= now) fullAt.delete(other)
      fullAt.set(key, full + intervalMs)
      return 0
    },
    giveBack(key) {
      const full = fullAt.get(key)
      if (full !== undefined) fullAt.set(key, full - intervalMs)
    },
  }
}

/** What one attempt to take something got. */
export interface Taken {
  /** 0, or the milliseconds until there is one again. */
  readonly waitMs: number
  /** What was taken does not count. */
  giveBack(): void
}

/**
 * Takes one from a bucket that all replicas share. Each interval of the clock brings one, named by its number, which may be taken until
 * `size` further ones have come; so a broker needs to know nothing but whether a key is taken. Without one, or where it gives no reply, all
 * may be taken.
 */
export async function takeShared(
  bus: Pick<PairingBus, 'take'> | undefined,
  key: string,
  { size, intervalMs }: RateLimitOptions,
): Promise<Taken> {
  const free: Taken = { waitMs: 0, giveBack: () => {} }
  if (!bus?.take) return free
  const now = Date.now()
  const current = Math.floor(now / intervalMs)
  // The oldest first: it is the first that can no longer be taken.
  for (let index = current - size + 1; index <= current; index += 1) {
    const name = `limit:${key}:${index}`
    const isTaken = await bus.take(name, (size + 1) * intervalMs)
    if (isTaken === undefined) return free
    if (isTaken) return { waitMs: 0, giveBack: () => void bus.take?.(name, 0) }
  }
  return { waitMs: (current + 1) * intervalMs - now, giveBack: () => {} }
}
