import { beforeEach, describe, expect, it, vi } from 'vitest'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type { PairingProvider, RequestOptions } from '../../src/core/provider.js'
import { waha } from '../../src/providers/waha.js'
import { mockWaha } from '../../src/testing.js'
import { emulateTime } from '../time.js'
import { describeAdapterRules } from './adapter-rules.js'
import {
  type Answer,
  bytes,
  everythingIn,
  IMAGE,
  json,
  late,
  PNG,
  page,
  QR_LINK,
  QR_TEXT,
  type Routes,
  rejection,
  stubFetch,
  stubRoutes,
} from './fetch-stub.js'

const baseUrl = 'https://waha.example.com'
const apiKey = '0a1b2c3d4e5f60718293a4b5c6d7e8f9'
const session = 'default'
const number = normalizePhoneNumber('5511987654321')

const ANA = { id: '5511987654321@c.us', pushName: 'Ana Souza' }
/** The account after a pairing code was sent for it. */
const SENT = { ...ANA, pushName: '~' }
const account = { phoneNumber: '5511987654321', name: 'Ana Souza', id: '5511987654321@c.us' }

const info = (status: unknown, me: object | null = null, code = 200): Answer =>
  json({ name: session, status, config: null, me, engine: { engine: 'NOWEB' } }, code)
const problem = (statusCode: number, message: string, error = 'Error'): Answer =>
  json({ statusCode, message, error }, statusCode)
const unknownSession = problem(404, 'Session not found')
const notStarted = problem(
  404,
  "We didn't find a session with name 'default'.\nPlease start it first by using POST /api/sessions/default/start request",
)
const notAsExpected = (status: string): Answer =>
  json(
    {
      error: 'Session status is not as expected. Try again later or restart the session',
      session,
      status,
      expected: ['SCAN_QR_CODE'],
    },
    422,
  )
const noNumberNow = (status: string): Answer =>
  problem(422, `Can request code only in SCAN_QR_CODE status. The current status is ${status}`)
const code = json({ code: 'D2MG-SJT1' }, 201)
const started = info('STARTING', null, 201)

function make(routes: Routes) {
  const stub = stubRoutes({ GET: info('SCAN_QR_CODE'), ...routes })
  return { stub, provider: waha({ baseUrl, apiKey, session, fetch: stub.fetch }) }
}

const requestCode = async ({ requestPairingCode }: PairingProvider) => requestPairingCode?.(number, {})

/** Resolves requests without delay and ends each pause immediately. */
async function hurried<Value>(call: Promise<Value>, withinMs = 60_000): Promise<Value> {
  call.catch(() => undefined)
  await vi.advanceTimersByTimeAsync(withinMs)
  return call
}

const reset = (provider: PairingProvider, options: RequestOptions = {}) =>
  hurried(Promise.resolve(provider.reset?.(options)))
const posts = ({ asked }: { readonly asked: readonly string[] }) =>
  asked.filter((name) => name.startsWith('POST'))

emulateTime()

describe('waha', () => {
  it('encodes the session name in URLs below /api', async () => {
    const stub = stubFetch(info('SCAN_QR_CODE'))
    const provider = waha({ baseUrl, apiKey, session: 'a/b ?#é', fetch: stub.fetch })
    await provider.getStatus({})
    await provider.getQrCode({})
    expect(stub.requests.slice(1, 3).map(({ url }) => url)).toEqual([
      `${baseUrl}/api/sessions/a%2Fb%20%3F%23%C3%A9`,
      `${baseUrl}/api/a%2Fb%20%3F%23%C3%A9/auth/qr?format=raw`,
    ])
  })

  it('sends the key, and exactly the Accept that gets JSON and no picture', async () => {
    const { provider, stub } = make({
      GET: [info('SCAN_QR_CODE'), info('STOPPED')],
      'GET auth/qr': json({ value: QR_LINK }),
      'POST start': started,
    })
    await provider.getQrCode({})
    await reset(provider)
    expect(stub.requests).toHaveLength(16)
    for (const { headers } of stub.requests) {
      expect(Object.fromEntries(headers)).toEqual({ accept: 'application/json', 'x-api-key': apiKey })
    }
  })
})

