import { describe, expect, it, vi } from 'vitest'
import type { Emulator, MockServer, MockZApiOptions } from '../../../src/testing.js'
import { mockZApi } from '../../../src/testing.js'
import { passkeyAnswer } from '../../passkey-answer.js'
import { emulateTime, START } from '../../time.js'
import { fromBase64, readPng } from '../read-png.js'
import { link, seededEmulator, shownText } from '../seeded-emulator.js'

const BASE = 'https://api.z-api.io/instances/3C01/token/A1B2'

interface SetUp {
  readonly emulator: Emulator
  readonly mockServer: MockServer
  ask(path: string, init?: RequestInit): Promise<Response>
  body(path: string, init?: RequestInit): Promise<unknown>
  value(path: string): Promise<string>
}

function setUp(options: Partial<MockZApiOptions> = {}): SetUp {
  const emulator = seededEmulator()
  const mockServer = mockZApi(emulator, { instanceId: '3C01', token: 'A1B2', ...options })
  const ask = (path: string, init?: RequestInit): Promise<Response> =>
    mockServer.fetch(`${BASE}${path}`, init)
  const body = async (path: string, init?: RequestInit): Promise<unknown> => (await ask(path, init)).json()
  return {
    emulator,
    mockServer,
    ask,
    body,
    value: async (path) => ((await body(path)) as { value: string }).value,
  }
}

const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }

emulateTime()

