import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type { PairingProvider, PairingSnapshot } from '../../src/core/provider.js'
import { evolutionApi } from '../../src/providers/evolution-api.js'
import { qrImage } from '../../src/testing/qr-image.js'
import { createEmulator, type MockEvolutionApiOptions, mockEvolutionApi } from '../../src/testing.js'
import { emulateTime } from '../time.js'
import { describeAdapterRules } from './adapter-rules.js'
import {
  type Answer,
  empty,
  everythingIn,
  type FetchStub,
  held,
  IMAGE,
  json,
  late,
  PNG,
  page,
  QR_LINK,
  QR_TEXT,
  rejection,
  stubFetch,
  stubRoutes,
} from './fetch-stub.js'

const baseUrl = 'https://evolution.example.com'
const apiKey = 'B6D711FC-DE4D-4FD5-9365-44120E713976'
const instanceName = 'shop'
const number = normalizePhoneNumber('5511987654321')

const state = (name: unknown): Answer => json({ instance: { instanceName, state: name } })
const codes = (code: string, more: object = {}): Answer =>
  json({ pairingCode: null, code, base64: `data:image/png;base64,${PNG}`, count: 1, ...more })
const pairing = (pairingCode: string, count = 1): Answer => codes(QR_LINK, { pairingCode, count })
const noCode = json({ count: 0 })
const failure = json({ error: true, message: '[object Object]' })
const loggedOut = json({ status: 'SUCCESS', error: false, response: { message: 'Instance logged out' } })
const problem = (status: number, message: unknown): Answer =>
  json({ status, error: 'Error', response: { message } }, status)
const notConnected = problem(400, [`The "${instanceName}" instance is not connected`])

const token = 'A1C2E3F4-0000-4000-8000-SECRETTOKEN1'
const list = (more: object = {}): Answer => json(entry(more))

/** Adds the time of the last write to a list entry, and the clock of the server to the response. */
const dated =
  (more: object, ageMs: number): Answer =>
  () =>
    new Response(JSON.stringify(entry({ ...more, updatedAt: new Date(Date.now() - ageMs).toISOString() })), {
      headers: { 'content-type': 'application/json', date: new Date().toUTCString() },
    })

const entry = (more: object): object => [
  {
    id: '95f28b28-05f7-46ac-892f-af76aa1ecdc7',
    name: instanceName,
    connectionStatus: 'open',
    ownerJid: '5511987654321@s.whatsapp.net',
    profileName: 'Ana Souza',
    profilePicUrl: 'https://pps.whatsapp.net/v/1.jpg',
    token,
    ...more,
  },
]
const connecting = list({ connectionStatus: 'connecting' })
const closedList = list({ connectionStatus: 'close' })
const account0 = '5511999990000@s.whatsapp.net'
const account = {
  phoneNumber: '5511987654321',
  name: 'Ana Souza',
  avatarUrl: 'https://pps.whatsapp.net/v/1.jpg',
  id: '5511987654321@s.whatsapp.net',
}

type Answers = Answer | readonly Answer[]

interface Server {
  /** The states of the instance in turn, or other responses to the request for it. */
  readonly states?: Answer | readonly (Answer | string | undefined)[]
  readonly list?: Answers
  readonly connect?: Answers
  readonly logout?: Answers
}

function make({ states = [], list = closedList, connect = [], logout = [] }: Server) {
  const stub = stubRoutes({
    'GET connectionState':
      typeof states === 'function'
        ? states
        : states.map((one) => (typeof one === 'function' ? one : state(one))),
    'GET fetchInstances': list,
    'GET connect': connect,
    'DELETE logout': logout,
  })
  return { stub, provider: evolutionApi({ baseUrl, apiKey, instanceName, fetch: stub.fetch }) }
}

