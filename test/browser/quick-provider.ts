import type { PairingProvider } from '../../src/index.js'
import type { EmulatorOptions } from '../../src/testing.js'
import { emulatedProvider, type ProviderId } from '../../stories/playground/emulated-provider.js'

/** How often a provider is polled in tests of the screen. The real intervals are tested with fake timers. */
const QUICK = { qrIntervalMs: 250, qrMinIntervalMs: 250, statusIntervalMs: 250 } as const

/** The emulated account behind an adapter, polled so often that a scan shows at once. */
export function quickProvider(id: ProviderId, options: EmulatorOptions = {}) {
  const { emulator, provider } = emulatedProvider(id, { linkingMs: 100, ...options })
  const quick: PairingProvider = { ...provider, timing: { ...provider.timing, ...QUICK } }
  return { emulator, provider: quick }
}
