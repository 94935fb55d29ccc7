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
  pass(ms: number, look?: () => void | Promise<void>): Promise<void>
  /** The clock of this machine is set. */
  setClock(byMs: number): void
  /** This machine sleeps. Its timers stand still, and when it wakes up it reads the time anew. */
  sleep(ms: number): void
  /** Timers that wait. */
  readonly timers: number
  end(): void
}

/** A longer timer fires at once, in Node and in browsers. */
const LONGEST_MS = 2 ** 31 - 1

interface Timer {
  readonly id: number
  readonly run: () => void
  readonly everyMs: number | undefined
  readonly dueAt: number
}

/**
 * Puts the clock and the timers of this process under control, until `end`. Vitest's own looks for the next timer among all of them, each
 * time: with thousands that takes longer than what is tested.
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
  /** The same by when they are due, and these moments in their order. */
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
    // One that sets itself anew must not keep the time from passing.
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