/** The adapter over a mock server, which creates its instance again for `recreateInstance`. */
function emulated(options: Omit<MockEvolutionApiOptions, 'apiKey' | 'instanceName'> = {}) {
  const emulator = createEmulator({ linkingMs: 500 })
  const server = mockEvolutionApi(emulator, { apiKey, instanceName, ...options })
  const call = (method: string, path: string, body?: object): Promise<Response> =>
    server.fetch(`${baseUrl}/instance/${path}`, {
      method,
      headers: { apikey: apiKey, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
  const recreateInstance = vi.fn(async () => {
    await call('DELETE', `delete/${instanceName}`)
    await call('POST', 'create', { instanceName, integration: 'WHATSAPP-BAILEYS' })
  })
  const settings = { baseUrl, apiKey, instanceName, fetch: server.fetch }
  return { emulator, server, settings, recreateInstance, provider: evolutionApi(settings) }
}

/** How many `connect` requests were sent. */
const connects = ({ asked }: FetchStub): number => asked.filter((name) => name === 'GET connect').length

const leftOf = (snapshot: PairingSnapshot): number =>
  snapshot.status === 'qr' ? (snapshot.expiresInMs ?? 0) : 0

const codeOf = (snapshot: PairingSnapshot | undefined): string =>
  snapshot?.status === 'pairing-code' ? snapshot.pairingCode : ''

const requestCode = async ({ requestPairingCode }: PairingProvider) => requestPairingCode?.(number, {})

/** The integers from the first up to, but not including, the second. */
const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, index) => from + index)

/** Resolves requests without delay and ends each pause immediately. */
async function hurried<Value>(question: () => Promise<Value>, withinMs = 30_000): Promise<Value> {
  const outcome = question()
  outcome.catch(() => undefined)
  await vi.advanceTimersByTimeAsync(withinMs)
  return outcome
}

// Loads the image libraries before the fake clock starts, because modules load in real time.
beforeAll(() => qrImage('2@a,b').then(() => undefined))

emulateTime()

describe('evolutionApi', () => {
  it.each([
    ['https://a.example/shop', 'one', 'a.example/shop/one'],
    ['https://a.example', 'shop/one', 'a.example/shop%2Fone'],
  ])('identifies one session by the URL %s and the name %s', (url, name, sessionId) => {
    expect(evolutionApi({ baseUrl: url, apiKey, instanceName: name }).sessionId).toBe(sessionId)
  })

  it('encodes the instance name in URLs below /instance and sends the key', async () => {
    const stub = stubFetch(json({ instance: { instanceName: 'a/b ?#é', state: 'close' } }))
    await evolutionApi({ baseUrl, apiKey, instanceName: 'a/b ?#é', fetch: stub.fetch }).getStatus({})
    expect(stub.requests[0]?.url).toBe(`${baseUrl}/instance/connectionState/a%2Fb%20%3F%23%C3%A9`)
    expect(Object.fromEntries(stub.requests[0]?.headers ?? [])).toEqual({ apikey: apiKey })
  })
})

describe('evolutionApi getStatus()', () => {
  it.each([
    ['connecting', 'unlinked', 1],
    ['close', 'unlinked', 2],
    ['somethingNew', 'preparing', 1],
    [undefined, 'preparing', 1],
  ])('maps %s to %s, with %i requests: the list must confirm `close`', async (name, expected, count) => {
    const { provider, stub } = make({ states: [name] })
    expect(await provider.getStatus({})).toEqual({ status: expected })
    expect(stub.asked).toEqual(['GET connectionState', 'GET fetchInstances'].slice(0, count))
  })

  it.each([
    [
      'as version 1 writes it',
      json([{ instance: { instanceName, owner: account0, status: 'open' } }]),
      '5511999990000',
    ],
    ['as version 1 writes one', json({ instance: { instanceName, owner: account0 } }), '5511999990000'],
    ['without an owner', list({ ownerJid: null, number: '5511987654321' }), '5511987654321'],
    ['with an empty owner', list({ ownerJid: '', number: '5511987654321' }), '5511987654321'],
    ['of another instance', json([{ instance: { instanceName: 'other', owner: account0 } }]), undefined],
    ['without any number', list({ ownerJid: null }), undefined],
    ['with an id that hides the number', list({ ownerJid: '123456789012345@lid' }), undefined],
  ])('reads the number of a link from a list %s', async (_title, answer, phoneNumber) => {
    const { provider } = make({ states: ['open'], list: answer })
    const snapshot = await provider.getStatus({})
    expect(snapshot.status === 'linked' && snapshot.account.phoneNumber).toBe(phoneNumber)
  })

  it('does not name the phone of an earlier link, which stays in the list until its next write', async () => {
    const { provider } = make({ states: ['open'], list: connecting })
    expect(await provider.getStatus({})).toEqual({ status: 'linking' })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await provider.getStatus({})).toEqual({ status: 'linked', account: {} })
  })

  it('is linked at open and returns the account without the token', async () => {
    const { provider, stub } = make({ states: ['open'], list: list() })
    const snapshot = await provider.getStatus({})
    expect(snapshot).toEqual({ status: 'linked', account })
    expect(everythingIn(snapshot)).not.toContain(token)
    expect(stub.requests[1]?.url).toBe(`${baseUrl}/instance/fetchInstances?instanceName=shop`)
  })

  it.each<[string, Answer]>([
    ['a list without the instance', list({ name: 'another' })],
    ['no list', json({ name: instanceName, ownerJid: '1@s.whatsapp.net' })],
  ])('is linked without a name after %s', async (_title, answer) => {
    const { provider } = make({ states: ['open'], list: answer })
    expect(await provider.getStatus({})).toEqual({ status: 'linked', account: {} })
  })

  it('rejects with "invalid-answer" after an error with HTTP 200', async () => {
    const { provider } = make({ states: failure })
    expect((await rejection(provider.getStatus({}))).code).toBe('invalid-answer')
  })

  it.each([
    ['getStatus', (provider: PairingProvider) => provider.getStatus({})],
    ['getQrCode', (provider: PairingProvider) => provider.getQrCode({})],
    ['requestPairingCode', requestCode],
    ['reset', async (provider: PairingProvider) => provider.reset?.({})],
    ['unlink', async (provider: PairingProvider) => provider.unlink?.({})],
  ] as const)('%s ends immediately if version 2.4 is not activated', async (_title, ask) => {
    const { provider, server } = emulated({ isActivated: false })
    const error = await rejection(Promise.resolve(ask(provider)))
    expect(error).toMatchObject({ code: 'subscription-expired', action: 'contact-host', retryable: false })
    expect(server.requests).toHaveLength(1)
  })
})

