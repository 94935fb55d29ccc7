import { describe, expect, it, vi } from 'vitest'
import type { Emulator, MockServer, MockWasendOptions } from '../../../src/testing.js'
import { mockWasend } from '../../../src/testing.js'
import { emulateTime, START, until } from '../../time.js'
import { fromBase64, readPng } from '../read-png.js'
import { link, seededEmulator, shownText } from '../seeded-emulator.js'

const BASE = 'https://api.wasend.dev'

interface SetUp {
  readonly emulator: Emulator
  readonly mockServer: MockServer
  /** Sends `GET /sessions/main`, or another method and path. */
  ask(question?: string, init?: RequestInit): Promise<Response>
  body(question?: string, init?: RequestInit): Promise<unknown>
  status(): Promise<unknown>
}

function setUp(options: Partial<MockWasendOptions> = {}): SetUp {
  const emulator = seededEmulator()
  const mockServer = mockWasend(emulator, { apiKey: 'K1', sessionId: 'main', ...options })
  const ask = async (question = 'GET /sessions/main', init: RequestInit = {}): Promise<Response> => {
    const [method = '', path = ''] = question.split(' ')
    const headers = { authorization: 'Bearer K1', accept: 'application/json', ...init.headers }
    return (await until(mockServer.fetch(`${BASE}${path}`, { ...init, method, headers }))).value
  }
  const body = async (question?: string, init?: RequestInit): Promise<unknown> =>
    (await ask(question, init)).json()
  return {
    emulator,
    mockServer,
    ask,
    body,
    status: async () => ((await body()) as { status: unknown }).status,
  }
}

const QR = 'GET /sessions/main/qr'

const notAsExpected = (status: string): unknown => ({
  error: 'Session status is not as expected. Try again later or restart the session',
  session: 'main',
  status,
  expected: ['SCAN_QR_CODE'],
})

emulateTime()

describe('mockWasend(): session', () => {
  it('is running at the beginning, and starts its codes with the first request', async () => {
    const { emulator, status } = setUp()
    vi.advanceTimersByTime(3_600_000)
    expect(await status()).toBe('SCAN_QR_CODE')
    expect(emulator.state).toMatchObject({ qrNumber: 1, qrExpiresAt: START + 3_660_000 })
  })

  it('a stopped session takes a second to start', async () => {
    const { emulator, ask, status } = setUp({ stopped: true })
    expect(await status()).toBe('STOPPED')
    expect(emulator.state.status).toBe('idle')
    const started = await ask('POST /sessions/main/start')
    expect([started.status, await started.json()]).toEqual([
      201,
      expect.objectContaining({ status: 'STARTING' }),
    ])
    vi.advanceTimersByTime(999)
    expect(await status()).toBe('STARTING')
    vi.advanceTimersByTime(1)
    expect(await status()).toBe('SCAN_QR_CODE')
    await ask('POST /sessions/main/start')
    expect(await status()).toBe('SCAN_QR_CODE')
  })

  it('issues codes from its start, even if no client requests them', async () => {
    const { emulator, ask, status } = setUp({ stopped: true, startingMs: 5_000 })
    await ask('POST /sessions/main/start')
    vi.advanceTimersByTime(70_000)
    expect(await status()).toBe('SCAN_QR_CODE')
    expect(emulator.state).toMatchObject({ qrNumber: 2 })
  })

  it('fails after its codes have expired, and recovers with a restart but not with a start', async () => {
    const { ask, status } = setUp()
    await status()
    vi.advanceTimersByTime(160_000)
    expect(await status()).toBe('FAILED')
    await ask('POST /sessions/main/start')
    vi.advanceTimersByTime(1_000)
    expect(await status()).toBe('FAILED')
    expect((await ask('POST /sessions/main/restart')).status).toBe(201)
    expect(await status()).toBe('STARTING')
    vi.advanceTimersByTime(1_000)
    expect(await status()).toBe('SCAN_QR_CODE')
  })

  it('the session goes from STARTING to WORKING', async () => {
    const { emulator, status } = setUp()
    await status()
    emulator.scan()
    expect(await status()).toBe('SCAN_QR_CODE')
    vi.advanceTimersByTime(1_900)
    expect(await status()).toBe('STARTING')
    vi.advanceTimersByTime(100)
    expect(await status()).toBe('WORKING')
  })

  it('stop and restart keep the link', async () => {
    const phone = setUp()
    link(phone.emulator)
    await phone.ask('POST /sessions/main/stop')
    expect(await phone.status()).toBe('STOPPED')
    expect(phone.emulator.state.status).toBe('linked')
    await phone.ask('POST /sessions/main/start')
    vi.advanceTimersByTime(1_000)
    expect(await phone.status()).toBe('WORKING')
    await phone.ask('POST /sessions/main/restart')
    vi.advanceTimersByTime(2_000)
    expect(await phone.status()).toBe('WORKING')
  })

  it.each([0, 500])('shows no code that still links after it is stopped, %i ms after a start', async (ms) => {
    const { emulator, ask } = setUp({ stopped: true, startingMs: ms })
    await ask('POST /sessions/main/start')
    await ask('POST /sessions/main/stop')
    vi.advanceTimersByTime(ms)
    expect(emulator.scan()).toEqual({ ok: false, reason: 'not-pairing' })
  })

  it('shows codes again after the phone removed the device', async () => {
    const phone = setUp()
    link(phone.emulator)
    phone.emulator.disconnect()
    expect(await phone.status()).toBe('SCAN_QR_CODE')
  })

  it('reports a passkey, and data of an earlier link that a restart does not remove', async () => {
    const phone = setUp()
    phone.emulator.demandPasskey()
    link(phone.emulator)
    expect(await phone.status()).toBe('PASSKEY_REQUIRED')
    phone.emulator.leaveStaleAuth()
    await phone.ask('POST /sessions/main/restart')
    vi.advanceTimersByTime(1_000)
    expect(await phone.status()).toBe('FAILED')
  })
})

