import { act } from '@testing-library/react'
import { vi } from 'vitest'

/** Small enough that a response arrives in the same step as its request. */
const STEP_MS = 250

/**
 * Lets emulated time pass in steps, as a browser would: timers, answers and renders have their turn in each.
 * `sample` is called after each step.
 */
export async function advance(ms: number, sample?: (now: number) => void): Promise<void> {
  for (let passed = 0; passed < ms; passed += STEP_MS) {
    await act(async () => {
      await vi.advanceTimersByTimeAsync(Math.min(STEP_MS, ms - passed))
    })
    sample?.(Date.now())
  }
}

/** Lets answers that are on their way arrive, without any time passing. */
export function settle(): Promise<void> {
  return act(async () => {
    await vi.advanceTimersByTimeAsync(0)
  })
}