describe('evolutionApi getQrCode()', () => {
  it('starts a pairing if the instance is closed, unlike getStatus()', async () => {
    const { provider, stub } = make({ states: ['close', 'close', 'connecting'], connect: codes(QR_LINK) })
    expect(provider.startsOnRead).toBe(true)
    expect(await provider.getStatus({})).toEqual({ status: 'unlinked' })
    expect(stub.asked).not.toContain('GET connect')
    expect(await provider.getQrCode({})).toMatchObject({ status: 'qr', expiresInMs: 45_000 })
    expect(connects(stub)).toBe(1)
  })

  it.each<[string, Answer, object]>([
    [
      'the current form of the text, in place of the denser picture',
      codes(QR_LINK),
      { status: 'qr', qrCode: { kind: 'text', value: QR_LINK } },
    ],
    ['the previous form of the text', codes(QR_TEXT), { qrCode: { kind: 'text', value: QR_TEXT } }],
    ['a picture', json({ base64: `data:image/png;base64,${PNG}`, count: 1 }), { qrCode: IMAGE }],
    ['the count 0 and no code', noCode, { status: 'preparing' }],
    ['a link made between two requests', state('open'), { status: 'preparing' }],
  ])('reads from `connect`: %s', async (_title, answer, expected) => {
    const { provider, stub } = make({ states: ['connecting'], connect: answer })
    expect(await provider.getQrCode({})).toMatchObject(expected)
    expect(stub.requests.map(({ url }) => url)).toContain(`${baseUrl}/instance/connect/shop`)
  })

  it('fetches each code once, and returns its end: 45 seconds after the pairing was started', async () => {
    const { provider, stub } = make({
      states: ['close', 'connecting'],
      connect: [codes(QR_LINK), codes(QR_TEXT)],
    })
    await provider.reset?.({})
    const given = []
    for (let second = 0; second <= 48; second += 3) {
      given.push(await provider.getQrCode({}))
      await vi.advanceTimersByTimeAsync(3_000)
    }
    expect(given.slice(0, 15)).toEqual(
      Array.from({ length: 15 }, (_, index) => ({
        status: 'qr',
        qrCode: { kind: 'text', value: QR_LINK },
        expiresInMs: 45_000 - index * 3_000,
      })),
    )
    // A scan at the last moment reaches the server before the next code is fetched.
    expect(given.slice(15)).toMatchObject([
      { status: 'unlinked' },
      { status: 'qr', qrCode: { value: QR_TEXT }, expiresInMs: 42_000 },
    ])
    expect(connects(stub)).toBe(2)
  })

  it('reads a code of unknown age again after 15 and 30 seconds, and hides it before each read', async () => {
    const { provider, stub } = make({ states: ['connecting'], connect: codes(QR_LINK) })
    const given: unknown[] = []
    for (let second = 0; second <= 48; second += 1) {
      const before = stub.asked.length
      const snapshot = await provider.getQrCode({})
      const isRead = stub.asked.slice(before).includes('GET connect')
      const last = given.at(-1)
      if (isRead && second > 0) expect(last).toBe('unlinked')
      given.push(snapshot.status === 'qr' ? snapshot.expiresInMs : snapshot.status)
      await vi.advanceTimersByTimeAsync(1_000)
    }
    const visible = given
      .map((left, second) => (typeof left === 'number' ? second : -1))
      .filter((at) => at >= 0)
    expect(visible).toEqual([...range(0, 14), ...range(17, 31), ...range(34, 45)])
  })

  it('reads the age of a code of another process from the list, and reads that code once', async () => {
    const { provider, stub } = make({
      states: ['connecting'],
      connect: codes(QR_LINK),
      list: dated({ connectionStatus: 'connecting' }, 20_000),
    })
    const left = leftOf(await provider.getQrCode({}))
    // The clock of the server has a resolution of one second.
    expect(left).toBeGreaterThanOrEqual(24_000)
    expect(left).toBeLessThanOrEqual(25_000)
    await vi.advanceTimersByTimeAsync(left - 1_000)
    expect(await provider.getQrCode({})).toMatchObject({ status: 'qr', expiresInMs: 1_000 })
    expect(connects(stub)).toBe(1)
  })

  // The server read the list at some time between request and response. The code is 20 seconds old then.
  it.each([
    ['arrives 1 s late', late, 1_000, 25_000],
    ['arrives 3 s late', late, 3_000, 25_000],
    ['arrives 4.9 s late', late, 4_900, 25_000],
    ['is created 3 s late', held, 3_000, 28_000],
  ] as const)(
    'does not extend the life of a code because of a list that %s',
    async (_title, delayed, ms, endsAt) => {
      const { provider } = make({
        states: ['connecting'],
        connect: codes(QR_LINK),
        list: delayed(dated({ connectionStatus: 'connecting' }, 20_000), ms),
      })
      const left = leftOf(await hurried(() => provider.getQrCode({}), ms))
      expect(left).toBeLessThanOrEqual(endsAt)
      expect(left).toBeGreaterThanOrEqual(endsAt - ms - 1_000)
    },
  )

  it('does not mistake a code for another one if its list arrives late', async () => {
    let isReachable = true
    let fetchInstances: Answer = held(dated({ connectionStatus: 'connecting' }, 24_900), 4_900)
    const { provider, stub } = make({
      states: (request) => (isReachable ? state('connecting') : page(502))(request),
      connect: codes(QR_LINK),
      list: (request) => fetchInstances(request),
    })
    await hurried(() => provider.getQrCode({}), 4_900)
    // After a failure the server may have restarted, so the list is read again. It was written at the same moment.
    isReachable = false
    await rejection(provider.getStatus({}))
    isReachable = true
    fetchInstances = late(dated({ connectionStatus: 'connecting' }, 24_900), 4_900)
    await hurried(() => provider.getStatus({}), 4_900)
    expect(await hurried(() => provider.getQrCode({}), 4_900)).toMatchObject({ status: 'qr' })
    expect(connects(stub)).toBe(1)
  })

  it('counts the life of a code from the last request that returned the previous one, even if its response was late', async () => {
    const next = `${QR_LINK}2`
    let sent = 0
    const { provider } = make({
      states: ['connecting'],
      connect: (request) => {
        sent += 1
        // The next code is created 100 ms after the second request.
        return [codes(QR_LINK), late(codes(QR_LINK), 3_000)][sent - 1]?.(request) ?? codes(next)(request)
      },
    })
    await provider.getQrCode({})
    await vi.advanceTimersByTimeAsync(17_000)
    const readAt = Date.now()
    await hurried(() => provider.getQrCode({}), 3_000)
    await vi.advanceTimersByTimeAsync(17_000)
    const calledAt = Date.now()
    const snapshot = await provider.getQrCode({})
    expect([sent, snapshot.status]).toEqual([3, 'qr'])
    expect(calledAt + leftOf(snapshot)).toBeLessThanOrEqual(readAt + 45_000)
  })

  it('hides a code in time if WhatsApp issued the pairing code of the same response 2.4 seconds later', async () => {
    const { provider } = make({
      states: ['connecting'],
      connect: pairing('AAAA1111'),
      list: dated({ connectionStatus: 'connecting' }, 20_000),
    })
    const left = leftOf(await provider.getQrCode({}))
    expect(left).toBeGreaterThanOrEqual(21_000)
    expect(left).toBeLessThanOrEqual(22_600)
  })

  it.each([
    ['from the future', -7_200_000],
    ['of hours ago, as if the clock used another time zone', 10_800_000],
  ])('does not trust a list %s', async (_title, ageMs) => {
    const { provider } = make({
      states: ['connecting'],
      connect: codes(QR_LINK),
      list: dated({ connectionStatus: 'connecting' }, ageMs),
    })
    expect(await provider.getQrCode({})).toMatchObject({ status: 'qr', expiresInMs: 14_000 })
  })

  it('never shows a code that the server has kept from before the link', async () => {
    const { provider, stub } = make({ states: ['open'], list: list(), connect: codes(QR_LINK) })
    expect(await provider.getQrCode({})).toEqual({ status: 'linked', account })
    expect(stub.asked).not.toContain('GET connect')
  })

  it('waits if the code belongs to the previous pairing, until another one appears', async () => {
    const { provider } = make({
      states: ['connecting', 'open', 'open', 'connecting'],
      list: [connecting, list(), list(), connecting],
      connect: [codes(QR_TEXT), codes(QR_TEXT), codes(QR_LINK)],
    })
    expect((await provider.getQrCode({})).status).toBe('qr')
    expect((await provider.getStatus({})).status).toBe('linked')
    expect((await provider.getStatus({})).status).toBe('linked')
    expect(await provider.getQrCode({})).toEqual({ status: 'preparing' })
    expect(await provider.getQrCode({})).toMatchObject({ qrCode: { value: QR_LINK } })
  })

  it.each<[string, Answer, string]>([
    ['an error with HTTP 200', failure, 'provider-unavailable'],
    ['a text that is not a QR code', codes('not ready'), 'invalid-answer'],
  ])('reports %s', async (_title, answer, code) => {
    const { provider } = make({ states: ['connecting'], connect: answer })
    expect((await rejection(provider.getQrCode({}))).code).toBe(code)
  })
})