describe('mockWasend(): session details', () => {
  const flags = {
    enableAccountProtection: true,
    enableMessageLogging: true,
    enableWebhook: false,
    webhookUrl: '',
  }
  const docs = {
    uniqueSessionId: 'main',
    sessionName: 'main',
    phoneNumber: '+5511987654321',
    status: 'SCAN_QR_CODE',
    createdAt: '2026-11-21T00:00:00.000Z',
    updatedAt: '2026-11-21T00:00:00.000Z',
    config: flags,
  }

  it('has the format of the documentation', async () => {
    const { body } = setUp()
    expect(await body()).toEqual(docs)
    expect(await body('GET /sessions')).toEqual({ sessions: [{ session: docs }] })
  })

  it('has the shape of the SDK, if configured: a list contains the status in downstream', async () => {
    const { body } = setUp({ shape: 'sdk' })
    const engine = { grpc: expect.any(Object), gows: expect.any(Object) }
    const info = { uniqueSessionId: 'main', status: 'SCAN_QR_CODE', name: 'main', ...flags, engine }
    expect(await body()).toMatchObject(info)
    const list = (await body('GET /sessions')) as { sessions: [{ session: object; downstream: object }] }
    expect(list.sessions[0].session).not.toHaveProperty('status')
    expect(list.sessions[0].downstream).toMatchObject({ name: 'main', status: 'SCAN_QR_CODE', engine })
  })

  it('reports the linked account only if configured, as WAHA does', async () => {
    const silent = setUp()
    link(silent.emulator)
    expect(await silent.body()).not.toHaveProperty('me')
    const phone = setUp({ me: true })
    expect(await phone.body()).toMatchObject({ me: null })
    link(phone.emulator)
    expect(await phone.body()).toMatchObject({ me: { id: '5511987654321@c.us', pushName: 'Ana Souza' } })
  })

  it('has the number that the session was created for, whichever phone is linked', async () => {
    const phone = setUp({ phoneNumber: '+4520123456' })
    link(phone.emulator)
    expect(await phone.body()).toMatchObject({ phoneNumber: '+4520123456' })
  })
})