describe('mockZApi(): qr-code', () => {
  it.each(['/qr-code', '/qr-code/image'])(
    '%s returns a data URI in value, and starts the codes',
    async (path) => {
      const { emulator, body } = setUp()
      const answer = await body(path)
      expect(answer).toEqual({ value: expect.stringMatching(/^data:image\/png;base64,iVBOR[\w+/]+=*$/) })
      const [, base64 = ''] = (answer as { value: string }).value.split(',')
      expect(readPng(fromBase64(base64)).text).toBe(shownText(emulator))
    },
  )

  it('/qr-code returns the text, as the older documentation says, if configured', async () => {
    const { emulator, body } = setUp({ qrCode: 'text' })
    expect(await body('/qr-code')).toEqual({ value: expect.stringMatching(/^https:\/\/wa\.me\/.*#2@/) })
    expect(await body('/qr-code')).toEqual({ value: shownText(emulator) })
  })

  it('/qr-code/image returns bare base64, text or bytes, if configured', async () => {
    expect(await setUp({ qrCodeImage: 'base64' }).value('/qr-code/image')).toMatch(/^iVBOR/)

    const text = await setUp({ qrCodeImage: 'plain-text' }).ask('/qr-code/image')
    expect(text.headers.get('content-type')).toContain('text/plain')
    expect(await text.text()).toMatch(/^iVBOR/)

    const { emulator, ask } = setUp({ qrCodeImage: 'binary' })
    const bytes = await ask('/qr-code/image')
    expect(bytes.headers.get('content-type')).toBe('image/png')
    expect(readPng(new Uint8Array(await bytes.arrayBuffer())).text).toBe(shownText(emulator))
  })

  it('qr-code starts another round after the last code', async () => {
    const { emulator, ask } = setUp()
    await ask('/qr-code')
    vi.advanceTimersByTime(160_000)
    await ask('/qr-code')
    expect(emulator.state).toMatchObject({ status: 'pairing', qrNumber: 1 })
  })

  it('qr-code has no value and status 200 during linking and when linked', async () => {
    const { emulator, ask, body } = setUp()
    await ask('/qr-code')
    emulator.scan()
    expect(await body('/qr-code')).toEqual({ connected: false })
    vi.advanceTimersByTime(2_000)
    const answer = await ask('/qr-code/image')
    expect([answer.status, await answer.json()]).toEqual([200, { connected: true }])
  })

  it('qr-code and phone-code return a challenge instead of value if a passkey is required', async () => {
    const phone = setUp()
    phone.emulator.demandPasskey()
    link(phone.emulator)
    const challenge = expect.objectContaining({ rpId: 'whatsapp.com', timeout: 600_000 })
    expect(await phone.body('/qr-code/image')).toEqual({ challenge })
    expect(await phone.body('/phone-code/5511912345678')).toEqual({ challenge })
  })
})

describe('mockZApi(): phone-code', () => {
  it('phone-code returns the code in value', async () => {
    const { emulator, value } = setUp()
    const code = await value('/phone-code/5511912345678')
    expect(code).toMatch(/^[1-9A-Z]{8}$/)
    expect(emulator.typeCode(code)).toEqual({ ok: true })
  })

  it.each(['code', 'phoneCode'] as const)(
    'phone-code returns the code in %s with a dash, if configured',
    async (codeField) => {
      const { emulator, body } = setUp({ codeField, codeDash: true })
      const answer = (await body('/phone-code/5511912345678')) as Record<string, string>
      expect(answer).toEqual({ [codeField]: expect.stringMatching(/^[1-9A-Z]{4}-[1-9A-Z]{4}$/) })
      expect(emulator.typeCode(answer[codeField] ?? '')).toEqual({ ok: true })
    },
  )

  it('phone-code refuses an invalid number with 400', async () => {
    expect((await setUp().ask('/phone-code/+55(11)')).status).toBe(400)
  })

  it('phone-code returns no code when a phone is linked', async () => {
    const phone = setUp()
    link(phone.emulator)
    expect(await phone.body('/phone-code/5511912345678')).toEqual({ connected: true })
  })
})

describe('mockZApi(): status', () => {
  it('status has an error in every state, even when connected', async () => {
    const { emulator, body } = setUp()
    const notConnected = { connected: false, error: 'You are not connected', smartphoneConnected: false }
    expect(await body('/status')).toEqual(notConnected)
    emulator.start()
    emulator.scan()
    expect(await body('/status')).toEqual(notConnected)
    vi.advanceTimersByTime(2_000)
    expect(await body('/status')).toEqual({
      connected: true,
      error: 'You are already connected',
      smartphoneConnected: true,
    })
  })

  it('status reports that the session must be restored if data of an earlier link exists', async () => {
    const { emulator, body } = setUp()
    emulator.leaveStaleAuth()
    expect(await body('/status')).toEqual({
      connected: false,
      error: 'You need to restore the session',
      smartphoneConnected: true,
    })
    expect(await body('/qr-code')).toEqual({ error: 'You need to restore the session' })
    expect(await body('/restore-session')).toEqual({ value: true })
    vi.advanceTimersByTime(2_000)
    expect(await body('/status')).toMatchObject({ connected: true })
  })

  it('status ends its texts with a full stop, as in the older documentation, if configured', async () => {
    expect(await setUp({ statusDots: true }).body('/status')).toMatchObject({
      error: 'You are not connected.',
    })
  })
})

describe('mockZApi(): device', () => {
  it('device returns the linked account', async () => {
    const phone = setUp()
    link(phone.emulator)
    expect(await phone.body('/device')).toEqual({
      phone: '5511987654321',
      imgUrl: null,
      about: expect.any(String),
      name: 'Ana Souza',
      device: { sessionName: 'Z-API', device_model: 'Z-API' },
      originalDevice: 'iphone',
      sessionId: 175,
      isBusiness: false,
    })
  })

  it('device is not available before the link', async () => {
    const answer = await setUp().ask('/device')
    expect([answer.status, await answer.json()]).toEqual([400, { error: 'You are not connected' }])
  })
})

describe('mockZApi(): changes', () => {
  it('disconnect, restart and restore-session are GET requests that return true', async () => {
    const phone = setUp()
    link(phone.emulator)
    expect(await phone.body('/restore-session')).toEqual({ value: true })
    expect(phone.emulator.state.status).toBe('linked')
    expect(await phone.body('/restart')).toEqual({ value: true })
    expect(phone.emulator.state.status).toBe('linking')
    expect(await phone.body('/disconnect')).toEqual({ value: true })
    expect(phone.emulator.state.status).toBe('idle')
  })

  it('passkey-prologue accepts only one answer to its challenge', async () => {
    const phone = setUp()
    const send = (body: object) => phone.body('/passkey-prologue', { ...post, body: JSON.stringify(body) })
    expect(await send(passkeyAnswer('YQ'))).toMatchObject({ success: false, reason: expect.any(String) })
    phone.emulator.demandPasskey()
    link(phone.emulator)
    const { challenge } = (await phone.body('/qr-code')) as { challenge: { challenge: string } }
    for (const wrong of [{}, passkeyAnswer('YQ')])
      expect(await send(wrong)).toMatchObject({ success: false, reason: expect.any(String) })
    expect(await send(passkeyAnswer(challenge.challenge))).toEqual({ success: true })
    expect(await send(passkeyAnswer(challenge.challenge))).toMatchObject({ success: false })
    expect(await phone.body('/status')).toMatchObject({ connected: false })
    vi.advanceTimersByTime(3_000)
    expect(await phone.body('/status')).toMatchObject({ connected: true })
  })

  it('a passkey challenge can be reset while it exists', async () => {
    const phone = setUp()
    const none = await phone.ask('/reset-passkey-challenge', post)
    expect(none.status).toBe(400)
    expect(await none.json()).toMatchObject({ success: false })
    phone.emulator.demandPasskey()
    link(phone.emulator)
    expect(await phone.body('/reset-passkey-challenge', post)).toEqual({ success: true })
    expect(phone.emulator.state.status).toBe('idle')
  })

  it('extension-token returns a text that looks like a pairing code but is not one', async () => {
    const { emulator, body } = setUp()
    await body('/phone-code/5511912345678')
    expect(await body('/extension-token')).toEqual({ token: 'FA48-HS63', expiresAt: START + 300_000 })
    expect(emulator.typeCode('FA48-HS63')).toEqual({ ok: false, reason: 'wrong-code' })
  })
})

describe('mockZApi(): errors', () => {
  it('the client token is required only if it is activated', async () => {
    const { mockServer } = setUp({ clientToken: 'F1' })
    const ask = async (headers: Record<string, string>): Promise<unknown> => {
      const answer = await mockServer.fetch(`${BASE}/status`, { headers })
      return [answer.status, await answer.json()]
    }
    expect(await ask({})).toEqual([400, { error: 'null not allowed' }])
    expect(await ask({ 'Client-Token': 'F2' })).toEqual([
      400,
      { error: 'your client-token is not configured' },
    ])
    expect(await ask({ 'Client-Token': 'F1' })).toEqual([200, expect.objectContaining({ connected: false })])
    expect((await setUp().ask('/status')).status).toBe(200)
  })

  it.each(['3C01/token/other/status', 'other/token/A1B2/status', '3C01/token/A1B2/nothing'])(
    '%s gets NOT_FOUND',
    async (path) => {
      const answer = await setUp().mockServer.fetch(`https://api.z-api.io/instances/${path}`)
      expect([answer.status, await answer.json()]).toEqual([404, { error: 'NOT_FOUND' }])
    },
  )

  it('a wrong method gets 405 and has no effect', async () => {
    const phone = setUp()
    link(phone.emulator)
    expect((await phone.ask('/disconnect', post)).status).toBe(405)
    expect((await phone.ask('/phone-code/5511912345678', post)).status).toBe(405)
    expect(phone.emulator.state.status).toBe('linked')
  })

  it('a POST without a content type gets 415', async () => {
    expect((await setUp().ask('/passkey-prologue', { method: 'POST' })).status).toBe(415)
  })
})
