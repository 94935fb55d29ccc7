import { describe, expect, it } from 'vitest'
import { PairingError, pairingErrorCodes } from '../../src/core/errors.js'
import type { PairingProvider } from '../../src/core/provider.js'
import { httpStatusOf } from '../../src/server/responses.js'
import { gate } from '../providers/fetch-stub.js'
import { advance, emulateTime } from '../time.js'
import { handlerOptions, providerErrorOf, type SetupOptions, separateHandler, updateOf } from './setup.js'
import { SPY_SESSION, spyProvider, timing } from './spy-provider.js'

const URL_OF_HANDLER = 'https://host.example/api/pairing'
const SECRET = 'd75b3a66374942c5b3c019c698abc2067e15'

// These tests compare the durations of responses exactly.
emulateTime()

interface Setup {
  readonly calls: readonly string[]
  get(query?: string, init?: RequestInit): Promise<Response>
  post(body: unknown, headers?: Record<string, string>): Promise<Response>
  send(init: RequestInit, address?: string): Promise<Response>
}

function setUp(
  methods: Partial<PairingProvider> = {},
  { provider: other, ...options }: SetupOptions = {},
): Setup {
  const provider = spyProvider(methods)
  const handler = separateHandler(handlerOptions({ ...options, provider: other ?? provider }))
  const send: Setup['send'] = (init, address = URL_OF_HANDLER) => handler(new Request(address, init))
  return {
    calls: provider.calls,
    send,
    get: (query = '?want=state', init) => send({ ...init }, `${URL_OF_HANDLER}${query}`),
    post: (body, headers) =>
      send({
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  }
}

/** Expects only our code, the status that belongs to it, and the wait that the provider demanded. */
async function expectProblem(answer: Response, code: string, status?: number): Promise<void> {
  const known = pairingErrorCodes.find((one) => one === code)
  if (!known) throw new Error(`Not a code of ours: ${code}`)
  const expected = status ?? httpStatusOf(known)
  expect(answer.status).toBe(expected)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(await answer.json()).toEqual({ type: 'about:blank', title: code, status: expected, code })
}

describe('authorize', () => {
  const failing: readonly (readonly [string, () => boolean | Promise<boolean>])[] = [
    [
      'throws',
      () => {
        throw new Error(SECRET)
      },
    ],
    ['rejects', () => Promise.reject(new Error(SECRET))],
    ['throws undefined', () => Promise.reject()],
    ['throws a PairingError', () => Promise.reject(new PairingError('not-supported', SECRET))],
  ]
  const forbidden: readonly (readonly [string, unknown])[] = [
    ['false', false],
    ['a promise of false', Promise.resolve(false)],
    ['undefined, as a function without return', undefined],
    ['null', null],
    ['1', 1],
    ['a user', { id: 7 }],
    ['the text "false"', 'false'],
    ['a promise of a user', Promise.resolve({ id: 7 })],
  ]
  const requests: readonly (readonly [string, (setup: Setup) => Promise<Response>])[] = [
    ['GET', (setup) => setup.get('?want=code')],
    ['POST', (setup) => setup.post({ action: 'unlink' })],
    ['PUT', (setup) => setup.send({ method: 'PUT' })],
    ['an invalid request', (setup) => setup.post('{', { 'content-type': 'text/plain' })],
  ]

  describe.each(requests)('for %s', (_, request) => {
    it.each(failing)('responds with 500 and no detail if it %s', async (_, authorize) => {
      const setup = setUp({}, { authorize })
      await expectProblem(await request(setup), 'unknown', 500)
      expect(setup.calls).toEqual([])
    })

    it('responds with 401 and no detail if it throws sign-in-required', async () => {
      const authorize = () => Promise.reject(new PairingError('sign-in-required', SECRET))
      const setup = setUp({}, { authorize })
      await expectProblem(await request(setup), 'sign-in-required', 401)
      expect(setup.calls).toEqual([])
    })

    it.each(forbidden)('responds with 403 and no detail if it returns %s', async (_, value) => {
      const setup = setUp({}, { authorize: () => value as boolean })
      await expectProblem(await request(setup), 'forbidden', 403)
      expect(setup.calls).toEqual([])
    })
  })

  it.each([
    ['authorize', { authorize: undefined as never }],
    ['provider', { provider: undefined as never }],
  ])('is required, as is the provider: createPairingHandler() throws without %s', (_, missing) => {
    const options = { provider: spyProvider(), authorize: () => true, ...missing }
    expect(() => separateHandler(options)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  })

  it('runs before the provider is chosen and before the body is read', async () => {
    const order: string[] = []
    const provider = spyProvider()
    const handler = separateHandler({
      authorize: async (request) => {
        await Promise.resolve()
        order.push(`authorize, body ${request.bodyUsed ? 'used' : 'unused'}`)
        return true
      },
      provider: (request) => {
        order.push(`provider, body ${request.bodyUsed ? 'used' : 'unused'}`)
        return provider
      },
      tenant: () => 'acme',
    })
    await handler(
      new Request(URL_OF_HANDLER, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"action":"reset"}',
      }),
    )
    expect(order).toEqual(['authorize, body unused', 'provider, body used'])
    expect(provider.calls).toEqual(['reset'])
  })

  it('makes an action invalid if it consumes the body, and has no other effect', async () => {
    const setup = setUp({}, { authorize: async (request) => Boolean(await request.json()) })
    await expectProblem(await setup.post({ action: 'reset' }), 'invalid-request')
    expect(setup.calls).toEqual([])
  })

  it('may read a clone of the request', async () => {
    const setup = setUp({}, { authorize: async (request) => Boolean(await request.clone().json()) })
    expect((await setup.post({ action: 'reset' })).status).toBe(200)
  })
})

describe('GET', () => {
  const common = {
    v: 1,
    session: SPY_SESSION,
    origin: expect.any(String),
    seq: 1,
    at: expect.any(Number),
    nextInMs: expect.any(Number),
    heldMs: expect.any(Number),
    provider: 'spy',
    methods: ['qr', 'phone-code'],
    abilities: ['unlink', 'reset'],
    timing,
  }

  it('?want=state calls getStatus and responds with an update', async () => {
    const setup = setUp()
    const answer = await setup.get('?want=state')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(await answer.json()).toEqual({ ...common, status: 'unlinked' })
    expect(setup.calls).toEqual(['getStatus'])
  })

  it('?want=code calls getQrCode and responds with an update that contains the code', async () => {
    const setup = setUp()
    expect(await (await setup.get('?want=code')).json()).toEqual({
      ...common,
      status: 'qr',
      qrCode: { kind: 'text', value: '2@ref,noise,identity,adv,1' },
      codeId: expect.any(String),
      hideInMs: timing.qrLifetimeMs,
      expiresInMs: 60_000,
    })
    expect(setup.calls).toEqual(['getQrCode'])
  })

  it('lists only the methods and abilities that the provider has', async () => {
    const { requestPairingCode: _, reset: __, unlink: ___, calls: ____, ...provider } = spyProvider()
    const answer = await setUp({}, { provider }).get()
    expect(await answer.json()).toMatchObject({ methods: ['qr'], abilities: [] })
  })

  it.each([
    ['nothing', ''],
    ['an empty text', '?want='],
    ['an unknown word', '?want=account'],
    ['an action', '?want=reset'],
    ['an action in a parameter of that name', '?action=unlink'],
    ['the name of a method', '?want=unlink&phoneNumber=5511987654321'],
    ['a name that every object has', '?want=constructor'],
    ['another case', '?want=STATE'],
    ['the value of an older version', '?ask=status'],
  ])('refuses a read of %s with 400', async (_, query) => {
    const setup = setUp()
    await expectProblem(await setup.get(query), 'invalid-request', 400)
    expect(setup.calls).toEqual([])
  })

  it.each([
    'state&action=reset',
    'code&want=reset',
    'state&want=request-pairing-code&phoneNumber=5511987654321',
  ])('?want=%s calls no method that changes anything', async (query) => {
    const setup = setUp()
    expect((await setup.get(`?want=${query}`)).status).toBe(200)
    expect(setup.calls).toEqual([query.startsWith('code') ? 'getQrCode' : 'getStatus'])
  })

  it('passes the signal of the request to the provider', async () => {
    const asked = gate()
    const setup = setUp({
      getStatus: ({ signal }) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(new PairingError('aborted', 'Given up.')))
          asked.open()
        }),
    })
    const client = new AbortController()
    const answer = setup.get('?want=state', { signal: client.signal })
    await asked.opened
    client.abort()
    await expectProblem(await answer, 'aborted', 499)
  })
})

