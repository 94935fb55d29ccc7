import { greenApi } from '../../src/providers/green-api.js'
import type { PairingProvider } from '../../src/server.js'
import { createEmulator, type Emulator, mockGreenApi, mockGreenApiSocket } from '../../src/testing.js'

export const idInstance = '1101000001'

/** A provider for an example, and the phone that scans its codes. */
export interface EmulatedPhone {
  readonly emulator: Emulator
  readonly provider: PairingProvider
}

export function emulatedPhone(): EmulatedPhone {
  const instance = { idInstance, apiTokenInstance: 'secret' }
  const emulator = createEmulator({ linkingMs: 0 })
  const provider = greenApi({
    ...instance,
    fetch: mockGreenApi(emulator, instance).fetch,
    webSocket: mockGreenApiSocket(emulator, instance),
  })
  return { emulator, provider }
}