describe('waha getStatus()', () => {
  it.each([
    ['STOPPED', null, 'stopped'],
    ['STARTING', null, 'preparing'],
    ['SCAN_QR_CODE', null, 'unlinked'],
    ['FAILED', null, 'stopped'],
    ['SOMETHING_NEW', null, 'preparing'],
    // The name of an earlier link is no link.
    ['STOPPED', ANA, 'stopped'],
    ['STARTING', ANA, 'preparing'],
    ['SCAN_QR_CODE', ANA, 'unlinked'],
    // A code was not entered, so nothing is lost.
    ['FAILED', SENT, 'stopped'],
  ])('maps %s with the account %j to %s', async (status, me, expected) => {
    const { provider } = make({ GET: info(status, me) })
    expect(await provider.getStatus({})).toEqual({ status: expected })
  })

  it.each<[string, object | null, object]>([
    ['the account that scanned', ANA, account],
    [
      'a number in any spelling',
      { id: '+55 11 98765-4321@c.us' },
      { ...account, name: undefined, id: '+55 11 98765-4321@c.us' },
    ],
    ['no name if it is not known yet', SENT, { ...account, name: undefined }],
    ['no account', null, {}],
  ])('is linked at WORKING and returns %s', async (_title, me, expected) => {
    const { provider } = make({ GET: info('WORKING', me) })
    expect(await provider.getStatus({})).toEqual({ status: 'linked', account: expected })
  })

  it('is stale if a failed session has an account, because WhatsApp refuses its credentials', async () => {
    const { provider } = make({ GET: info('FAILED', ANA), 'GET auth/qr': notAsExpected('FAILED') })
    expect(await provider.getStatus({})).toEqual({ status: 'stale' })
    expect(await provider.getQrCode({})).toEqual({ status: 'stale' })
  })

  it.each([
    "WAHA Core support only 'default' session. You tried to access 'other' session (base64: b3RoZXI=). If you want to run more then one WhatsApp account - please get WAHA PLUS version.",
    "WAHA Core support only 'default' session. You tried to access 'Default' session (base64: RGVmYXVsdA==).",
    'WAHA Core supports only "default" session. You tried to access "shop 1" session.',
    'WAHA Core supports only default session.',
    "WAHA Core support only `main-1` session. You tried to access 'default' session.",
  ])('returns session-not-found immediately, for all calls, after: %s', async (message) => {
    const { provider, stub } = make({ GET: problem(422, message, 'Unprocessable Entity') })
    const calls = [
      provider.getStatus({}),
      provider.getQrCode({}),
      requestCode(provider),
      Promise.resolve(provider.reset?.({})),
    ]
    for (const call of calls) {
      const error = await rejection(call)
      expect([error.code, error.retryable]).toEqual(['session-not-found', false])
    }
    expect(stub.asked).toEqual(['GET', 'GET', 'GET', 'GET'])
  })
})

