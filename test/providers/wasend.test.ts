import { describe, expect, it, vi } from 'vitest'
import { createWasendSession, type WasendOptions, wasend } from '../../src/providers/wasend.js'
import { mockWasend } from '../../src/testing.js'
import { describeAdapterRules } from './adapter-rules.js'
import {
  type Answer,
  bytes,
  empty,
  everythingIn,
  IMAGE,
  json,
  PNG,
  QR_TEXT,
  type Routes,
  rejection,
  stubFetch,
  stubRoutes,
  thrownBy,
  withFakeTimers,
} from './fetch-stub.js'

const apiKey = 'wsk_live_4f1d2c3b5a69788796a5b4c3d2e1f001'
const sessionId = 'u-7f3a91'

const info = (status: unknown, more: object = {}): Answer =>
  json({ uniqueSessionId: sessionId, sessionName: 'Shop', phoneNumber: '+1234567890', status, ...more })
const notFound = json({ statusCode: 404, message: 'Session not found', error: 'Not Found' }, 404)
const conflict = json({ statusCode: 409, message: 'Session is already connected', error: 'Conflict' }, 409)
const notReady = json(
  {
    error: 'Session status is not as expected. Try again later or restart the session',
    session: 'default',
    status: 'STARTING',
    expected: ['SCAN_QR_CODE'],
  },
  422,
)

function make(routes: Routes, options: Partial<WasendOptions> = {}) {
  const stub = stubRoutes({ GET: info('SCAN_QR_CODE'), ...routes })
  return { stub, provider: wasend({ apiKey, sessionId, fetch: stub.fetch, ...options }) }
}

describe('wasend', () => {
  it('encodes the session id in the URL', async () => {
    const stub = stubFetch(info('SCAN_QR_CODE'))
    await wasend({ apiKey, sessionId: 'shop/1 ?#é', fetch: stub.fetch }).getStatus({})
    expect(stub.requests[0]?.url).toBe('https://api.wasend.dev/sessions/shop%2F1%20%3F%23%C3%A9')
  })

  it('sends the key and exactly the Accept header that gets JSON', async () => {
    const { provider, stub } = make({
      GET: info('STOPPED'),
      'GET qr': json({ data: PNG }),
      'POST start': json({}, 201),
    })
    await provider.getQrCode({})
    await provider.reset?.({})
    expect(stub.requests).toHaveLength(3)
    for (const { headers } of stub.requests) {
      expect(Object.fromEntries(headers)).toEqual({
        accept: 'application/json',
        authorization: `Bearer ${apiKey}`,
      })
    }
  })
})

