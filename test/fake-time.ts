import { vi } from 'vitest'

/** 2026-11-21, 00:00 UTC. */
const START = Date.UTC(2026, 10, 21)

/** The real function, saved at import, because the fake clock replaces the global one. */
const { setImmediate: nextTurn } = globalThis

/** Enough turns of the event loop for a chain of requests, streams and renders to finish. */
const TURNS_OF_A_PAGE = 4

/** A clock that moves only on command, from one timer to the next. Nothing happens between two checks. */
export interface FakeTime {
  /** The correct time, independent of this machine's clock. */
  now(): number
  /** How long this machine has been awake. Its timers use this time. */
  awake(): number
  /** When the machine last woke up. */
  readonly wokeAt: number
  /** Time that neither clock has counted: the machine slept, and at wake-up its fast clock was corrected. */
  readonly unseenMs: number
  /** Advances the time, and calls `look` after each event. */
  pass(ms: number, look?: () => void | Promise<void>): Promise<void>
  /** Changes the clock of this machine. */
  setClock(byMs: number): void
  /** Puts this machine to sleep. Its timers stop, and it reads the time again when it wakes up. */
  sleep(ms: number): void
  /** The number of pending timers. */
  readonly timers: number
  end(): void
}

/** Node and browsers run a longer timer immediately. */
const LONGEST_MS = 2 ** 31 - 1

interface Timer {
  readonly id: number
  readonly run: () => void
  readonly everyMs: number | undefined
  readonly dueAt: number
}

/**
 * Controls the clock and the timers of this process until `end`. Vitest's own fake timers search all timers
 * for the next one each time. With thousands of timers, this takes longer than the tested code.
 */
export function startFakeTime(turnsToSettle: number = TURNS_OF_A_PAGE): FakeTime {
  vi.useFakeTimers({ now: START, toFake: ['Date', 'performance'] })
  const startedAt = performance.now()
  let asleepMs = 0
  let wokeAt = START
  let unseenMs = 0
  const awake = (): number => performance.now() - startedAt
  const now = (): number => START + awake() + asleepMs

  const timers = new Map<number, Timer>()
  /** The timers by due time, and these times in order. */
  const due = new Map<number, Set<Timer>>()
  const moments: number[] = []
  let lastId = 0
  let isFiring = false

  function wait(timer: Timer): void {
    timers.set(timer.id, timer)
    const others = due.get(timer.dueAt)
    if (others) {
      others.add(timer)
      return
    }
    due.set(timer.dueAt, new Set([timer]))
    let place = moments.length
    while (place > 0 && (moments[place - 1] ?? 0) > timer.dueAt) place -= 1
    moments.splice(place, 0, timer.dueAt)
  }

  function set(run: () => void, ms = 0, everyMs?: number): number {
    lastId += 1
    const wholeMs = ms > LONGEST_MS ? 1 : Math.trunc(ms)
    // A timer that schedules itself again must not stop the time.
    wait({ id: lastId, run, everyMs, dueAt: awake() + (wholeMs || (isFiring ? 1 : 0)) })
    return lastId
  }

  function clear(id: number): void {
    const timer = timers.get(id)
    timers.delete(id)
    if (timer) due.get(timer.dueAt)?.delete(timer)
  }

  function next(): Timer | undefined {
    for (let moment = moments[0]; moment !== undefined; moment = moments[0]) {
      const [timer] = due.get(moment) ?? []
      if (timer) return timer
      due.delete(moment)
      moments.shift()
    }
    return undefined
  }

  function fireNext(): void {
    const timer = next()
    if (!timer) return
    clear(timer.id)
    vi.advanceTimersByTime(Math.max(0, timer.dueAt - awake()))
    if (timer.everyMs !== undefined) wait({ ...timer, dueAt: timer.dueAt + timer.everyMs })
    isFiring = true
    try {
      timer.run()
    } finally {
      isFiring = false
    }
  }

  vi.stubGlobal('setTimeout', (run: (...given: unknown[]) => void, ms?: number, ...given: unknown[]) =>
    set(() => run(...given), ms),
  )
  vi.stubGlobal('setInterval', (run: () => void, ms?: number) => set(run, ms, ms))
  vi.stubGlobal('clearTimeout', clear)
  vi.stubGlobal('clearInterval', clear)

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
      set(() => {
        isOver = true
      }, ms)
      await settle(turnsToSettle)
      await look?.()
      while (!isOver) {
        fireNext()
        await settle(turnsToSettle)
        await look?.()
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
      return timers.size
    },
    end() {
      vi.useRealTimers()
      vi.unstubAllGlobals()
    },
  }
}

async function settle(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise<void>((resolve) => nextTurn(resolve))
  }
}
