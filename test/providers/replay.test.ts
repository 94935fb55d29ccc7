import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { asRecord } from '../../src/core/json.js'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type { PairingProvider } from '../../src/core/provider.js'
import { evolutionApi } from '../../src/providers/evolution-api.js'
import { waha } from '../../src/providers/waha.js'
import { type Entry, readRecording } from '../recordings/recording.js'
import { emulateTime } from '../time.js'
import { everythingIn, type RecordedRequest, stubFetch } from './fetch-stub.js'

// Replays the responses of real servers, and checks the results of the adapters. test/recordings checks the mock servers against
// the same recordings. test/fixtures/waha-core-2024.10.8-noweb.jsonl is of an earlier version. It has one exchange or event per
// line, in order, without most headers, pictures and settings; names replace keys, tokens and the parts of QR texts.

interface Line {
  readonly request?: {
    readonly method: string
    readonly path: string
    readonly headers: Readonly<Record<string, string>>
    readonly body?: unknown
  }
  readonly response?: {
    readonly status: number
    readonly contentType: string | null
    readonly body: unknown
  }
  readonly event?: unknown
}

type Name = string

const WAHA_2024 = 'waha-core-2024.10.8-noweb'

/** Reads lines with their numbers. */
function read(name: Name): ReadonlyMap<number, Line> {
  if (name === WAHA_2024) {
    const file = new URL(`../fixtures/${name}.jsonl`, import.meta.url)
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    return new Map(lines.map((text, index): [number, Line] => [index + 1, JSON.parse(text)]))
  }
  return new Map(readRecording(name).entries.map((entry) => [entry.line, lineOf(entry)]))
}

function lineOf(entry: Entry): Line {
  if (entry.kind === 'webhook') return { event: entry.body }
  if (entry.kind !== 'exchange') return {}
  const { method, path, headers, body } = entry.request
  // The recorder requested JSON; the adapters do not send that header.
  const { accept: _accept, ...sent } = headers
  const response = { status: entry.status ?? 0, contentType: 'application/json', body: entry.body }
  return { request: { method, path, headers: sent, ...(body !== undefined && { body }) }, response }
}

/** The token of an instance: a UUID in capitals, or a name. */
const TOKEN = /TOKEN|[0-9A-F]{8}-[0-9A-F]{4}-/

const baseUrl = 'http://127.0.0.1:18090'
const number = normalizePhoneNumber('5511987654321')

type Ask = (provider: PairingProvider) => Promise<unknown>

const getStatus: Ask = (provider) => provider.getStatus({})
const getQrCode: Ask = (provider) => provider.getQrCode({})
const requestPairingCode: Ask = async (provider) => provider.requestPairingCode?.(number, {})
const reset: Ask = async (provider) => provider.reset?.({})
const unlink: Ask = async (provider) => provider.unlink?.({})

const evolution =
  (instanceName: string, apiKey = 'GLOBALKEY') =>
  (fetch: typeof globalThis.fetch): PairingProvider =>
    evolutionApi({ baseUrl, apiKey, instanceName, fetch })
const wahaDefault = (fetch: typeof globalThis.fetch): PairingProvider =>
  waha({ baseUrl, apiKey: 'KEY', session: 'default', fetch })

/** The QR text that was recorded at a line. */
function recordedQr(name: Name, lineNumber: number, more: object = {}): unknown {
  const { code: value } = asRecord(read(name).get(lineNumber)?.response?.body)
  return { status: 'qr', qrCode: { kind: 'text', value }, ...more }
}

const qr = (value: string): unknown => ({ status: 'qr', qrCode: { kind: 'text', value } })
const link = (fields: string): string => `https://wa.me/settings/linked_devices#2@${fields},1`
const linked = {
  status: 'linked',
  account: { phoneNumber: '5511987654321', id: '5511987654321@s.whatsapp.net' },
}
const linkedAtWaha = {
  status: 'linked',
  account: { phoneNumber: '5511987654321', id: '5511987654321@c.us' },
}
const done = undefined

/** Which lines of a recording are the responses to a request, by their number in the file, and the expected results. */
/** A code of unknown age. */
const JOINED = { expiresInMs: 14_000 }

type Row = readonly [
  string,
  (fetch: typeof globalThis.fetch) => PairingProvider,
  Ask,
  readonly number[],
  unknown,
]

