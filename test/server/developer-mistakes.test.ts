import { afterEach, beforeEach, describe, expect, it, type Mock, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import type { PairingProvider } from '../../src/core/provider.js'
import { proxy } from '../../src/index.js'
import type { PairingLogEntry } from '../../src/server/log.js'
import { createPairingHandler } from '../../src/server.js'
import { advance, startTime } from '../time.js'
import {
  createSetup,
  expectRefusal,
  HANDLER_URL,
  providerErrorOf,
  type Setup,
  type SetupOptions,
  separateHandler,
  updateOf,
} from './setup.js'
import { spyProvider, timing } from './spy-provider.js'

const SECRET = 'd75b3a66374942c5b3c019c698abc2067e15'

let consoleError: Mock<typeof console.error>

beforeEach(() => {
  vi.stubEnv('NODE_ENV', 'development')
  consoleError = vi.spyOn(console, 'error').mockImplementation(() => {})
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

const throws = (error: unknown) => (): never => {
  throw error
}

/** The printed output, as text. */
const printed = (): string => consoleError.mock.calls.map((line) => line.map(String).join(' ')).join('\n')

interface Mistake {
  readonly place: string
  readonly options?: (error: unknown) => SetupOptions
  readonly methods?: (error: unknown) => Parameters<typeof createSetup>[0]
  readonly send: (setup: Setup) => Promise<Response>
}

const read = (setup: Setup): Promise<Response> => setup.get('?want=code')
const webhook = (setup: Setup): Promise<Response> => setup.webhook({}, { query: `?secret=${SECRET}` })

const mistakes: readonly Mistake[] = [
  { place: 'authorize', options: (error) => ({ authorize: throws(error) }), send: read },
  { place: 'provider', options: (error) => ({ provider: throws(error) }), send: read },
  {
    place: 'tenant',
    options: (error) => ({ provider: () => spyProvider(), tenant: throws(error) }),
    send: read,
  },
  {
    place: 'webhookSecret',
    options: (error) => ({ webhookSecret: throws(error) }),
    send: webhook,
  },
  {
    place: 'readWebhook',
    options: () => ({ webhookSecret: SECRET }),
    methods: (error) => ({ readWebhook: throws(error) }),
    send: webhook,
  },
  {
    place: 'getQrCode',
    methods: (error) => ({ getQrCode: throws(error) }),
    send: read,
  },
  {
    place: 'getStatus',
    methods: (error) => ({ getStatus: throws(error) }),
    send: (setup) => setup.get(),
  },
  {
    place: 'requestPairingCode',
    methods: (error) => ({ requestPairingCode: throws(error) }),
    send: (setup) => setup.post({ action: 'request-pairing-code', phoneNumber: '5511987654321' }),
  },
  {
    place: 'reset',
    methods: (error) => ({ reset: throws(error) }),
    send: (setup) => setup.post({ action: 'reset' }),
  },
  {
    place: 'unlink',
    methods: (error) => ({ unlink: throws(error) }),
    send: (setup) => setup.post({ action: 'unlink' }),
  },
]

describe.each(mistakes)('an exception in $place', ({ place, options, methods, send }) => {
  const error = new ReferenceError(`getUser is not defined, ${SECRET}`)
  const setUp = (more: SetupOptions = {}): Setup =>
    createSetup(methods?.(error), { ...options?.(error), ...more })

  it('reaches onError unchanged, the page as the code "unknown", and the log as its class', async () => {
    const onError = vi.fn()
    const setup = setUp({ onError })
    const response = await send(setup)
    expect(onError.mock.calls).toEqual([[error, { in: place }]])
    expect(onError.mock.calls[0]?.[0]).toBe(error)
    // A failed read of the provider is part of an update. A failure of the app or of an action is HTTP 500.
    if (place === 'getQrCode' || place === 'getStatus') {
      expect(await updateOf(response)).toMatchObject({ status: 'preparing', error: { code: 'unknown' } })
    } else await expectRefusal(response, 'unknown', { status: 500 })
    expect(setup.log).toContainEqual(
      expect.objectContaining({ event: 'error', in: place, code: 'unknown', error: 'ReferenceError' }),
    )
    expect(JSON.stringify(setup.log)).not.toMatch(new RegExp(`${SECRET}|getUser`))
  })

  it('is printed once outside production, with the exception and its place', async () => {
    const setup = setUp()
    for (let attempt = 0; attempt < 3; attempt += 1) await send(setup)
    expect(consoleError).toHaveBeenCalledOnce()
    expect(consoleError.mock.calls[0]?.[0]).toMatch(
      new RegExp(`^\\[whatsapp-pairing\\] ${place} failed with`),
    )
    expect(consoleError.mock.calls[0]?.at(-1)).toBe(error)
  })

  it('is not printed in production, and still reaches onError', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    const onError = vi.fn()
    await send(setUp({ onError }))
    expect(consoleError).not.toHaveBeenCalled()
    expect(onError).toHaveBeenCalledOnce()
  })
})

describe('authorize()', () => {
  it.each<readonly [string, unknown, string, number]>([
    ['sign-in-required', new PairingError('sign-in-required'), 'sign-in-required', 401],
    [
      'sign-in-required with a message',
      new PairingError('sign-in-required', SECRET),
      'sign-in-required',
      401,
    ],
    ['forbidden', new PairingError('forbidden'), 'forbidden', 403],
  ])(
    'refuses a request by throwing PairingError "%s", which is not reported as a mistake',
    async (_, error, code, status) => {
      const onError = vi.fn()
      const setup = createSetup({}, { authorize: throws(error), onError })
      await expectRefusal(await setup.get(), code, { status })
      expect(onError).not.toHaveBeenCalled()
      expect(consoleError).not.toHaveBeenCalled()
    },
  )

  it.each<readonly [string, unknown]>([
    ['an Error', new Error('The database is down.')],
    ['text', 'Not signed in'],
    ['nothing', undefined],
    ['a Response, as Remix does', new Response(null, { status: 401 })],
    [
      'a redirect of Next.js',
      Object.assign(new Error('NEXT_REDIRECT'), { digest: 'NEXT_REDIRECT;replace;/sign-in' }),
    ],
    ['a PairingError of another subject', new PairingError('rate-limited', 'Too often.')],
    ['a PairingError about the provider', new PairingError('unauthorized', 'The key is wrong.')],
  ])('responds with 500 if it throws or rejects with %s', async (_, error) => {
    for (const authorize of [throws(error), () => Promise.reject(error)]) {
      const onError = vi.fn()
      const setup = createSetup({}, { authorize, onError })
      await expectRefusal(await setup.get(), 'unknown', { status: 500 })
      expect(onError.mock.calls).toEqual([[error, { in: 'authorize' }]])
    }
    expect(printed()).toContain("throw new PairingError('sign-in-required')")
  })

  it.each<readonly [string, unknown, string]>([
    ['undefined, as a function without return', undefined, 'undefined'],
    ['a user', { id: 7, token: SECRET }, 'an object'],
    ['text', SECRET, 'a string'],
    ['null', null, 'null'],
    ['1', 1, 'a number'],
    ['a promise of a user', Promise.resolve({ id: 7 }), 'an object'],
  ])('responds with 403 and reports it if it returns %s', async (_, value, named) => {
    const onError = vi.fn()
    const setup = createSetup({}, { authorize: () => value as boolean, onError })
    await expectRefusal(await setup.get(), 'forbidden', { status: 403 })
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.any(PairingError), { in: 'authorize' })
    expect(printed()).toContain(`authorize returned ${named}`)
    expect(printed()).not.toContain(SECRET)
  })

  it('reports nothing if it returns false or a promise of false', async () => {
    const onError = vi.fn()
    for (const authorize of [() => false, async () => false])
      await expectRefusal(await createSetup({}, { authorize, onError }).get(), 'forbidden')
    expect(onError).not.toHaveBeenCalled()
    expect(consoleError).not.toHaveBeenCalled()
  })

  it('passes on the code of wrong options, as verifyPairingLink() throws them', async () => {
    const error = new PairingError('invalid-options', '"secret" must have at least 32 characters.')
    const setup = createSetup({}, { authorize: throws(error) })
    await expectRefusal(await setup.get(), 'invalid-options', { status: 500 })
    expect(consoleError.mock.calls[0]?.at(-1)).toBe(error)
  })
})

it('an option with a wrong name is printed once, with the names of all options', async () => {
  const options = {
    provider: spyProvider(),
    authorize: () => true,
    allowedOrigin: [],
    __proto__: { log: true },
  }
  for (let count = 0; count < 2; count += 1) await createPairingHandler(options).close()
  expect(consoleError).toHaveBeenCalledOnce()
  expect(printed()).toMatch(/no option "allowedOrigin".*allowedOrigins/)
})

describe('a provider function', () => {
  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a function, not its result', () => spyProvider()],
    ['an object that is not a provider', { id: 'x' }],
    ['a provider without an id of its session', { ...spyProvider(), sessionId: undefined }],
  ])('is reported if it returns %s', async (_, value) => {
    const onError = vi.fn()
    const setup = createSetup({}, { provider: () => value as never, onError })
    await expectRefusal(await setup.get(), 'invalid-options', { status: 500 })
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.any(PairingError), { in: 'provider' })
    expect(printed()).toContain('getStatus')
  })

  it.each<readonly [string, unknown]>([
    ['a promise', Promise.resolve(spyProvider())],
    ['a proxy, which is for the page', proxy({ url: '/api/pairing' })],
    ['a provider without an id', { ...spyProvider(), id: undefined }],
  ])('is refused at once if it is no function but %s', (_, value) => {
    expect(() => createPairingHandler({ provider: value as PairingProvider, authorize: () => true })).toThrow(
      expect.objectContaining({ code: 'invalid-options', message: expect.stringContaining('getStatus()') }),
    )
  })

  it('may refuse a user: sign-in-required is no mistake', async () => {
    const onError = vi.fn()
    const provider = throws(new PairingError('sign-in-required'))
    await expectRefusal(await createSetup({}, { provider, onError }).get(), 'sign-in-required')
    expect(onError).not.toHaveBeenCalled()
  })

  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['an empty text', ''],
    ['an object', { id: 7 }],
  ])('is reported if its tenant is %s, because no session may be shared by it', async (_, value) => {
    const onError = vi.fn()
    const setup = createSetup({}, { provider: () => spyProvider(), tenant: () => value as string, onError })
    await expectRefusal(await setup.get(), 'invalid-options', { status: 500 })
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.any(PairingError), { in: 'tenant' })
  })
})