describe('wasend getStatus()', () => {
  it.each([
    ['STARTING', 'preparing'],
    ['SCAN_QR_CODE', 'unlinked'],
    ['scan_qr_code', 'unlinked'],
    ['STOPPED', 'stopped'],
    ['FAILED', 'stopped'],
    ['somethingNew', 'preparing'],
    ['', 'preparing'],
    [null, 'preparing'],
  ])('maps %s to %s', async (status, expected) => {
    const { provider } = make({ GET: info(status) })
    expect(await provider.getStatus({})).toEqual({ status: expected })
  })

  it.each(['PASSKEY_REQUIRED', 'PASSKEY_CONFIRMATION_REQUIRED'])(
    'requires a passkey at %s',
    async (status) => {
      const { provider } = make({ GET: info(status) })
      // No documentation shows whether WASend passes on WAHA's passkey requests, so the adapter only reports the passkey.
      expect(await provider.getStatus({})).toEqual({ status: 'passkey-required' })
      expect(Object.keys(provider).filter((name) => /passkey/i.test(name))).toEqual([])
    },
  )

  it.each<[string, unknown]>([
    [
      'outside of the session object',
      {
        session: { uniqueSessionId: sessionId, sessionName: 'Shop' },
        downstream: { name: 'x', status: 'STOPPED' },
      },
    ],
    ['inside the session object', { session: { uniqueSessionId: sessionId, status: 'STOPPED' } }],
    ['flat', { status: 'STOPPED' }],
    ['in several places, and uses the outer one', { status: 'STOPPED', downstream: { status: 'WORKING' } }],
  ])('reads the status %s', async (_title, body) => {
    const { provider } = make({ GET: json(body) })
    expect(await provider.getStatus({})).toEqual({ status: 'stopped' })
  })

  it.each<[string, object, object]>([
    [
      'the account that scanned',
      { me: { id: '79111111@c.us', pushName: 'WAHA' } },
      { phoneNumber: '79111111', name: 'WAHA', id: '79111111@c.us' },
    ],
    [
      'the account that scanned, in a device field',
      { me: { id: '79111111:3@s.whatsapp.net' } },
      { phoneNumber: '79111111', id: '79111111:3@s.whatsapp.net' },
    ],
    [
      'the account that scanned, one level down',
      { downstream: { me: { id: '79111111@c.us' } } },
      { phoneNumber: '79111111', id: '79111111@c.us' },
    ],
    [
      'no number for an id without one, and no name for a tilde',
      { me: { id: '123456789012345@lid', pushName: '~' } },
      { id: '123456789012345@lid' },
    ],
    ['the declared number if no other is known', {}, { phoneNumber: '1234567890' }],
    ['the declared number if no account is named', { me: null }, { phoneNumber: '1234567890' }],
    ['no number if there is none', { phoneNumber: '' }, {}],
  ])('is linked at WORKING and returns %s', async (_title, more, account) => {
    const { provider } = make({ GET: info('WORKING', more) })
    expect(await provider.getStatus({})).toEqual({ status: 'linked', account })
  })

  it('rejects with "invalid-answer" after null', async () => {
    const { provider } = make({ GET: json(null) })
    expect((await rejection(provider.getStatus({}))).code).toBe('invalid-answer')
  })
})

