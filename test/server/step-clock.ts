import { vi } from 'vitest'

/** Short beside all intervals: what falls due within a step happens at its end. */
const STEP_MS = 100

/** A clock that moves only on command. */
export interface StepClock {
  /** Lets time pass, and everything happen that it brings. */
  pass(ms: number): Promise<void>
  /** Timers that are set. */
  readonly timers: number
}

interface Timer {
  readonly run: () => void
  readonly everyMs: number | undefined
  dueAt: number
}

/**
 * Takes the place of the clock and of all timers until the test ends. Vitest's own looks for the next timer among all of
 * them, each time, and waits for real in between: with thousands that takes longer than what is tested.
 */
export function useStepClock(): StepClock {
  const timers = new Map<number, Timer>()
  let lastId = 0

  function set(run: () => void, ms: number, everyMs?: number): number {
    lastId += 1
    timers.set(lastId, { run, everyMs, dueAt: Date.now() + ms })
    return lastId
  }

  function fire(id: number, timer: Timer): void {
    // One that fired before it may have taken it away.
    if (timers.get(id) !== timer) return
    if (timer.everyMs === undefined) timers.delete(id)
    else timer.dueAt += timer.everyMs
    timer.run()
  }

  vi.useFakeTimers({ toFake: ['Date'] })
  vi.stubGlobal('setTimeout', (run: () => void, ms = 0) => set(run, ms))
  vi.stubGlobal('setInterval', (run: () => void, ms = 0) => set(run, ms, ms))
  vi.stubGlobal('clearTimeout', (id: number) => timers.delete(id))
  vi.stubGlobal('clearInterval', (id: number) => timers.delete(id))

  return {
    async pass(ms) {
      for (let passed = 0; passed < ms; passed += STEP_MS) {
        const now = Date.now() + STEP_MS
        vi.setSystemTime(now)
        for (const [id, timer] of [...timers].filter(([, { dueAt }]) => dueAt <= now)) fire(id, timer)
        await settled()
      }
    },
    get timers() {
      return timers.size
    },
  }
}

/** Everything that does not wait for the clock is done. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
