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
  type MockServer,
  mockEvolutionApi,
  mockGreenApi,
  mockGreenApiSocket,
  mockWaha,
  mockWasend,
  mockZApi,
} from '../../src/testing.js'

/** The providers there are mock servers for. */
export const providerIds = ['green-api', 'z-api', 'wasend', 'evolution-api', 'waha'] as const

export type ProviderId = (typeof providerIds)[number]

/** Credentials that open nothing; tests check that they leak nowhere. */
export const emulatedSecrets = {
  apiTokenInstance: 'emulated-api-token-instance-1f3a',
  token: 'emulated-z-api-token-7c2e',
  clientToken: 'emulated-client-token-9b4d',
  apiKey: 'emulated-key-5e8f',
  instanceToken: 'emulated-instance-token-3d6c',
} as const

/** An emulated account behind the adapter and the mock server of a provider. */
export interface EmulatedProvider {
  readonly emulator: Emulator
  readonly mockServer: MockServer
  /** Where the provider has WebSockets too. */
  readonly sockets?: Pick<MockServer, 'requests'>
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
      const mockServer = mockGreenApi(emulator, instance)
      const sockets = mockGreenApiSocket(emulator, instance)
      const provider = greenApi({ ...instance, ...common, fetch: mockServer.fetch, webSocket: sockets })
      return { emulator, mockServer, sockets, provider }
    }
    case 'z-api': {
      const instance = { instanceId: '3C0FFEE0EMULATED', token, clientToken }
      // Text and not a picture, so that the other way of drawing a code is here too.
      const mockServer = mockZApi(emulator, { ...instance, qrCode: 'text' })
      return { emulator, mockServer, provider: zApi({ ...instance, ...common, fetch: mockServer.fetch }) }
    }
    case 'wasend': {
      const session = { apiKey, sessionId: 'emulated' }
      const mockServer = mockWasend(emulator, session)
      return { emulator, mockServer, provider: wasend({ ...session, ...common, fetch: mockServer.fetch }) }
    }
    case 'evolution-api': {
      const instance = { apiKey, instanceName: 'emulated' }
      const baseUrl = 'https://evolution.example.com'
      const mockServer = mockEvolutionApi(emulator, { ...instance, token: instanceToken })
      return {
        emulator,
        mockServer,
        provider: evolutionApi({ baseUrl, ...instance, ...common, fetch: mockServer.fetch }),
      }
    }
    case 'waha': {
      const session = { apiKey, session: 'default' }
      const baseUrl = 'https://waha.example.com'
      const mockServer = mockWaha(emulator, session)
      return {
        emulator,
        mockServer,
        provider: waha({ baseUrl, ...session, ...common, fetch: mockServer.fetch }),
      }
    }
  }
}
