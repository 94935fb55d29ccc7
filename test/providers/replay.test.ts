import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type { PairingProvider } from '../../src/core/provider.js'
import { evolutionApi } from '../../src/providers/evolution-api.js'
import { waha } from '../../src/providers/waha.js'
import { everythingIn, type RecordedRequest, stubFetch } from './fetch-stub.js'

// test/fixtures: what real servers answered, one exchange or event a line, in order. Made shorter: headers but for
// the key and `accept`, pictures, settings. Keys, tokens and the parts of QR texts have been replaced by names.

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

type Recording =
  | 'evolution-2.3.7-qr'
  | 'evolution-2.3.7-code'
  | 'evolution-2.3.7-limit'
  | 'waha-core-2024.10.8-noweb'

function read(recording: Recording): readonly Line[] {
  const file = new URL(`../fixtures/${recording}.jsonl`, import.meta.url)
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line): Line => JSON.parse(line))
}

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

/** Which lines of a recording answer a question, by their number in the file, and what is made of them. */
type Row = readonly [
  string,
  (fetch: typeof globalThis.fetch) => PairingProvider,
  Ask,
  readonly number[],
  unknown,
]

const tables: readonly (readonly [Recording, readonly Row[]])[] = [
  [
    'evolution-2.3.7-qr',
    [
      ['an unknown instance', evolution('nope'), getStatus, [1], 'session-not-found'],
      ['an unknown instance and a wrong key', evolution('a1', 'bad'), getStatus, [2], 'session-not-found'],
      ['a pairing', evolution('a1'), getStatus, [7], { status: 'unlinked' }],
      [
        'the token of the instance',
        evolution('a1', 'INSTANCE-TOKEN-3'),
        getStatus,
        [10],
        { status: 'unlinked' },
      ],
      ['its QR code', evolution('a1'), getQrCode, [7, 8], qr(link('REF-7,KEY-10,KEY-11,KEY-12'))],
      ['a link', evolution('a1'), getStatus, [13, 17], linked],
      ['a link, asked for a code', evolution('a1'), getQrCode, [13, 17], linked],
      ['a link, asked for a pairing code', evolution('a1'), requestPairingCode, [13, 17], linked],
      ['a logout', evolution('a1'), unlink, [21], done],
      ['a logout of nothing', evolution('a1'), unlink, [23], done],
      ['a closed instance', evolution('a1'), getStatus, [22], { status: 'unlinked' }],
      ['a closed instance, asked for a code', evolution('a1'), getQrCode, [22], { status: 'stopped' }],
      ['the beginning of a pairing', evolution('a1'), reset, [22, 27], done],
      ['a second pairing', evolution('a1'), getQrCode, [7, 28], qr(link('REF-8,KEY-7,KEY-8,KEY-9'))],
    ],
  ],
  [
    'evolution-2.3.7-code',
    [
      ['a closed instance', evolution('b1'), getStatus, [2], { status: 'unlinked' }],
      ['a closed instance, asked for a code', evolution('b1'), getQrCode, [2], { status: 'stopped' }],
      [
        'a number at the beginning of a pairing',
        evolution('b1'),
        requestPairingCode,
        [2, 5],
        { status: 'pairing-code', pairingCode: 'LKJBTJ5C' },
      ],
      [
        'a number whose code is kept',
        evolution('b1'),
        requestPairingCode,
        [2, 6],
        { status: 'pairing-code', pairingCode: 'LKJBTJ5C' },
      ],
    ],
  ],
  [
    'evolution-2.3.7-limit',
    [
      ['a pairing', evolution('c1'), getStatus, [5], { status: 'unlinked' }],
      ['an instance out of codes', evolution('c1'), getStatus, [17], { status: 'unlinked' }],
      ['an instance out of codes, asked for one', evolution('c1'), getQrCode, [17], { status: 'stopped' }],
      ['the beginning of the next pairing', evolution('c1'), reset, [19, 22], done],
      ['its QR code', evolution('c1'), getQrCode, [5, 23], qr(link('REF-6,KEY-4,KEY-5,KEY-6'))],
    ],
  ],
  [
    'waha-core-2024.10.8-noweb',
    [
      ['a stopped session', wahaDefault, getStatus, [1], { status: 'stopped' }],
      ['a stopped session, asked for a code', wahaDefault, getQrCode, [1], { status: 'stopped' }],
      ['a session that stops meanwhile', wahaDefault, getQrCode, [13, 4, 1], { status: 'stopped' }],
      ['a start', wahaDefault, reset, [1, 6], done],
      ['a start after a start', wahaDefault, reset, [1, 12], done],
      ['a QR code', wahaDefault, getQrCode, [23, 11], qr(link('REF-9,KEY-13,KEY-14,KEY-15'))],
      ['a session that names somebody too early', wahaDefault, getStatus, [13], { status: 'unlinked' }],
      ['a link', wahaDefault, getStatus, [16], linkedAtWaha],
      ['a link, asked for a code', wahaDefault, getQrCode, [16], linkedAtWaha],
      ['a link that comes before the code', wahaDefault, getQrCode, [23, 17, 16], linkedAtWaha],
      ['a link, asked for a pairing code', wahaDefault, requestPairingCode, [16], linkedAtWaha],
      ['a link that comes in between', wahaDefault, requestPairingCode, [23, 21, 23, 18, 16], linkedAtWaha],
      ['a logout', wahaDefault, unlink, [21], done],
      ['a session after its logout', wahaDefault, getStatus, [23], { status: 'unlinked' }],
      [
        'a pairing code',
        wahaDefault,
        requestPairingCode,
        [23, 21, 23, 24],
        { status: 'pairing-code', pairingCode: 'D2MGSJT1' },
      ],
      ['a code that nobody entered', wahaDefault, reset, [23, 21], done],
      [
        'a name that is not known yet',
        wahaDefault,
        getStatus,
        [30],
        { status: 'linked', account: { phoneNumber: '5511987654321', id: '+55 11 98765-4321@c.us' } },
      ],
    ],
  ],
]

