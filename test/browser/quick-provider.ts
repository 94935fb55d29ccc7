import type { PairingProvider } from '../../src/index.js'
import type { EmulatorOptions } from '../../src/testing.js'
import { emulatedProvider, type ProviderId } from '../../stories/playground/emulated-provider.js'

/** The poll intervals in tests of the screen. Tests with fake timers cover the real intervals. */
const QUICK = { qrIntervalMs: 250, qrMinIntervalMs: 250, statusIntervalMs: 250 } as const

/** The emulated account behind an adapter. It is polled so often that a scan shows immediately. */
export function quickProvider(id: ProviderId, options: EmulatorOptions = {}) {
  const { emulator, provider } = emulatedProvider(id, { linkingMs: 100, ...options })
  const quick: PairingProvider = { ...provider, timing: { ...provider.timing, ...QUICK } }
  return { emulator, provider: quick }
}
