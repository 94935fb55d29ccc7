import { describe, expect, it } from 'vitest'
import type { WahaWireOptions, Wire } from '../../../src/testing.js'
import { wahaWire } from '../../../src/testing.js'
import type { Emulated } from '../clock.js'
import { emulated, link, shownText } from '../clock.js'
import { fromBase64, readPng } from '../read-png.js'

const BASE = 'https://waha.example.com/api'
const SESSION = 'GET sessions/default'
const QR = 'GET default/auth/qr'
const CODE = 'POST default/auth/request-code'

interface SetUp extends Emulated {
  readonly wire: Wire
  ask(question: string, init?: RequestInit): Promise<Response>
  body(question?: string, init?: RequestInit): Promise<unknown>
  status(): Promise<unknown>
}

function setUp(options: Partial<WahaWireOptions> = {}): SetUp {
  const phone = emulated()
  const wire = wahaWire(phone.emulator, { apiKey: 'K1', session: 'default', ...options })
  const ask = (question: string, init: RequestInit = {}): Promise<Response> => {
    const [method = '', path = ''] = question.split(' ')
    const headers = { 'x-api-key': 'K1', accept: 'application/json', ...init.headers }
    return wire.fetch(`${BASE}/${path}`, { ...init, method, headers })
  }
  const body = async (question = SESSION, init?: RequestInit): Promise<unknown> =>
    (await ask(question, init)).json()
  return { ...phone, wire, ask, body, status: async () => ((await body()) as { status: unknown }).status }
}

const number = (phoneNumber: string): RequestInit => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ phoneNumber }),
})

const answered = async (answer: Response): Promise<unknown> => [answer.status, await answer.json()]

describe('the session', () => {
  it('runs at first, and its codes begin with the first request', async () => {
    const { body } = setUp()
    expect(await body()).toEqual({
      name: 'default',
      status: 'SCAN_QR_CODE',
      config: null,
      me: null,
      engine: { engine: 'NOWEB' },
    })
  })

  it('may be stopped at first, and takes a second to start', async () => {
    const { clock, ask, body, status } = setUp({ stopped: true })
    expect(await body()).toMatchObject({ status: 'STOPPED', engine: {} })
    expect(await answered(await ask('POST sessions/default/start'))).toEqual([
      201,
      expect.objectContaining({ status: 'STARTING' }),
    ])
    clock.pass(1_000)
    expect(await status()).toBe('SCAN_QR_CODE')
  })

  it('cannot be started twice', async () => {
    expect(await answered(await setUp().ask('POST sessions/default/start'))).toEqual([
      422,
      {
        statusCode: 422,
        message: "Session 'default' is already started.",
        error: 'Unprocessable Entity',
      },
    ])
  })

  it('goes by STARTING to WORKING, and says who is linked', async () => {
    const { clock, emulator, body, status } = setUp()
    await status()
    emulator.scan()
    expect(await status()).toBe('STARTING')
    clock.pass(2_000)
    expect(await body()).toMatchObject({
      status: 'WORKING',
      me: { id: '5511987654321@c.us', pushName: 'Ana Souza' },
    })
  })

  it('fails when the codes are over, and a restart helps', async () => {
    const { clock, body, ask, status } = setUp()
    await status()
    clock.pass(160_000)
    expect(await body()).toMatchObject({ status: 'FAILED', me: null })
    await ask('POST sessions/default/restart')
    clock.pass(1_000)
    expect(await status()).toBe('SCAN_QR_CODE')
  })

  it('fails when the phone has removed the device, still names it, and needs a logout', async () => {
    const phone = setUp()
    link(phone)
    await phone.status()
    phone.emulator.disconnect()
    expect(await phone.body()).toMatchObject({ status: 'FAILED', me: { id: '5511987654321@c.us' } })
    await phone.ask('POST sessions/default/restart')
    phone.clock.pass(1_000)
    expect(await phone.status()).toBe('FAILED')
    await phone.ask('POST sessions/default/logout')
    phone.clock.pass(1_000)
    expect(await phone.body()).toMatchObject({ status: 'SCAN_QR_CODE', me: null })
  })

  it('names whose leftovers it finds, of a link that it has not seen', async () => {
    const { emulator, body } = setUp()
    emulator.leaveStaleAuth()
    expect(await body()).toMatchObject({ status: 'FAILED', me: { pushName: 'Ana Souza' } })
  })

  it('keeps the link when stopped or restarted', async () => {
    const phone = setUp()
    link(phone)
    await phone.ask('POST sessions/default/restart')
    phone.clock.pass(2_000)
    expect(await phone.status()).toBe('WORKING')
    await phone.ask('POST sessions/default/stop')
    expect(await phone.status()).toBe('STOPPED')
    expect(phone.emulator.state.status).toBe('linked')
  })

  it('is started again by a logout, unless it was stopped', async () => {
    const phone = setUp()
    link(phone)
    expect(await phone.body('POST sessions/default/logout')).toMatchObject({ status: 'STARTING', me: null })
    expect(phone.emulator.state.status).toBe('idle')
    await phone.ask('POST sessions/default/stop')
    expect(await phone.body('POST sessions/default/logout')).toMatchObject({ status: 'STOPPED' })
  })

  it('tells of a passkey', async () => {
    const phone = setUp()
    phone.emulator.demandPasskey()
    link(phone)
    expect(await phone.status()).toBe('PASSKEY_REQUIRED')
  })
})

