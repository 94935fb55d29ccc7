import { afterEach, beforeEach, vi } from 'vitest'

/** 2026-11-21, 00:00 UTC. */
export const START = Date.UTC(2026, 10, 21)

/** Enough turns of the event loop for a chain of requests, streams and renders to finish. */
const TURNS_TO_SETTLE = 4

type Work = () => Promise<void>

let perform = (work: Work): Promise<void> => work()

/** Wraps each step of the time, for example in `act`, so that the effects of React run in it. */
export function wrapSteps(wrap: (work: Work) => Promise<void>): void {
  perform = wrap
}

/** `setImmediate` and the functions that sockets use stay real. */
const toFake = [
  'Date',
  'performance',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'requestAnimationFrame',
  'cancelAnimationFrame',
] as const

/** From now on, time passes only as {@link advance} lets it. `vi.useRealTimers` ends it. */
export function startTime(now: number = START): void {
  vi.useFakeTimers({ now, toFake: [...toFake] })
}

/** Emulates the time of each test of the file, or of the `describe` around it. */
export function emulateTime(now?: number): void {
  beforeEach(() => startTime(now))
  afterEach(() => void vi.useRealTimers())
}

/** Called at the beginning, and after the timers of each moment. Between two calls nothing changes. */
type Look = (now: number) => void | Promise<void>

/** Lets time pass from one moment with timers to the next. The effects of these timers run before the next moment. */
export async function advance(ms: number, look?: Look): Promise<void> {
  await advanceUntil(() => false, ms, look)
  // The last effects may have set timers of the same moment.
  await perform(() => {
    vi.advanceTimersByTime(0)
    return pendingWork()
  })
  await look?.(Date.now())
}

/** Advances until the condition is true, for `ms` at most. */
export async function advanceUntil(
  isSo: () => boolean,
  ms = Number.POSITIVE_INFINITY,
  look?: Look,
): Promise<void> {
  let isOver = false
  const end =
    ms < Number.POSITIVE_INFINITY
      ? setTimeout(() => {
          isOver = true
        }, ms)
      : undefined
  await perform(pendingWork)
  await look?.(Date.now())
  while (!isOver && !isSo()) {
    await perform(() => {
      vi.advanceTimersToNextTimer()
      return pendingWork()
    })
    await look?.(Date.now())
  }
  clearTimeout(end)
}

/** Advances until the promise settles. Returns its value and the time that this took. */
export async function until<Value>(
  promise: Promise<Value>,
): Promise<{ readonly value: Value; readonly ms: number }> {
  const begunAt = Date.now()
  let isSettled = false
  const settled = (): void => {
    isSettled = true
  }
  promise.then(settled, settled)
  await advanceUntil(() => isSettled)
  return { value: await promise, ms: Date.now() - begunAt }
}

/** Lets pending responses arrive without advancing the time. */
export function settle(): Promise<void> {
  return perform(async () => {
    // This takes some milliseconds of real time, which signatures and pictures need.
    await vi.advanceTimersByTimeAsync(0)
    await pendingWork()
  })
}

async function pendingWork(): Promise<void> {
  for (let turn = 0; turn < TURNS_TO_SETTLE; turn += 1) await new Promise(setImmediate)
}
