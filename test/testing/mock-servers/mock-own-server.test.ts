import { describe, expect, it, vi } from 'vitest'
import {
  type Emulator,
  type MockOwnServerOptions,
  type MockServer,
  mockOwnServer,
} from '../../../src/testing.js'
import { emulateTime } from '../../time.js'
import { fromBase64, readPng } from '../read-png.js'
import { link, seededEmulator, shownText } from '../seeded-emulator.js'

const headers = { authorization: 'Bearer d75b3a66374942c5b3c019c698abc206' }

interface SetUp {
  readonly emulator: Emulator
  readonly mockServer: MockServer
  ask(method?: string, body?: unknown): Promise<Response>
  body(method?: string, body?: unknown): Promise<unknown>
}

function setUp(options: MockOwnServerOptions = {}): SetUp {
  const emulator = seededEmulator()
  const mockServer = mockOwnServer(emulator, options)
  const ask = (method = 'GET', body?: unknown): Promise<Response> =>
    mockServer.fetch('http://engine.example:3000/pairing', {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  return { emulator, mockServer, ask, body: async (method, body) => (await ask(method, body)).json() }
}

const nothing = { qr: null, code: null, expiresInMs: null, reason: null, account: null }

emulateTime()

describe('mockOwnServer(): GET', () => {
  it('GET changes nothing, and returns every field', async () => {
    const { emulator, body } = setUp()
    expect(await body()).toEqual({ ...nothing, state: 'stopped' })
    expect(emulator.state.status).toBe('idle')
  })

  it('GET returns the current code and its remaining time', async () => {
    const { emulator, body } = setUp()
    emulator.start()
    vi.advanceTimersByTime(15_000)
    expect(await body()).toEqual({ ...nothing, state: 'ready', qr: shownText(emulator), expiresInMs: 45_000 })
  })

  it.each(['data-uri', 'base64'] as const)('GET returns the code as an image: %s', async (qr) => {
    const { emulator, ask } = setUp({ qr })
    emulator.start()
    const [, base64 = ''] = /(iVBOR[\w+/=]+)/.exec(await (await ask()).text()) ?? []
    expect(readPng(fromBase64(base64)).text).toBe(shownText(emulator))
  })

  it('GET returns the pairing code together with the QR code', async () => {
    const { emulator, body } = setUp()
    const result = emulator.requestPairingCode('5511987654321')
    expect(await body()).toMatchObject({
      state: 'ready',
      qr: shownText(emulator),
      code: result.ok && result.pairingCode.value,
    })
  })

  it('GET responds with stopped after the last code', async () => {
    const { emulator, body } = setUp()
    emulator.start()
    vi.advanceTimersByTime(160_000)
    expect(await body()).toEqual({ ...nothing, state: 'stopped' })
  })

  it('GET reports each state from the scan to the end of the link', async () => {
    const { emulator, body } = setUp()
    emulator.start()
    emulator.scan()
    expect(await body()).toEqual({ ...nothing, state: 'linking' })
    vi.advanceTimersByTime(2_000)
    const account = { phoneNumber: '5511987654321', name: 'Ana Souza' }
    expect(await body()).toEqual({ ...nothing, state: 'linked', account })
    emulator.disconnect()
    expect(await body()).toEqual({ ...nothing, state: 'stopped' })
  })

  it('GET reports a passkey and a stale session', async () => {
    const { emulator, body } = setUp()
    emulator.demandPasskey()
    emulator.start()
    emulator.scan()
    expect(await body()).toMatchObject({ state: 'passkey', helpUrl: expect.stringMatching(/^https:/) })
    emulator.leaveStaleAuth()
    expect(await body()).toEqual({ ...nothing, state: 'stale' })
  })
})

describe('mockOwnServer(): POST', () => {
  it('POST starts the codes after startingMs', async () => {
    const { body } = setUp({ startingMs: 3_000 })
    expect(await body('POST', { mode: 'qr' })).toEqual({ ...nothing, state: 'starting' })
    vi.advanceTimersByTime(1_000)
    expect(await body('POST', { mode: 'qr' })).toEqual({ ...nothing, state: 'starting' })
    vi.advanceTimersByTime(2_000)
    expect(await body()).toMatchObject({ state: 'ready', expiresInMs: 60_000 })
  })

  it('POST does not change a running engine or a link', async () => {
    const phone = setUp()
    const first = await phone.body('POST', { mode: 'qr' })
    expect(await phone.body('POST', { mode: 'qr' })).toEqual(first)
    link(phone.emulator)
    expect(await phone.body('POST', { mode: 'qr' })).toMatchObject({ state: 'linked' })
    expect(await phone.body('POST', { mode: 'code', phone: '5511987654321' })).toMatchObject({
      state: 'linked',
    })
  })

  it('POST issues a pairing code that links', async () => {
    const { emulator, body } = setUp()
    const answer = await body('POST', { mode: 'code', phone: '5511987654321' })
    expect(answer).toMatchObject({ state: 'ready', code: expect.any(String), expiresInMs: 160_000 })
    expect(emulator.typeCode((answer as { code: string }).code)).toEqual({ ok: true })
  })

  it.each<[string, unknown, number]>([
    ['an invalid number', { mode: 'code', phone: '123' }, 422],
    ['no number', { mode: 'code' }, 422],
    ['another mode', { mode: 'sms' }, 400],
    ['a body that is not JSON', undefined, 400],
  ])('POST refuses %s', async (_title, body, status) => {
    const { ask } = setUp()
    expect((await ask('POST', body)).status).toBe(status)
  })
})

describe('mockOwnServer(): DELETE', () => {
  it('DELETE ends a link and a stale session', async () => {
    const phone = setUp()
    link(phone.emulator)
    expect(await phone.body('DELETE')).toEqual({ ...nothing, state: 'stopped' })
    phone.emulator.leaveStaleAuth()
    expect(await phone.body('DELETE')).toEqual({ ...nothing, state: 'stopped' })
  })
})

describe('mockOwnServer(): other requests', () => {
  it('requests without the expected headers get 401', async () => {
    const { mockServer } = setUp({ headers })
    const url = 'http://engine.example:3000/pairing'
    expect((await mockServer.fetch(url)).status).toBe(401)
    expect((await mockServer.fetch(url, { headers: { authorization: 'Bearer other' } })).status).toBe(401)
    expect((await mockServer.fetch(url, { headers })).status).toBe(200)
  })

  it('the path can be changed', async () => {
    const { mockServer } = setUp({ path: '/phones/7' })
    expect((await mockServer.fetch('http://engine.example/phones/7')).status).toBe(200)
    expect((await mockServer.fetch('http://engine.example/pairing')).status).toBe(404)
    expect(mockServer.requests.map(({ path }) => path)).toEqual(['/phones/7', '/…'])
  })

  it('other methods get 405', async () => {
    expect((await setUp().ask('PUT', {})).status).toBe(405)
  })

  it.each([
    ['unauthorized', 401],
    ['unknown-instance', 404],
    ['rate-limited', 429],
    ['server-error', 500],
  ] as const)('requests fail as configured: %s', async (fault, status) => {
    const { emulator, ask } = setUp()
    emulator.fail(fault)
    expect((await ask()).status).toBe(status)
  })
})
