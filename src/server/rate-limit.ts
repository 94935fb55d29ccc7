/** Lets so many through at once, and from then on one for each interval. */
export interface RateLimit {
  /** Takes one for this key; returns 0, or the milliseconds until there is one. */
  take(key: string): number
}

/** A bucket of `size` for each key, filled by one every `intervalMs`. */
export function createRateLimit({
  size,
  intervalMs,
}: {
  readonly size: number
  readonly intervalMs: number
}): RateLimit {
  /** When each bucket is full again: all there is to know about it. */
  const fullAt = new Map<string, number>()

  return {
    take(key) {
      const now = Date.now()
      // Never longer than it takes to fill: a clock that was set back must lock nobody out.
      const full = Math.min(Math.max(fullAt.get(key) ?? now, now), now + size * intervalMs)
      const waitMs = full - now - (size - 1) * intervalMs
      if (waitMs > 0) return waitMs
      // A full bucket is no different from none: without this, every session ever seen would stay in memory.
      for (const [other, at] of fullAt) if (at <= now) fullAt.delete(other)
      fullAt.set(key, full + intervalMs)
      return 0
    },
  }
}
