import { vi } from 'vitest'
import { START, startTime } from '../time.js'

/** The machine of a page. It sleeps, and its clock may be wrong. */
export interface Machine {
  /** The correct time, independent of this machine's clock. */
  now(): number
  /** How long this machine has been awake. Its timers use this time. */
  awake(): number
  /** When the machine last woke up. */
  readonly wokeAt: number
  /** Time that neither clock has counted: the machine slept, and at wake-up its fast clock was corrected. */
  readonly unseenMs: number
  /** Changes the clock of this machine. */
  setClock(byMs: number): void
  /** Puts this machine to sleep. Its timers stop, and it reads the time again when it wakes up. */
  sleep(ms: number): void
}

/** Starts emulated time. `vi.useRealTimers` ends it. */
export function startMachine(): Machine {
  startTime()
  let asleepMs = 0
  let wokeAt = START
  let unseenMs = 0
  // Emulated time starts this clock at 0, and a changed system time does not move it.
  const awake = (): number => performance.now()
  const now = (): number => START + awake() + asleepMs
  return {
    now,
    awake,
    get wokeAt() {
      return wokeAt
    },
    get unseenMs() {
      return unseenMs
    },
    setClock: (byMs) => void vi.setSystemTime(Date.now() + byMs),
    sleep(ms) {
      unseenMs += Math.min(Math.max(Date.now() - now(), 0), ms)
      asleepMs += ms
      wokeAt = now()
      vi.setSystemTime(wokeAt)
    },
  }
}
