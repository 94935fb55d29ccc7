import { createHmac } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import type { Emulator, MockWaha, MockWahaOptions } from '../../../src/testing.js'
import { mockWaha } from '../../../src/testing.js'
import { passkeyAnswer } from '../../passkey-answer.js'
import { advance, emulateTime, settle, until } from '../../time.js'
import { fromBase64, readPng } from '../read-png.js'
import { link, seededEmulator, shownText } from '../seeded-emulator.js'

const BASE = 'https://waha.example.com/api'
const SESSION = 'GET sessions/default'
const QR = 'GET default/auth/qr?format=raw'
const CODE = 'POST default/auth/request-code'
const ANA = { id: '5511987654321@c.us', pushName: 'Ana Souza', lid: expect.stringMatching(/^\d+@lid$/) }
const HALF = { id: '5511912345678@c.us', pushName: '~', lid: '' }

interface Exchange {
  readonly status: number
  readonly body: unknown
  /** How long the server delayed the response. */
  readonly ms: number
}

interface SetUp {
  readonly emulator: Emulator
  readonly mockServer: MockWaha
  send(question: string, init?: RequestInit): Promise<Response>
  /** Sends a request and advances the clock until the response arrives. */
  ask(question?: string, init?: RequestInit): Promise<Exchange>
  status(): Promise<unknown>
}

function setUp(options: Partial<MockWahaOptions> = {}): SetUp {
  const emulator = seededEmulator()
  const mockServer = mockWaha(emulator, { apiKey: 'K1', session: 'default', ...options })
  const send = (question: string, init: RequestInit = {}): Promise<Response> => {
    const [method = '', path = ''] = question.split(' ')
    const headers = { 'x-api-key': 'K1', accept: 'application/json', ...init.headers }
    return mockServer.fetch(`${BASE}/${path}`, { ...init, method, headers })
  }
  const ask = async (question = SESSION, init?: RequestInit): Promise<Exchange> => {
    const { value, ms } = await until(send(question, init))
    const text = await value.text()
    return { status: value.status, body: text && JSON.parse(text), ms }
  }
  return {
    emulator,
    mockServer,
    send,
    ask,
    status: async () => ((await ask()).body as { status: unknown }).status,
  }
}

const sent = (body: object): RequestInit => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
const number = (phoneNumber: unknown): RequestInit => sent({ phoneNumber })

emulateTime()

// test/recordings compares this mock server with recordings of real sessions. These tests cover what they do not contain.