describe('waha getQrCode()', () => {
  it.each([QR_LINK, QR_TEXT])('requests the text: %s', async (value) => {
    const { provider, stub } = make({ 'GET auth/qr': json({ value }) })
    expect(await provider.getQrCode({})).toEqual({ status: 'qr', qrCode: { kind: 'text', value } })
    expect(stub.requests[1]?.url).toBe(`${baseUrl}/api/default/auth/qr?format=raw`)
  })

  it.each<[string, Answer]>([
    ['bare base64', json({ mimetype: 'image/png', data: PNG })],
    ['bytes', bytes(PNG, 'image/png')],
  ])('also shows a picture if a gateway drops the request for text: %s', async (_title, answer) => {
    const { provider } = make({ 'GET auth/qr': answer })
    expect(await provider.getQrCode({})).toEqual({ status: 'qr', qrCode: IMAGE })
  })

  it.each<[string, Answer]>([
    ['nothing', json({})],
    ['an empty text', json({ value: '' })],
  ])('waits after a scan, when the status stays and no code exists: %s', async (_title, answer) => {
    const { provider } = make({ 'GET auth/qr': answer })
    expect(await provider.getQrCode({})).toEqual({ status: 'preparing' })
  })

  const others = [
    ['STOPPED', 'stopped'],
    ['STARTING', 'preparing'],
    ['FAILED', 'stopped'],
    ['WORKING', 'linked'],
    ['PASSKEY_REQUIRED', 'passkey-required'],
  ] as const

  it.each(others)(
    'sends no request for the code in %s, because WAHA would delay it by 5 to 10 s',
    async (status, expected) => {
      const { provider, stub } = make({ GET: info(status) })
      expect((await provider.getQrCode({})).status).toBe(expected)
      expect(stub.asked).toEqual(['GET'])
    },
  )

  it.each([...others, ['SCAN_QR_CODE', 'unlinked']] as const)(
    'reads the session again if its status has changed in between: %s',
    async (status, expected) => {
      const { provider, stub } = make({
        'GET auth/qr': notAsExpected(status),
        GET: [info('SCAN_QR_CODE'), info(status)],
      })
      expect((await provider.getQrCode({})).status).toBe(expected)
      expect(stub.asked).toEqual(['GET', 'GET auth/qr', 'GET'])
    },
  )

  it.each([
    ['WORKING', 'linked'],
    ['STARTING', 'preparing'],
    ['FAILED', 'stopped'],
  ])(
    'waits 3 s for a QR code that WAHA delays because a scan has just led to %s',
    async (status, expected) => {
      const { provider } = make({
        GET: [info('SCAN_QR_CODE'), info(status)],
        'GET auth/qr': () => new Promise<Response>(() => {}),
      })
      const done = vi.fn()
      void provider.getQrCode({}).then((snapshot) => done(snapshot.status))
      await vi.advanceTimersByTimeAsync(2_999)
      expect(done).not.toHaveBeenCalled()
      await vi.advanceTimersByTimeAsync(1)
      expect(done.mock.calls).toEqual([[expected]])
    },
  )

  it('reports a timeout if the session still waits for a scan', async () => {
    const { provider } = make({ 'GET auth/qr': () => new Promise<Response>(() => {}) })
    expect((await rejection(hurried(provider.getQrCode({})))).code).toBe('timeout')
  })

  it('reads the session again if it is not found, because it may only be stopped', async () => {
    const { provider } = make({ 'GET auth/qr': notStarted, GET: [info('SCAN_QR_CODE'), info('STOPPED')] })
    expect(await provider.getQrCode({})).toEqual({ status: 'stopped' })
  })

  it('reports a text that is not a QR code', async () => {
    const { provider } = make({ 'GET auth/qr': json({ value: 'not ready' }) })
    expect((await rejection(provider.getQrCode({}))).code).toBe('invalid-answer')
  })
})