describe('errors of provider calls:', () => {
  const failing = (error: unknown, onError = vi.fn()) => ({
    onError,
    setup: createSetup({ getStatus: () => Promise.reject(error) }, { onError }),
  })

  it.each([
    'unauthorized',
    'session-not-found',
    'subscription-expired',
    'account-blocked',
    'not-supported',
    'invalid-options',
    'server-only',
    'invalid-answer',
    'network',
    'unknown',
  ] as const)(
    'a provider call that fails with %s is reported, because a developer can repair it',
    async (code) => {
      const error = new PairingError(code, 'What happened, and what to do.')
      const { setup, onError } = failing(error)
      expect(await providerErrorOf(setup.get())).toBe(code)
      expect(onError.mock.calls).toEqual([[error, { in: 'getStatus' }]])
      expect(consoleError.mock.calls[0]?.at(-1)).toBe(error)
    },
  )

  it.each([
    'timeout',
    'provider-unavailable',
    'rate-limited',
    'aborted',
    'session-stale',
    'code-refused',
    'invalid-phone-number',
    'sign-in-required',
    'forbidden',
  ] as const)(
    'a provider call that fails with %s is not reported, because it is transient or the user deals with it',
    async (code) => {
      const { setup, onError } = failing(new PairingError(code, 'What happened.'))
      expect(await providerErrorOf(setup.get())).toBe(code)
      expect(onError).not.toHaveBeenCalled()
      expect(consoleError).not.toHaveBeenCalled()
    },
  )

  it('a provider call whose page closed the request is not reported', async () => {
    const onError = vi.fn()
    const controller = new AbortController()
    const getStatus: Setup['provider']['getStatus'] = ({ signal }) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('gone'))))
    const setup = createSetup({ getStatus }, { onError })
    const answer = setup.get('?want=state', { signal: controller.signal })
    await vi.waitFor(() => expect(setup.calls).toEqual(['getStatus']))
    controller.abort()
    await answer
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(onError).not.toHaveBeenCalled()
  })

  it('each error code is printed once', async () => {
    const codes = ['subscription-expired', 'not-supported', 'subscription-expired'] as const
    let call = 0
    const getStatus = () => Promise.reject(new PairingError(codes[call++] ?? 'unknown', 'What happened.'))
    const setup = createSetup({ getStatus })
    startTime()
    for (const _ of codes) {
      await setup.get()
      await advance(timing.qrMinIntervalMs)
    }
    expect(setup.calls).toHaveLength(3)
    expect(consoleError).toHaveBeenCalledTimes(2)
  })

  it('a response that is not a snapshot is reported', async () => {
    const onError = vi.fn()
    const setup = createSetup({ getStatus: async () => ({ status: 'ready' }) as never }, { onError })
    expect(await providerErrorOf(setup.get())).toBe('invalid-answer')
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.any(PairingError), { in: 'getStatus' })
  })

  it('a subscribe() that throws is reported', async () => {
    const onError = vi.fn()
    const error = new TypeError('x is not a function')
    const setup = createSetup({ subscribe: throws(error) }, { onError })
    const { body } = await setup.get('?events')
    await vi.waitFor(() => expect(onError).toHaveBeenCalledWith(error, { in: 'subscribe' }))
    await body?.cancel()
  })
})