describe('wasend getQrCode()', () => {
  it.each<[string, Answer]>([
    ['the documented example', json({ data: PNG })],
    ['a data URI', json({ data: `data:image/png;base64,${PNG}` })],
    ['the documented table of fields', json({ qrCode: PNG })],
    ['the body of WAHA', json({ mimetype: 'image/png', data: PNG })],
    ['the body of WAHA in an envelope', json({ data: { mimetype: 'image/png', data: PNG } })],
    ['an envelope with the other field', json({ data: { qrCode: PNG } })],
    ['an image', bytes(PNG, 'image/png')],
    ['an image with another content type', bytes(PNG, 'image/jpeg')],
  ])('shows %s', async (_title, answer) => {
    const { provider } = make({ 'GET qr': answer })
    expect(await provider.getQrCode({})).toStrictEqual({ status: 'qr', qrCode: IMAGE })
  })

  it('shows text', async () => {
    const { provider } = make({ 'GET qr': json({ value: QR_TEXT }) })
    expect(await provider.getQrCode({})).toEqual({ status: 'qr', qrCode: { kind: 'text', value: QR_TEXT } })
  })

  it.each([
    ['is half a minute slow', -30_000],
    ['is half a minute fast', 30_000],
    ['is an hour slow', -3_600_000],
  ])('uses the clock of the provider if that of this machine %s', async (_title, offsetMs) => {
    await withFakeTimers(async () => {
      const theirs = Date.UTC(2030, 0, 1)
      vi.setSystemTime(theirs + offsetMs)
      const date = new Date(theirs).toUTCString()
      const { provider } = make({ 'GET qr': json({ data: PNG, expiresAt: theirs + 12_000 }, 200, { date }) })
      // The provider's time has a resolution of one second.
      expect(await provider.getQrCode({})).toMatchObject({ status: 'qr', expiresInMs: 11_000 })
    })
  })

  it.each<[string, unknown, number | undefined]>([
    ['ISO 8601', new Date(Date.UTC(2030, 0, 1, 0, 0, 12)).toISOString(), 12_000],
    ['seconds', Date.UTC(2030, 0, 1, 0, 0, 12) / 1_000, 12_000],
    ['milliseconds', Date.UTC(2030, 0, 1, 0, 0, 12), 12_000],
    ['milliseconds as text', String(Date.UTC(2030, 0, 1, 0, 0, 12)), 12_000],
    ['the longest time', Date.UTC(2030, 0, 1, 0, 1), 60_000],
    ['a time in the past', Date.UTC(2029, 0, 1), undefined],
    ['a time longer than any code is valid', Date.UTC(2030, 0, 2), undefined],
    ['nonsense', 'soon', undefined],
    ['null', null, undefined],
  ])('reads the remaining time of the code from %s', async (_title, expiresAt, expiresInMs) => {
    await withFakeTimers(async () => {
      vi.setSystemTime(Date.UTC(2030, 0, 1))
      const { provider } = make({
        'GET qr': [json({ data: PNG, expiresAt }), json({ data: { data: PNG, expiresAt } })],
      })
      const expected = { status: 'qr', qrCode: IMAGE, ...(expiresInMs !== undefined && { expiresInMs }) }
      expect(await provider.getQrCode({})).toStrictEqual(expected)
      expect(await provider.getQrCode({})).toStrictEqual(expected)
    })
  })

  it('tries the SDK’s path if the documented path does not exist, and remembers it', async () => {
    const { provider, stub } = make({ 'GET qr': notFound, 'GET auth/qr': json({ data: PNG }) })
    expect((await provider.getQrCode({})).status).toBe('qr')
    expect((await provider.getQrCode({})).status).toBe('qr')
    expect(stub.asked).toEqual(['GET', 'GET qr', 'GET auth/qr', 'GET', 'GET auth/qr'])
  })

  it('remembers the documented path too, even if it had no code', async () => {
    const { provider, stub } = make({ 'GET qr': [notReady, notFound], GET: info('STARTING') })
    expect(await provider.getQrCode({})).toEqual({ status: 'preparing' })
    expect((await rejection(provider.getQrCode({}))).code).toBe('session-not-found')
    expect(stub.asked).toEqual(['GET', 'GET qr', 'GET', 'GET', 'GET qr'])
  })

  it('reports an unknown session if neither path has it, and tries both again', async () => {
    const { provider, stub } = make({ 'GET qr': [notFound, json({ data: PNG })], 'GET auth/qr': notFound })
    expect((await rejection(provider.getQrCode({}))).code).toBe('session-not-found')
    expect((await provider.getQrCode({})).status).toBe('qr')
    expect(stub.asked).toEqual(['GET', 'GET qr', 'GET auth/qr', 'GET', 'GET qr'])
  })

  it.each(['qr', 'auth/qr'] as const)(
    'sends requests only to %s if the option selects it',
    async (qrPath) => {
      const { provider, stub } = make({ [`GET ${qrPath}`]: notFound }, { qrPath })
      expect((await rejection(provider.getQrCode({}))).code).toBe('session-not-found')
      expect(stub.asked).toEqual(['GET', `GET ${qrPath}`])
    },
  )

  it.each<[string, unknown, string]>([
    ['connected', 'WORKING', 'linked'],
    ['with an unknown text', 'somethingNew', 'linked'],
    ['starting again', 'STARTING', 'preparing'],
    ['waiting for a scan again', 'SCAN_QR_CODE', 'unlinked'],
  ])('reads the session after a conflict: %s', async (_title, status, expected) => {
    const { provider, stub } = make({ 'GET qr': conflict, GET: [info('SCAN_QR_CODE'), info(status)] })
    expect((await provider.getQrCode({})).status).toBe(expected)
    expect(stub.asked).toEqual(['GET', 'GET qr', 'GET'])
  })

  it.each([
    ['STARTING', 'preparing'],
    ['SCAN_QR_CODE', 'unlinked'],
    ['FAILED', 'stopped'],
    ['STOPPED', 'stopped'],
    ['WORKING', 'linked'],
    ['PASSKEY_REQUIRED', 'passkey-required'],
    ['somethingNew', 'preparing'],
  ])('reads the session again if the code is not available: %s', async (status, expected) => {
    const { provider } = make({ 'GET qr': notReady, GET: [info('SCAN_QR_CODE'), info(status)] })
    expect((await provider.getQrCode({})).status).toBe(expected)
  })

  it.each([
    ['FAILED', 'stopped'],
    ['STOPPED', 'stopped'],
    ['WORKING', 'linked'],
    ['PASSKEY_REQUIRED', 'passkey-required'],
  ])(
    'sends no request for the code in %s, because the server would delay it by 5 to 10 s',
    async (status, expected) => {
      const { provider, stub } = make({ GET: info(status) })
      expect((await provider.getQrCode({})).status).toBe(expected)
      expect(stub.asked).toEqual(['GET'])
    },
  )

  it('requests the code in STARTING, as documented, until it has seen SCAN_QR_CODE', async () => {
    const { provider, stub } = make({
      GET: [info('STARTING'), info('SCAN_QR_CODE'), info('STARTING')],
      'GET qr': json({ data: PNG }),
    })
    expect((await provider.getQrCode({})).status).toBe('qr')
    expect((await provider.getQrCode({})).status).toBe('qr')
    expect((await provider.getQrCode({})).status).toBe('preparing')
    expect(stub.asked).toEqual(['GET', 'GET qr', 'GET', 'GET qr', 'GET'])
  })

  it('returns "preparing" after a scan, when the code is missing', async () => {
    const { provider } = make({ 'GET qr': json({ data: '' }) })
    expect(await provider.getQrCode({})).toEqual({ status: 'preparing' })
  })

  it.each<[string, Answer, string]>([
    ['a text that is not a QR code', json({ data: 'not ready' }), 'invalid-answer'],
    ['a response without a code', json({}), 'invalid-answer'],
    ['null', json(null), 'invalid-answer'],
  ])('reports %s', async (_title, answer, code) => {
    const { provider } = make({ 'GET qr': answer })
    expect((await rejection(provider.getQrCode({}))).code).toBe(code)
  })
})