describe('WAHA mock server: session', () => {
  it('is running at the beginning, and starts its codes with the first request', async () => {
    expect(await setUp().ask()).toEqual({
      status: 200,
      ms: 0,
      body: {
        name: 'default',
        status: 'SCAN_QR_CODE',
        config: null,
        me: null,
        presence: null,
        timestamps: {},
        engine: { engine: 'NOWEB' },
      },
    })
  })

  it('may be stopped at the beginning, and takes one second to start', async () => {
    const { ask, status } = setUp({ stopped: true })
    expect((await ask()).body).toMatchObject({
      status: 'STOPPED',
      timestamps: { activity: null },
      engine: {},
    })
    expect(await ask('POST sessions/default/start')).toMatchObject({
      status: 201,
      ms: 0,
      body: { status: 'STARTING' },
    })
    vi.advanceTimersByTime(999)
    expect(await status()).toBe('STARTING')
    vi.advanceTimersByTime(1)
    expect(await status()).toBe('SCAN_QR_CODE')
  })

  it('reports the account of an earlier link that it has not seen', async () => {
    const { emulator, ask } = setUp()
    emulator.leaveStaleAuth()
    expect((await ask()).body).toMatchObject({ status: 'FAILED', me: { pushName: 'Ana Souza' } })
  })

  it('logs out immediately if it is stopped, and stays stopped', async () => {
    expect(await setUp({ stopped: true }).ask('POST sessions/default/logout')).toMatchObject({
      ms: 0,
      body: { status: 'STOPPED' },
    })
  })

  it('goes through a passkey ceremony from the challenge to the code, and then logs in', async () => {
    const phone = setUp()
    const { emulator, ask, status } = phone
    const pending = async () =>
      Promise.all(
        ['challenge', 'confirmation'].map(
          async (step) => (await ask(`GET default/auth/passkey/${step}`)).status,
        ),
      )
    expect(await pending()).toEqual([422, 422])
    emulator.demandPasskey({ comparesCode: true })
    link(phone.emulator)
    expect(await status()).toBe('PASSKEY_REQUIRED')
    expect(await pending()).toEqual([200, 422])
    const { body } = await ask('GET default/auth/passkey/challenge')
    expect(emulator.state).toMatchObject({ challenge: body })
    const send = (assertion: object) => ask('POST default/auth/passkey', sent(assertion))
    expect(await send({ id: 'x' })).toMatchObject({ status: 400 })
    const { challenge } = body as { challenge: string }
    // 201 means that the answer was sent, even if WhatsApp refuses it.
    for (const answered of ['YW5vdGhlcg', challenge])
      expect(await send(passkeyAnswer(answered))).toEqual({ status: 201, ms: 0, body: '' })
    expect(await status()).toBe('PASSKEY_REQUIRED')
    vi.advanceTimersByTime(1_000)
    expect(await status()).toBe('PASSKEY_CONFIRMATION_REQUIRED')
    expect(await pending()).toEqual([422, 200])
    expect((await ask('GET default/auth/passkey/confirmation')).body).toEqual({
      code: expect.stringMatching(/^\w{4}-\w{4}$/),
    })
    expect(await ask('POST default/auth/passkey/confirm')).toMatchObject({ status: 201 })
    expect(await status()).toBe('STARTING')
    vi.advanceTimersByTime(2_000)
    expect(await ask()).toMatchObject({ body: { status: 'WORKING', me: ANA } })
    expect(await pending()).toEqual([422, 422])
  })

  it('fails if WhatsApp refuses the passkey, and issues new codes after a restart', async () => {
    const phone = setUp()
    phone.emulator.demandPasskey()
    link(phone.emulator)
    phone.emulator.refusePasskey()
    expect(await phone.status()).toBe('FAILED')
    await phone.ask('POST sessions/default/restart')
    vi.advanceTimersByTime(1_000)
    expect(await phone.status()).toBe('SCAN_QR_CODE')
  })

  it('is deleted in 4 s, and is created only if the request also starts it', async () => {
    const phone = setUp()
    link(phone.emulator)
    expect(await phone.ask('DELETE sessions/default')).toEqual({ status: 200, ms: 4_000, body: '' })
    expect(phone.emulator.state.status).toBe('idle')
    expect(await phone.ask()).toMatchObject({ status: 404, body: { message: 'Session not found' } })
    expect(await phone.ask('GET sessions?all=true')).toMatchObject({ body: [] })
    expect(await phone.ask(QR)).toEqual({
      status: 422,
      ms: 5_000,
      body: { error: 'Session "default" does not exist', session: 'default' },
    })
    const create = (start: boolean): Promise<Exchange> =>
      phone.ask('POST sessions', sent({ name: 'default', start }))
    expect(await create(false)).toEqual({ status: 201, ms: 0, body: '' })
    expect((await phone.ask()).status).toBe(404)
    expect(await create(true)).toMatchObject({ status: 201, body: { status: 'STARTING' } })
    expect(await create(true)).toMatchObject({
      status: 422,
      body: { message: "Session 'default' already exists. Use PUT to update it." },
    })
  })

  it('is in the list unless it is stopped, and always in the list of all sessions', async () => {
    const running = setUp()
    link(running.emulator)
    expect((await running.ask('GET sessions')).body).toMatchObject([
      { status: 'WORKING', presence: 'online' },
    ])
    const stopped = setUp({ stopped: true })
    expect((await stopped.ask('GET sessions')).body).toEqual([])
    expect((await stopped.ask('GET sessions?all=true')).body).toMatchObject([{ status: 'STOPPED' }])
  })

  it('reports the linked account in two more responses', async () => {
    const phone = setUp()
    link(phone.emulator)
    expect((await phone.ask('GET sessions/default/me')).body).toEqual(ANA)
    expect((await phone.ask('GET default/profile')).body).toEqual({ id: ANA.id, picture: null })
  })
})