describe('evolutionApi between two states', () => {
  it('sends nothing in the moment after a scan, and keeps the code', async () => {
    const { provider, stub } = make({
      states: ['connecting', 'close', 'close', 'connecting', 'open'],
      connect: codes(QR_LINK),
      list: [...range(0, 3).map(() => connecting), list()],
    })
    expect((await provider.getQrCode({})).status).toBe('qr')
    await vi.advanceTimersByTimeAsync(3_000)
    // No provider reports a scan, so the status is not linking.
    for (let times = 0; times < 3; times += 1)
      expect(await provider.getQrCode({})).toEqual({ status: 'preparing' })
    expect((await provider.getStatus({})).status).toBe('linked')
    expect(connects(stub)).toBe(1)
  })

  it('finishes a link by one `connect` if the server does not reconnect within 8 seconds', async () => {
    const { provider, stub } = make({
      states: ['connecting', 'close'],
      connect: codes(QR_LINK),
      list: connecting,
    })
    await provider.getQrCode({})
    const told = []
    for (let second = 0; second < 20; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000)
      told.push(`${(await provider.getStatus({})).status} ${connects(stub)}`)
    }
    expect(told).toEqual([
      ...Array.from({ length: 8 }, () => 'preparing 1'),
      ...Array.from({ length: 8 }, () => 'preparing 2'),
      // It has not helped. The user or the page starts the next pairing.
      ...Array.from({ length: 4 }, () => 'unlinked 2'),
    ])
  })

  it('is not linking if the code expires before the server is back: its connection may be lost', async () => {
    const { provider } = make({
      states: ['close', 'connecting', 'close'],
      connect: codes(QR_LINK),
      list: [closedList, connecting],
    })
    await provider.getQrCode({})
    await vi.advanceTimersByTimeAsync(38_000)
    await provider.getStatus({})
    await vi.advanceTimersByTimeAsync(3_000)
    expect(await provider.getStatus({})).toEqual({ status: 'preparing' })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await provider.getStatus({})).toEqual({ status: 'preparing' })
  })

  it.each<[string, (provider: PairingProvider) => Promise<unknown>, string]>([
    ['a start', (provider) => provider.getQrCode({}), 'preparing'],
    ['a new start', async (provider) => provider.reset?.({}), ''],
    ['a pairing code', requestCode, 'linked'],
  ])('joins an action of the user in that time to the one `connect`: %s', async (_title, ask, expected) => {
    const open = [state('connecting'), ...Array.from({ length: 9 }, () => state('close')), state('open')]
    const { provider, stub } = make({
      states: open,
      connect: codes(QR_LINK),
      list: [...Array.from({ length: 10 }, () => connecting), list()],
    })
    await provider.getQrCode({})
    await vi.advanceTimersByTimeAsync(3_000)
    await provider.getStatus({})
    const asked = await hurried(() => ask(provider))
    if (expected) expect(asked).toMatchObject({ status: expected })
    expect(connects(stub)).toBeLessThanOrEqual(2)
    expect(stub.asked).not.toContain('DELETE logout')
  })

  it('sends one `connect` for a missing link, for any number of concurrent requests', async () => {
    const { provider, stub } = make({
      states: ['connecting', 'close'],
      connect: codes(QR_LINK),
      list: connecting,
    })
    const memory = {}
    await provider.getQrCode({ memory })
    await provider.getStatus({ memory })
    await vi.advanceTimersByTimeAsync(8_000)
    // Several requests each create an adapter.
    const others = range(0, 4).map(() => evolutionApi({ baseUrl, apiKey, instanceName, fetch: stub.fetch }))
    await Promise.all(
      others.map((other, index) => (index % 2 ? other.getQrCode({ memory }) : other.getStatus({ memory }))),
    )
    expect(connects(stub)).toBe(2)
  })

  it('does not finish a link at the limit of codes, which looks the same: the time of the code has passed', async () => {
    const { provider, stub } = make({
      states: ['close', 'connecting', 'close'],
      connect: codes(QR_LINK),
      list: [closedList, connecting],
    })
    await provider.getQrCode({})
    await vi.advanceTimersByTimeAsync(45_500)
    await provider.getStatus({})
    expect(await provider.getStatus({})).toEqual({ status: 'preparing' })
    await vi.advanceTimersByTimeAsync(8_000)
    expect(await provider.getStatus({})).toEqual({ status: 'unlinked' })
    expect(connects(stub)).toBe(1)
  })

  it('does not wait if the list was written long ago, because no scan can be in progress', async () => {
    const { provider } = make({ states: ['close'], list: dated({ connectionStatus: 'connecting' }, 60_000) })
    expect(await provider.getStatus({})).toEqual({ status: 'unlinked' })
  })

  it('removes a code that the server has replaced after a restart, and reads the next one', async () => {
    const { provider, stub } = make({
      states: ['close', 'connecting', undefined, 'connecting'],
      connect: [codes(QR_LINK), codes(QR_TEXT)],
      list: [closedList, dated({ connectionStatus: 'connecting' }, 500)],
    })
    await provider.getQrCode({})
    await provider.getStatus({})
    await vi.advanceTimersByTimeAsync(20_000)
    expect(await provider.getStatus({})).toEqual({ status: 'preparing' })
    expect(await provider.getStatus({})).toMatchObject({
      status: 'qr',
      qrCode: { value: QR_LINK },
      expiresInMs: 0,
    })
    expect(await provider.getQrCode({})).toMatchObject({ status: 'qr', qrCode: { value: QR_TEXT } })
    expect(connects(stub)).toBe(2)
  })

  it('keeps an unchanged code after failed requests', async () => {
    const { provider, stub } = make({
      states: [state('close'), empty(502), state('connecting')],
      connect: codes(QR_LINK),
      list: [closedList, dated({ connectionStatus: 'connecting' }, 20_000)],
    })
    await provider.getQrCode({})
    await vi.advanceTimersByTimeAsync(20_000)
    await rejection(provider.getStatus({}))
    for (let times = 0; times < 3; times += 1)
      expect(await provider.getStatus({})).toEqual({ status: 'unlinked' })
    // Once the list has confirmed it, it is not read again.
    expect(stub.asked.filter((name) => name === 'GET fetchInstances')).toHaveLength(2)
    expect(await provider.getQrCode({})).toMatchObject({ status: 'qr', expiresInMs: 25_000 })
  })

  it('stores its history in the memory of the session, as plain JSON', async () => {
    const { stub } = make({ states: ['connecting', 'close'], connect: codes(QR_LINK), list: connecting })
    const adapter = () => evolutionApi({ baseUrl, apiKey, instanceName, fetch: stub.fetch })
    const read = async (memory: Record<string, unknown>) =>
      expect(await adapter().getStatus({ memory })).toEqual({ status: 'preparing' })
    const memory = {}
    await adapter().getQrCode({ memory })
    const shared: Record<string, unknown> = JSON.parse(JSON.stringify(memory))
    await read(shared)
    await vi.advanceTimersByTimeAsync(8_000)
    await read(JSON.parse(JSON.stringify(shared)))
    expect(connects(stub)).toBe(2)
    // Without the memory, it sends nothing.
    await read({})
    await read({ evolution: 'of another version' })
    expect(connects(stub)).toBe(2)
  })

  it.each(['connecting', 'close'])('does not treat a briefly lost link as ended: %s', async (name) => {
    const { provider } = make({ states: ['open', name], list: list() })
    await provider.getStatus({})
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await provider.getStatus({})).toEqual({ status: 'preparing' })
    await vi.advanceTimersByTimeAsync(7_000)
    expect(await provider.getQrCode({})).toEqual({ status: 'preparing' })
  })

  it.each<[string, string, readonly Answer[]]>([
    ['the phone has removed the device', 'open', [list(), closedList]],
    ['a pairing was closed', 'connecting', [closedList]],
  ])('is unlinked immediately if %s, according to the list', async (_title, before, lists) => {
    const { provider } = make({ states: [before, 'close'], list: lists })
    await provider.getStatus({})
    expect(await provider.getStatus({})).toEqual({ status: 'unlinked' })
  })
})