const tables: readonly (readonly [Name, readonly Row[]])[] = [
  [
    'evolution-2.3.7-09-errors',
    [
      ['an unknown instance', evolution('nobody'), getStatus, [4], 'session-not-found'],
      [
        'an unknown instance and a wrong key',
        evolution('nobody', 'WRONGKEY'),
        getStatus,
        [22],
        'session-not-found',
      ],
      ['a wrong key', evolution('acme9', 'WRONGKEY'), getStatus, [17], 'unauthorized'],
      [
        'the token of the instance',
        evolution('acme9', '23CB21EB-25F9-4827-BD80-2810A82BED9C'),
        getStatus,
        [29, 30],
        { status: 'unlinked' },
      ],
      ['an instance that is being deleted', evolution('acme9'), getStatus, [76], { status: 'preparing' }],
    ],
  ],
  [
    'evolution-2.3.7-01-first-link',
    [
      ['a pairing', evolution('acme1'), getStatus, [13], { status: 'unlinked' }],
      [
        'its QR code',
        evolution('acme1'),
        getQrCode,
        // The list shows the age of the code; here, its response has no time of the server.
        [13, 14, 7],
        recordedQr('evolution-2.3.7-01-first-link', 7, JOINED),
      ],
      ['a link', evolution('acme1'), getStatus, [400, 398], linked],
      ['a request for a code while linked', evolution('acme1'), getQrCode, [400, 398], linked],
      [
        'a request for a pairing code while linked',
        evolution('acme1'),
        requestPairingCode,
        [400, 398],
        linked,
      ],
      ['a scan that another process saw', evolution('acme1'), getQrCode, [394, 14], { status: 'preparing' }],
    ],
  ],
  [
    'evolution-2.3.7-06-api-logout',
    [
      ['a logout', evolution('acme6'), unlink, [13], done],
      ['a logout without a link', evolution('acme6'), unlink, [32], done],
      ['a closed instance', evolution('acme6'), getStatus, [20, 14], { status: 'unlinked' }],
      [
        'a request for a code of a closed instance',
        evolution('acme6'),
        getQrCode,
        [20, 14, 35],
        recordedQr('evolution-2.3.7-06-api-logout', 35, { expiresInMs: 45_000 }),
      ],
      ['the beginning of a pairing', evolution('acme6'), reset, [20, 14, 35], done],
    ],
  ],
  [
    'evolution-2.3.7-03-pairing-code',
    [
      [
        'a number at the beginning of a pairing',
        evolution('acme3'),
        requestPairingCode,
        [3, 4, 6],
        { status: 'pairing-code', pairingCode: 'ZV1WKMQ9', expiresInMs: 45_000 },
      ],
    ],
  ],
  [
    'evolution-2.4-06-api-logout',
    [
      ['a logout', evolution('acme6'), unlink, [12], done],
      ['a logout without a link, which 2.4 accepts', evolution('acme6'), unlink, [29], done],
      ['a closed instance', evolution('acme6'), getStatus, [14, 17], { status: 'unlinked' }],
    ],
  ],
  [
    'evolution-2.4.0-09-not-activated',
    [['a server that is not activated', evolution('acme1'), getStatus, [26], 'subscription-expired']],
  ],
  [
    'waha-core-2024.10.8-noweb',
    [
      ['a stopped session', wahaDefault, getStatus, [1], { status: 'stopped' }],
      ['a request for a code of a stopped session', wahaDefault, getQrCode, [1], { status: 'stopped' }],
      [
        'a session that stops between two requests',
        wahaDefault,
        getQrCode,
        [13, 4, 1],
        { status: 'stopped' },
      ],
      ['a start', wahaDefault, reset, [1, 6, 13], done],
      ['a start after a start', wahaDefault, reset, [1, 12, 13], done],
      ['a QR code', wahaDefault, getQrCode, [23, 11], qr(link('REF-9,KEY-13,KEY-14,KEY-15'))],
      ['a session with an account before it is linked', wahaDefault, getStatus, [13], { status: 'unlinked' }],
      ['a link', wahaDefault, getStatus, [16], linkedAtWaha],
      ['a request for a code while linked', wahaDefault, getQrCode, [16], linkedAtWaha],
      ['a link made before the code is returned', wahaDefault, getQrCode, [23, 17, 16], linkedAtWaha],
      ['a request for a pairing code while linked', wahaDefault, requestPairingCode, [16], linkedAtWaha],
      [
        'a link made between two requests',
        wahaDefault,
        requestPairingCode,
        [23, 21, 23, 18, 16],
        linkedAtWaha,
      ],
      ['a logout', wahaDefault, unlink, [21, 23], done],
      ['a session after its logout', wahaDefault, getStatus, [23], { status: 'unlinked' }],
      [
        'a pairing code',
        wahaDefault,
        requestPairingCode,
        [23, 21, 23, 24],
        { status: 'pairing-code', pairingCode: 'D2MGSJT1', expiresInMs: 155_000 },
      ],
      ['a code that was not entered', wahaDefault, reset, [23, 21, 23], done],
      [
        'an unknown name',
        wahaDefault,
        getStatus,
        [30],
        { status: 'linked', account: { phoneNumber: '5511987654321', id: '+55 11 98765-4321@c.us' } },
      ],
    ],
  ],
]