describe('waha requestPairingCode()', () => {
  const crash = json({ statusCode: 500, exception: { name: 'TypeError', message: "reading 'x'" } }, 500)
  const starting = [info('STARTING'), info('SCAN_QR_CODE')]

  it('sends the digits, and returns the code without its dash', async () => {
    const { provider, stub } = make({ GET: starting, 'POST auth/request-code': code })
    expect(await hurried(requestCode(provider))).toEqual({
      status: 'pairing-code',
      pairingCode: 'D2MGSJT1',
      // The connection may have started a second earlier.
      expiresInMs: 154_000,
    })
    expect(stub.requests[2]).toMatchObject({
      url: `${baseUrl}/api/default/auth/request-code`,
      body: { phoneNumber: '5511987654321' },
    })
  })

  it.each<[string, Answer, string]>([
    ['starts a stopped session', info('STOPPED'), 'POST start'],
    [
      'starts again if the session waits for a scan, because a code is valid as long as its connection',
      info('SCAN_QR_CODE'),
      'POST logout',
    ],
    ['starts again after a code that was not entered', info('SCAN_QR_CODE', SENT), 'POST logout'],
    ['starts again if the session failed', info('FAILED', ANA), 'POST logout'],
  ])('%s, and waits for SCAN_QR_CODE before it sends the number', async (_title, status, action) => {
    const { provider, stub } = make({
      GET: [status, ...starting],
      [action]: started,
      'POST auth/request-code': code,
    })
    expect(await hurried(requestCode(provider))).toMatchObject({ status: 'pairing-code' })
    expect(stub.asked).toEqual(['GET', action, 'GET', 'GET', 'POST auth/request-code'])
  })

  it.each<[string, number, object | null, readonly string[]]>([
    ['keeps a connection that is under a minute old', 59_000, null, []],
    ['logs out a connection that is a minute old, because it ends soon', 60_000, null, ['POST logout']],
    ['logs out the pairing of another number', 5_000, SENT, ['POST logout']],
    ['accepts an account that a scan has left', 5_000, ANA, []],
  ])('%s', async (_title, ageMs, me, expected) => {
    const { provider, stub } = make({
      GET: [info('STARTING'), info('SCAN_QR_CODE', me), info('SCAN_QR_CODE')],
      'POST logout': started,
      'POST auth/request-code': code,
    })
    await provider.getStatus({})
    await vi.advanceTimersByTimeAsync(ageMs)
    const snapshot = await hurried(requestCode(provider))
    expect(posts(stub)).toEqual([...expected, 'POST auth/request-code'])
    expect(snapshot).toMatchObject({ expiresInMs: expected.length > 0 ? 155_000 : 155_000 - ageMs })
  })

  // The connection starts when the server creates the previous response.
  it.each([
    ['the response to a request before the wait for a scan', 'GET'],
    ['the response to a start', 'POST start'],
  ])('does not extend the life of a pairing code if %s arrives late', async (_title, slow) => {
    const routes: Record<string, readonly Answer[]> = {
      GET: [info(slow === 'GET' ? 'STARTING' : 'STOPPED'), info('SCAN_QR_CODE'), info('SCAN_QR_CODE')],
      'POST start': [started],
      'POST auth/request-code': [code],
    }
    const [first, ...others] = routes[slow] ?? []
    const { provider } = make({ ...routes, [slow]: [late(first ?? started, 4_000), ...others] })
    const memory = {}
    if (slow === 'GET') await hurried(provider.getStatus({ memory }), 4_000)
    const snapshot = await hurried(Promise.resolve(provider.requestPairingCode?.(number, { memory })), 4_000)
    expect(snapshot?.status === 'pairing-code' && snapshot.expiresInMs).toBe(151_000)
  })

  it('treats the age of a connection as unknown if the clock was set back', async () => {
    const { provider, stub } = make({
      GET: [info('STARTING'), info('SCAN_QR_CODE'), ...starting],
      'POST logout': started,
      'POST auth/request-code': code,
    })
    const memory = {}
    await provider.getStatus({ memory })
    vi.setSystemTime(Date.now() - 3_600_000)
    await hurried(Promise.resolve(provider.requestPairingCode?.(number, { memory })))
    expect(posts(stub)).toEqual(['POST logout', 'POST auth/request-code'])
  })

  it('stores the time of day in its memory, so that another process can read it', async () => {
    const { provider } = make({ GET: info('STARTING') })
    const memory: Record<string, unknown> = {}
    await provider.getStatus({ memory })
    expect(Object.values(memory)).toContain(Date.now())
  })

  it('sends the number 250 ms after a logout, as soon as the session waits for a scan', async () => {
    const { provider, stub } = make({
      GET: [info('SCAN_QR_CODE'), ...starting],
      'POST logout': started,
      'POST auth/request-code': code,
    })
    void requestCode(provider)
    await vi.advanceTimersByTimeAsync(249)
    expect(stub.asked).toEqual(['GET', 'POST logout', 'GET'])
    await vi.advanceTimersByTimeAsync(1)
    expect(stub.asked.slice(3)).toEqual(['GET', 'POST auth/request-code'])
  })

  it('logs out a session that fails after its start, because it contains half of the last link', async () => {
    const { provider, stub } = make({
      GET: [info('STOPPED'), info('FAILED', SENT), ...starting],
      'POST start': started,
      'POST logout': started,
      'POST auth/request-code': code,
    })
    expect(await hurried(requestCode(provider))).toMatchObject({ status: 'pairing-code' })
    expect(stub.asked).toEqual([
      ...['GET', 'POST start', 'GET', 'POST logout', 'GET', 'GET', 'POST auth/request-code'],
    ])
  })

  it.each<[string, Answer]>([
    ['starts, and refuses numbers with 422', noNumberNow('STARTING')],
    ['cannot be found yet', notStarted],
    ['has no socket yet, and crashes with 500', crash],
  ])('retries every second while the session %s', async (_title, refusal) => {
    const { provider, stub } = make({ GET: starting, 'POST auth/request-code': [refusal, refusal, code] })
    const question = requestCode(provider)
    await vi.advanceTimersByTimeAsync(2_999)
    expect(stub.asked.filter((name) => name !== 'GET')).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(await question).toMatchObject({ pairingCode: 'D2MGSJT1' })
  })

  it.each([
    ['WORKING', 'linked'],
    ['PASSKEY_REQUIRED', 'passkey-required'],
  ])('reports the state that prevents a code, and changes nothing: %s', async (status, expected) => {
    const { provider, stub } = make({ GET: info(status, ANA) })
    expect((await requestCode(provider))?.status).toBe(expected)
    expect(stub.asked).toEqual(['GET'])
  })

  it('is linked if the phone links while it waits', async () => {
    const { provider } = make({ GET: [info('STARTING'), info('WORKING', ANA)] })
    expect(await hurried(requestCode(provider))).toEqual({ status: 'linked', account })
  })

  it('rejects after twenty attempts', async () => {
    const { provider, stub } = make({ GET: info('STARTING') })
    expect((await rejection(hurried(requestCode(provider)))).code).toBe('provider-unavailable')
    expect(stub.asked).toEqual(Array.from({ length: 20 }, () => 'GET'))
  })

  it('ends with its signal, even between two attempts', async () => {
    const { provider, stub } = make({ GET: info('STARTING') })
    const controller = new AbortController()
    const question = provider.requestPairingCode?.(number, { signal: controller.signal })
    const outcome = rejection(Promise.resolve(question))
    await vi.advanceTimersByTimeAsync(500)
    controller.abort()
    expect((await outcome).code).toBe('aborted')
    expect(stub.asked).toHaveLength(1)
  })

  it.each<[string, Answer, string]>([
    ['a refused number', problem(422, 'Invalid number'), 'code-refused'],
    ['a number in a wrong form', problem(400, 'phoneNumber must be a string'), 'code-refused'],
    ['an engine without codes', problem(501, 'The method is not implemented'), 'code-refused'],
    ['an engine that crashes each time', crash, 'code-refused'],
    ['a gateway in front of a server that is down', page(500), 'provider-unavailable'],
    ['the JSON of a gateway', json({ error: 'upstream connect error' }, 500), 'provider-unavailable'],
    ['a server that reports an overload', problem(503, 'Service Unavailable'), 'provider-unavailable'],
    ['an unknown session', unknownSession, 'session-not-found'],
    ['a response without a code', json({}, 201), 'invalid-answer'],
  ])('reports %s', async (_title, answer, expected) => {
    const { provider } = make({ GET: starting, 'POST auth/request-code': answer })
    expect((await rejection(hurried(requestCode(provider)))).code).toBe(expected)
  })
})