describe('evolutionApi requestPairingCode()', () => {
  it('starts a pairing with the number', async () => {
    const { provider, stub } = make({ states: ['close'], connect: pairing('LKJBTJ5C') })
    expect(await requestCode(provider)).toMatchObject({ status: 'pairing-code', pairingCode: 'LKJBTJ5C' })
    expect(stub.requests[2]?.url).toBe(`${baseUrl}/instance/connect/shop?number=5511987654321`)
  })

  it('ends a pairing in progress first, because a number is ignored during one', async () => {
    const { provider, stub } = make({
      states: ['connecting'],
      logout: loggedOut,
      connect: pairing('LKJBTJ5C'),
    })
    await requestCode(provider)
    expect(stub.asked.slice(-2)).toEqual(['DELETE logout', 'GET connect'])
  })

  it('leaves no gap between the two in which another page would find the instance closed', async () => {
    const others: Promise<unknown>[] = []
    const { provider, stub } = make({
      states: ['connecting'],
      logout(request) {
        others.push(provider.getQrCode({}))
        return loggedOut(request)
      },
      connect: pairing('LKJBTJ5C'),
    })
    await requestCode(provider)
    await Promise.all(others)
    expect(stub.asked.slice(2)).toEqual(['DELETE logout', 'GET connectionState', 'GET connect'])
  })

  it('repeats its request until the code exists', async () => {
    const { provider, stub } = make({
      states: ['close', 'connecting'],
      connect: [noCode, codes(QR_LINK), pairing('LKJBTJ5C')],
    })
    const question = requestCode(provider)
    await vi.advanceTimersByTimeAsync(1_999)
    expect(connects(stub)).toBe(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(await question).toMatchObject({ pairingCode: 'LKJBTJ5C' })
  })

  it('does not return the code of the previous pairing, which the server repeats at first', async () => {
    const { provider } = make({
      states: ['close', 'connecting'],
      logout: loggedOut,
      connect: [
        pairing('LKJBTJ5C'),
        pairing('LKJBTJ5C', 2),
        codes(QR_TEXT, { pairingCode: '98QRSTVW', count: 2 }),
      ],
    })
    const other = normalizePhoneNumber('5521987654321')
    await requestCode(provider)
    const question = hurried(async () => provider.requestPairingCode?.(other, {}))
    expect(await question).toMatchObject({ pairingCode: '98QRSTVW' })
  })

  it('rejects after twelve requests without a code', async () => {
    const { provider, stub } = make({ states: ['close', 'connecting'], connect: noCode })
    const error = await rejection(hurried(() => requestCode(provider)))
    expect(error).toMatchObject({ code: 'provider-unavailable', action: 'retry' })
    expect(connects(stub)).toBe(12)
  })

  it('starts a pairing once more if the first one closes without a code, and no third one', async () => {
    const { provider, stub } = make({ states: ['close'], connect: noCode })
    const error = await rejection(hurried(() => requestCode(provider)))
    expect(error).toMatchObject({ code: 'provider-unavailable', action: 'retry' })
    expect(connects(stub)).toBe(2)
  })

  it('ends when its signal aborts between two requests', async () => {
    const { provider, stub } = make({ states: ['close'], connect: noCode })
    const controller = new AbortController()
    const question = provider.requestPairingCode?.(number, { signal: controller.signal })
    const outcome = rejection(Promise.resolve(question))
    await vi.advanceTimersByTimeAsync(500)
    controller.abort()
    expect((await outcome).code).toBe('aborted')
    expect(stub.asked).toHaveLength(4)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is linked if the instance is or becomes linked', async () => {
    const linked = make({ states: ['open'], list: list() })
    expect(await requestCode(linked.provider)).toEqual({ status: 'linked', account })
    const restored = make({ states: ['close', 'open'], connect: state('open'), list: list() })
    expect(await hurried(() => requestCode(restored.provider))).toEqual({ status: 'linked', account })
  })

  it('does not disturb a device that connects for the first time', async () => {
    const { provider, stub } = make({
      states: ['connecting', 'close'],
      connect: codes(QR_LINK),
      list: connecting,
    })
    await provider.getQrCode({})
    const error = await rejection(hurried(() => requestCode(provider)))
    expect(error.code).toBe('provider-unavailable')
    // The second one finishes the link, without the number.
    expect(stub.requests.map(({ url }) => url).filter((url) => url.includes('/connect/'))).toEqual([
      `${baseUrl}/instance/connect/shop`,
      `${baseUrl}/instance/connect/shop`,
    ])
  })

  it.each<[string, Answer, string]>([
    ['an error with HTTP 200', failure, 'provider-unavailable'],
    ['a text that is not a code', pairing('?'), 'invalid-answer'],
  ])('reports %s', async (_title, answer, code) => {
    const { provider } = make({ states: ['close'], connect: answer })
    expect((await rejection(requestCode(provider))).code).toBe(code)
  })
})

describe('evolutionApi while a pairing code can be entered', () => {
  const follow = async (...answers: readonly Answer[]) => {
    const made = make({
      states: ['close', 'connecting'],
      connect: [pairing('AAAA1111', 4), ...answers],
      logout: loggedOut,
    })
    return { ...made, given: await requestCode(made.provider) }
  }

  const next = (pairingCode: string, count: number): Answer =>
    codes(`${QR_LINK}${count}`, { pairingCode, count })

  it('reports that the code expires after 45 seconds, with its QR code', async () => {
    const { provider, given, stub } = await follow()
    expect(given).toEqual({ status: 'pairing-code', pairingCode: 'AAAA1111', expiresInMs: 45_000 })
    await vi.advanceTimersByTimeAsync(30_000)
    expect(await provider.getStatus({})).toEqual({ status: 'unlinked' })
    expect(await requestCode(provider)).toMatchObject({ pairingCode: 'AAAA1111', expiresInMs: 15_000 })
    // No `connect` is sent while it may be on a screen.
    expect(connects(stub)).toBe(1)
  })

  it('returns the next code of the same pairing for the same number, without a logout', async () => {
    const { provider, stub } = await follow(next('BBBB2222', 5))
    await vi.advanceTimersByTimeAsync(48_000)
    expect(await hurried(() => requestCode(provider))).toMatchObject({ pairingCode: 'BBBB2222' })
    expect(stub.asked).not.toContain('DELETE logout')
    expect(stub.requests.filter(({ url }) => url.includes('number=5511987654321'))).toHaveLength(2)
  })

  it('waits for a code that expires in a moment, and for a scan at that moment', async () => {
    const { provider, stub } = await follow(next('BBBB2222', 5))
    await vi.advanceTimersByTimeAsync(45_100)
    const question = requestCode(provider)
    await vi.advanceTimersByTimeAsync(2_300)
    expect(connects(stub)).toBe(1)
    expect(await hurried(() => question)).toMatchObject({ pairingCode: 'BBBB2222' })
  })

  it('logs out for another number, which the server ignores during a pairing', async () => {
    const { provider, stub } = await follow(next('BBBB2222', 1))
    const other = normalizePhoneNumber('5521987654321')
    expect(await provider.requestPairingCode?.(other, {})).toMatchObject({ pairingCode: 'BBBB2222' })
    expect(stub.asked).toContain('DELETE logout')
  })

  it('shows the QR code of the same pairing to a user who switches to scanning', async () => {
    const { provider, stub } = await follow()
    expect(await provider.getQrCode({})).toMatchObject({ status: 'qr', qrCode: { value: QR_LINK } })
    expect(connects(stub)).toBe(1)
  })
})

describe('evolutionApi, closed by a phone or a restart while a pairing code is valid', () => {
  type Scene = ReturnType<typeof emulated> & { readonly code: string }

  const restart = ({ server }: Scene): void => {
    server.stop()
    server.start(50)
  }
  const restartAndRead = (scene: Scene): void => {
    restart(scene)
    void scene.provider.getQrCode({}).catch(() => undefined)
  }
  const type = ({ emulator, code }: Scene) => expect(emulator.typeCode(code)).toEqual({ ok: true })
  const scan = ({ emulator }: Scene) => expect(emulator.scan()).toEqual({ ok: true })

  /** The states of the half minute after `act`, with one request every 3 seconds. */
  async function follow(
    version: '2.3.7' | '2.4',
    first: 'code' | 'qr then code',
    waitMs: number,
    act: (scene: Scene) => unknown,
  ): Promise<string> {
    const scene = emulated({ version })
    const { provider, server } = scene
    // The request for a number ends this pairing by a logout.
    if (first === 'qr then code') await hurried(() => provider.getQrCode({}), 2_500)
    const code = codeOf(await hurried(() => requestCode(provider), 5_000))
    await vi.advanceTimersByTimeAsync(waitMs)
    act({ ...scene, code })
    await vi.advanceTimersByTimeAsync(200)
    const statuses: string[] = []
    for (let times = 0; times < 10; times += 1) {
      const { status } = await hurried(() => provider.getStatus({}), 3_000)
      if (statuses.at(-1) !== status) statuses.push(status)
    }
    return [...statuses, `${server.whatsapp.logins} logins`].join(', ')
  }

  const unlinked = /^(unlinked, )?preparing, unlinked, 0/
  const linked = /^(unlinked, )?preparing, linked, 1/

  it.each<[string, '2.3.7' | '2.4', 'code' | 'qr then code', number, (scene: Scene) => unknown, RegExp]>([
    ['2.4 restarts, without a request during the restart', '2.4', 'code', 5_000, restart, unlinked],
    ['2.4 restarts 3 seconds before the end of the code', '2.4', 'code', 36_000, restart, unlinked],
    ['2.4 restarts while the QR code is shown', '2.4', 'code', 5_000, restartAndRead, unlinked],
    ['2.4 restarts after a logout', '2.4', 'qr then code', 5_000, restart, unlinked],
    ['2.3.7 restarts', '2.3.7', 'code', 5_000, restart, /^(preparing, )?unlinked, 0/],
    ['2.4, the code is entered', '2.4', 'code', 5_000, type, linked],
    ['2.4, the code is entered after a logout', '2.4', 'qr then code', 5_000, type, linked],
    ['2.4, the QR code is scanned after a logout', '2.4', 'qr then code', 0, scan, linked],
    ['2.4, the code is entered 3 seconds before its end', '2.4', 'code', 36_000, type, linked],
    ['2.4, the same after a logout', '2.4', 'qr then code', 36_000, type, linked],
  ])('is never linking: %s', async (_title, version, first, waitMs, act, expected) => {
    expect(await follow(version, first, waitMs, act)).toMatch(expected)
  })
})

describe('evolutionApi after a pairing code that was not entered', () => {
  const closedForGood = {
    states: ['close'],
    connect: noCode,
    list: dated({ connectionStatus: 'connecting' }, 600_000),
  }

  it('reports it after two starts without a code, and sends no third one', async () => {
    const { provider, stub } = make(closedForGood)
    expect(await hurried(() => provider.getQrCode({}))).toEqual({ status: 'preparing' })
    expect(await hurried(() => provider.getQrCode({}))).toEqual({ status: 'preparing' })
    const error = await rejection(hurried(() => provider.getQrCode({})))
    expect(error).toMatchObject({ code: 'session-stale', retryable: false })
    expect(error.message).toContain('recreateInstance')
    expect((await rejection(provider.getStatus({}))).code).toBe('session-stale')
    expect(connects(stub)).toBe(2)
  })

  it('reports it to a user who requests a pairing code', async () => {
    const { provider, stub } = make(closedForGood)
    expect((await rejection(hurried(() => requestCode(provider)))).code).toBe('session-stale')
    expect(connects(stub)).toBe(2)
  })

  it('reset() fails with "not-supported" and sends no request that would not help', async () => {
    const { provider, stub } = make(closedForGood)
    await rejection(hurried(() => requestCode(provider)))
    const error = await rejection(hurried(async () => provider.reset?.({})))
    expect(error).toMatchObject({ code: 'not-supported', action: 'contact-host' })
    expect(connects(stub)).toBe(2)
  })

  it('does not report it for a server that only cannot reach WhatsApp: its list never contained "connecting"', async () => {
    const { provider } = make({ states: ['close'], connect: noCode })
    for (let times = 0; times < 4; times += 1)
      expect(await hurried(() => provider.getQrCode({}))).toEqual({ status: 'preparing' })
  })

  it('forgets it as soon as the instance is created again', async () => {
    let isNew = false
    const { provider } = make({
      ...closedForGood,
      connect: (request) => (isNew ? codes(QR_LINK) : noCode)(request),
      list: (request) => (isNew ? closedList : dated({ connectionStatus: 'connecting' }, 600_000))(request),
    })
    await rejection(hurried(() => requestCode(provider)))
    isNew = true
    expect(await provider.getQrCode({})).toMatchObject({ status: 'qr' })
  })

  it.each([
    ['2.3.7', 'qr', 0],
    ['2.4', 'stale', 1],
  ] as const)(
    '%s: getQrCode() returns %s, recreateInstance is called %i times, and the phone links',
    async (version, expected, times) => {
      const { emulator, server, settings, recreateInstance } = emulated({ version })
      const provider = evolutionApi({ ...settings, recreateInstance })
      expect(await hurried(() => requestCode(provider))).toMatchObject({ status: 'pairing-code' })
      server.stop()
      server.start()
      await vi.advanceTimersByTimeAsync(60_000)
      let status = ''
      for (let attempt = 0; attempt < 4 && status !== 'qr' && status !== 'stale'; attempt += 1)
        ({ status } = await hurried(() => provider.getQrCode({})))
      expect(status).toBe(expected)
      if (status === 'stale') await hurried(async () => provider.reset?.({}))
      expect((await hurried(() => provider.getQrCode({}), 0)).status).toBe('qr')
      expect(recreateInstance).toHaveBeenCalledTimes(times)
      expect(emulator.scan()).toEqual({ ok: true })
      await vi.advanceTimersByTimeAsync(10_000)
      expect((await provider.getStatus({})).status).toBe('linked')
    },
  )

  it('with recreateInstance, starting over keeps the number, so that the next code needs no logout', async () => {
    const { emulator, server, settings, recreateInstance } = emulated({ version: '2.4' })
    const provider = evolutionApi({ ...settings, recreateInstance })
    await hurried(() => requestCode(provider))
    server.stop()
    server.start()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await hurried(() => requestCode(provider), 60_000)).toMatchObject({ status: 'stale' })
    await hurried(async () => provider.reset?.({}))
    const code = codeOf(await hurried(() => requestCode(provider)))
    expect(server.requests.map(({ path }) => path).join(' ')).not.toContain('logout')
    expect(emulator.typeCode(code)).toEqual({ ok: true })
    await vi.advanceTimersByTimeAsync(5_000)
    expect((await provider.getStatus({})).status).toBe('linked')
  })
})

