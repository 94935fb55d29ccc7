import { vi } from 'vitest'
import { createEmulator, type Emulator, type EmulatorOptions } from '../../src/testing/emulator.js'

/** An emulator with the same codes in each run. */
export function seededEmulator(options: EmulatorOptions = {}): Emulator {
  return createEmulator({ seed: 7, ...options })
}

/** Returns the QR text that is shown now. Fails the test if no code is shown. */
export function shownText(emulator: Emulator): string {
  const { state } = emulator
  if (state.status !== 'pairing') throw new Error(`No code is shown: ${state.status}`)
  return state.qrText
}

/** Links the account and waits until it is linked. */
export function link(emulator: Emulator): void {
  emulator.start()
  emulator.scan()
  vi.advanceTimersByTime(2_000)
}