/** Fails unless a request equals the recorded one. */
function expectSame(sent: RecordedRequest, { request, response }: Line): void {
  const { pathname, search } = new URL(sent.url)
  // The server refuses a request before it checks the format of the code.
  const path = response && response.status >= 400 ? pathname : pathname + search
  expect({ method: sent.method, path }).toEqual({ method: request?.method, path: request?.path })
  for (const [name, value] of Object.entries(request?.headers ?? {})) {
    expect(sent.headers.get(name)).toBe(value)
  }
  expect(sent.body).toEqual(request?.body)
}

function answerOf({ response }: Line): Response {
  return new Response(JSON.stringify(response?.body), {
    status: response?.status ?? 0,
    headers: { 'content-type': response?.contentType ?? '' },
  })
}

/** Returns the result or the code of the error; pauses between two requests end immediately. */
async function withoutWaiting(answer: Promise<unknown>): Promise<unknown> {
  const outcome = answer.catch((error: unknown) => (PairingError.isInstance(error) ? error.code : error))
  await vi.advanceTimersByTimeAsync(10_000)
  return outcome
}

emulateTime()

describe.each(tables)('%s', (name, rows) => {
  const lines = read(name)

  it.each(rows)(
    '%s: sends the recorded requests, and understands the responses',
    async (_title, make, ask, numbers, expected) => {
      const answers = numbers.map((lineNumber) => lines.get(lineNumber) ?? {})
      const stub = stubFetch(() => answerOf(answers[stub.requests.length - 1] ?? {}))
      const outcome = await withoutWaiting(ask(make(stub.fetch)))
      stub.requests.forEach((request, index) => {
        expectSame(request, answers[index] ?? {})
      })
      expect(stub.requests).toHaveLength(numbers.length)
      expect(outcome).toEqual(expected)
      expect(everythingIn(outcome)).not.toMatch(TOKEN)
    },
  )
})

const nobody = (): never => {
  throw new Error('A webhook sends no request.')
}

describe('recorded events', () => {
  it.each<[Name, PairingProvider, readonly (string | undefined)[]]>([
    [
      'evolution-2.3.7-01-first-link',
      evolution('acme1')(nobody),
      ['preparing', 'qr', 'qr', 'qr', 'preparing', 'linked'],
    ],
    [
      'evolution-2.3.7-06-api-logout',
      evolution('acme6')(nobody),
      [undefined, undefined, 'unlinked', 'preparing', 'qr', 'preparing', 'linked'],
    ],
    [
      'evolution-2.3.7-07-never-scanned-limit3',
      evolution('never3')(nobody),
      ['preparing', 'qr', 'qr', 'qr', 'stopped', 'stopped', 'preparing', 'qr', 'preparing', 'linked'],
    ],
    [
      'evolution-2.4-07-never-scanned-limit30',
      evolution('never30')(nobody),
      [
        'preparing',
        'qr',
        'qr',
        'qr',
        'qr',
        'qr',
        'qr',
        undefined,
        undefined,
        'unlinked',
        'preparing',
        'qr',
        'preparing',
        'linked',
      ],
    ],
    [
      'waha-core-2024.10.8-noweb',
      wahaDefault(nobody),
      // A scan, a logout, a restart with half of the credentials.
      [
        ...['preparing', 'unlinked', 'preparing', 'linked', undefined, 'preparing', 'unlinked'],
        ...[undefined, 'preparing', 'linked', undefined],
      ],
    ],
  ])('of %s are read as states, and contain no token', (name, provider, expected) => {
    const snapshots = [...read(name).values()]
      .filter((line) => line.event !== undefined)
      .map((line) => provider.readWebhook?.(line.event))
    expect(snapshots.map((snapshot) => snapshot?.status)).toEqual(expected)
    expect(everythingIn(snapshots)).not.toMatch(TOKEN)
  })
})