describe('onError, log and bus:', () => {
  const boom = new Error('log is broken')

  it.each<readonly [string, () => unknown]>([
    ['throws', throws(boom)],
    ['rejects', () => Promise.reject(boom)],
  ])('a log() that %s is reported to onError, and no request fails', async (_, log) => {
    const onError = vi.fn()
    const setup = createSetup({}, { log: log as () => void, onError })
    expect((await setup.get()).status).toBe(200)
    await vi.waitFor(() => expect(onError).toHaveBeenCalledWith(boom, { in: 'log' }))
    expect(printed()).toContain('log failed with')
  })

  it.each<readonly [string, () => unknown]>([
    ['throws', throws(boom)],
    ['rejects', () => Promise.reject(boom)],
  ])('an onError() that %s is printed, and the response stays the same', async (_, onError) => {
    const setup = createSetup({}, { authorize: throws(new Error('first')), onError: onError as () => void })
    await expectRefusal(await setup.get(), 'unknown', { status: 500 })
    await vi.waitFor(() => expect(printed()).toContain('onError failed with'))
  })

  it('a bus that fails is reported to onError', async () => {
    const onError = vi.fn()
    const bus = { publish: throws(boom), subscribe: throws(boom) }
    const setup = createSetup({}, { bus, onError })
    expect((await setup.get()).status).toBe(200)
    expect(onError).toHaveBeenCalledWith(boom, { in: 'bus' })
  })
})

