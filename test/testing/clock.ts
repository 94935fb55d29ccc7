import type { Emulator, EmulatorOptions } from '../../src/testing/emulator.js'
import { createEmulator } from '../../src/testing/emulator.js'

/** A clock that moves only on command. */
export interface TestClock {
  now(): number
  /** Advances the clock and resolves the waits that have ended. */
  pass(ms: number): void
  wait(ms: number, signal?: AbortSignal): Promise<void>
  /**
   * Advances the clock from one wait to the next until the promise settles. Returns the time that this took.
   */
  until<Value>(promise: Promise<Value>): Promise<{ readonly value: Value; readonly ms: number }>
}

/** 2026-11-21, 00:00 UTC. */
export const START = Date.UTC(2026, 10, 21)

const TURNS_TO_SETTLE = 4

function createClock(): TestClock {
  let time = START
  const waiting = new Set<{ readonly at: number; resolve(): void }>()
  function pass(ms: number): void {
    time += ms
    for (const entry of waiting) {
      if (entry.at > time) continue
      waiting.delete(entry)
      entry.resolve()
    }
  }
  return {
    now: () => time,
    pass,
    async until(promise) {
      const begunAt = time
      let isDone = false
      const end = (): void => {
        isDone = true
      }
      promise.then(end, end)
      for (let turn = 0; !isDone; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve))
        // Responses with an image need some turns of the event loop, but no time on this clock.
        const next = Math.min(...[...waiting].map(({ at }) => at))
        if (!isDone && turn % TURNS_TO_SETTLE === 0 && Number.isFinite(next)) pass(next - time)
      }
      return { value: await promise, ms: time - begunAt }
    },
    wait: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted()
        const entry = { at: time + ms, resolve }
        waiting.add(entry)
        signal?.addEventListener('abort', () => {
          waiting.delete(entry)
          reject(signal.reason)
        })
      }),
  }
}

export interface Emulated {
  readonly clock: TestClock
  readonly emulator: Emulator
}

export function emulated(options: EmulatorOptions = {}): Emulated {
  const clock = createClock()
  return { clock, emulator: createEmulator({ now: clock.now, wait: clock.wait, seed: 7, ...options }) }
}

/** Like {@link emulated}, but the time of a delayed response passes automatically. */
export function hurriedlyEmulated(options: EmulatorOptions = {}): Emulated {
  const clock = createClock()
  const wait = async (ms: number): Promise<void> => clock.pass(ms)
  return { clock, emulator: createEmulator({ now: clock.now, wait, seed: 7, ...options }) }
}

/** Returns the QR text that is shown now. Fails the test if no code is shown. */
export function shownText(emulator: Emulator): string {
  const { state } = emulator
  if (state.status !== 'pairing') throw new Error(`No code is shown: ${state.status}`)
  return state.qrText
}

/** Links the account and waits until it is linked. */
export function link({ clock, emulator }: Emulated): void {
  emulator.start()
  emulator.scan()
  clock.pass(2_000)
}
