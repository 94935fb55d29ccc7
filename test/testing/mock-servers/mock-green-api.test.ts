import { describe, expect, it, vi } from 'vitest'
import type { Emulator, MockGreenApiOptions, MockServer } from '../../../src/testing.js'
import { mockGreenApi } from '../../../src/testing.js'
import { emulateTime, until } from '../../time.js'
import { fromBase64, readPng } from '../read-png.js'
import { link, seededEmulator, shownText } from '../seeded-emulator.js'

const token = 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345'

interface SetUp {
  readonly emulator: Emulator
  readonly mockServer: MockServer
  ask(method: string, init?: RequestInit): Promise<Response>
  body(method: string, init?: RequestInit): Promise<unknown>
}

function setUp(options: Partial<MockGreenApiOptions> = {}): SetUp {
  const emulator = seededEmulator()
  const mockServer = mockGreenApi(emulator, {
    idInstance: '1101000001',
    apiTokenInstance: token,
    ...options,
  })
  const ask = (method: string, init?: RequestInit): Promise<Response> =>
    mockServer.fetch(`https://1101.api.greenapi.com/waInstance1101000001/${method}/${token}`, init)
  return { emulator, mockServer, ask, body: async (method, init) => (await ask(method, init)).json() }
}

const requestCode = (phoneNumber: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ phoneNumber }),
})

emulateTime()

describe('mockGreenApi(): qr', () => {
  it('qr returns bare base64 of a PNG and starts the codes', async () => {
    const { emulator, body } = setUp()
    expect(emulator.state.status).toBe('idle')
    const answer = await body('qr')
    expect(answer).toEqual({ type: 'qrCode', message: expect.stringMatching(/^iVBOR[\w+/]+=*$/) })
    const { message } = answer as { message: string }
    expect(readPng(fromBase64(message)).text).toBe(shownText(emulator))
  })

  it('qr repeats a valid code and starts another round after the last code', async () => {
    const { emulator, body } = setUp()
    const first = await body('qr')
    vi.advanceTimersByTime(59_000)
    expect(await body('qr')).toEqual(first)
    vi.advanceTimersByTime(1_000)
    expect(await body('qr')).not.toEqual(first)
    vi.advanceTimersByTime(100_000)
    expect(emulator.state.status).toBe('out-of-codes')
    expect(await body('qr')).toMatchObject({ type: 'qrCode' })
  })

  it('qr responds with alreadyLogged and status 200 during linking and when linked', async () => {
    const phone = setUp()
    const alreadyLogged = { type: 'alreadyLogged', message: 'instance account already authorized' }
    await phone.ask('qr')
    phone.emulator.scan()
    expect(await phone.body('qr')).toEqual(alreadyLogged)
    vi.advanceTimersByTime(2_000)
    const answer = await phone.ask('qr')
    expect([answer.status, await answer.json()]).toEqual([200, alreadyLogged])
  })

  it('qr responds with an error and status 200 for a stale session until logout', async () => {
    const { emulator, ask, body } = setUp()
    emulator.leaveStaleAuth()
    const answer = await ask('qr')
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({
      type: 'error',
      message: 'Instance has auth. You need to make log out',
    })
    await ask('reboot')
    expect(await body('qr')).toMatchObject({ type: 'error' })
    await ask('logout')
    expect(await body('qr')).toMatchObject({ type: 'qrCode' })
  })

  it('qr responds with passkeyRequired', async () => {
    const phone = setUp()
    phone.emulator.demandPasskey()
    link(phone.emulator)
    expect(await phone.body('qr')).toMatchObject({ type: 'passkeyRequired' })
    expect(await phone.body('getStateInstance')).toEqual({ stateInstance: 'notAuthorized' })
  })
})