describe('QR code', () => {
  it('is bare base64 for exactly one Accept', async () => {
    const { emulator, body } = setUp()
    await body()
    const answer = (await body(QR)) as { mimetype: string; data: string }
    expect(answer).toEqual({ mimetype: 'image/png', data: expect.stringMatching(/^iVBOR/) })
    expect(readPng(fromBase64(answer.data)).text).toBe(shownText(emulator))
  })

  it.each(['application/json, text/plain, */*', '*/*', 'image/png'])(
    'is a PNG for Accept: %s',
    async (accept) => {
      const answer = await setUp().ask(QR, { headers: { accept } })
      expect(answer.headers.get('content-type')).toBe('image/png')
    },
  )

  it('is text for ?format=raw', async () => {
    const { emulator, body } = setUp()
    const answer = await body(`${QR}?format=raw`)
    expect(answer).toEqual({ value: shownText(emulator) })
  })

  it('is not found while the session is stopped, which has an answer elsewhere', async () => {
    const { ask, status } = setUp({ stopped: true })
    expect(await answered(await ask(QR))).toEqual([
      404,
      {
        statusCode: 404,
        message:
          "We didn't find a session with name 'default'.\nPlease start it first by using POST /api/sessions/default/start request",
        error: 'Not Found',
      },
    ])
    expect(await status()).toBe('STOPPED')
  })

  it('is refused with 422 in every other state', async () => {
    const phone = setUp()
    link(phone)
    expect(await answered(await phone.ask(QR))).toEqual([
      422,
      {
        error: 'Session status is not as expected. Try again later or restart the session',
        session: 'default',
        status: 'WORKING',
        expected: ['SCAN_QR_CODE'],
      },
    ])
  })
})

describe('pairing code', () => {
  it('has a dash, and names somebody before anything is linked', async () => {
    const { emulator, ask, body } = setUp()
    const answer = await ask(CODE, number('5511912345678'))
    const { code } = (await answer.json()) as { code: string }
    expect([answer.status, code]).toEqual([201, expect.stringMatching(/^[1-9A-Z]{4}-[1-9A-Z]{4}$/)])
    expect(await body()).toMatchObject({
      status: 'SCAN_QR_CODE',
      me: { id: '5511912345678@c.us', pushName: '~' },
    })
    expect(emulator.typeCode(code)).toEqual({ ok: true })
  })

  it('takes a number in any spelling, and does not correct what it says of it', async () => {
    const { ask, body } = setUp()
    expect((await ask(CODE, number('+55 11 98765-4321'))).status).toBe(201)
    expect(await body()).toMatchObject({ me: { id: '+55 11 98765-4321@c.us' } })
  })

  it('that nobody enters leaves something behind, which a restart meets and a logout clears', async () => {
    const { clock, ask, body, status } = setUp()
    await ask(CODE, number('5511912345678'))
    await ask('POST sessions/default/restart')
    clock.pass(1_000)
    expect(await body()).toMatchObject({ status: 'FAILED', me: { pushName: '~' } })
    await ask('POST sessions/default/logout')
    clock.pass(1_000)
    expect(await status()).toBe('SCAN_QR_CODE')
  })

  it('is refused outside SCAN_QR_CODE, and for what is no number', async () => {
    expect((await setUp({ stopped: true }).ask(CODE, number('5511912345678'))).status).toBe(404)
    const phone = setUp()
    expect((await phone.ask(CODE, { body: '{}' })).status).toBe(400)
    link(phone)
    expect(await answered(await phone.ask(CODE, number('5511912345678')))).toEqual([
      422,
      {
        statusCode: 422,
        message: 'Can request code only in SCAN_QR_CODE status. The current status is WORKING',
        error: 'Unprocessable Entity',
      },
    ])
  })
})

describe('errors', () => {
  it.each([{}, { 'x-api-key': 'K2' }, { authorization: 'Bearer K1' }])(
    '401 for %j',
    async (headers: Record<string, string>) => {
      const answer = await setUp().wire.fetch(`${BASE}/sessions/default`, { headers })
      expect(await answered(answer)).toEqual([401, { statusCode: 401, message: 'Unauthorized' }])
    },
  )

  it.each(['GET sessions/other', 'GET other/auth/qr', 'DELETE sessions/default', 'GET sessions'])(
    '404 for %s',
    async (question) => {
      expect((await setUp().ask(question)).status).toBe(404)
    },
  )

  it('the faults look like them', async () => {
    const { emulator, ask } = setUp()
    const statuses = []
    for (const fault of ['unauthorized', 'unknown-instance', 'server-error', 'rate-limited'] as const) {
      emulator.fail(fault)
      const answer = await ask(SESSION)
      expect(await answer.json()).toMatchObject({ statusCode: answer.status })
      statuses.push(answer.status)
    }
    expect(statuses).toEqual([401, 404, 500, 429])
  })
})