describe('wasend reset()', () => {
  it.each([
    ['STOPPED', 'POST start'],
    ['stopped', 'POST start'],
    ['FAILED', 'POST restart'],
    ['SCAN_QR_CODE', 'POST restart'],
    ['somethingNew', 'POST restart'],
  ])('sends at %s a %s', async (status, action) => {
    const { provider, stub } = make({ GET: info(status), [action]: json({}, 201) })
    await provider.reset?.({})
    expect(stub.asked).toEqual(['GET', action])
  })

  it('treats a session that was started in between as success', async () => {
    const { provider } = make({
      GET: info('STOPPED'),
      'POST start': json({ message: 'already started' }, 422),
    })
    await expect(provider.reset?.({})).resolves.toBeUndefined()
  })

  const done = json({}, 201)
  const changes = { 'POST start': done, 'POST stop': done, 'POST restart': done }
  const posts = ({ asked }: { readonly asked: readonly string[] }) =>
    asked.filter((name) => name.startsWith('POST'))

  it.each([
    ['FAILED', ['POST restart', 'POST stop', 'POST start']],
    ['STARTING', ['POST restart', 'POST stop', 'POST start']],
    ['STOPPED', ['POST start', 'POST restart']],
    ['somethingNew', ['POST restart', 'POST stop', 'POST start']],
  ])('sends a different call than the last one while the session stays %s', async (status, expected) => {
    const { stub } = make({ GET: info(status), ...changes })
    const memory = {}
    for (let press = 0; press < 2; press += 1) {
      // As if each request created an adapter.
      await wasend({ apiKey, sessionId, fetch: stub.fetch }).reset?.({ memory })
    }
    expect(posts(stub)).toEqual(expected)
  })

  it('reports after two resets without effect that only a new session helps, then starts the sequence again', async () => {
    const { provider, stub } = make({ GET: info('FAILED'), ...changes })
    await provider.reset?.({})
    await provider.reset?.({})
    const error = await rejection(Promise.resolve(provider.reset?.({})))
    expect([error.code, error.action]).toEqual(['not-supported', 'contact-host'])
    expect(error.message).toMatch(/Delete the session .* create it anew/)
    await provider.reset?.({})
    expect(posts(stub)).toEqual(['POST restart', 'POST stop', 'POST start', 'POST restart'])
  })

  it.each(['SCAN_QR_CODE', 'WORKING'])('does not count a restart that has led to %s', async (status) => {
    const { provider, stub } = make({ GET: [info('FAILED'), info(status), info('FAILED')], ...changes })
    await provider.reset?.({})
    await provider.getStatus({})
    await provider.reset?.({})
    expect(posts(stub)).toEqual(['POST restart', 'POST restart'])
  })
})