describe('POST', () => {
  it('request-pairing-code sends the digits of the number and responds with the code', async () => {
    const setup = setUp()
    const answer = await setup.post({ action: 'request-pairing-code', phoneNumber: '+55 (11) 98765-4321' })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      status: 'unlinked',
      reason: 'code-replaced',
      pairingCode: { value: 'ABCD1234', lastDigits: '4321', expiresInMs: timing.pairingCodeLifetimeMs },
    })
    expect(setup.calls).toEqual(['requestPairingCode 5511987654321'])
  })

  it.each([
    ['reset', 'reset'],
    ['unlink', 'disconnected'],
  ])('%s responds with an update that has the reason %s', async (action, reason) => {
    const setup = setUp()
    const answer = await setup.post({ action })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.json()).toMatchObject({
      session: SPY_SESSION,
      status: 'preparing',
      reason,
      revision: expect.any(Number),
    })
    expect(setup.calls).toEqual([action])
  })

  it.each([
    ['request-pairing-code', 'requestPairingCode'],
    ['reset', 'reset'],
    ['unlink', 'unlink'],
  ])('responds with 501 to %s if the provider has no %s', async (action, method) => {
    const provider = spyProvider()
    Reflect.deleteProperty(provider, method)
    const setup = setUp({}, { provider })
    await expectProblem(await setup.post({ action, phoneNumber: '5511987654321' }), 'not-supported', 501)
    expect(provider.calls).toEqual([])
  })

  it.each([
    ['is missing', undefined],
    ['is empty', ''],
    ['is null', null],
    ['is an object', { toString: '5511987654321' }],
    ['is a list', ['5511987654321']],
    ['has the national form', '011 98765-4321'],
    ['has letters', '+1 800 FLOWERS'],
    ['is too short', '12345'],
    ['is too long', '1234567890123456'],
    ['is a number too large for all its digits', 1e21],
    ['is a path', '5511987654321/../unlink'],
  ])('refuses a pairing code if the number %s', async (_, phoneNumber) => {
    const setup = setUp()
    const answer = await setup.post({ action: 'request-pairing-code', phoneNumber })
    await expectProblem(answer, 'invalid-phone-number', 422)
    expect(setup.calls).toEqual([])
  })

  it.each([
    ['an unknown action', '{"action":"reboot"}'],
    ['a method of the provider', '{"action":"getStatus"}'],
    ['a name every object has', '{"action":"constructor"}'],
    ['no action', '{}'],
    ['a list as action', '{"action":["reset"]}'],
    ['an action in another case', '{"action":"RESET"}'],
    ['an action behind __proto__', '{"__proto__":{"action":"reset"}}'],
    ['an action behind constructor.prototype', '{"constructor":{"prototype":{"action":"reset"}}}'],
    ['null', 'null'],
    ['a list', '[{"action":"reset"}]'],
    ['text', '"reset"'],
    ['half a body', '{"action":"res'],
    ['two bodies', '{"action":"reset"}{"action":"reset"}'],
    ['a form', 'action=reset'],
    ['nothing', ''],
  ])('refuses a body with %s', async (_, body) => {
    const setup = setUp()
    await expectProblem(await setup.post(body), 'invalid-request', 400)
    expect(setup.calls).toEqual([])
    expect('action' in {}).toBe(false)
  })

  describe('of a request without the property `body`, as in Firefox,', () => {
    const handler = separateHandler(handlerOptions({ provider: spyProvider() }))
    const inFirefox = (request: Request): Request =>
      new Proxy(request, {
        has: (target, name) => name !== 'body' && name in target,
        get(target, name) {
          const value: unknown = name === 'body' ? undefined : Reflect.get(target, name)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    const post = (body: BodyInit, headers: Record<string, string> = {}) =>
      new Request(URL_OF_HANDLER, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
        ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
      })

    it.each([
      ['an action is read', { action: 'reset' }, 200],
      ['more than 16 kB are refused', { action: 'reset', filler: 'x'.repeat(17_000) }, 400],
    ])('%s', async (_, body, status) => {
      expect((await handler(inFirefox(post(JSON.stringify(body))))).status).toBe(status)
    })

    it('more than 16 kB are not read if the request gives its length', async () => {
      const request = post('{"action":"reset"}', { 'content-length': '16385' })
      await expectProblem(await handler(inFirefox(request)), 'invalid-request', 400)
      expect(request.bodyUsed).toBe(false)
    })

    it('a body that does not end is refused after ten seconds', async () => {
      const answer = handler(inFirefox(post(new ReadableStream({}))))
      await advance(10_000)
      await expectProblem(await answer, 'invalid-request', 400)
    })
  })

  it('refuses a missing body', async () => {
    const setup = setUp()
    const answer = await setup.send({ method: 'POST', headers: { 'content-type': 'application/json' } })
    await expectProblem(answer, 'invalid-request', 400)
  })

  it.each([
    ['bytes that are not UTF-8', [0x22, 0xff, 0xfe, 0x22]],
    ['text that ends within a character', [0x22, 0xe2, 0x82]],
  ])('refuses %s', async (_, bytes) => {
    const answer = await setUp().send({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Uint8Array(bytes),
    })
    await expectProblem(answer, 'invalid-request', 400)
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain; application/json',
    'application/jsonp',
    'application/json-patch+json',
    'application/json, text/plain',
    'text/json',
    'application/json+x',
    'application/csp-report',
    '',
  ])('refuses the content type "%s", which forms and pages of other sites can send', async (type) => {
    const setup = setUp()
    await expectProblem(await setup.post({ action: 'reset' }, { 'content-type': type }), 'invalid-request')
    expect(setup.calls).toEqual([])
  })

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON ;charset=UTF-8'])(
    'accepts the content type "%s"',
    async (type) => {
      expect((await setUp().post({ action: 'reset' }, { 'content-type': type })).status).toBe(200)
    },
  )

  const padded = (bytes: number): string => {
    const frame = JSON.stringify({ action: 'reset', pad: '' }).length
    return JSON.stringify({ action: 'reset', pad: 'x'.repeat(bytes - frame) })
  }

  it('takes a body of 16 kB, and refuses one byte more', async () => {
    const setup = setUp()
    expect((await setup.post(padded(16_384))).status).toBe(200)
    await expectProblem(await setup.post(padded(16_385)), 'invalid-request', 400)
    expect(setup.calls).toEqual(['reset'])
  })

  it('counts bytes instead of characters', async () => {
    const body = JSON.stringify({ action: 'reset', pad: '€'.repeat(6_000) })
    expect(body.length).toBeLessThan(16_384)
    await expectProblem(await setUp().post(body), 'invalid-request', 400)
  })

  /** A body without an end, which reports how much of it was read. */
  function endless(): {
    readonly body: ReadableStream<Uint8Array>
    readonly state: { sent: number; ended: boolean }
  } {
    const state = { sent: 0, ended: false }
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode(' '.repeat(1_024)))
        state.sent += 1_024
      },
      cancel() {
        state.ended = true
      },
    })
    return { body, state }
  }
  const streamed = (body: ReadableStream<Uint8Array>) =>
    ({ method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' }) as RequestInit

  it('stops reading an endless body', async () => {
    const { body, state } = endless()
    await expectProblem(await setUp().send(streamed(body)), 'invalid-request', 400)
    expect(state.ended).toBe(true)
    expect(state.sent).toBeLessThan(20_000)
  })

  it('responds to an endless body even if the host keeps an unread clone', async () => {
    const clones: Request[] = []
    const authorize = (request: Request): boolean => clones.push(request.clone()) > 0
    const answer = await setUp({}, { authorize }).send(streamed(endless().body))
    await expectProblem(answer, 'invalid-request', 400)
  })

  it('reads a body that arrives in pieces, even if a character is split', async () => {
    const bytes = new TextEncoder().encode('{"note":"€","action":"reset"}')
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
        controller.close()
      },
    })
    expect((await setUp().send(streamed(body))).status).toBe(200)
  })

  it('responds with one of our errors if the body breaks off', async () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.error(new Error(SECRET)),
    })
    await expectProblem(await setUp().send(streamed(body)), 'unknown')
  })
})