describe('mockGreenApi(): getAuthorizationCode', () => {
  it('getAuthorizationCode returns a code without a dash for an integer', async () => {
    const { emulator, body } = setUp()
    const answer = await body('getAuthorizationCode', requestCode(5511912345678))
    expect(answer).toEqual({ status: true, code: expect.stringMatching(/^[1-9A-Z]{8}$/) })
    expect(emulator.typeCode((answer as { code: string }).code)).toEqual({ ok: true })
  })

  it.each(['5511912345678', 55.5, null, undefined, 123])(
    'getAuthorizationCode refuses %j as a number with 400',
    async (phoneNumber) => {
      const answer = await setUp().ask('getAuthorizationCode', requestCode(phoneNumber))
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({
        message: expect.stringMatching(/^Validation failed\. Details: /),
      })
    },
  )

  it('getAuthorizationCode refuses a body that is not JSON with 400', async () => {
    const answer = await setUp().ask('getAuthorizationCode', {
      method: 'POST',
      body: 'phoneNumber=5',
    })
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { statusCode: 400, message: 'bad request data' },
    ])
  })

  it('getAuthorizationCode responds with false and status 200 if no code is issued', async () => {
    const phone = setUp()
    link(phone.emulator)
    const answer = await phone.ask('getAuthorizationCode', requestCode(5511912345678))
    expect([answer.status, await answer.json()]).toEqual([200, { status: false }])
  })

  it('getAuthorizationCode responds with "starting" while the instance starts', async () => {
    const { emulator, ask } = setUp()
    emulator.start()
    emulator.scan()
    const answer = await ask('getAuthorizationCode', requestCode(5511912345678))
    const message = 'instance in starting process try later'
    expect([answer.status, await answer.json()]).toEqual([400, { statusCode: 400, message }])
  })

  it('getAuthorizationCode accepts only POST', async () => {
    expect((await setUp().ask('getAuthorizationCode')).status).toBe(404)
  })
})

describe('mockGreenApi(): getStateInstance', () => {
  it('getStateInstance changes from notAuthorized to starting to authorized, and starts no codes', async () => {
    const { emulator, body } = setUp()
    expect(await body('getStateInstance')).toEqual({ stateInstance: 'notAuthorized' })
    expect(emulator.state.status).toBe('idle')
    emulator.start()
    expect(await body('getStateInstance')).toEqual({ stateInstance: 'notAuthorized' })
    emulator.scan()
    expect(await body('getStateInstance')).toEqual({ stateInstance: 'starting' })
    vi.advanceTimersByTime(2_000)
    expect(await body('getStateInstance')).toEqual({ stateInstance: 'authorized' })
    emulator.disconnect()
    expect(await body('getStateInstance')).toEqual({ stateInstance: 'notAuthorized' })
  })

  it('getStateInstance is null while the instance is being created', async () => {
    const { ask } = setUp({ creatingMs: 300_000 })
    const answer = await ask('getStateInstance')
    expect([answer.status, await answer.text()]).toEqual([200, 'null'])
    expect((await ask('qr')).status).toBe(400)
    vi.advanceTimersByTime(300_000)
    expect(await (await ask('getStateInstance')).json()).toEqual({
      stateInstance: 'notAuthorized',
    })
    expect((await ask('qr')).status).toBe(200)
  })
})

describe('mockGreenApi(): getWaSettings', () => {
  it('getWaSettings returns empty texts until a phone is linked', async () => {
    expect(await setUp().body('getWaSettings')).toEqual({
      avatar: '',
      phone: '',
      stateInstance: 'notAuthorized',
      deviceId: '',
      chatId: '',
      logoutProcess: false,
    })
  })

  it('getWaSettings returns the number and the device, but no name', async () => {
    const phone = setUp()
    link(phone.emulator)
    expect(await phone.body('getWaSettings')).toEqual({
      avatar: '',
      phone: '5511987654321',
      stateInstance: 'authorized',
      deviceId: '5511987654321:8@s.whatsapp.net',
      chatId: expect.stringMatching(/^\d+@lid$/),
      logoutProcess: false,
    })
  })
})

describe('mockGreenApi(): logout and reboot', () => {
  it('logout and reboot are GET requests that change the state', async () => {
    const phone = setUp()
    link(phone.emulator)
    expect(await phone.body('reboot')).toEqual({ isReboot: true })
    expect(phone.emulator.state.status).toBe('linking')
    expect(await phone.body('logout')).toEqual({ isLogout: true })
    expect(phone.emulator.state.status).toBe('idle')
  })

  it('logout takes logoutMs', async () => {
    const { ask, body } = setUp({ logoutMs: 4_000 })
    await ask('logout')
    expect(await body('getWaSettings')).toMatchObject({
      stateInstance: 'starting',
      logoutProcess: true,
    })
    expect((await ask('qr')).status).toBe(400)
    vi.advanceTimersByTime(4_000)
    expect(await body('getWaSettings')).toMatchObject({
      stateInstance: 'notAuthorized',
      logoutProcess: false,
    })
    expect((await ask('qr')).status).toBe(200)
  })
})