describe('mockWasend(): QR code', () => {
  it.each([
    ['qr', [200, 404]],
    ['auth/qr', [404, 200]],
    ['both', [200, 200]],
  ] as const)('is at %s if the server has that path', async (qrPath, statuses) => {
    const { ask } = setUp({ qrPath })
    const answers = [await ask(QR), await ask('GET /sessions/main/auth/qr')]
    expect(answers.map((answer) => answer.status)).toEqual(statuses)
  })

  it('is bare base64 in data', async () => {
    const { emulator, body } = setUp()
    const answer = await body(QR)
    expect(answer).toEqual({ data: expect.stringMatching(/^iVBOR[\w+/]+=*$/) })
    expect(readPng(fromBase64((answer as { data: string }).data)).text).toBe(shownText(emulator))
  })

  it.each([
    ['qrCode', { qrCode: expect.stringMatching(/^iVBOR/) }],
    ['waha', { mimetype: 'image/png', data: expect.stringMatching(/^iVBOR/) }],
    ['nested', { data: { mimetype: 'image/png', data: expect.stringMatching(/^iVBOR/) } }],
    ['value', { value: expect.stringMatching(/#2@/) }],
  ] as const)('has the form %s, if configured', async (qrBody, expected) => {
    expect(await setUp({ qrBody }).body(QR)).toEqual(expected)
  })

  it.each([
    ['iso', '2026-11-21T00:01:00.000Z'],
    ['seconds', (START + 60_000) / 1_000],
    ['milliseconds', START + 60_000],
  ] as const)('states its expiry in %s, if configured', async (expiresAt, expected) => {
    expect(await setUp({ expiresAt }).body(QR)).toMatchObject({ expiresAt: expected })
  })

  it.each(['shop:1', 'shop|1', 'loja-são@1', '50%', "a'(b)*+,;=$&"])(
    "accepts a session id as the vendor's SDK sends it and an escaped one: %s",
    async (sessionId) => {
      const { body } = setUp({ sessionId })
      for (const id of [sessionId, encodeURIComponent(sessionId)]) {
        expect(await body(`GET /sessions/${id}`)).toMatchObject({ uniqueSessionId: sessionId })
        expect(await body(`GET /sessions/${id}/auth/qr`)).toEqual({ data: expect.stringMatching(/^iVBOR/) })
      }
    },
  )

  it("is JSON for the Accept header that axios sends, because the vendor's SDK reads `data` of it", async () => {
    const { body } = setUp()
    const accept = 'application/json, text/plain, */*'
    expect(await body(QR, { headers: { accept } })).toEqual({ data: expect.stringMatching(/^iVBOR/) })
  })

  it.each(['*/*', 'image/png'])('is a PNG for Accept: %s', async (accept) => {
    const { emulator, ask } = setUp()
    const answer = await ask(QR, { headers: { accept } })
    expect(answer.headers.get('content-type')).toBe('image/png')
    expect(readPng(new Uint8Array(await answer.arrayBuffer())).text).toBe(shownText(emulator))
  })

  it('is text for ?format=raw', async () => {
    const { emulator, body } = setUp()
    const answer = await body(`${QR}?format=raw`)
    expect(answer).toEqual({ value: shownText(emulator) })
  })

  it('is refused with 422 and the expected state in every other state, after 5 s or 10 s', async () => {
    const { emulator, ask, body } = setUp({ stopped: true, startingMs: 20_000 })
    const held = async (): Promise<readonly unknown[]> => {
      const begunAt = Date.now()
      return [await body(QR), Date.now() - begunAt]
    }
    expect(await held()).toEqual([notAsExpected('STOPPED'), 5_000])
    await ask('POST /sessions/main/start')
    expect(await held()).toEqual([notAsExpected('STARTING'), 10_000])
    vi.advanceTimersByTime(180_000)
    expect(await held()).toEqual([notAsExpected('FAILED'), 10_000])
    await ask('POST /sessions/main/restart')
    vi.advanceTimersByTime(20_000)
    emulator.scan()
    expect(await held()).toEqual([{ data: '' }, 0])
  })

  it('is refused with 409 when a phone is linked', async () => {
    const phone = setUp()
    link(phone.emulator)
    const answer = await phone.ask(QR)
    const body = { statusCode: 409, message: 'Session is already connected', error: 'Conflict' }
    expect([answer.status, await answer.json()]).toEqual([409, body])
  })
})

describe('mockWasend(): pairing code', () => {
  const question = 'POST /sessions/main/auth/request-code'
  const init = {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ phoneNumber: '5511912345678' }),
  }

  it('request-code is not available by default', async () => {
    expect((await setUp().ask(question, init)).status).toBe(404)
  })

  it('has a dash, as in WAHA, if it is available', async () => {
    const { emulator, ask } = setUp({ requestCode: true })
    const answer = await ask(question, init)
    const body = (await answer.json()) as { code: string }
    expect([answer.status, body]).toEqual([201, { code: expect.stringMatching(/^[1-9A-Z]{4}-[1-9A-Z]{4}$/) }])
    expect(emulator.typeCode(body.code)).toEqual({ ok: true })
  })

  it('is refused outside SCAN_QR_CODE, and for an invalid number', async () => {
    const refused = await setUp({ requestCode: true, stopped: true }).ask(question, init)
    expect([refused.status, await refused.json()]).toEqual([
      422,
      {
        statusCode: 422,
        message: 'Can request code only in SCAN_QR_CODE status. The current status is STOPPED',
        error: 'Unprocessable Entity',
      },
    ])
    expect((await setUp({ requestCode: true }).ask(question, { ...init, body: '{}' })).status).toBe(400)
  })
})

describe('mockWasend(): creating and deleting', () => {
  const make = (fields: object): RequestInit => ({ body: JSON.stringify(fields) })
  const fields = { sessionName: 'Shop', phoneNumber: '+4520123456' }

  it('deleting a session ends its link', async () => {
    const phone = setUp()
    link(phone.emulator)
    expect(await phone.body('DELETE /sessions/main')).toEqual({ success: true })
    expect(phone.emulator.state.status).toBe('idle')
    const answer = await phone.ask()
    const body = { statusCode: 404, message: 'Session not found', error: 'Not Found' }
    expect([answer.status, await answer.json()]).toEqual([404, body])
    expect(await phone.body('GET /sessions')).toEqual({ sessions: [] })
  })

  it('deleting responds with an empty body in the shape of the SDK', async () => {
    const answer = await setUp({ shape: 'sdk' }).ask('DELETE /sessions/main')
    expect([answer.status, await answer.text()]).toEqual([200, ''])
  })

  it('a new session has a different id', async () => {
    const { ask, body } = setUp()
    await ask('DELETE /sessions/main')
    const made = await ask('POST /sessions', make(fields))
    expect(made.status).toBe(201)
    expect(await made.json()).toMatchObject({ uniqueSessionId: 'main-2', ...fields, status: 'STARTING' })
    vi.advanceTimersByTime(1_000)
    expect(await body('GET /sessions/main-2')).toMatchObject({ status: 'SCAN_QR_CODE' })
  })

  it('creating a session requires a name and a number with +', async () => {
    const { ask } = setUp()
    await ask('DELETE /sessions/main')
    expect((await ask('POST /sessions', make({ phoneNumber: '+4520123456' }))).status).toBe(400)
    expect((await ask('POST /sessions', make({ ...fields, phoneNumber: '4520123456' }))).status).toBe(400)
    expect((await ask('POST /sessions', { body: 'Shop' })).status).toBe(400)
  })

  it('an account can have only one session', async () => {
    expect((await setUp().ask('POST /sessions', make(fields))).status).toBe(422)
  })
})

describe('mockWasend(): errors', () => {
  it.each([{}, { authorization: 'Bearer K2' }, { authorization: 'K1' }, { 'x-api-key': 'K1' }])(
    'a request with the headers %j gets 401',
    async (headers: Record<string, string>) => {
      const answer = await setUp().mockServer.fetch(`${BASE}/sessions/main`, { headers })
      expect([answer.status, await answer.json()]).toEqual([
        401,
        { statusCode: 401, message: 'Unauthorized' },
      ])
    },
  )

  it.each([
    'GET /sessions/other',
    'GET /sessions/other/qr',
    'PUT /sessions/main',
    'POST /sessions/main/logout',
    'GET /',
  ])('%s gets 404', async (question) => {
    expect((await setUp().ask(question)).status).toBe(404)
  })
})