describe('waha requestPairingCode() of an engine without codes', () => {
  const refusals: readonly (readonly [string, Answer, number])[] = [
    [
      'HTTP 500 of a browser that does not find its page',
      json({ statusCode: 500, exception: { name: 'Error', message: 'Evaluation failed' } }, 500),
      4,
    ],
    [
      'HTTP 500 with a timeout of the engine',
      json({ statusCode: 500, exception: { name: 'TimeoutError', message: 'Waiting failed: 30000ms' } }, 500),
      4,
    ],
    ['HTTP 500 without an exception', problem(500, 'Internal server error'), 4],
    ['501', problem(501, 'The method is not implemented by the engine'), 1],
  ]

  it.each(refusals)(
    'reports code-refused for %s, and does not log the session out a second time',
    async (_title, refusal, tries) => {
      const { provider, stub } = make({
        GET: info('SCAN_QR_CODE'),
        'POST logout': started,
        'POST auth/request-code': refusal,
      })
      const first = await rejection(hurried(requestCode(provider)))
      expect([first.code, first.action]).toEqual(['code-refused', 'edit-number'])
      const count = (name: string): number => stub.asked.filter((asked) => asked === name).length
      expect([count('POST logout'), count('POST auth/request-code')]).toEqual([1, tries])
      stub.requests.length = 0
      expect((await rejection(hurried(requestCode(provider)))).code).toBe('code-refused')
      expect(stub.asked).toEqual(['GET', 'POST auth/request-code'])
    },
  )

  it('remembers the result for an adapter that is created for each request', async () => {
    const { stub } = make({
      GET: info('SCAN_QR_CODE'),
      'POST logout': started,
      'POST auth/request-code': problem(500, 'Internal server error'),
    })
    const memory = {}
    const request = () => {
      const { requestPairingCode } = waha({ baseUrl, apiKey, session, fetch: stub.fetch })
      return rejection(hurried(Promise.resolve(requestPairingCode?.(number, { memory }))))
    }
    await request()
    await request()
    expect(posts(stub).filter((name) => name === 'POST logout')).toHaveLength(1)
  })

  it('logs out again once the engine has issued a code', async () => {
    const { provider, stub } = make({
      GET: info('SCAN_QR_CODE'),
      'POST logout': started,
      'POST auth/request-code': [problem(501, 'Not implemented'), code, code],
    })
    await rejection(hurried(requestCode(provider)))
    await hurried(requestCode(provider))
    await hurried(requestCode(provider))
    expect(posts(stub).filter((name) => name === 'POST logout')).toHaveLength(2)
  })
})