describe('requests from other origins', () => {
  const own = 'https://host.example'
  const allowedOrigins = ['https://app.example']
  type Headers = Record<string, string>
  const refused: readonly (readonly [string, Headers])[] = [
    ['a foreign Origin', { origin: 'https://evil.example' }],
    ['a foreign Origin that begins like ours', { origin: `${own}.evil.example` }],
    ['the Origin of another scheme', { origin: 'http://host.example' }],
    ['the Origin of another port', { origin: `${own}:8443` }],
    ['the Origin of a subdomain', { origin: 'https://blog.host.example' }],
    ['an Origin that begins like an allowed one', { origin: 'https://app.example.evil.example' }],
    ['Origin: null', { origin: 'null' }],
    ['Origin: null of another site', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['Sec-Fetch-Site: cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['Sec-Fetch-Site: same-site', { 'sec-fetch-site': 'same-site' }],
    ['Sec-Fetch-Site: none', { 'sec-fetch-site': 'none' }],
    [
      'Sec-Fetch-Site: cross-site with a foreign Origin',
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    ],
    [
      'Sec-Fetch-Site: same-site with the Origin of a subdomain',
      { origin: 'https://blog.host.example', 'sec-fetch-site': 'same-site' },
    ],
    ['Sec-Fetch-Site: cross-site with our Origin', { origin: own, 'sec-fetch-site': 'cross-site' }],
  ]
  const allowed: readonly (readonly [string, Headers])[] = [
    ['our Origin', { origin: own }],
    ['our Origin with Sec-Fetch-Site: same-origin', { origin: own, 'sec-fetch-site': 'same-origin' }],
    ['neither header, which no browser sends', {}],
    ['Sec-Fetch-Site: same-origin without Origin', { 'sec-fetch-site': 'same-origin' }],
    [
      'Sec-Fetch-Site: same-origin behind a gateway',
      { origin: 'https://public.example', 'sec-fetch-site': 'same-origin' },
    ],
    ['an allowed Origin', { origin: 'https://app.example' }],
    ['an allowed Origin of another site', { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' }],
  ]

  it.each(refused)('are refused with %s', async (_, headers) => {
    const setup = setUp({}, { allowedOrigins })
    await expectProblem(await setup.post({ action: 'unlink' }, headers), 'forbidden', 403)
    expect(setup.calls).toEqual([])
  })

  it.each(allowed)('are accepted with %s', async (_, headers) => {
    const setup = setUp({}, { allowedOrigins })
    expect((await setup.post({ action: 'unlink' }, headers)).status).toBe(200)
  })

  it('are refused for reads too, because a read may make the provider issue a code; the address bar may read', async () => {
    const setup = setUp({}, { allowedOrigins })
    const read = (headers: Headers) => setup.get('?want=code', { headers })
    await expectProblem(await read({ 'sec-fetch-site': 'cross-site' }), 'forbidden', 403)
    await expectProblem(await read({ origin: 'https://evil.example' }), 'forbidden', 403)
    expect(setup.calls).toEqual([])
    expect((await read({ 'sec-fetch-site': 'none' })).status).toBe(200)
    expect((await read({ origin: 'https://app.example', 'sec-fetch-site': 'cross-site' })).status).toBe(200)
  })

  it('are refused before their body is read', async () => {
    const handler = separateHandler({ provider: spyProvider(), authorize: () => true })
    const request = new Request(URL_OF_HANDLER, {
      method: 'POST',
      headers: { origin: 'https://evil.example', 'content-type': 'application/json' },
      body: '{"action":"reset"}',
    })
    await expectProblem(await handler(request), 'forbidden')
    expect(request.bodyUsed).toBe(false)
  })

  it('are refused by default', async () => {
    await expectProblem(
      await setUp().post({ action: 'reset' }, { origin: 'https://app.example' }),
      'forbidden',
    )
  })
})

describe('other methods', () => {
  it.each(['HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'responds to %s with 405 and the allowed methods',
    async (method) => {
      const setup = setUp()
      const answer = await setup.send({ method })
      expect(answer.headers.get('allow')).toBe('GET, POST')
      await expectProblem(answer, 'invalid-request', 405)
      expect(setup.calls).toEqual([])
    },
  )

  it('sends an Allow header only with a 405', async () => {
    const answer = await setUp().get('?want=no')
    expect(answer.headers.has('allow')).toBe(false)
  })
})

describe('a provider function', () => {
  it('chooses the provider by the request', async () => {
    const tenants: Record<string, PairingProvider> = {
      a: spyProvider(),
      b: spyProvider({ getStatus: async () => ({ status: 'linking' }) }),
    }
    const { send } = setUp(
      {},
      {
        provider: async (request) => tenants[new URL(request.url).pathname.slice(1)] as PairingProvider,
        tenant: (request) => new URL(request.url).pathname,
      },
    )
    const statusOf = async (tenant: string): Promise<unknown> =>
      (await send({}, `https://host.example/${tenant}?want=state`)).json()
    expect(await statusOf('a')).toMatchObject({ status: 'unlinked' })
    expect(await statusOf('b')).toMatchObject({ status: 'linking' })
    expect(await statusOf('c')).toMatchObject({ code: 'invalid-options' })
  })

  it.each([
    ['a PairingError', new PairingError('session-not-found', SECRET), 'session-not-found'],
    ['a foreign error', new Error(SECRET), 'unknown'],
    ['text', SECRET, 'unknown'],
  ])('responds with a code only if it fails: %s', async (_, error, code) => {
    for (const provider of [
      () => Promise.reject(error),
      () => {
        throw error
      },
    ]) {
      await expectProblem(await setUp({}, { provider }).get(), code)
    }
  })
})

describe('a provider call that fails', () => {
  const upstream = `https://api.provider.example/waInstance1101/qr/${SECRET}`
  const foreign = Object.assign(new Error(`GET ${upstream} failed`, { cause: new TypeError(upstream) }), {
    url: upstream,
    headers: { authorization: `Bearer ${SECRET}` },
    code: 'ECONNRESET',
    retryAfterMs: 5_000,
    status: 418,
  })
  const calls: readonly (readonly [string, (setup: Setup) => Promise<Response>])[] = [
    [
      'requestPairingCode',
      (setup) => setup.post({ action: 'request-pairing-code', phoneNumber: '5511987654321' }),
    ],
    ['reset', (setup) => setup.post({ action: 'reset' })],
    ['unlink', (setup) => setup.post({ action: 'unlink' })],
  ]

  describe.each(calls)('of %s', (method, call) => {
    it.each([
      ['a foreign error', foreign],
      [
        'a foreign error that looks like a PairingError',
        Object.assign(new Error(upstream), { name: 'PairingError' }),
      ],
      ['text', upstream],
      ['nothing', undefined],
      ['a response', new Response(upstream, { status: 401 })],
    ])('exposes nothing of %s', async (_, error) => {
      const throwing: readonly (() => Promise<never>)[] = [
        () => Promise.reject(error),
        () => {
          throw error
        },
      ]
      for (const fails of throwing) {
        const answer = await call(setUp({ [method]: fails }))
        const seen = JSON.stringify([...answer.headers])
        expect(seen).not.toContain(SECRET)
        expect(answer.headers.has('retry-after')).toBe(false)
        await expectProblem(answer, 'unknown', 500)
      }
    })

    it('keeps the code and retry time of a PairingError, but not its message and cause', async () => {
      const cause = new PairingError('network', upstream)
      const error = new PairingError('rate-limited', upstream, { retryAfterMs: 1_500, cause })
      const answer = await call(setUp({ [method]: () => Promise.reject(error) }))
      expect(answer.status).toBe(429)
      expect(answer.headers.get('retry-after')).toBe('2')
      expect(await answer.json()).toEqual({
        type: 'about:blank',
        title: 'rate-limited',
        status: 429,
        code: 'rate-limited',
        retryAfterMs: 1_500,
      })
    })
  })

  it.each(pairingErrorCodes)('keeps the code of a failed read: %s', async (code) => {
    const fails = () => Promise.reject(new PairingError(code, upstream))
    expect(await providerErrorOf(setUp({ getStatus: fails }).get())).toBe(code)
  })

  const foreignErrors: readonly (readonly [string, unknown])[] = [
    ['a foreign error', foreign],
    ['text', upstream],
    ['nothing', undefined],
    ['a code of a later version', Object.assign(new PairingError('unknown', ''), { code: `new-${SECRET}` })],
  ]

  it.each(foreignErrors)('exposes nothing of %s after a failed read', async (_, error) => {
    const answer = await setUp({ getStatus: () => Promise.reject(error) }).get()
    expect(JSON.stringify([...answer.headers])).not.toContain(SECRET)
    const text = await answer.text()
    expect(text).not.toContain(SECRET)
    expect(JSON.parse(text)).toMatchObject({ status: 'preparing', error: { code: 'unknown' } })
  })

  it('reports in milliseconds how long to wait after a failed read', async () => {
    const error = new PairingError('rate-limited', upstream, { retryAfterMs: 20_000 })
    const { error: shown } = await updateOf(setUp({ getStatus: () => Promise.reject(error) }).get())
    // The wait that the provider demands plus up to a quarter, so that pages do not all return at the same moment.
    expect(shown?.retryInMs).toBeGreaterThan(19_000)
    expect(shown?.retryInMs).toBeLessThanOrEqual(25_000)
  })

  it('has no retry time for a refusal that a retry cannot repair', async () => {
    const fails = () => Promise.reject(new PairingError('unauthorized', ''))
    expect((await updateOf(setUp({ getStatus: fails }).get())).error).toEqual({ code: 'unauthorized' })
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])(
    'has no Retry-After for a failed action with %s ms to wait',
    async (retryAfterMs) => {
      const error = new PairingError('rate-limited', '', { retryAfterMs })
      const answer = await setUp({ reset: () => Promise.reject(error) }).post({ action: 'reset' })
      expect(answer.headers.has('retry-after')).toBe(false)
      await expectProblem(answer, 'rate-limited')
    },
  )
})

describe('responses of a custom provider', () => {
  it('lose the fields that are not part of a snapshot', async () => {
    const snapshot = {
      status: 'linked' as const,
      account: { name: 'Ana', avatarUrl: 'http://insecure.example/', apiKey: SECRET },
      raw: { token: SECRET },
    }
    const text = await (await setUp({ getStatus: async () => snapshot }).get()).text()
    expect(text).not.toContain(SECRET)
    expect(JSON.parse(text)).toMatchObject({ status: 'linked', account: { name: 'Ana' } })
    expect(JSON.parse(text).account).toEqual({ name: 'Ana' })
  })

  it.each([
    [
      'an image at a URL of the provider',
      { status: 'qr', qrCode: { kind: 'image', src: `https://api.provider.example/${SECRET}` } },
    ],
    ['an invalid pairing code', { status: 'pairing-code', pairingCode: `Error: ${SECRET}` }],
    ['an unknown status', { status: SECRET }],
  ])('become the error invalid-answer for %s', async (_, snapshot) => {
    const setup = setUp({ getStatus: async () => snapshot as never })
    expect(await providerErrorOf(setup.get())).toBe('invalid-answer')
  })
})

describe('every response', () => {
  const answers: readonly (readonly [string, (setup: Setup) => Promise<Response>])[] = [
    ['a snapshot', (setup) => setup.get()],
    ['a code', (setup) => setup.get('?want=code')],
    ['a change', (setup) => setup.post({ action: 'reset' })],
    ['a bad request', (setup) => setup.post('{')],
    ['a foreign origin', (setup) => setup.post({ action: 'reset' }, { origin: 'https://evil.example' })],
    ['another method', (setup) => setup.send({ method: 'DELETE' })],
  ]

  it.each(answers)('forbids caching and has a fixed content type: %s', async (_, call) => {
    for (const authorize of [() => true, () => false, () => Promise.reject(new Error())]) {
      const { headers } = await call(setUp({}, { authorize }))
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('vary')).toMatch(/origin.*cookie/)
      expect(headers.has('access-control-allow-origin')).toBe(false)
    }
  })
})

describe('limits of streams', () => {
  it.each(['streamLifetimeMs', 'maxWatchers', 'maxWatchersPerSession'])(
    'requires %s to be a number of 0 or more',
    (name) => {
      for (const value of [Number.NaN, -1, '5', null, {}, Number.NEGATIVE_INFINITY])
        expect(() =>
          separateHandler({ provider: spyProvider(), authorize: () => true, [name]: value }),
        ).toThrow(expect.objectContaining({ code: 'invalid-options' }))
      for (const value of [0, 5, undefined, Number.POSITIVE_INFINITY])
        expect(() =>
          separateHandler({ provider: spyProvider(), authorize: () => true, [name]: value }),
        ).not.toThrow()
    },
  )
})

describe('options of handlers written in JavaScript', () => {
  const handlerWith = (options: object) =>
    separateHandler({ provider: spyProvider(), authorize: () => true, ...options })

  // An environment variable is text: 'false' would count as true.
  it.each(['allowStart', 'allowPasskeyAnswers', 'liveEvents', 'trustProxy'])(
    'throw if %s is not true or false',
    (name) => {
      for (const value of ['false', 'true', '', 0, 1, null, {}])
        expect(() => handlerWith({ [name]: value })).toThrow(
          expect.objectContaining({ code: 'invalid-options', message: expect.stringContaining(name) }),
        )
      for (const value of [true, false, undefined]) expect(() => handlerWith({ [name]: value })).not.toThrow()
    },
  )

  it('throw if allowedOrigins is not a list', () => {
    for (const allowedOrigins of ['https://app.example', new Set(['https://app.example']), {}, '', 7])
      expect(() => handlerWith({ allowedOrigins })).toThrow(
        expect.objectContaining({
          code: 'invalid-options',
          message: expect.stringContaining('allowedOrigins'),
        }),
      )
  })
})