describe('evolutionApi reset()', () => {
  it('starts a pairing if the instance is closed', async () => {
    const { provider, stub } = make({ states: ['close'], connect: codes(QR_LINK) })
    await provider.reset?.({})
    expect(stub.requests.map(({ url }) => url)).toEqual([
      `${baseUrl}/instance/connectionState/shop`,
      `${baseUrl}/instance/fetchInstances?instanceName=shop`,
      `${baseUrl}/instance/connect/shop`,
    ])
  })

  it('logs out an instance that hangs during a pairing, and starts another pairing', async () => {
    const { provider, stub } = make({ states: ['connecting'], logout: loggedOut, connect: noCode })
    await provider.reset?.({})
    expect(stub.asked).toEqual([
      'GET connectionState',
      // The current pairing leads to nothing.
      'GET fetchInstances',
      'GET connect',
      'GET fetchInstances',
      'DELETE logout',
      'GET connect',
      'GET connectionState',
    ])
  })

  it('keeps a pairing that has a code, and ends it if the user starts over again', async () => {
    const { provider, stub } = make({
      states: ['close', 'connecting'],
      connect: [codes(QR_LINK), codes(QR_TEXT)],
      list: [closedList, connecting],
      logout: loggedOut,
    })
    await provider.getQrCode({})
    await vi.advanceTimersByTimeAsync(10_000)
    await provider.reset?.({})
    expect(stub.asked).not.toContain('DELETE logout')
    await vi.advanceTimersByTimeAsync(10_000)
    await provider.reset?.({})
    expect(stub.asked).toContain('DELETE logout')
    expect(await provider.getQrCode({})).toMatchObject({ qrCode: { value: QR_TEXT } })
  })

  it.each<[string, (provider: PairingProvider) => Promise<unknown>]>([
    ['reset', async (provider) => provider.reset?.({})],
    ['a pairing code', requestCode],
  ])('never ends a link that only reconnects, and that this object has not seen: %s', async (_title, ask) => {
    const { provider, stub } = make({ states: ['connecting'], connect: noCode, list: list() })
    const error = await rejection(hurried(() => ask(provider)))
    expect(error.code).toBe('provider-unavailable')
    expect(stub.asked).not.toContain('DELETE logout')
  })

  it('of several pages at once starts one pairing, and ends none of them', async () => {
    const { provider, stub } = make({
      states: ['close', 'connecting'],
      connect: codes(QR_LINK),
      logout: loggedOut,
    })
    await provider.reset?.({})
    await provider.reset?.({})
    expect(connects(stub)).toBe(1)
    await vi.advanceTimersByTimeAsync(5_000)
    await provider.reset?.({})
    expect(stub.asked).not.toContain('DELETE logout')
    expect(connects(stub)).toBe(1)
  })

  it('keeps a link', async () => {
    const { provider, stub } = make({ states: ['open'], list: list() })
    await provider.reset?.({})
    expect(stub.asked).toEqual(['GET connectionState', 'GET fetchInstances'])
  })

  it.each([
    ['starts a pairing if it stays closed', state('close'), 1],
    ['does nothing if it is linked by then', state('open'), 0],
  ])('waits if the instance may be reconnecting, and %s', async (_title, later, count) => {
    const { provider, stub } = make({
      states: [...Array.from({ length: 5 }, () => state('close')), later],
      list: connecting,
      connect: noCode,
    })
    await hurried(async () => provider.reset?.({}))
    expect(connects(stub)).toBe(count)
  })

  it('sends one `connect` if several adapters reset at once, even if it takes six seconds', async () => {
    const { server, settings } = emulated({ holdMs: 6_000 })
    const make = () => evolutionApi(settings)
    const memory = {}
    await hurried(async () => {
      const first = make().reset?.({ memory })
      await vi.advanceTimersByTimeAsync(20)
      await Promise.all([first, make().reset?.({ memory }), make().reset?.({ memory })])
    })
    expect(server.requests.map(({ method }) => method)).not.toContain('DELETE')
    expect(server.whatsapp.registrations).toBe(1)
  })

  it('reports a start that failed with HTTP 200', async () => {
    const { provider } = make({ states: ['close'], connect: failure })
    expect((await rejection(Promise.resolve(provider.reset?.({})))).code).toBe('provider-unavailable')
  })
})

