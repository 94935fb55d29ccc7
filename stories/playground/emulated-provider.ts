import type { PairingProvider } from '../../src/index.js'
import { evolutionApi } from '../../src/providers/evolution-api.js'
import { greenApi } from '../../src/providers/green-api.js'
import { waha } from '../../src/providers/waha.js'
import { wasend } from '../../src/providers/wasend.js'
import { zApi } from '../../src/providers/z-api.js'
import {
  createEmulator,
  type Emulator,
  type EmulatorOptions,
  evolutionApiWire,
  greenApiSocketWire,
  greenApiWire,
  type Wire,
  wahaWire,
  wasendWire,
  zApiWire,
} from '../../src/testing.js'

/** The providers there are wires for. */
export const providerIds = ['green-api', 'z-api', 'wasend', 'evolution-api', 'waha'] as const

export type ProviderId = (typeof providerIds)[number]

/** Credentials of nobody; the tests look for them wherever they must not be. */
export const emulatedSecrets = {
  apiTokenInstance: 'emulated-api-token-instance-1f3a',
  token: 'emulated-z-api-token-7c2e',
  clientToken: 'emulated-client-token-9b4d',
  apiKey: 'emulated-key-5e8f',
  instanceToken: 'emulated-instance-token-3d6c',
} as const

/** An emulated account behind the adapter and the wire of a provider. */
export interface EmulatedProvider {
  readonly emulator: Emulator
  readonly wire: Wire
  /** Where the provider has WebSockets too. */
  readonly sockets?: Pick<Wire, 'requests'>
  readonly provider: PairingProvider
}

/** This server shows each of WhatsApp's codes for as long as that, whatever WhatsApp's own times are. */
const evolutionApiCodes = { firstCodeMs: 45_000, codeMs: 45_000 } as const

/** The whole way from an adapter to an emulated phone. */
export function emulatedProvider(id: ProviderId, options: EmulatorOptions = {}): EmulatedProvider {
  const emulator = createEmulator({ ...(id === 'evolution-api' && evolutionApiCodes), ...options })
  const { apiTokenInstance, token, clientToken, apiKey, instanceToken } = emulatedSecrets
  // The secrets open nothing, so the static playground and the tests may have them in a browser.
  const common = { dangerouslyAllowBrowser: true }
  switch (id) {
    case 'green-api': {
      const instance = { idInstance: '1101000001', apiTokenInstance }
      const wire = greenApiWire(emulator, instance)
      const sockets = greenApiSocketWire(emulator, instance)
      const provider = greenApi({ ...instance, ...common, fetch: wire.fetch, webSocket: sockets })
      return { emulator, wire, sockets, provider }
    }
    case 'z-api': {
      const instance = { instanceId: '3C0FFEE0EMULATED', token, clientToken }
      // Text and not a picture, so that the other way of drawing a code is here too.
      const wire = zApiWire(emulator, { ...instance, qrCode: 'text' })
      return { emulator, wire, provider: zApi({ ...instance, ...common, fetch: wire.fetch }) }
    }
    case 'wasend': {
      const session = { apiKey, sessionId: 'emulated' }
      const wire = wasendWire(emulator, session)
      return { emulator, wire, provider: wasend({ ...session, ...common, fetch: wire.fetch }) }
    }
    case 'evolution-api': {
      const instance = { apiKey, instanceName: 'emulated' }
      const baseUrl = 'https://evolution.example.com'
      const wire = evolutionApiWire(emulator, { ...instance, token: instanceToken })
      return {
        emulator,
        wire,
        provider: evolutionApi({ baseUrl, ...instance, ...common, fetch: wire.fetch }),
      }
    }
    case 'waha': {
      const session = { apiKey, session: 'default' }
      const baseUrl = 'https://waha.example.com'
      const wire = wahaWire(emulator, session)
      return { emulator, wire, provider: waha({ baseUrl, ...session, ...common, fetch: wire.fetch }) }
    }
  }
}
