import type { PairingBus } from '../core/pairing-bus.js'

/** `size` at once, then one per interval. */
export interface RateLimitOptions {
  readonly size: number
  readonly intervalMs: number
}

/** Allows `size` actions at once, then one per interval. */
export interface RateLimit {
  /** The milliseconds until this key is allowed; 0 if it is allowed now. Does not count. */
  wait(key: string): number
  /** Counts one action for this key. Returns 0, or the milliseconds until it is allowed. */
  take(key: string): number
  /** Removes one counted action. */
  giveBack(key: string): void
}

/** A bucket of `size` for each key, filled by one every `intervalMs`. */
export function createRateLimit({ size, intervalMs }: RateLimitOptions): RateLimit {
  /** When each bucket is full again. No other state is needed. */
  const fullAt = new Map<string, number>()

  /** At most the time to fill the bucket, so that a clock that was set back does not lock a user out. */
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
      // A full bucket equals a missing one. Without this clean-up, every session would stay in memory.
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

/** The result of an attempt. */
export interface Taken {
  /** 0, or the milliseconds until the next attempt is allowed. */
  readonly waitMs: number
  /** Makes the attempt not count. */
  giveBack(): void
}

/**
 * Takes one token from a bucket that all replicas share. Each interval of the clock has one token, named by its number, which can
 * be taken during the next `size` intervals. So a broker needs to know only whether a key is taken. Without a broker, or if it
 * gives no reply, every attempt is allowed.
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
  // The oldest first, because it expires first.
  for (let index = current - size + 1; index <= current; index += 1) {
    const name = `limit:${key}:${index}`
    const isTaken = await bus.take(name, (size + 1) * intervalMs)
    if (isTaken === undefined) return free
    if (isTaken) return { waitMs: 0, giveBack: () => void bus.take?.(name, 0) }
  }
  return { waitMs: (current + 1) * intervalMs - now, giveBack: () => {} }
}