describe('evolutionApi unlink()', () => {
  it.each<[string, Answer]>([
    ['logs out', loggedOut],
    ['treats an instance without a link as success', notConnected],
  ])('%s', async (_title, answer) => {
    const { provider, stub } = make({ logout: answer })
    await provider.unlink?.({})
    expect(stub.asked).toEqual(['DELETE logout'])
  })

  it.each(['open', 'connecting'])(
    'finishes immediately after %s, because no request is pending',
    async (name) => {
      const { provider } = make({
        states: [name, 'close'],
        list: [...(name === 'open' ? [list()] : []), closedList],
        logout: loggedOut,
      })
      await provider.getStatus({})
      await provider.unlink?.({})
      expect(await provider.getStatus({})).toEqual({ status: 'unlinked' })
    },
  )

  it('reports another refusal', async () => {
    const { provider } = make({ logout: problem(400, ['number is required']) })
    expect((await rejection(Promise.resolve(provider.unlink?.({})))).code).toBe('invalid-answer')
  })
})

describe('evolutionApi readWebhook()', () => {
  const { provider } = make({})
  const event = (name: string, data: unknown): unknown => ({
    event: name,
    instance: instanceName,
    data,
    server_url: baseUrl,
    date_time: '2026-11-20T23:16:54.476Z',
    sender: '5511987654321@s.whatsapp.net',
    apikey: token,
  })
  const update = (data: object): unknown => event('connection.update', data)
  const qrcode = (fields: object): unknown =>
    event('qrcode.updated', { qrcode: { instance: 'shop', ...fields } })
  const qr = { status: 'qr', qrCode: { kind: 'text', value: QR_LINK } }

  it.each<[string, unknown, unknown]>([
    ['a code', qrcode({ pairingCode: null, code: QR_LINK }), qr],
    ['a picture', qrcode({ base64: `data:image/png;base64,${PNG}` }), { status: 'qr', qrCode: IMAGE }],
    // Only the next request may show the pairing code.
    ['a code with a pairing code', qrcode({ pairingCode: 'LKJBTJ5C', code: QR_LINK }), qr],
    ['the limit of codes', event('qrcode.updated', { statusCode: 500 }), { status: 'stopped' }],
    ['the end of all codes', update({ state: 'refused', statusReason: 428 }), { status: 'stopped' }],
    ['a connection that opens', update({ state: 'connecting' }), { status: 'preparing' }],
    ['a logout', update({ state: 'close', statusReason: 401 }), { status: 'unlinked' }],
    [
      'a link',
      update({
        state: 'open',
        wuid: account.id,
        profileName: account.name,
        profilePictureUrl: account.avatarUrl,
      }),
      { status: 'linked', account },
    ],
  ])('reads %s, and no token', (_title, body, expected) => {
    const snapshot = provider.readWebhook?.(body)
    expect(snapshot).toMatchObject(Object(expected))
    expect(everythingIn(snapshot)).not.toContain(token)
  })

  it.each([
    ['that was just sent', 0, 45_000],
    ['of four seconds ago', 4_000, 41_000],
    ['that seems to be an hour old, because its clock uses another time zone', 3_604_000, 41_000],
    ['that is older than a code', 60_000, undefined],
  ])('returns the lifetime of a code in a webhook %s', (_title, ageMs, expiresInMs) => {
    const date_time = new Date(Date.now() - ageMs).toISOString()
    expect(provider.readWebhook?.({ ...Object(qrcode({ code: QR_LINK })), date_time })).toEqual({
      ...qr,
      expiresInMs,
    })
  })

  it.each<[string, unknown]>([
    ['another event', event('messages.upsert', { state: 'open' })],
    ['a missing state', update({})],
    ['an invalid code', event('qrcode.updated', { qrcode: { code: 'soon' } })],
    ['a pairing code without a QR code', qrcode({ pairingCode: 'LKJBTJ5C' })],
    ['missing codes', event('qrcode.updated', null)],
  ])('ignores %s', (_title, body) => {
    expect(provider.readWebhook?.(body)).toBeUndefined()
  })
})