describe('waha reset()', () => {
  const changes = { 'POST start': started, 'POST restart': started, 'POST logout': started }

  it.each<[string, Answer, string]>([
    ['a stopped session', info('STOPPED'), 'POST start'],
    ['a sleeping session with the account of its link', info('STOPPED', ANA), 'POST start'],
    ['a failed session', info('FAILED'), 'POST restart'],
    ['a session that hangs while it starts', info('STARTING'), 'POST restart'],
    ['a session that failed with leftovers', info('FAILED', ANA), 'POST logout'],
    ['a session that failed with a code that was not entered', info('FAILED', SENT), 'POST logout'],
    ['a session that waits for a scan', info('SCAN_QR_CODE'), 'POST logout'],
  ])('sends one call for %s', async (_title, status, action) => {
    const { provider, stub } = make({ GET: status, [action]: started })
    await reset(provider)
    expect(posts(stub)).toEqual([action])
  })

  it.each<[string, Answer, readonly string[]]>([
    ['failed', info('FAILED'), ['restart', 'logout', 'restart']],
    ['failed with the account of its link', info('FAILED', ANA), ['logout', 'restart', 'logout']],
    ['failed with half of a link', info('FAILED', SENT), ['logout', 'restart']],
    ['hangs in STARTING', info('STARTING'), ['restart', 'logout', 'restart']],
    ['stays STOPPED, where a logout could end a link', info('STOPPED', ANA), ['start', 'restart', 'start']],
    ['has an unknown status', info('SOMETHING_NEW'), ['restart', 'logout']],
  ])('sends a different call than the last one while the session %s', async (_title, status, expected) => {
    const { stub } = make({ GET: status, ...changes })
    const memory = {}
    for (const _ of expected) {
      await reset(waha({ baseUrl, apiKey, session, fetch: stub.fetch }), { memory })
    }
    expect(posts(stub)).toEqual(expected.map((step) => `POST ${step}`))
  })

  describe('after the session was linked', () => {
    const linkedThen = (...after: readonly Answer[]) =>
      make({ GET: [info('WORKING', ANA), ...after], ...changes })

    it('is stopped, with the reason, when the session fails', async () => {
      const { provider } = linkedThen(info('FAILED', ANA))
      await provider.getStatus({})
      expect(await provider.getStatus({})).toEqual({ status: 'stopped', reason: 'unlinked' })
      expect(await provider.getQrCode({})).toEqual({ status: 'stopped', reason: 'unlinked' })
    })

    it.each([
      ['the phone unlinked it, and it fails again', info('FAILED', ANA), ['POST restart', 'POST logout']],
      ['the link still exists, and the session works again', info('WORKING', ANA), ['POST restart']],
      ['the session takes long to start', info('STARTING', ANA), ['POST restart']],
      ['the session cannot be read after the restart', page(502), ['POST restart']],
    ] as const)('restarts a failed session: %s', async (_title, after, expected) => {
      const { provider, stub } = linkedThen(info('FAILED', ANA), after)
      await provider.getStatus({})
      await reset(provider)
      expect(posts(stub)).toEqual(expected)
    })

    it('remembers the link for an idle poller and for an adapter that is created for each request', async () => {
      const { provider, stub } = linkedThen(info('FAILED', ANA))
      const memory = {}
      await provider.getStatus({ memory })
      expect(await provider.getStatus({ memory: {} })).toMatchObject({ reason: 'unlinked' })
      const another = waha({ baseUrl, apiKey, session, fetch: stub.fetch })
      expect(await another.getStatus({ memory })).toMatchObject({ reason: 'unlinked' })
      expect(await another.getStatus({ memory: {} })).toEqual({ status: 'stale' })
    })

    it.each<[string, Answer]>([
      ['a QR code', info('SCAN_QR_CODE')],
      ['half of another link', info('SCAN_QR_CODE', SENT)],
    ])('is stale if the session fails after %s arrived', async (_title, waiting) => {
      const { provider } = linkedThen(waiting, info('FAILED', ANA))
      await provider.getStatus({})
      await provider.getStatus({})
      expect(await provider.getStatus({})).toEqual({ status: 'stale' })
    })

    it('is stale if the app unlinked it', async () => {
      const { provider } = linkedThen(info('FAILED', ANA))
      await provider.getStatus({})
      await hurried(Promise.resolve(provider.unlink?.({})))
      expect(await provider.getStatus({})).toEqual({ status: 'stale' })
    })
  })

  it('sends the same call again if WAHA did not respond to it', async () => {
    const { provider, stub } = make({ GET: info('FAILED'), 'POST restart': [page(502), started] })
    await rejection(reset(provider))
    await reset(provider)
    expect(posts(stub)).toEqual(['POST restart', 'POST restart'])
  })

  it('resolves when the session waits for a scan, so that the next read finds a code', async () => {
    const { provider, stub } = make({
      GET: [info('STOPPED'), info('STARTING'), info('STARTING'), info('SCAN_QR_CODE')],
      'POST start': started,
    })
    const done = vi.fn()
    void Promise.resolve(provider.reset?.({})).then(done)
    await vi.advanceTimersByTimeAsync(499)
    expect(done).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect([done.mock.calls.length, stub.asked.length]).toEqual([1, 5])
  })

  it('waits for at most 3 s, because an engine with a browser takes longer', async () => {
    const { provider } = make({ GET: [info('STOPPED'), info('STARTING')], 'POST start': started })
    const done = vi.fn()
    void Promise.resolve(provider.reset?.({})).then(done)
    await vi.advanceTimersByTimeAsync(3_000)
    expect(done).toHaveBeenCalledTimes(1)
  })

  it('resolves even if the read after the change fails', async () => {
    const { provider } = make({ GET: [info('STOPPED'), page(502)], 'POST start': started })
    await expect(reset(provider)).resolves.toBeUndefined()
  })

  it('keeps a link', async () => {
    const { provider, stub } = make({ GET: info('WORKING', ANA) })
    await reset(provider)
    expect(stub.asked).toEqual(['GET'])
  })

  it('logs out a session that failed again after a restart', async () => {
    const { provider, stub } = make({ GET: info('FAILED'), ...changes })
    await reset(provider)
    expect(await provider.getStatus({})).toEqual({ status: 'stale' })
    await reset(provider)
    expect(posts(stub).at(-1)).toBe('POST logout')
  })

  it.each(['SCAN_QR_CODE', 'WORKING'])('does not count a restart that has helped: %s', async (status) => {
    const { provider } = make({ GET: [info('FAILED'), info(status), info('FAILED')], ...changes })
    await reset(provider)
    await provider.getStatus({})
    expect(await provider.getStatus({})).toMatchObject({ status: 'stopped' })
  })

  it('treats a session that was started in between as success', async () => {
    const { provider } = make({
      GET: info('STOPPED'),
      'POST start': problem(422, "Session 'default' is already started."),
    })
    await expect(reset(provider)).resolves.toBeUndefined()
  })

  it('reports a refusal', async () => {
    const { provider } = make({ GET: info('FAILED'), 'POST restart': problem(422, 'Not now') })
    expect((await rejection(reset(provider))).code).toBe('invalid-answer')
  })
})

