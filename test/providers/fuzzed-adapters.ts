import type { PairingProvider } from '../../src/core/provider.js'
import { type GreenApiOptions, greenApi } from '../../src/providers/green-api.js'
import { ownServer } from '../../src/providers/own-server.js'
import { wasend } from '../../src/providers/wasend.js'
import { zApi } from '../../src/providers/z-api.js'
import {
  type Emulator,
  type MockServer,
  mockGreenApi,
  mockOwnServer,
  mockWasend,
  mockZApi,
} from '../../src/testing.js'
import { PNG } from './fetch-stub.js'

/** An adapter, with the normal responses of its provider. */
export interface FuzzedAdapter {
  readonly name: string
  make(options: Pick<GreenApiOptions, 'fetch' | 'webSocket'>): PairingProvider
  /** The HTTP mock servers of its provider, in each observed variant. */
  readonly mockServers: readonly ((emulator: Emulator) => MockServer)[]
  /** Texts that the adapter recognises anywhere in a response. */
  readonly words: readonly string[]
  readonly webhooks: readonly unknown[]
  /** The frames that its provider sends on a WebSocket. */
  readonly frames: readonly unknown[]
  /** Values that must not leave the adapter. */
  readonly secrets: readonly string[]
}

// The servers are fakes, so the tests of the page may create the adapters under jsdom.
const common = { dangerouslyAllowBrowser: true }

const instance = { idInstance: '1101000001', apiTokenInstance: 'fuzzed-api-token-instance-1f3a' }
const zInstance = {
  instanceId: '3C0FFEE0FUZZED',
  token: 'fuzzed-z-api-token-7c2e',
  clientToken: 'fuzzed-client-token-9b4d',
}
const session = { apiKey: 'fuzzed-wasend-key-5e8f', sessionId: 'fuzzed' }
const headers = { authorization: 'Bearer fuzzed-own-key-3d6a' }

/** Possible contents of any field. */
const contents = [
  'ABCD1234',
  'ABCD-1234',
  '2@ref,noise,identity,adv,1',
  'https://pps.whatsapp.net/v/t61.24694-24/1.jpg?oe=6558',
]

export const fuzzedAdapters: readonly FuzzedAdapter[] = [
  {
    name: 'greenApi',
    make: (options) => greenApi({ ...instance, ...common, ...options }),
    mockServers: [
      (emulator) => mockGreenApi(emulator, instance),
      (emulator) => mockGreenApi(emulator, { ...instance, errorBody: 'text' }),
      (emulator) => mockGreenApi(emulator, { ...instance, creatingMs: 60_000 }),
    ],
    words: [
      ...['authorized', 'notAuthorized', 'blocked', 'sleepMode', 'starting', 'yellowCard'],
      ...['qrCode', 'alreadyLogged', 'accountData', 'passkeyRequired', 'timeout', 'timeoutExpired', 'error'],
      'Instance has auth. You need to make log out',
      'instance in starting process try later',
      'instance account already authorized',
      'instance account not authorized',
      'Instance account is expired. Renew your instance from personal area',
      'Instance is deleted',
      'bad request data',
      ...contents,
    ],
    webhooks: [
      {
        typeWebhook: 'stateInstanceChanged',
        instanceData: { idInstance: 1101000001, wid: '79001234567@c.us', typeInstance: 'whatsapp' },
        timestamp: 1586700690,
        stateInstance: 'authorized',
      },
    ],
    frames: [
      { type: 'qrCode', message: PNG },
      { type: 'alreadyLogged', message: 'instance account already authorized' },
      { type: 'accountData', wid: '79001234567@c.us', pushname: 'Ana', webhookUrl: '' },
      { type: 'error', message: 'Instance has auth. You need to make log out' },
      { type: 'passkeyRequired', message: 'passkeyRequired' },
      { type: 'timeout', message: 'timeout' },
    ],
    secrets: [instance.apiTokenInstance],
  },
  {
    name: 'zApi',
    make: (options) => zApi({ ...zInstance, ...common, ...options }),
    mockServers: [
      (emulator) => mockZApi(emulator, { ...zInstance, qrCode: 'text' }),
      (emulator) => mockZApi(emulator, { ...zInstance, codeField: 'phoneCode', codeDash: true }),
      (emulator) => mockZApi(emulator, { ...zInstance, codeField: 'code', statusDots: true }),
    ],
    words: [
      'You are already connected',
      'You are not connected',
      'You need to restore the session',
      'your client-token is not configured',
      'null not allowed',
      'Method Not Allowed',
      'NOT_FOUND',
      'ConnectedCallback',
      'DisconnectedCallback',
      ...contents,
    ],
    webhooks: [
      {
        type: 'ConnectedCallback',
        connected: true,
        momment: 26151515154,
        instanceId: zInstance.instanceId,
        phone: '5544999999999',
      },
      {
        type: 'DisconnectedCallback',
        disconnected: true,
        momment: 1580163342,
        instanceId: zInstance.instanceId,
      },
    ],
    frames: [],
    secrets: [zInstance.token, zInstance.clientToken],
  },
  {
    name: 'wasend',
    make: (options) => wasend({ ...session, ...common, ...options }),
    mockServers: [
      (emulator) => mockWasend(emulator, { ...session, me: true, expiresAt: 'iso' }),
      (emulator) => mockWasend(emulator, { ...session, shape: 'sdk', qrPath: 'auth/qr', qrBody: 'nested' }),
      (emulator) => mockWasend(emulator, { ...session, qrBody: 'value', expiresAt: 'milliseconds' }),
      (emulator) => mockWasend(emulator, { ...session, stopped: true }),
    ],
    words: [
      ...['STOPPED', 'STARTING', 'SCAN_QR_CODE', 'WORKING', 'FAILED', 'PASSKEY_REQUIRED', 'session.status'],
      ...['79001234567@c.us', '123456789012345@lid', '2099-01-01T00:00:00Z', ...contents],
    ],
    webhooks: [
      {
        event: 'session.status',
        session: session.sessionId,
        me: { id: '79111111111@c.us', pushName: 'Ana' },
        payload: { status: 'WORKING', statuses: [{ status: 'WORKING', timestamp: 1700000002000 }] },
      },
    ],
    frames: [],
    secrets: [session.apiKey],
  },
  {
    name: 'ownServer',
    make: (options) =>
      ownServer({
        url: 'https://engine.example/pairing?key=fuzzed-query-key-8a1b',
        headers,
        ...common,
        ...options,
      }),
    mockServers: [
      (emulator) => mockOwnServer(emulator, { headers }),
      (emulator) => mockOwnServer(emulator, { headers, qr: 'data-uri', startingMs: 60_000 }),
      (emulator) => mockOwnServer(emulator, { headers, qr: 'base64' }),
    ],
    words: [
      ...['stopped', 'starting', 'ready', 'qr', 'code', 'linking', 'linked', 'passkey', 'stale', 'failed'],
      ...['code-refused', 'invalid-phone-number', 'rate-limited', 'unauthorized', 'aborted', ...contents],
    ],
    webhooks: [],
    frames: [],
    secrets: ['fuzzed-own-key-3d6a', 'fuzzed-query-key-8a1b'],
  },
]