// `testProvider` needs real timers.
describe('evolutionApi as any adapter', () => {
  beforeEach(() => void vi.useRealTimers())

  describeAdapterRules({
    name: 'evolutionApi',
    make: (options) => evolutionApi({ baseUrl, apiKey, instanceName, ...options }),
    mockServer: (emulator) => mockEvolutionApi(emulator, { apiKey, instanceName, token }),
    webhooks: [
      { event: 'qrcode.updated', instance: instanceName, data: { qrcode: { code: QR_LINK } }, apikey: token },
      {
        event: 'connection.update',
        instance: instanceName,
        data: { state: 'open', wuid: account.id, profileName: account.name },
        apikey: token,
      },
    ],
    foreignWebhooks: [{ event: 'connection.update', instance: 'another', data: { state: 'open' } }],
    invalid: {
      'a missing name': () => evolutionApi({ baseUrl, apiKey, instanceName: '' }),
      'a missing key': () => evolutionApi({ baseUrl, apiKey: ' ', instanceName }),
      'a key that no header can hold': () =>
        evolutionApi({ baseUrl, apiKey: `${apiKey}\n`.repeat(2), instanceName }),
    },
    secrets: [apiKey, token],
    statusAnswer: { instance: { instanceName, state: 'open' } },
    hasDefaultUrl: false,
  })
})