describe('waha unlink()', () => {
  it('logs out; WAHA restarts the session on its own, and shows codes', async () => {
    const { provider, stub } = make({ 'POST logout': started, GET: [info('STARTING'), info('SCAN_QR_CODE')] })
    await hurried(Promise.resolve(provider.unlink?.({})))
    expect(await provider.getStatus({})).toEqual({ status: 'unlinked' })
    expect(stub.asked).toEqual(['POST logout', 'GET', 'GET', 'GET'])
  })

  it('reports a refusal', async () => {
    const { provider } = make({ 'POST logout': problem(422, 'Not now') })
    expect((await rejection(Promise.resolve(provider.unlink?.({})))).code).toBe('invalid-answer')
  })
})

describe('waha readWebhook()', () => {
  const { provider } = make({})
  const event = (status: unknown, me: object | null = null, more: object = {}): unknown => ({
    event: 'session.status',
    session,
    me,
    payload: { name: session, status },
    engine: 'NOWEB',
    environment: { version: '2024.10.8', engine: 'NOWEB', tier: 'CORE', browser: '/usr/bin/chromium' },
    metadata: { note: apiKey },
    ...more,
  })

  it.each<[string, unknown, unknown]>([
    ['a start', event('STARTING'), { status: 'preparing' }],
    ['an available or new code', event('SCAN_QR_CODE'), { status: 'unlinked' }],
    ['a code with the account of an earlier link', event('SCAN_QR_CODE', ANA), { status: 'unlinked' }],
    ['a link', event('WORKING', ANA), { status: 'linked', account }],
    ['the end of all codes', event('FAILED'), { status: 'stopped' }],
    ['refused credentials', event('FAILED', ANA), { status: 'stale' }],
    ['a code that was not entered', event('FAILED', SENT), { status: 'stopped' }],
    ['an unknown status', event('SOMETHING_NEW'), { status: 'preparing' }],
  ])('reads %s, and nothing else', (_title, body, expected) => {
    const snapshot = provider.readWebhook?.(body)
    expect(snapshot).toEqual(expected)
    expect(everythingIn(snapshot)).not.toContain(apiKey)
  })

  it.each<[string, unknown]>([
    ['a stop, which is part of every restart and logout', event('STOPPED')],
    ['an invalid status', event(undefined)],
    ['another event', event('WORKING', ANA, { event: 'message' })],
  ])('ignores %s', (_title, body) => {
    expect(provider.readWebhook?.(body)).toBeUndefined()
  })
})

