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

/** The providers with a mock server. */
export const providerIds = ['green-api', 'z-api', 'wasend', 'evolution-api', 'waha'] as const

export type ProviderId = (typeof providerIds)[number]

/** Credentials without any rights. Tests check that no output contains them. */
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
  /** The WebSockets, if the provider has any. */
  readonly sockets?: Pick<MockServer, 'requests'>
  readonly provider: PairingProvider
}

type Environment = Readonly<Record<string, string | undefined>>

interface Entry {
  /** The provider's public name. */
  readonly name: string
  /** The account, if the provider's times differ from WhatsApp's. */
  readonly account?: EmulatorOptions
  readonly emulate: (emulator: Emulator) => Omit<EmulatedProvider, 'emulator'>
  /** The adapter of a real account; `undefined` if the environment lacks its credentials. */
  readonly real: (env: Environment) => PairingProvider | undefined
}

const { apiTokenInstance, token, clientToken, apiKey, instanceToken } = emulatedSecrets

// The secrets open nothing, so the static playground and the tests may have them in a browser.
const common = { dangerouslyAllowBrowser: true }

/** The settings of a provider for the playground, its server and the tests. */
const entries: Readonly<Record<ProviderId, Entry>> = {
  'green-api': {
    name: 'GREEN-API',
    emulate(emulator) {
      const instance = { idInstance: '1101000001', apiTokenInstance }
      const mockServer = mockGreenApi(emulator, instance)
      const sockets = mockGreenApiSocket(emulator, instance)
      const provider = greenApi({ ...instance, ...common, fetch: mockServer.fetch, webSocket: sockets })
      return { mockServer, sockets, provider }
    },
    real({ GREEN_API_ID_INSTANCE, GREEN_API_API_TOKEN_INSTANCE, GREEN_API_API_URL }) {
      if (!GREEN_API_ID_INSTANCE || !GREEN_API_API_TOKEN_INSTANCE) return undefined
      return greenApi({
        idInstance: GREEN_API_ID_INSTANCE,
        apiTokenInstance: GREEN_API_API_TOKEN_INSTANCE,
        apiUrl: GREEN_API_API_URL,
      })
    },
  },
  'z-api': {
    name: 'Z-API',
    emulate(emulator) {
      const instance = { instanceId: '3C0FFEE0EMULATED', token, clientToken }
      // The code is text and not a picture, so the providers together cover both ways to draw a code.
      const mockServer = mockZApi(emulator, { ...instance, qrCode: 'text' })
      return { mockServer, provider: zApi({ ...instance, ...common, fetch: mockServer.fetch }) }
    },
    real({ Z_API_INSTANCE_ID, Z_API_TOKEN, Z_API_CLIENT_TOKEN }) {
      if (!Z_API_INSTANCE_ID || !Z_API_TOKEN) return undefined
      return zApi({ instanceId: Z_API_INSTANCE_ID, token: Z_API_TOKEN, clientToken: Z_API_CLIENT_TOKEN })
    },
  },
  wasend: {
    name: 'WASend',
    emulate(emulator) {
      const session = { apiKey, sessionId: 'emulated' }
      const mockServer = mockWasend(emulator, session)
      return { mockServer, provider: wasend({ ...session, ...common, fetch: mockServer.fetch }) }
    },
    real({ WASEND_API_KEY, WASEND_SESSION_ID }) {
      if (!WASEND_API_KEY || !WASEND_SESSION_ID) return undefined
      return wasend({ apiKey: WASEND_API_KEY, sessionId: WASEND_SESSION_ID })
    },
  },
  'evolution-api': {
    name: 'Evolution API',
    // This server shows each code for this long, independent of WhatsApp's times.
    account: { firstCodeMs: 45_000, codeMs: 45_000 },
    emulate(emulator) {
      const instance = { apiKey, instanceName: 'emulated' }
      const baseUrl = 'https://evolution.example.com'
      const mockServer = mockEvolutionApi(emulator, { ...instance, token: instanceToken })
      return {
        mockServer,
        provider: evolutionApi({ baseUrl, ...instance, ...common, fetch: mockServer.fetch }),
      }
    },
    real({ EVOLUTION_API_BASE_URL, EVOLUTION_API_KEY, EVOLUTION_API_INSTANCE_NAME }) {
      if (!EVOLUTION_API_BASE_URL || !EVOLUTION_API_KEY || !EVOLUTION_API_INSTANCE_NAME) return undefined
      return evolutionApi({
        baseUrl: EVOLUTION_API_BASE_URL,
        apiKey: EVOLUTION_API_KEY,
        instanceName: EVOLUTION_API_INSTANCE_NAME,
      })
    },
  },
  waha: {
    name: 'WAHA',
    emulate(emulator) {
      const session = { apiKey, session: 'default' }
      const baseUrl = 'https://waha.example.com'
      const mockServer = mockWaha(emulator, session)
      return { mockServer, provider: waha({ baseUrl, ...session, ...common, fetch: mockServer.fetch }) }
    },
    real({ WAHA_BASE_URL, WAHA_API_KEY, WAHA_SESSION }) {
      if (!WAHA_BASE_URL || !WAHA_API_KEY || !WAHA_SESSION) return undefined
      return waha({ baseUrl: WAHA_BASE_URL, apiKey: WAHA_API_KEY, session: WAHA_SESSION })
    },
  },
}

/** The complete chain from an adapter to an emulated phone. */
export function emulatedProvider(id: ProviderId, options: EmulatorOptions = {}): EmulatedProvider {
  const { account, emulate } = entries[id]
  const emulator = createEmulator({ ...account, ...options })
  return { emulator, ...emulate(emulator) }
}

export const realProvider = (id: ProviderId, env: Environment): PairingProvider | undefined =>
  entries[id].real(env)

export const providerName = (id: ProviderId): string => entries[id].name
