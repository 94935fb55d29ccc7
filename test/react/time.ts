import { act } from '@testing-library/react'
import { afterEach, beforeEach, vi } from 'vitest'

/** In each test of the file, time passes only as `advance` lets it. */
export function emulateTime(): void {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
}

/**
 * Lets emulated time pass from one timer to the next, as a browser would: what each starts has its turn before the next one fires.
 * `sample` is called after each, and nothing changes between two calls.
 */
export async function advance(ms: number, sample?: (now: number) => void): Promise<void> {
  await advanceUntil(() => false, ms, sample)
  // What is due in the same moment, too.
  await settle()
  sample?.(Date.now())
}

/** The same until something is so, at most `ms`. */
export async function advanceUntil(
  isSo: () => boolean,
  ms: number,
  sample?: (now: number) => void,
): Promise<void> {
  let isOver = false
  const end = setTimeout(() => {
    isOver = true
  }, ms)
  while (!isOver && !isSo()) {
    await act(async () => {
      await vi.advanceTimersToNextTimerAsync()
    })
    sample?.(Date.now())
  }
  clearTimeout(end)
}

/** Lets answers that are on their way arrive, without any time passing. */
export function settle(): Promise<void> {
  return act(async () => {
    await vi.advanceTimersByTimeAsync(0)
  })
}