describe('WAHA mock server: QR code', () => {
  it('is immediately returned as bare base64 for exactly one Accept header', async () => {
    const { emulator, ask } = setUp()
    const { body, ms } = await ask('GET default/auth/qr')
    const { data } = body as { data: string }
    expect({ body, ms }).toEqual({
      ms: 0,
      body: { mimetype: 'image/png', data: expect.stringMatching(/^iVBOR/) },
    })
    expect(readPng(fromBase64(data)).text).toBe(shownText(emulator))
  })

  it.each(['application/json, text/plain, */*', '*/*', 'image/png', 'text/html'])(
    'is a PNG for Accept: %s',
    async (accept) => {
      const response = await setUp().send('GET default/auth/qr', { headers: { accept } })
      expect(response.headers.get('content-type')).toBe('image/png')
    },
  )

  it('is text for ?format=raw', async () => {
    const { emulator, ask } = setUp()
    const { body } = await ask(QR)
    expect(body).toEqual({ value: shownText(emulator) })
  })

  it('arrives at the first check after the start, and the server checks every half second', async () => {
    const { emulator, ask } = setUp({ stopped: true, startingMs: 70 })
    await ask('POST sessions/default/start')
    const { status, ms, body } = await ask(QR)
    expect({ status, ms, body }).toEqual({ status: 200, ms: 500, body: { value: shownText(emulator) } })
  })

  it('is no longer delayed when the client aborts', async () => {
    const { send } = setUp({ stopped: true })
    const controller = new AbortController()
    const response = send(QR, { signal: controller.signal })
    vi.advanceTimersByTime(500)
    controller.abort(new Error('gone'))
    await expect(response).rejects.toThrow('gone')
  })
})

describe('WAHA mock server: pairing code', () => {
  it('has a dash, and the session reports an account before a phone is linked', async () => {
    const { emulator, ask } = setUp()
    const { status, body } = await ask(CODE, number('5511912345678'))
    const { code } = body as { code: string }
    expect([status, code]).toEqual([201, expect.stringMatching(/^[1-9A-Z]{4}-[1-9A-Z]{4}$/)])
    expect((await ask()).body).toMatchObject({ status: 'SCAN_QR_CODE', me: HALF })
    expect(emulator.typeCode(code)).toEqual({ ok: true })
  })

  it('differs for each request, and does not affect the QR code', async () => {
    const { emulator, ask } = setUp()
    const { body: qr } = await ask(QR)
    const codes = [await ask(CODE, number('5511912345678')), await ask(CODE, number('5511912345678'))]
    const [first, second] = codes.map(({ body }) => (body as { code: string }).code)
    expect(first).not.toBe(second)
    expect(emulator.typeCode(first ?? '')).toMatchObject({ reason: 'wrong-code' })
    expect((await ask(QR)).body).toEqual(qr)
    expect(emulator.scan()).toEqual({ ok: true })
  })

  it.each([
    ['in any spelling', { phoneNumber: '+55 11 98765-4321' }, '+55 11 98765-4321@c.us'],
    ['as a number', { phoneNumber: 5511987654321 }, '5511987654321@c.us'],
    ['that is invalid', { phoneNumber: 'abc' }, 'abc@c.us'],
    ['that is empty', { phoneNumber: '' }, '@c.us'],
    ['that is missing', {}, '@c.us'],
  ])(
    'is issued for a phone number %s, and the server reports the number as it was sent',
    async (_title, body, id) => {
      const { ask } = setUp()
      expect(await ask(CODE, sent(body))).toMatchObject({ status: 201, body: { code: expect.any(String) } })
      expect((await ask()).body).toMatchObject({ status: 'SCAN_QR_CODE', me: { id } })
    },
  )
})