// `testProvider` needs real timers.
describe('waha as any adapter', () => {
  beforeEach(() => void vi.useRealTimers())

  describeAdapterRules({
    name: 'waha',
    make: (options) => waha({ baseUrl, apiKey, session, ...options }),
    mockServer(emulator) {
      // A running session creates codes on its own; the session of this mock server would start with the first request.
      emulator.start()
      // The clock of these rules does not advance.
      return mockWaha(emulator, { apiKey, session, startingMs: 0 })
    },
    webhooks: [
      { event: 'session.status', session, me: ANA, payload: { name: session, status: 'WORKING' } },
      { event: 'session.status', session, me: ANA, payload: { name: session, status: 'FAILED' } },
    ],
    foreignWebhooks: [
      { event: 'session.status', session: 'another', me: ANA, payload: { status: 'WORKING' } },
    ],
    invalid: {
      'a missing name': () => waha({ baseUrl, apiKey, session: '' }),
      'a missing key': () => waha({ baseUrl, apiKey: ' ', session }),
      'a key that no header can hold': () => waha({ baseUrl, apiKey: `${apiKey} ${apiKey}`, session }),
    },
    secrets: [apiKey],
    statusAnswer: { name: session, status: 'WORKING', me: null },
    hasDefaultUrl: false,
  })
})