describe('a request body that was already read', () => {
  it('is reported in the console and in the log with its possible readers', async () => {
    const log: PairingLogEntry[] = []
    const onError = vi.fn()
    const handler = separateHandler({
      provider: spyProvider(),
      authorize: async (request) => Boolean(await request.json()),
      log: (entry) => log.push(entry),
      onError,
    })
    const request = new Request(HANDLER_URL, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"action":"reset"}',
    })
    await expectRefusal(await handler(request), 'invalid-request')
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.any(PairingError), { in: 'request' })
    expect(printed()).toContain('request.clone()')
    expect(log).toContainEqual(
      expect.objectContaining({ event: 'error', in: 'request', message: expect.stringContaining('clone()') }),
    )
  })

  it.each<readonly [string, RequestInit]>([
    ['not JSON', { headers: { 'content-type': 'application/json' }, body: '{' }],
    ['another type', { headers: { 'content-type': 'text/plain' }, body: '{}' }],
    ['nothing', { headers: { 'content-type': 'application/json' } }],
  ])('is not reported if the request body is %s, because that is the sender’s fault', async (_, init) => {
    const onError = vi.fn()
    const { handler } = createSetup({}, { onError })
    const answer = await handler(new Request(HANDLER_URL, { method: 'POST', ...init }))
    await expectRefusal(answer, 'invalid-request')
    expect(onError).not.toHaveBeenCalled()
    expect(consoleError).not.toHaveBeenCalled()
  })
})

it('a runtime without `process` reports mistakes as outside production', async () => {
  vi.stubGlobal('process', undefined)
  try {
    const setup = createSetup({}, { authorize: throws(new Error('x')) })
    await expectRefusal(await setup.get(), 'unknown', { status: 500 })
  } finally {
    vi.unstubAllGlobals()
  }
  expect(consoleError).toHaveBeenCalledOnce()
})
