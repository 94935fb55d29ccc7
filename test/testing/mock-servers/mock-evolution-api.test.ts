import { describe, expect, it, vi } from 'vitest'
import type {
  Emulator,
  EvolutionWebhook,
  MockEvolutionApi,
  MockEvolutionApiOptions,
} from '../../../src/testing.js'
import { mockEvolutionApi } from '../../../src/testing.js'
import { emulateTime, settle } from '../../time.js'
import { fromBase64, readPng } from '../read-png.js'
import { link, seededEmulator, shownText } from '../seeded-emulator.js'

const BASE = 'https://evolution.example.com'
const CODE_MS = 45_000
const HOLD_MS = 2_000

interface SetUp {
  readonly emulator: Emulator
  readonly mockServer: MockEvolutionApi
  /** Sends `GET /instance/<action>/shop`, or another method and query. */
  ask(question: string, init?: RequestInit): Promise<Response>
  body(question: string): Promise<unknown>
  /** Sends `GET connect`. The server delays its response for two seconds if the instance is closed. */
  connect(query?: string): Promise<unknown>
  state(): Promise<unknown>
}

function setUp(options: Partial<MockEvolutionApiOptions> = {}): SetUp {
  const emulator = seededEmulator()
  const mockServer = mockEvolutionApi(emulator, {
    apiKey: 'K1',
    instanceName: 'shop',
    token: 'T1',
    ...options,
  })
  const ask = (question: string, init: RequestInit = {}): Promise<Response> => {
    const [, method = 'GET', action = '', query = ''] = /^(?:([A-Z]+) )?(\w+)(.*)$/.exec(question) ?? []
    const path = action === 'fetchInstances' || action === 'create' ? action : `${action}/shop`
    return mockServer.fetch(`${BASE}/instance/${path}${query}`, {
      headers: { apikey: 'K1' },
      ...init,
      method,
    })
  }
  const body = async (question: string): Promise<unknown> => (await ask(question)).json()
  return {
    emulator,
    mockServer,
    ask,
    body,
    async connect(query = '') {
      const answer = body(`connect${query}`)
      vi.advanceTimersByTime(HOLD_MS)
      return answer
    },
    state: async () => ((await body('connectionState')) as { instance: { state: unknown } }).instance.state,
  }
}

interface Codes {
  readonly pairingCode: string | null
  readonly code: string
  readonly base64: string
  readonly count: number
}

const problem = (status: number, error: string, message: unknown): unknown => ({
  status,
  error,
  response: { message },
})

emulateTime()

// test/recordings compares this mock server with recordings of real servers. These tests cover what they do not contain.

describe('mockEvolutionApi(): instance', () => {
  it('the instance is closed until `connect`', async () => {
    const { emulator, body, connect, state } = setUp()
    expect(await body('connectionState')).toEqual({ instance: { instanceName: 'shop', state: 'close' } })
    await connect()
    expect(await state()).toBe('connecting')
    expect(emulator.state.status).toBe('pairing')
  })

  it('two simultaneous `connect` requests open two sockets, and the last one has the codes', async () => {
    const { emulator, body, mockServer } = setUp()
    const both = [body('connect'), body('connect')]
    vi.advanceTimersByTime(HOLD_MS)
    const [first, second] = await Promise.all(both)
    expect(first).toEqual(second)
    expect(first).toMatchObject({ code: shownText(emulator), count: 2 })
    expect(mockServer.whatsapp).toMatchObject({ registrations: 2, connections: 2 })
  })

  it('the instance pairs again after a restart of the server, which is unreachable during the restart', async () => {
    const { body, connect, state, mockServer } = setUp()
    const { code } = (await connect()) as Codes
    mockServer.stop()
    await expect(body('connectionState')).rejects.toThrow('fetch failed')
    mockServer.start()
    vi.advanceTimersByTime(3_200)
    expect(await state()).toBe('connecting')
    expect(await body('connect')).toMatchObject({ count: 1 })
    expect(await body('connect')).not.toMatchObject({ code })
  })

  it('2.3.7 removes data of an earlier link at the first attempt', async () => {
    const { emulator, connect, state } = setUp()
    emulator.leaveStaleAuth()
    expect(await connect()).toEqual({ count: 0 })
    expect(await state()).toBe('close')
    expect(await connect()).toMatchObject({ count: 1 })
  })

  it('the instance hangs if WhatsApp requires a passkey', async () => {
    const { emulator, connect, state } = setUp()
    await connect()
    emulator.demandPasskey()
    emulator.scan()
    expect(await state()).toBe('connecting')
  })
})

