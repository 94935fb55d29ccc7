import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createEmulator } from '../../src/testing/emulator.js'
import { linkAutomatically } from '../../src/testing/link-automatically.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it.each([
  [undefined, 10_000],
  [{ scanAfterMs: 1_500 }, 1_500],
])('linkAutomatically(emulator, %o) scans the QR code %i ms after the start', (options, ms) => {
  const emulator = linkAutomatically(createEmulator(), options)
  emulator.start()
  vi.advanceTimersByTime(ms - 1)
  expect(emulator.state.status).toBe('pairing')
  vi.advanceTimersByTime(1)
  expect(emulator.state.status).toBe('linking')
})

it('linkAutomatically() enters a pairing code for the number that it was requested for', () => {
  const emulator = linkAutomatically(createEmulator({ linkingMs: 0 }), { enterCodeAfterMs: 2_000 })
  emulator.requestPairingCode('4915123456789')
  vi.advanceTimersByTime(1_999)
  expect(emulator.state.status).toBe('pairing')
  vi.advanceTimersByTime(1)
  expect(emulator.state).toMatchObject({ status: 'linked', account: { phoneNumber: '4915123456789' } })
})

it('linkAutomatically() links a second time after the phone removed the device', () => {
  const emulator = linkAutomatically(createEmulator({ linkingMs: 0 }), { scanAfterMs: 1_000 })
  emulator.start()
  vi.advanceTimersByTime(1_000)
  emulator.disconnect()
  emulator.start()
  vi.advanceTimersByTime(1_000)
  expect(emulator.state.status).toBe('linked')
})