describe('WAHA mock server: the server process', () => {
  it('responds to its health check without a key', async () => {
    const response = await setUp().mockServer.fetch('https://waha.example.com/ping')
    expect(await response.json()).toEqual({ message: 'pong' })
    expect((await setUp().ask('GET server/version')).body).toMatchObject({
      version: '2026.2.1',
      tier: 'CORE',
    })
  })
})

describe('WAHA mock server: webhooks', () => {
  const hook = {
    url: 'http://localhost/hooks?secret=s',
    events: ['session.status'],
    hmac: { key: 'hmac-key' },
  }

  interface Body {
    readonly payload: { readonly status: string; readonly data?: unknown }
  }

  function listen(options: Partial<MockWahaOptions> = {}) {
    const received: Request[] = []
    const phone = setUp({
      config: { webhooks: [hook] },
      sendWebhook: (request) => received.push(request),
      ...options,
    })
    async function bodies(): Promise<readonly Body[]> {
      return Promise.all(received.map(async (request) => (await request.clone().json()) as Body))
    }
    return {
      ...phone,
      received,
      bodies,
      /** Signing takes real time that is not on the emulator's clock. */
      async arrived(count: number) {
        while (received.length < count) await settle()
      },
    }
  }

  it('contain the challenge and the comparison code of a passkey ceremony', async () => {
    const { emulator, bodies, arrived } = listen()
    emulator.demandPasskey({ comparesCode: true })
    emulator.scan()
    await arrived(1)
    const { state } = emulator
    if (state.status !== 'passkey-required') throw new Error(state.status)
    emulator.answerPasskey(passkeyAnswer(state.challenge.challenge))
    await advance(2_000)
    emulator.solvePasskey()
    await advance(5_000)
    await arrived(4)
    expect((await bodies()).map(({ payload: { status, data } }) => [status, data])).toEqual([
      ['PASSKEY_REQUIRED', state.challenge],
      ['PASSKEY_CONFIRMATION_REQUIRED', { code: expect.any(String) }],
      ['STARTING', undefined],
      ['WORKING', undefined],
    ])
  })

  it('are signed with the configured key', async () => {
    const { ask, received, arrived } = listen({ stopped: true })
    await ask('POST sessions/default/start')
    await arrived(1)
    const [request] = received
    const body = await request?.text()
    expect(request?.url).toBe(hook.url)
    expect(request?.headers.get('x-webhook-hmac-algorithm')).toBe('sha512')
    expect(request?.headers.get('x-webhook-hmac')).toBe(
      createHmac('sha512', 'hmac-key').update(String(body)).digest('hex'),
    )
  })

  it('end with the server process', async () => {
    const { mockServer, ask, bodies, arrived } = listen()
    await ask()
    mockServer.restartServer()
    await arrived(1)
    await advance(20_000)
    await ask('POST sessions/default/start')
    await advance(5_000)
    expect((await bodies()).map(({ payload }) => payload.status)).toEqual(['STOPPED'])
  })
})

describe('WAHA mock server: errors', () => {
  it.each([{}, { 'x-api-key': 'K2' }, { authorization: 'Bearer K1' }])(
    'a request with the headers %j gets 401',
    async (headers: Record<string, string>) => {
      const response = await setUp().mockServer.fetch(`${BASE}/sessions/default`, { headers })
      expect([response.status, await response.json()]).toEqual([
        401,
        { message: 'Unauthorized', statusCode: 401 },
      ])
    },
  )

  it('an unknown route gets 404', async () => {
    expect((await setUp().ask('PATCH sessions/default')).status).toBe(404)
  })
})
