import { describe, expect, it } from 'vitest'
import { PairingError, pairingErrorCodes } from '../../src/core/errors.js'
import type { PairingProvider } from '../../src/core/provider.js'
import { httpStatusOf } from '../../src/server/responses.js'
import { advance, emulateTime } from '../time.js'
import { handlerOptions, type SetupOptions, separateHandler } from './setup.js'
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
  if (!known) throw new Error(`Unknown error code: ${code}`)
  const expected = status ?? httpStatusOf(known)
  expect(answer.status).toBe(expected)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(await answer.json()).toEqual({ type: 'about:blank', title: code, status: expected, code })
}

describe('authorize', () => {
  it.each([
    ['authorize', { authorize: undefined as never }],
    ['provider', { provider: undefined as never }],
  ])('is required like the provider: a handler without %s throws', (_, missing) => {
    const options = { provider: spyProvider(), authorize: () => true, ...missing }
    expect(() => separateHandler(options)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  })

  it('authorize runs before the provider is chosen and before the body is read', async () => {
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

  it('authorize may read a clone of the request', async () => {
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
    ['2,048 lists in each other', '['.repeat(2_048) + ']'.repeat(2_048)],
    ['two actions, of which the last is invalid', '{"action":"reset","action":"x"}'],
    ['two byte order marks', '\ufeff\ufeff{"action":"reset"}'],
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

describe('a request with another method than GET and POST', () => {
  it.each(['HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])(
    'gets 405 with the allowed methods, and has no effect: %s',
    async (method) => {
      const setup = setUp()
      for (const query of ['?want=state', '?events', '?action=reset', '']) {
        const answer = await setup.get(query, { method, headers: { 'x-http-method-override': 'GET' } })
        expect(answer.headers.get('allow')).toBe('GET, POST')
        await expectProblem(answer, 'invalid-request', 405)
      }
      expect(setup.calls).toEqual([])
    },
  )

  it('is the only one whose response has an Allow header', async () => {
    expect((await setUp().get('?want=no')).headers.has('allow')).toBe(false)
  })
})

describe('a provider function', () => {
  it.each([
    ['a PairingError', new PairingError('session-not-found', SECRET), 'session-not-found'],
    ['a foreign error', new Error(SECRET), 'unknown'],
    ['text', SECRET, 'unknown'],
  ])('that fails with %s is answered with a code only', async (_, error, code) => {
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
  it('of an action keeps the code and the retry time of a PairingError, but not its message and cause', async () => {
    const cause = new PairingError('network', upstream)
    const error = new PairingError('rate-limited', upstream, { retryAfterMs: 1_500, cause })
    const answer = await setUp({ reset: () => Promise.reject(error) }).post({ action: 'reset' })
    expect(answer.headers.get('retry-after')).toBe('2')
    const body = { type: 'about:blank', title: 'rate-limited', status: 429, code: 'rate-limited' }
    expect(await answer.json()).toEqual({ ...body, retryAfterMs: 1_500 })
  })

  const foreignErrors: readonly (readonly [string, unknown])[] = [
    ['a foreign error', foreign],
    ['text', upstream],
    ['nothing', undefined],
    ['an error that looks like a PairingError', Object.assign(new Error(upstream), { name: 'PairingError' })],
    ['a response', new Response(upstream, { status: 401 })],
    ['a code of a later version', Object.assign(new PairingError('unknown', ''), { code: `new-${SECRET}` })],
  ]

  it.each(foreignErrors)('of a read exposes nothing of %s', async (_, error) => {
    const answer = await setUp({ getStatus: () => Promise.reject(error) }).get()
    expect(JSON.stringify([...answer.headers])).not.toContain(SECRET)
    const text = await answer.text()
    expect(text).not.toContain(SECRET)
    expect(JSON.parse(text)).toMatchObject({ status: 'preparing', error: { code: 'unknown' } })
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])(
    'of an action has no Retry-After if the provider requests a pause of %s ms',
    async (retryAfterMs) => {
      const error = new PairingError('rate-limited', '', { retryAfterMs })
      const answer = await setUp({ reset: () => Promise.reject(error) }).post({ action: 'reset' })
      expect(answer.headers.has('retry-after')).toBe(false)
      await expectProblem(answer, 'rate-limited')
    },
  )
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

describe('options of handlers written in JavaScript', () => {
  const handlerWith = (options: object) =>
    separateHandler({ provider: spyProvider(), authorize: () => true, ...options })
  const limits = [
    [Number.NaN, -1, '5', null, {}, Number.NEGATIVE_INFINITY],
    [0, 5, Number.POSITIVE_INFINITY],
  ]
  // An environment variable is text: 'false' would count as true.
  const flags = [
    ['false', 'true', '', 0, 1, null, {}],
    [true, false],
  ]
  const lists = [['https://app.example', new Set(['https://app.example']), {}, '', 7], [[]]]

  it.each<readonly [string, readonly (readonly unknown[])[]]>([
    ...['streamLifetimeMs', 'maxWatchers', 'maxWatchersPerSession'].map((name) => [name, limits] as const),
    ...['allowStart', 'allowPasskeyAnswers', 'liveEvents', 'trustProxy'].map(
      (name) => [name, flags] as const,
    ),
    ['allowedOrigins', lists],
  ])('throw invalid-options if %s has another type or range', (name, [wrong = [], right = []]) => {
    const invalid = { code: 'invalid-options', message: expect.stringContaining(name) }
    for (const value of wrong)
      expect(() => handlerWith({ [name]: value })).toThrow(expect.objectContaining(invalid))
    for (const value of [...right, undefined]) expect(() => handlerWith({ [name]: value })).not.toThrow()
  })
})
