import { settle, until } from './check.js'

/** Far below a request that times out, since one may begin within it. */
const HURRY_MS = 1_000

/** Time that passes only when told. */
export interface FakeClock {
  /** Lets time pass, with all that was to happen in it. */
  pass(ms: number): Promise<void>
  /** Waits for a call that may make pauses between its requests: they are over at once. Requests take no time. */
  hurry<Value>(call: Promise<Value>, server: { readonly isBusy: boolean }): Promise<Value>
  /** What `Date.now` gives. */
  now(): number
  /** How many timers wait. */
  readonly pending: number
}

interface Timer {
  readonly at: number
  readonly everyMs: number | undefined
  readonly run: () => void
}

/**
 * Runs with `setTimeout`, `setInterval`, `AbortSignal.timeout` and `Date.now` on a clock of its own. Not the runner's
 * fake timers: each runner has others.
 */
export async function withFakeClock(run: (clock: FakeClock) => Promise<void>): Promise<void> {
  const startedAt = Date.now()
  const timers = new Map<number, Timer>()
  let now = 0
  let lastId = 0

  function add(run: () => void, delayMs: number, repeats: boolean): object {
    const id = ++lastId
    // Node counts anything below one as one.
    const ms = Math.max(Number(delayMs) || 0, 1)
    timers.set(id, { at: now + ms, everyMs: repeats ? ms : undefined, run })
    // Node's handles have these two, and callers may use them.
    const handle = { [Symbol.toPrimitive]: () => id, ref: () => handle, unref: () => handle }
    return handle
  }
  const remove = (handle?: unknown): void => void timers.delete(Number(handle))

  type Callback = (...values: unknown[]) => void
  const fakes = {
    setTimeout: (callback: Callback, ms = 0, ...values: unknown[]) =>
      add(() => callback(...values), ms, false),
    setInterval: (callback: Callback, ms = 0, ...values: unknown[]) =>
      add(() => callback(...values), ms, true),
    clearTimeout: remove,
    clearInterval: remove,
  }
  function timeout(ms: number): AbortSignal {
    const controller = new AbortController()
    add(() => controller.abort(new DOMException('The operation timed out.', 'TimeoutError')), ms, false)
    return controller.signal
  }

  function next(until: number): [id: number, timer: Timer] | undefined {
    const due = [...timers].filter(([, { at }]) => at <= until)
    return due.sort(([, first], [, second]) => first.at - second.at)[0]
  }

  const clockNow = (): number => startedAt + now
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis
  const real = { setTimeout, setInterval, clearTimeout, clearInterval }
  const realTimeout = AbortSignal.timeout
  const realNow = Date.now
  Object.assign(globalThis, fakes)
  Object.assign(AbortSignal, { timeout })
  Date.now = clockNow

  async function pass(ms: number): Promise<void> {
    const end = now + ms
    await settle()
    for (let due = next(end); due; due = next(end)) {
      const [id, timer] = due
      now = timer.at
      if (timer.everyMs === undefined) timers.delete(id)
      else timers.set(id, { ...timer, at: now + timer.everyMs })
      timer.run()
      await settle()
    }
    now = end
  }

  async function hurry<Value>(call: Promise<Value>, server: { readonly isBusy: boolean }): Promise<Value> {
    let isOver = false
    const end = (): void => {
      isOver = true
    }
    // Most calls make none.
    await Promise.race([call.then(end, end), settle()])
    await until(
      'The call should end',
      () => isOver,
      () => (server.isBusy ? settle() : pass(HURRY_MS)),
    )
    return call
  }

  try {
    await run({
      pass,
      hurry,
      now: clockNow,
      get pending() {
        return timers.size
      },
    })
  } finally {
    Object.assign(globalThis, real)
    Object.assign(AbortSignal, { timeout: realTimeout })
    Date.now = realNow
  }
}