/** Fails unless a request is the recorded one. */
function expectSame(sent: RecordedRequest, { request, response }: Line): void {
  const { pathname, search } = new URL(sent.url)
  // A refusal is given before the format of the code is looked at.
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

/** The answer, or the code of the error; pauses between two questions are over at once. */
async function withoutWaiting(answer: Promise<unknown>): Promise<unknown> {
  const outcome = answer.catch((error: unknown) => (PairingError.isInstance(error) ? error.code : error))
  await vi.advanceTimersByTimeAsync(10_000)
  return outcome
}

beforeEach(() => {
  vi.useFakeTimers()
  return () => void vi.useRealTimers()
})

describe.each(tables)('%s', (recording, rows) => {
  const lines = read(recording)

  it.each(rows)(
    '%s: asks what the server was asked, and understands it',
    async (_title, make, ask, numbers, expected) => {
      const answers = numbers.map((lineNumber) => lines[lineNumber - 1] ?? {})
      const stub = stubFetch(() => answerOf(answers[stub.requests.length - 1] ?? {}))
      const outcome = await withoutWaiting(ask(make(stub.fetch)))
      stub.requests.forEach((request, index) => {
        expectSame(request, answers[index] ?? {})
      })
      expect(stub.requests).toHaveLength(numbers.length)
      expect(outcome).toEqual(expected)
      expect(everythingIn(outcome)).not.toContain('TOKEN')
    },
  )
})

const nobody = (): never => {
  throw new Error('A webhook asks nobody.')
}

describe('events', () => {
  it.each<[Recording, PairingProvider, readonly (string | undefined)[]]>([
    [
      'evolution-2.3.7-qr',
      evolution('a1')(nobody),
      // connecting, a code; connecting after the scan, open; three of the logout; another pairing.
      ['preparing', 'qr', 'preparing', 'linked', undefined, undefined, 'unlinked', 'preparing', 'qr'],
    ],
    [
      'evolution-2.3.7-code',
      evolution('b1')(nobody),
      ['preparing', 'qr', 'preparing', 'linked', undefined, undefined, 'unlinked', undefined],
    ],
    [
      'evolution-2.3.7-limit',
      evolution('c1')(nobody),
      // Four codes, the end told twice, another pairing; those of another instance in between.
      [
        ...['preparing', 'qr', undefined, 'qr', undefined, undefined, 'qr', 'stopped', 'stopped'],
        ...['preparing', 'qr', undefined, undefined, 'unlinked', undefined],
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
  ])('of %s are read as states, and bring no token along', (recording, provider, expected) => {
    const snapshots = read(recording)
      .filter((line) => line.event !== undefined)
      .map((line) => provider.readWebhook?.(line.event))
    expect(snapshots.map((snapshot) => snapshot?.status)).toEqual(expected)
    expect(everythingIn(snapshots)).not.toContain('TOKEN')
  })
})
