import { act } from '@testing-library/react'
import { afterEach, beforeEach, vi } from 'vitest'

/** In each test of the file, time passes only as `advance` lets it. */
export function emulateTime(): void {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
}

/**
 * Lets emulated time pass from one timer to the next, as a browser does. The effects of each timer run before the next timer. It
 * calls `sample` after each timer. Between two calls nothing changes.
 */
export async function advance(ms: number, sample?: (now: number) => void): Promise<void> {
  await advanceUntil(() => false, ms, sample)
  // Other timers of the same moment run too.
  await settle()
  sample?.(Date.now())
}

/** Advances until the condition is true, for `ms` at most. */
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

/** Lets pending responses arrive without advancing the time. */
export function settle(): Promise<void> {
  return act(async () => {
    await vi.advanceTimersByTimeAsync(0)
  })
}
