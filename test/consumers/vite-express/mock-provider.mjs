// @ts-check
// Loaded before the server of the app (`node --import`): the requests that it sends with the credentials in the environment
// reach the mock server of that provider, which takes these credentials only.
import {
  createEmulator,
  linkAutomatically,
  mockEvolutionApi,
  mockGreenApi,
  mockOwnServer,
  mockWaha,
  mockWasend,
  mockZApi,
} from 'whatsapp-pairing/testing'

const env = (/** @type {string} */ name) => process.env[name] ?? ''

const phone = linkAutomatically(
  createEmulator(env('EVOLUTION_API_KEY') ? { firstCodeMs: 45_000, codeMs: 45_000 } : {}),
  { scanAfterMs: 1_000 },
)

const mockServers = {
  GREEN_API_ID_INSTANCE: () =>
    mockGreenApi(phone, {
      idInstance: env('GREEN_API_ID_INSTANCE'),
      apiTokenInstance: env('GREEN_API_API_TOKEN_INSTANCE'),
    }),
  Z_API_INSTANCE_ID: () =>
    mockZApi(phone, {
      instanceId: env('Z_API_INSTANCE_ID'),
      token: env('Z_API_TOKEN'),
      clientToken: env('Z_API_CLIENT_TOKEN'),
    }),
  WASEND_API_KEY: () =>
    mockWasend(phone, { apiKey: env('WASEND_API_KEY'), sessionId: env('WASEND_SESSION_ID') }),
  EVOLUTION_API_KEY: () =>
    mockEvolutionApi(phone, {
      apiKey: env('EVOLUTION_API_KEY'),
      instanceName: env('EVOLUTION_API_INSTANCE_NAME'),
    }),
  WAHA_API_KEY: () => mockWaha(phone, { apiKey: env('WAHA_API_KEY'), session: env('WAHA_SESSION') }),
  OWN_SERVER_URL: () =>
    mockOwnServer(phone, { headers: { authorization: `Bearer ${env('OWN_SERVER_KEY')}` } }),
}

const [, create] = Object.entries(mockServers).find(([name]) => env(name) !== '') ?? []
if (!create) throw new Error('The environment has no credentials of a provider.')
globalThis.fetch = create().fetch
// Requests alone reach the mock server.
Reflect.deleteProperty(globalThis, 'WebSocket')