describe('createWasendSession()', () => {
  const options = { apiKey, sessionName: 'Shop 12', phoneNumber: '+1 (234) 567-890' }
  const create = (answer: Answer, more: object = {}) => {
    const stub = stubFetch(answer)
    return { stub, session: createWasendSession({ ...options, fetch: stub.fetch, ...more }) }
  }

  it('creates a session for a number, which is sent with its plus', async () => {
    const webhook = { enableWebhook: true, webhookUrl: 'https://shop.example/hook' }
    const { stub, session } = create(info('STARTING'), webhook)
    expect(await session).toEqual({ sessionId, sessionName: 'Shop 12', phoneNumber: '1234567890' })
    expect(stub.requests[0]).toMatchObject({
      method: 'POST',
      url: 'https://api.wasend.dev/sessions',
      body: { sessionName: 'Shop 12', phoneNumber: '+1234567890', ...webhook },
    })
    expect(stub.requests[0]?.body).not.toHaveProperty('enableMessageLogging')
  })

  it('finds the id one level down', async () => {
    const { session } = create(json({ session: { id: '665f', uniqueSessionId: sessionId } }, 201))
    expect((await session).sessionId).toBe(sessionId)
  })

  it('is followed by the provider: create, get the code, show it, watch', async () => {
    const stub = stubRoutes({
      'POST /sessions': info('STARTING'),
      'GET qr': json({ data: PNG }),
      GET: [info('SCAN_QR_CODE'), info('WORKING')],
    })
    const { sessionId: id } = await createWasendSession({ ...options, fetch: stub.fetch })
    const provider = wasend({ apiKey, sessionId: id, fetch: stub.fetch })
    expect((await provider.getQrCode({})).status).toBe('qr')
    expect((await provider.getStatus({})).status).toBe('linked')
  })

  it.each<[string, Answer, string]>([
    ['a refusal', json({ statusCode: 400, message: 'sessionName must be a string' }, 400), 'invalid-answer'],
    ['a wrong key', json({ message: 'Unauthorized' }, 401), 'unauthorized'],
    ['the 401 of a gateway', empty(401), 'provider-unavailable'],
    ['a response without an id', json({ success: true }), 'invalid-answer'],
  ])('reports %s', async (_title, answer, code) => {
    expect((await rejection(create(answer).session)).code).toBe(code)
  })

  it('rejects an invalid number without a request', async () => {
    const { stub, session } = create(info('STARTING'), { phoneNumber: '12' })
    expect((await rejection(session)).code).toBe('invalid-phone-number')
    expect(stub.requests).toEqual([])
  })

  it('throws in a browser', async () => {
    vi.stubGlobal('window', {})
    const error = await rejection(create(info('STARTING')).session)
    vi.unstubAllGlobals()
    expect(error.code).toBe('server-only')
    expect(everythingIn(error)).not.toContain(apiKey)
  })
})

describe('wasend options', () => {
  it.each(['.', '..', '...'])('refuse the session id %j, which a URL treats as a folder', (id) => {
    expect(thrownBy(() => wasend({ apiKey, sessionId: id })).code).toBe('invalid-options')
  })
})

describeAdapterRules({
  name: 'wasend',
  make: (options) => wasend({ apiKey, sessionId, ...options }),
  mockServer(emulator) {
    // A running session creates codes on its own; the session of this mock server would start with the first request.
    emulator.start()
    return mockWasend(emulator, { apiKey, sessionId })
  },
  webhooks: [
    {
      event: 'session.status',
      session: sessionId,
      me: { id: '79111111@c.us' },
      payload: { status: 'WORKING' },
    },
  ],
  invalid: {
    'a missing id': () => wasend({ apiKey, sessionId: '' }),
    'a missing key': () => wasend({ apiKey: ' ', sessionId }),
    'a key that no header can hold': () => wasend({ apiKey: `${apiKey} ${apiKey}`, sessionId }),
  },
  secrets: [apiKey],
  statusAnswer: { uniqueSessionId: sessionId, status: 'SCAN_QR_CODE' },
})
