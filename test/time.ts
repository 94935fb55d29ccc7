import { afterEach, beforeEach, vi } from 'vitest'

/** 2026-11-21, 00:00 UTC. */
export const START = Date.UTC(2026, 10, 21)

/** The real function, saved at import, because emulated time replaces the global one. */
const { setImmediate: nextTurn } = globalThis

/** Enough turns of the event loop for a chain of requests, streams and renders to finish. */
const TURNS_TO_SETTLE = 4

type Work = () => Promise<void>

let perform = (work: Work): Promise<void> => work()

/** Wraps each step of the time, for example in `act`, so that the effects of React run in it. */
export function wrapSteps(wrap: (work: Work) => Promise<void>): void {
  perform = wrap
}

/** From now on, time passes only as {@link advance} lets it. `vi.useRealTimers` ends it. */
export function startTime(now: number = START): void {
  vi.useFakeTimers({ now })
}

/** Emulates the time of each test of the file, or of the `describe` around it. */
export function emulateTime(now?: number): void {
  beforeEach(() => startTime(now))
  afterEach(() => void vi.useRealTimers())
}

/** Called after each timer. Between two calls nothing changes. */
type Look = (now: number) => void | Promise<void>

/** Lets time pass from one timer to the next, as a machine does. The effects of each timer run before the next timer. */
export async function advance(ms: number, look?: Look): Promise<void> {
  await advanceUntil(() => false, ms, look)
  // Other timers of the same moment run too.
  await settle()
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
    await pendingWork()
    vi.advanceTimersByTime(0)
    await pendingWork()
  })
}

async function pendingWork(): Promise<void> {
  for (let turn = 0; turn < TURNS_TO_SETTLE; turn += 1) {
    await new Promise<void>((resolve) => nextTurn(resolve))
  }
}
