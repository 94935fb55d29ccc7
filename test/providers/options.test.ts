import { describe, expect, it } from 'vitest'
import { evolutionApi } from '../../src/providers/evolution-api.js'
import { greenApi } from '../../src/providers/green-api.js'
import { ownServer } from '../../src/providers/own-server.js'
import { waha } from '../../src/providers/waha.js'
import { zApi } from '../../src/providers/z-api.js'
import { everythingIn, json, stubFetch, thrownBy } from './fetch-stub.js'
import { eachHttpAdapter } from './http-adapters.js'

const secret = 'd75b3a66374942c5b3c019c698abc206'
const url = 'https://engine.example/main'
const code = 'invalid-options'

describe('the URL of ownServer()', () => {
  // URLs to which no request can be sent. `fetch` would report them as network errors.
  it.each([
    '',
    '/pairing',
    'engine.example/pairing',
    'ftp://engine.example',
    `http://user:${secret}@engine.example/`,
    'http://engine:99999/main',
    'http://engine:65536',
    'http://engine:0/main',
    'http://engine:-1/main',
    'http://engine:port/main',
    'http://engine:/main:x@y',
    'http://[::1/main',
    'http://999.1.1.1/main',
    'http://:3000/main',
  ])('cannot be %j', (address) => {
    const error = thrownBy(() => ownServer({ url: address }))
    expect(error.code).toBe(code)
    expect(everythingIn(error)).not.toContain(secret)
  })

  it.each(['http://engine:3000/main', 'http://[::1]:65535/main', 'https://engine/main?key=1'])(
    'can be %s',
    (address) => {
      expect(ownServer({ url: address }).id).toBe('own-server')
    },
  )
})

describe('the base URL of an adapter', () => {
  it.each(['http://evolution:0', 'http://evolution:65536', 'http://256.256.256.256'])(
    'cannot be %s',
    (baseUrl) => {
      const options = { baseUrl, apiKey: secret }
      expect(thrownBy(() => evolutionApi({ ...options, instanceName: 'shop' })).code).toBe(code)
      expect(thrownBy(() => waha({ ...options, session: 'default' })).code).toBe(code)
      expect(
        thrownBy(() => greenApi({ idInstance: 1, apiTokenInstance: secret, apiUrl: baseUrl })).code,
      ).toBe(code)
    },
  )
})

describe('the timing of ownServer()', () => {
  it.each<unknown>([Number.NaN, -1, 0, 99, '5000', null, {}, Number.POSITIVE_INFINITY, 86_400_001])(
    'refuses %j, so that requests keep an interval',
    (value) => {
      const timing: Record<string, never> = JSON.parse('{}')
      Reflect.set(timing, 'qrIntervalMs', value)
      expect(thrownBy(() => ownServer({ url, timing })).code).toBe(code)
    },
  )

  it('accepts durations from 100 ms to a day, and uses the default for undefined', () => {
    const given = { qrIntervalMs: 100 }
    Reflect.set(given, 'statusIntervalMs', undefined)
    const { timing } = ownServer({ url, timing: given })
    expect(timing).toMatchObject({ qrIntervalMs: 100, statusIntervalMs: 2_000 })
  })
})

describe.each(eachHttpAdapter)('%s', (name, { make, id, sessionId }) => {
  it('has the name and the session that pages and logs show', () => {
    expect(make(fetch)).toMatchObject({ id, sessionId })
  })

  it(`offers a reset${name === 'wasend' ? ', but no pairing code and no unlink' : ', pairing codes and unlink'}`, () => {
    const { requestPairingCode, reset, unlink } = make(fetch)
    const has = name !== 'wasend'
    expect([requestPairingCode !== undefined, reset !== undefined, unlink !== undefined]).toEqual([
      has,
      true,
      has,
    ])
  })
})

describe('a missing option', () => {
  // The possible values of an unset variable, depending on how it is read.
  it.each<unknown>([undefined, null, '', ' ', 'undefined', 'null', 'NaN', Number.NaN, -0.5, {}])(
    'is refused: %s',
    (value) => {
      const idInstance = value as string
      expect(thrownBy(() => greenApi({ idInstance, apiTokenInstance: secret })).code).toBe(code)
      expect(thrownBy(() => zApi({ instanceId: 'A', token: idInstance })).code).toBe(code)
    },
  )
})

describe('a name that ends with a space', () => {
  const connecting = (name: string) => json({ instance: { instanceName: name, state: 'open' } })

  it('is sent and recognised unchanged by Evolution API', async () => {
    const stub = stubFetch(connecting('shop '))
    const provider = evolutionApi({ baseUrl: url, apiKey: secret, instanceName: 'shop ', fetch: stub.fetch })
    await provider.getStatus({})
    expect(stub.requests[0]?.url).toMatch(/connectionState\/shop%20$/)
    const event = (instance: string) => ({ event: 'connection.update', instance, data: { state: 'close' } })
    expect(provider.readWebhook?.(event('shop '))).toBeDefined()
    expect(provider.readWebhook?.(event('shop'))).toBeUndefined()
  })

  it('is sent and recognised unchanged by WAHA', async () => {
    const stub = stubFetch(json({ name: ' main ', status: 'SCAN_QR_CODE' }))
    const provider = waha({ baseUrl: url, apiKey: secret, session: ' main ', fetch: stub.fetch })
    await provider.getStatus({})
    expect(stub.requests[0]?.url).toMatch(/sessions\/%20main%20$/)
    const event = (session: string) => ({ event: 'session.status', session, payload: { status: 'WORKING' } })
    expect(provider.readWebhook?.(event(' main '))).toBeDefined()
    expect(provider.readWebhook?.(event('main'))).toBeUndefined()
  })

  it.each(['shop\n', 'shop\r\n'])(
    'loses the line break of the file it was read from: %j',
    async (instanceName) => {
      const stub = stubFetch(connecting('shop'))
      await evolutionApi({ baseUrl: url, apiKey: secret, instanceName, fetch: stub.fetch }).getStatus({})
      expect(stub.requests[0]?.url).toMatch(/connectionState\/shop$/)
    },
  )
})