describe('mockGreenApi(): errors', () => {
  const wrong = (path: string): Promise<Response> =>
    setUp().mockServer.fetch(`https://api.green-api.com/${path}`)

  it('a wrong token gets 401 with an empty body, which a browser may read', async () => {
    const answer = await wrong('waInstance1101000001/qr/other')
    expect([answer.status, await answer.text()]).toEqual([401, ''])
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  })

  it('a wrong instance gets 403 with a web page, which a browser may not read', async () => {
    const answer = await wrong(`waInstance999/qr/${token}`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([403, 'text/html'])
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('an unknown method gets 404', async () => {
    expect((await setUp().ask('scanqr')).status).toBe(404)
  })

  it('errors are plain text with errorBody: text', async () => {
    const answer = await setUp({ creatingMs: 1, errorBody: 'text' }).ask('qr')
    expect([answer.status, await answer.text()]).toEqual([400, 'instance in starting process try later'])
  })

  it('the instance is starting for the configured reboot time, linked or not', async () => {
    const phone = setUp({ rebootMs: 120_000 })
    link(phone.emulator)
    await phone.body('reboot')
    vi.advanceTimersByTime(119_999)
    expect(await phone.body('getStateInstance')).toEqual({ stateInstance: 'starting' })
    expect(await phone.body('qr')).toMatchObject({ message: 'instance in starting process try later' })
    vi.advanceTimersByTime(1)
    expect(await phone.body('getStateInstance')).toEqual({ stateInstance: 'authorized' })
  })

  it('the instance stays in starting after the configured number of pairing codes, until a reboot', async () => {
    const { body } = setUp({ codesUntilStuck: 2 })
    await body('getAuthorizationCode', requestCode(5511987654321))
    await body('getAuthorizationCode', requestCode(5511987654321))
    vi.advanceTimersByTime(600_000)
    expect(await body('getStateInstance')).toEqual({ stateInstance: 'starting' })
    expect(await body('getAuthorizationCode', requestCode(5511987654321))).toMatchObject({
      statusCode: 400,
    })
    await body('reboot')
    expect(await body('getStateInstance')).toEqual({ stateInstance: 'notAuthorized' })
  })

  it("the mock server supports what the vendor's SDKs call: settings, device, and notifications after a delay of 5 s", async () => {
    const phone = setUp()
    link(phone.emulator)
    expect(await phone.body('getSettings')).toMatchObject({ wid: '5511987654321@c.us' })
    expect(await phone.body('getDeviceInfo')).toMatchObject({ platform: 'android' })
    const { value, ms } = await until(phone.body('receiveNotification'))
    expect([value, ms]).toEqual([null, 5_000])
  })

  it('requests are limited per method and second, if configured', async () => {
    const { ask } = setUp({ enforceRateLimits: true })
    const statuses = async (method: string, count: number): Promise<number[]> => {
      const answers: number[] = []
      for (let index = 0; index < count; index += 1) answers.push((await ask(method)).status)
      return answers
    }
    expect(await statuses('qr', 4)).toEqual([200, 200, 200, 429])
    expect(await statuses('getStateInstance', 2)).toEqual([200, 429])
    vi.advanceTimersByTime(1_000)
    expect(await statuses('getStateInstance', 1)).toEqual([200])
  })
})

describe('mockGreenApi(): CORS', () => {
  it('a preflight request gets 204, also during a fault', async () => {
    const { emulator, ask } = setUp()
    emulator.fail('network', { times: 1 })
    const answer = await ask('getAuthorizationCode', { method: 'OPTIONS' })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-headers')).toBe('Content-Type, Accept')
    await expect(ask('getStateInstance')).rejects.toThrow(TypeError)
  })

  it('any origin may send requests', async () => {
    expect((await setUp().ask('qr')).headers.get('access-control-allow-origin')).toBe('*')
  })
})
