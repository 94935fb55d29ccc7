import { describe, expect, it } from 'vitest'
import type { EvolutionApiWireOptions, Wire } from '../../../src/testing.js'
import { evolutionApiWire } from '../../../src/testing.js'
import type { Emulated } from '../clock.js'
import { emulated, link, shownText } from '../clock.js'
import { fromBase64, readPng } from '../read-png.js'

const BASE = 'https://evolution.example.com'
const CODE_MS = 45_000

interface SetUp extends Emulated {
  readonly wire: Wire
  /** `GET /instance/<action>/shop`, with another method and a query where given. */
  ask(question: string, init?: RequestInit): Promise<Response>
  body(question: string): Promise<unknown>
  state(): Promise<unknown>
}

function setUp(options: Partial<EvolutionApiWireOptions> = {}): SetUp {
  const phone = emulated({ firstCodeMs: CODE_MS, codeMs: CODE_MS })
  const wire = evolutionApiWire(phone.emulator, {
    apiKey: 'K1',
    instanceName: 'shop',
    token: 'T1',
    ...options,
  })
  const ask = (question: string, init: RequestInit = {}): Promise<Response> => {
    const [, method = 'GET', action = '', query = ''] = /^(?:([A-Z]+) )?(\w+)(.*)$/.exec(question) ?? []
    const path = action === 'fetchInstances' ? action : `${action}/shop`
    return wire.fetch(`${BASE}/instance/${path}${query}`, { headers: { apikey: 'K1' }, ...init, method })
  }
  const body = async (question: string): Promise<unknown> => (await ask(question)).json()
  return {
    ...phone,
    wire,
    ask,
    body,
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

describe('the instance', () => {
  it('is closed until somebody connects it', async () => {
    const { emulator, body, state } = setUp()
    expect(await body('connectionState')).toEqual({ instance: { instanceName: 'shop', state: 'close' } })
    await body('connect')
    expect(await state()).toBe('connecting')
    expect(emulator.state.status).toBe('pairing')
  })

  it('goes by connecting to open, and nothing tells of the scan', async () => {
    const { clock, emulator, body, state } = setUp()
    await body('connect')
    emulator.scan()
    expect(await state()).toBe('connecting')
    clock.pass(2_000)
    expect(await state()).toBe('open')
    expect(await body('connect')).toEqual({ instance: { instanceName: 'shop', state: 'open' } })
  })

  it('is closed when the phone has removed the device', async () => {
    const phone = setUp()
    await phone.body('connect')
    link(phone)
    phone.emulator.disconnect()
    expect(await phone.state()).toBe('close')
  })

  it('goes on with codes by itself when WhatsApp has no more of them', async () => {
    const { clock, emulator, body, state } = setUp()
    await body('connect')
    clock.pass(6 * CODE_MS)
    expect(await state()).toBe('connecting')
    expect(emulator.state.status).toBe('pairing')
  })

  it('is closed at the limit of codes, and begins to count anew', async () => {
    const { clock, body, state } = setUp({ qrLimit: 2 })
    const first = (await body('connect')) as Codes
    clock.pass(CODE_MS)
    expect(await body('connect')).toMatchObject({ count: 2 })
    clock.pass(CODE_MS)
    expect(await state()).toBe('close')
    const again = (await body('connect')) as Codes
    expect(again.count).toBe(1)
    expect(again.code).not.toBe(first.code)
  })

  it('cannot be connected with leftovers, which the attempt clears', async () => {
    const { emulator, body, state } = setUp()
    emulator.leaveStaleAuth()
    expect(await body('connect')).toEqual({ count: 0 })
    expect(await state()).toBe('close')
    expect(await body('connect')).toMatchObject({ count: 1 })
  })

  it('hangs where WhatsApp wants a passkey', async () => {
    const { emulator, body, state } = setUp()
    await body('connect')
    emulator.demandPasskey()
    emulator.scan()
    expect(await state()).toBe('connecting')
  })
})

describe('codes', () => {
  it('are text and picture of the code that links', async () => {
    const { emulator, body } = setUp()
    const answer = (await body('connect')) as Codes
    expect(answer).toEqual({
      pairingCode: null,
      code: shownText(emulator),
      base64: expect.stringMatching(/^data:image\/png;base64,iVBOR/),
      count: 1,
    })
    expect(readPng(fromBase64(answer.base64.split(',')[1] ?? '')).text).toBe(shownText(emulator))
  })

  it('are not there yet while a pairing begins', async () => {
    const { clock, body } = setUp({ startingMs: 3_000 })
    expect(await body('connect')).toEqual({ count: 0 })
    clock.pass(3_000)
    expect(await body('connect')).toMatchObject({ count: 1 })
  })

  it('go on being given after a logout, until there is a new one; the count goes on too', async () => {
    const { clock, ask, body } = setUp({ startingMs: 1_000 })
    await body('connect')
    clock.pass(1_000)
    const { code } = (await body('connect')) as Codes
    await ask('DELETE logout')
    expect(await body('connect')).toMatchObject({ code, count: 1 })
    clock.pass(1_000)
    const next = (await body('connect')) as Codes
    expect(next.count).toBe(2)
    expect(next.code).not.toBe(code)
  })

  it('come with a pairing code where the pairing began with a number, another one each time', async () => {
    const { clock, emulator, body } = setUp()
    const first = (await body('connect?number=5511912345678')) as Codes
    expect(first.pairingCode).toMatch(/^[1-9A-Z]{8}$/)
    expect(await body('connect?number=5511912345678')).toEqual(first)
    clock.pass(CODE_MS)
    const second = (await body('connect')) as Codes
    expect(second.pairingCode).toMatch(/^[1-9A-Z]{8}$/)
    expect(emulator.typeCode(first.pairingCode ?? '')).toEqual({ ok: false, reason: 'wrong-code' })
    expect(emulator.typeCode(second.pairingCode ?? '')).toEqual({ ok: true })
  })

  it('come without one where the number is given in the middle', async () => {
    const { body } = setUp()
    await body('connect')
    expect(await body('connect?number=5511912345678')).toMatchObject({ pairingCode: null })
  })
})

describe('logout and restart', () => {
  it('a logout ends a pairing or a link', async () => {
    const phone = setUp()
    await phone.body('connect')
    expect(await phone.body('DELETE logout')).toEqual({
      status: 'SUCCESS',
      error: false,
      response: { message: 'Instance logged out' },
    })
    expect(await phone.state()).toBe('close')
    link(phone)
    await phone.ask('DELETE logout')
    expect(phone.emulator.state.status).toBe('idle')
  })

  it('a logout of a closed instance is refused', async () => {
    const answer = await setUp().ask('DELETE logout')
    const body = problem(400, 'Bad Request', ['The "shop" instance is not connected'])
    expect([answer.status, await answer.json()]).toEqual([400, body])
  })

  it('a restart of a closed instance fails with HTTP 200', async () => {
    const answer = await setUp().ask('POST restart')
    expect([answer.status, await answer.json()]).toEqual([200, { error: true, message: '[object Object]' }])
  })

  it('a restart brings other codes, and leaves a link as it is', async () => {
    const phone = setUp()
    const { code } = (await phone.body('connect')) as Codes
    expect(await phone.body('POST restart')).toEqual({
      instance: { instanceName: 'shop', status: 'connecting' },
    })
    expect(await phone.body('connect')).not.toMatchObject({ code })
    link(phone)
    await phone.ask('POST restart')
    phone.clock.pass(2_000)
    expect(await phone.state()).toBe('open')
  })
})

describe('fetchInstances', () => {
  it('lists the instance with its token, and who is linked', async () => {
    const phone = setUp()
    const unlinked = {
      name: 'shop',
      connectionStatus: 'close',
      ownerJid: null,
      profileName: null,
      token: 'T1',
    }
    expect(await phone.body('fetchInstances?instanceName=shop')).toMatchObject([unlinked])
    link(phone)
    expect(await phone.body('fetchInstances')).toMatchObject([
      { connectionStatus: 'open', ownerJid: '5511987654321@s.whatsapp.net', profileName: 'Ana Souza' },
    ])
  })

  it('does not know another one', async () => {
    expect((await setUp().ask('fetchInstances?instanceName=other')).status).toBe(404)
  })
})

describe('errors', () => {
  it.each(['K1', 'T1'])('the key may be the global one or the token: %s', async (apikey) => {
    expect((await setUp().ask('connectionState', { headers: { apikey } })).status).toBe(200)
  })

  it.each(['connectionState', 'connect', 'fetchInstances'])('401 without a key: %s', async (action) => {
    const answer = await setUp().ask(action, { headers: {} })
    expect([answer.status, await answer.json()]).toEqual([401, problem(401, 'Unauthorized', 'Unauthorized')])
  })

  it('404 for an unknown instance, before the key is looked at', async () => {
    const answer = await setUp().wire.fetch(`${BASE}/instance/connectionState/nope`)
    const body = problem(404, 'Not Found', ['The "nope" instance does not exist'])
    expect([answer.status, await answer.json()]).toEqual([404, body])
  })

  it.each(['POST connect', 'GET logout', 'GET settings'])('404 for %s', async (question) => {
    expect((await setUp().ask(question)).status).toBe(404)
  })

  it('the faults look like them', async () => {
    const { emulator, ask } = setUp()
    const statuses = []
    for (const fault of ['unauthorized', 'unknown-instance', 'server-error', 'rate-limited'] as const) {
      emulator.fail(fault)
      const answer = await ask('connectionState')
      expect(await answer.json()).toMatchObject({ status: answer.status, error: expect.any(String) })
      statuses.push(answer.status)
    }
    expect(statuses).toEqual([401, 404, 500, 429])
  })
})
