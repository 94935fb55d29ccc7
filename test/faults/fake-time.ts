import { vi } from 'vitest'

/** 2026-11-21, 00:00 UTC. */
const START = Date.UTC(2026, 10, 21)

/** Kept from the time of loading: what moves the test on must not stand still with its clock. */
const { setImmediate: nextTurn } = globalThis

/** Turns of the event loop that are enough for a chain of requests, streams and renders to come to rest. */
const TURNS_OF_A_PAGE = 4

/** Time that passes only on command, from one timer to the next: between two looks nothing can happen. */
export interface FakeTime {
  /** The time everywhere else, whatever the clock of this machine says. */
  now(): number
  /** How long this machine has been awake: what its timers go by. */
  awake(): number
  /** When it woke up last. */
  readonly wokeAt: number
  /** Time that neither of its clocks has seen: it slept, and a clock that was ahead was set right when it woke up. */
  readonly unseenMs: number
  /** Lets time pass; `look` is called after everything that happens meanwhile. */
  pass(ms: number, look: () => void | Promise<void>): Promise<void>
  /** The clock of this machine is set. */
  setClock(byMs: number): void
  /** This machine sleeps. Its timers stand still, and when it wakes up it reads the time anew. */
  sleep(ms: number): void
  /** Timers that wait. */
  readonly timers: number
  end(): void
}

/** Puts the clock and the timers of this process under control, until `end`. */
export function startFakeTime(turnsToSettle: number = TURNS_OF_A_PAGE): FakeTime {
  vi.useFakeTimers({
    now: START,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  })
  const startedAt = performance.now()
  let asleepMs = 0
  let wokeAt = START
  let unseenMs = 0
  const awake = (): number => performance.now() - startedAt
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
    async pass(ms, look) {
      let isOver = false
      setTimeout(() => {
        isOver = true
      }, ms)
      await settle(turnsToSettle)
      await look()
      while (!isOver) {
        vi.advanceTimersToNextTimer()
        await settle(turnsToSettle)
        await look()
      }
    },
    setClock: (byMs) => void vi.setSystemTime(Date.now() + byMs),
    sleep(ms) {
      unseenMs += Math.min(Math.max(Date.now() - now(), 0), ms)
      asleepMs += ms
      wokeAt = now()
      vi.setSystemTime(wokeAt)
    },
    get timers() {
      return vi.getTimerCount()
    },
    end: () => void vi.useRealTimers(),
  }
}

async function settle(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise<void>((resolve) => nextTurn(resolve))
  }
}