describe('codes of mockEvolutionApi()', () => {
  it('contain the text and the image of the code that links', async () => {
    const { emulator, connect } = setUp()
    const answer = (await connect()) as Codes
    expect(answer).toEqual({
      pairingCode: null,
      code: shownText(emulator),
      base64: expect.stringMatching(/^data:image\/png;base64,iVBOR/),
      count: 1,
    })
    expect(readPng(fromBase64(answer.base64.split(',')[1] ?? '')).text).toBe(shownText(emulator))
  })

  it("are valid for 45 seconds each, independent of WhatsApp's times", async () => {
    const { emulator, connect } = setUp()
    const { code } = (await connect()) as Codes
    vi.advanceTimersByTime(CODE_MS - HOLD_MS)
    expect(shownText(emulator)).toBe(code)
    vi.advanceTimersByTime(200)
    expect(shownText(emulator)).not.toBe(code)
  })

  it('codes are missing while a pairing starts', async () => {
    const { body, connect } = setUp({ startingMs: 3_000 })
    expect(await connect()).toEqual({ count: 0 })
    vi.advanceTimersByTime(1_000)
    expect(await body('connect')).toMatchObject({ count: 1 })
  })

  it('include a different pairing code each time if the pairing started with a number', async () => {
    const { emulator, body, connect } = setUp()
    const first = (await connect('?number=5511912345678')) as Codes
    expect(first.pairingCode).toMatch(/^[1-9A-Z]{8}$/)
    expect(await body('connect?number=5511912345678')).toEqual(first)
    vi.advanceTimersByTime(CODE_MS)
    const second = (await body('connect')) as Codes
    expect(second.pairingCode).toMatch(/^[1-9A-Z]{8}$/)
    expect(emulator.typeCode(first.pairingCode ?? '')).toEqual({ ok: false, reason: 'wrong-code' })
    expect(emulator.typeCode(second.pairingCode ?? '')).toEqual({ ok: true })
  })

  it('an invalid number gets a pairing code that no phone accepts', async () => {
    const { emulator, connect } = setUp()
    const { pairingCode } = (await connect('?number=abc')) as Codes
    expect(pairingCode).toMatch(/^[1-9A-Z]{8}$/)
    expect(emulator.typeCode(pairingCode ?? '').ok).toBe(false)
  })

  it('include no pairing code if the number is sent during a pairing', async () => {
    const { body, connect } = setUp()
    await connect()
    expect(await body('connect?number=5511912345678')).toMatchObject({ pairingCode: null })
  })
})

describe('mockEvolutionApi(): webhooks', () => {
  it('webhooks have the format and the timing of the server', async () => {
    const bodies: EvolutionWebhook[] = []
    const { connect } = setUp({ onWebhook: (body) => bodies.push(body) })
    await connect()
    while (bodies.length < 2) await settle()
    expect(bodies).toMatchObject([
      { event: 'connection.update', instance: 'shop', data: { state: 'connecting' }, apikey: 'T1' },
      { event: 'qrcode.updated', data: { qrcode: { code: expect.any(String) } } },
    ])
    vi.advanceTimersByTime(CODE_MS)
    while (bodies.length < 3) await settle()
  })
})

describe('mockEvolutionApi(): logout and restart', () => {
  it('a logout ends a pairing or a link', async () => {
    const phone = setUp()
    await phone.connect()
    expect(await phone.body('DELETE logout')).toEqual({
      status: 'SUCCESS',
      error: false,
      response: { message: 'Instance logged out' },
    })
    expect(await phone.state()).toBe('close')
    link(phone.emulator)
    vi.advanceTimersByTime(1_000)
    await phone.ask('DELETE logout')
    expect(phone.emulator.state.status).toBe('idle')
  })

  it('2.4 reports success for a logout of a closed instance', async () => {
    const answer = await setUp({ version: '2.4' }).ask('DELETE logout')
    expect([answer.status, await answer.json()]).toMatchObject([200, { status: 'SUCCESS' }])
  })

  it('a restart returns the code that it ends, issues new codes, and keeps a link', async () => {
    const phone = setUp()
    const { code } = (await phone.connect()) as Codes
    expect(await phone.body('POST restart')).toMatchObject({ code })
    vi.advanceTimersByTime(1_000)
    expect(await phone.body('connect')).not.toMatchObject({ code })
    link(phone.emulator)
    vi.advanceTimersByTime(1_000)
    await phone.ask('POST restart')
    vi.advanceTimersByTime(2_000)
    expect(await phone.state()).toBe('open')
  })
})

describe('mockEvolutionApi(): fetchInstances', () => {
  it('fetchInstances lists the instance with its token and account', async () => {
    const phone = setUp()
    const unlinked = {
      name: 'shop',
      connectionStatus: 'close',
      ownerJid: null,
      profileName: null,
      token: 'T1',
    }
    expect(await phone.body('fetchInstances?instanceName=shop')).toMatchObject([unlinked])
    link(phone.emulator)
    vi.advanceTimersByTime(1_000)
    expect(await phone.body('fetchInstances')).toMatchObject([
      { connectionStatus: 'open', ownerJid: '5511987654321@s.whatsapp.net', profileName: 'Ana Souza' },
    ])
  })

  it('fetchInstances does not find another instance', async () => {
    expect((await setUp().ask('fetchInstances?instanceName=other')).status).toBe(404)
  })
})

describe('mockEvolutionApi(): errors', () => {
  it.each(['K1', 'T1'])('the key may be the global one or the token: %s', async (apikey) => {
    expect((await setUp().ask('connectionState', { headers: { apikey } })).status).toBe(200)
  })

  it.each(['connectionState', 'connect', 'fetchInstances'])(
    'a request without a key gets 401: %s',
    async (action) => {
      const answer = await setUp().ask(action, { headers: {} })
      expect([answer.status, await answer.json()]).toEqual([
        401,
        problem(401, 'Unauthorized', 'Unauthorized'),
      ])
    },
  )

  it('an unknown instance gets 404, before the key is checked', async () => {
    const answer = await setUp().mockServer.fetch(`${BASE}/instance/connectionState/nope`)
    const body = problem(404, 'Not Found', ['The "nope" instance does not exist'])
    expect([answer.status, await answer.json()]).toEqual([404, body])
  })

  it.each(['POST connect', 'GET logout', 'GET settings'])('%s gets 404', async (question) => {
    expect((await setUp().ask(question)).status).toBe(404)
  })

  it('every request gets 503 with LICENSE_REQUIRED if 2.4.0 is not activated', async () => {
    for (const action of ['connectionState', 'fetchInstances', 'DELETE logout', 'GET settings']) {
      const answer = await setUp({ isActivated: false }).ask(action, { headers: {} })
      expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'LICENSE_REQUIRED' }])
    }
  })
})
