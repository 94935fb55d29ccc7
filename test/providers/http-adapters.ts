import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type { PairingProvider } from '../../src/core/provider.js'
import { evolutionApi } from '../../src/providers/evolution-api.js'
import { greenApi } from '../../src/providers/green-api.js'
import { ownServer } from '../../src/providers/own-server.js'
import { waha } from '../../src/providers/waha.js'
import { wasend } from '../../src/providers/wasend.js'
import { zApi } from '../../src/providers/z-api.js'
import { type Answer, json, type Routes } from './fetch-stub.js'

/** An adapter over HTTP, with the responses of its provider that tests of all adapters need. */
export interface HttpAdapter {
  readonly make: (fetch: typeof globalThis.fetch) => PairingProvider
  readonly id: string
  readonly sessionId: string
  /** An error in the provider's own form. */
  readonly own: (status: number) => Answer
  readonly isSelfHosted: boolean
  /** The request for a QR code, and the responses to the others while the session waits for a scan. */
  readonly qrCode: string
  readonly waiting: Routes
  /** The request for the details of a linked account, if it is separate, and the responses to the others. */
  readonly account?: string
  readonly linked?: Routes
}

export const number = normalizePhoneNumber('5511987654321')
export const secret = 'd75b3a66374942c5b3c019c698abc206'
const baseUrl = 'https://api.example'

const nest = (status: number): Answer => json({ statusCode: status, message: 'No.' }, status)
const evolution = (state: string): Answer => json({ instance: { instanceName: 'shop', state } })

/** Every adapter over HTTP, by its name. */
export const httpAdapters = {
  greenApi: {
    make: (fetch) => greenApi({ idInstance: '1101000001', apiTokenInstance: secret, fetch }),
    id: 'green-api',
    sessionId: '1101000001',
    own: (status) => json({ message: 'No.' }, status),
    isSelfHosted: false,
    qrCode: 'GET qr',
    waiting: {},
    account: 'GET getWaSettings',
    linked: { 'GET getStateInstance': json({ stateInstance: 'authorized' }) },
  },
  zApi: {
    make: (fetch) => zApi({ instanceId: '3C0587A6', token: secret, fetch }),
    id: 'z-api',
    sessionId: '3C0587A6',
    own: (status) => json({ error: 'No.' }, status),
    isSelfHosted: false,
    qrCode: 'GET qr-code',
    waiting: { 'GET status': json({ connected: false }) },
    account: 'GET device',
    linked: { 'GET status': json({ connected: true }) },
  },
  wasend: {
    make: (fetch) => wasend({ apiKey: secret, sessionId: 'main-1', fetch }),
    id: 'wasend',
    sessionId: 'main-1',
    own: nest,
    isSelfHosted: false,
    qrCode: 'GET qr',
    waiting: { GET: json({ uniqueSessionId: 'main-1', status: 'SCAN_QR_CODE' }) },
  },
  evolutionApi: {
    make: (fetch) => evolutionApi({ baseUrl, apiKey: secret, instanceName: 'shop', fetch }),
    id: 'evolution-api',
    sessionId: 'api.example/shop',
    own: (status) => json({ status, error: 'No', response: { message: ['No.'] } }, status),
    isSelfHosted: true,
    qrCode: 'GET connect',
    waiting: {
      'GET connectionState': evolution('connecting'),
      'GET fetchInstances': json([{ name: 'shop', connectionStatus: 'close' }]),
    },
    account: 'GET fetchInstances',
    linked: { 'GET connectionState': evolution('open') },
  },
  waha: {
    make: (fetch) => waha({ baseUrl, apiKey: secret, session: 'default', fetch }),
    id: 'waha',
    sessionId: 'api.example/default',
    own: nest,
    isSelfHosted: true,
    qrCode: 'GET auth/qr',
    waiting: { GET: json({ name: 'default', status: 'SCAN_QR_CODE', me: null }) },
  },
  ownServer: {
    make: (fetch) => ownServer({ url: `${baseUrl}/pairing`, fetch }),
    id: 'own-server',
    sessionId: `${baseUrl}/pairing`,
    own: (status) => json({ error: 'No.' }, status),
    isSelfHosted: true,
    qrCode: 'GET /pairing',
    waiting: {},
  },
} as const satisfies Readonly<Record<string, HttpAdapter>>

/** The same as rows of a table. */
export const eachHttpAdapter: readonly (readonly [name: string, adapter: HttpAdapter])[] =
  Object.entries(httpAdapters)
