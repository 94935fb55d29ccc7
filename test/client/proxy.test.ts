import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ProxyOptions, proxy } from '../../src/client/proxy.js'
import { PairingError, pairingErrorCodes } from '../../src/core/errors.js'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type { PairingProvider, RequestOptions } from '../../src/core/provider.js'
import { greenApi } from '../../src/providers/green-api.js'
import { createPairingHandler } from '../../src/server/handler.js'
import { mockGreenApi, mockGreenApiSocket, testProvider } from '../../src/testing.js'
import {
  type Answer,
  empty,
  everythingIn,
  type FetchStub,
  gate,
  hang,
  json,
  page,
  QR_TEXT,
  rejection,
  stubFetch,
  text,
} from '../providers/fetch-stub.js'
import { SPY_SESSION, spyProvider, timing } from '../server/spy-provider.js'

const PAIRING_URL = 'https://host.example/api/pairing'
const number = normalizePhoneNumber('5511987654321')

type Call = (provider: PairingProvider, options: RequestOptions) => Promise<unknown>

const reads: readonly (readonly [string, Call])[] = [
  ['getStatus', (provider, options) => provider.getStatus(options)],
  ['getQrCode', (provider, options) => provider.getQrCode(options)],
]
const changes: readonly (readonly [string, Call])[] = [
  ['requestPairingCode', async (provider, options) => provider.requestPairingCode?.(number, options)],
  ['reset', async (provider, options) => provider.reset?.(options)],
  ['unlink', async (provider, options) => provider.unlink?.(options)],
]
const calls = [...reads, ...changes]

interface Setup extends FetchStub {
  readonly provider: PairingProvider
}

function answering(answer: Answer, options: Partial<ProxyOptions> = {}): Setup {
  const stub = stubFetch(answer)
  return { ...stub, provider: proxy({ url: PAIRING_URL, fetch: stub.fetch, ...options }) }
}

/** The proxy in front of the real handler. */
function inFrontOf(behind: PairingProvider): PairingProvider {
  const handler = createPairingHandler({ provider: behind, authorize: () => true })
  return proxy({ url: PAIRING_URL, fetch: (input, init) => handler(new Request(input, init)) })
}

describe('the way to the handler and back', () => {
  it('reaches every method of the provider', async () => {
    const behind = spyProvider()
    const provider = inFrontOf(behind)
    for (const [, call] of calls) await call(provider, {})
    expect(behind.calls).toEqual([
      'getStatus',
      'getQrCode',
      'requestPairingCode 5511987654321',
      'reset',
      'unlink',
    ])
  })

  it('brings snapshots, each with the id, the methods and the timing of the provider behind', async () => {
    const provider = inFrontOf(spyProvider())
    const methods = ['qr', 'phone-code']
    const behind = { session: SPY_SESSION, provider: 'spy', methods, timing }
    expect(await provider.getStatus({})).toEqual({ status: 'unlinked', ...behind })
    expect(await provider.getQrCode({})).toMatchObject({
      status: 'qr',
      qrCode: { kind: 'text' },
      ...behind,
    })
    expect(await provider.requestPairingCode?.(number, {})).toEqual({
      status: 'pairing-code',
      pairingCode: 'ABCD1234',
      ...behind,
    })
    expect(await provider.reset?.({})).toBeUndefined()
    expect(await provider.unlink?.({})).toBeUndefined()
  })

  it('promises no method until the server has answered', () => {
    expect(inFrontOf(spyProvider()).methods).toEqual([])
  })

  describe.each(calls)('of %s', (method, call) => {
    it.each(pairingErrorCodes.filter((code) => code !== 'sign-in-required'))(
      'brings "%s" with its waiting time, and nothing else of the error',
      async (code) => {
        const secret = 'd75b3a66374942c5b3c019c698abc2067e15'
        const thrown = new PairingError(code, secret, { retryAfterMs: 1_234 })
        const provider = inFrontOf(spyProvider({ [method]: () => Promise.reject(thrown) }))
        const error = await rejection(call(provider, {}))
        expect(error).toMatchObject({ code, retryAfterMs: 1_234 })
        expect(everythingIn(error)).not.toContain(secret)
      },
    )
  })

  it.each([
    ['sign-in-required', () => Promise.reject(new PairingError('sign-in-required'))],
    ['unknown', () => Promise.reject(new Error())],
    ['forbidden', () => false],
  ])('brings "%s" from authorize', async (code, authorize) => {
    const handler = createPairingHandler({ provider: spyProvider(), authorize })
    const provider = proxy({ url: PAIRING_URL, fetch: (input, init) => handler(new Request(input, init)) })
    for (const [, call] of calls) expect((await rejection(call(provider, {}))).code).toBe(code)
  })
})

describe('requests', () => {
  const done = (): Answer => (request) =>
    request.method === 'POST' ? new Response(null, { status: 204 }) : Response.json({ status: 'unlinked' })

  it('reads with GET, past every cache', async () => {
    const { provider, requests } = answering(json({ status: 'unlinked' }))
    await provider.getStatus({})
    await provider.getQrCode({})
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET ${PAIRING_URL}?want=state`,
      `GET ${PAIRING_URL}?want=code`,
    ])
    for (const { init, headers } of requests) {
      expect(init.cache).toBe('no-store')
      expect(headers.get('accept')).toBe('application/json')
      expect(headers.has('content-type')).toBe(false)
    }
  })

  it('changes with POST and JSON', async () => {
    const { provider, requests } = answering(({ body }) =>
      body && Object.hasOwn(body, 'phoneNumber')
        ? Response.json({ status: 'pairing-code', pairingCode: 'ABCD1234' })
        : new Response(null, { status: 204 }),
    )
    for (const [, call] of changes) await call(provider, {})
    expect(requests.map(({ body }) => body)).toEqual([
      { action: 'request-pairing-code', phoneNumber: '5511987654321' },
      { action: 'reset' },
      { action: 'unlink' },
    ])
    for (const { method, url, headers } of requests) {
      expect(`${method} ${url}`).toBe(`POST ${PAIRING_URL}`)
      expect(headers.get('content-type')).toBe('application/json')
    }
  })

  it.each([
    ['a relative URL', '/api/pairing', '/api/pairing?want=state'],
    ['a URL with a query', '/api/pairing?tenant=7', '/api/pairing?tenant=7&want=state'],
    ['a full URL with a query', `${PAIRING_URL}?a=b&c=d`, `${PAIRING_URL}?a=b&c=d&want=state`],
    ['a URL with a slash at its end', '/api/pairing/', '/api/pairing/?want=state'],
  ])('go to %s', async (_, url, asked) => {
    const { provider, requests } = answering(done(), { url })
    await provider.getStatus({})
    await provider.reset?.({})
    expect(requests.map((request) => request.url)).toEqual([asked, url])
  })

  it('are named by their URL unless the host says otherwise', () => {
    expect(proxy({ url: '/api/pairing' })).toMatchObject({ id: 'proxy', sessionId: '/api/pairing' })
    expect(proxy({ url: '/api/pairing', sessionId: 'tenant-7' })).toMatchObject({ sessionId: 'tenant-7' })
  })

  it.each([
    ['an object', { authorization: 'Bearer of-the-host' }],
    ['a function', () => ({ authorization: 'Bearer of-the-host' })],
    ['an async function', async () => ({ authorization: 'Bearer of-the-host' })],
  ])('carry the headers of %s', async (_, headers) => {
    const { provider, requests } = answering(done(), { headers })
    await provider.getStatus({})
    await provider.reset?.({})
    for (const request of requests) expect(request.headers.get('authorization')).toBe('Bearer of-the-host')
    expect(requests[1]?.headers.get('content-type')).toBe('application/json')
  })

  it('ask a function for its headers each time', async () => {
    let turn = 0
    const headers = () => {
      turn += 1
      return { 'x-turn': String(turn) }
    }
    const { provider, requests } = answering(done(), { headers })
    await provider.getStatus({})
    await provider.getStatus({})
    expect(requests.map((request) => request.headers.get('x-turn'))).toEqual(['1', '2'])
  })

  it.each([{ 'Content-Type': 'application/json' }, { 'CONTENT-TYPE': 'text/plain', Accept: 'text/html' }])(
    'keep their own type whatever the host writes: %j',
    async (headers) => {
      const { provider, requests } = answering(done(), { headers })
      await provider.reset?.({})
      expect(requests[0]?.headers.get('content-type')).toBe('application/json')
      expect(requests[0]?.headers.get('accept')).toBe('application/json')
    },
  )
})

describe.each(calls)('%s', (_, call) => {
  const codeOf = async (answer: Answer): Promise<unknown> =>
    (await rejection(call(answering(answer).provider, {}))).code

  it.each<readonly [string, Answer, string]>([
    ['a sign-in page', page(200, 'Sign in'), 'invalid-answer'],
    ['a sign-in page that answers 401', page(401, 'Sign in'), 'sign-in-required'],
    ['a 401 without a body', empty(401), 'sign-in-required'],
    ['a 401 in the words of a gateway', json({ code: 'unauthorized' }, 401), 'sign-in-required'],
    ['a 403 of a firewall', page(403, 'Forbidden'), 'sign-in-required'],
    ['a 403 in JSON', json({ message: 'Forbidden' }, 403), 'sign-in-required'],
    ['a 404 of the host', page(404, 'Not Found'), 'invalid-answer'],
    ['a 404 in JSON', json({ error: 'Not Found', code: 404 }, 404), 'invalid-answer'],
    ['a 405', empty(405), 'invalid-answer'],
    ['a 429 of a gateway', text('Too many requests', 429), 'rate-limited'],
    [
      'a 500 of the framework',
      json({ message: 'Internal Server Error', code: 'ERR' }, 500),
      'provider-unavailable',
    ],
    ['a 502 of a gateway', page(502), 'provider-unavailable'],
    ['a 504 without a body', empty(504), 'provider-unavailable'],
    ['a code that is none of ours', json({ code: 'constructor' }, 400), 'invalid-answer'],
    ['a code that is no text', json({ code: ['forbidden'] }, 400), 'invalid-answer'],
    ['null', json(null), 'invalid-answer'],
    ['a list', json([]), 'invalid-answer'],
    ['something else in JSON', json({ ok: true }), 'invalid-answer'],
    ['half of its JSON', text('{"status":"unlin', 200, 'application/json'), 'invalid-answer'],
    ['nothing', empty(200), 'invalid-answer'],
    ['a 202', json({ status: 'unlinked' }, 202), 'invalid-answer'],
  ])('takes %s for what it is', async (_, answer, code) => {
    expect(await codeOf(answer)).toBe(code)
  })

  it.each([Number.NaN, -1, '1000', null])('does not wait for %j ms', async (retryAfterMs) => {
    const error = await rejection(
      call(answering(json({ code: 'rate-limited', retryAfterMs }, 429)).provider, {}),
    )
    expect(error).toMatchObject({ code: 'rate-limited', retryAfterMs: undefined })
  })

  it('says nothing of what a foreign answer says', async () => {
    const secret = 'd75b3a66374942c5b3c019c698abc2067e15'
    const body = { code: 'unknown', title: secret, message: secret, cause: secret }
    for (const answer of [json(body, 500), page(500, secret), text(secret, 404)]) {
      expect(everythingIn(await rejection(call(answering(answer).provider, {})))).not.toContain(secret)
    }
  })

  it('says nothing of what fetch threw', async () => {
    const { provider } = answering(() => Promise.reject(new TypeError(`${PAIRING_URL}?key=secret failed`)))
    const error = await rejection(call(provider, {}))
    expect(error.code).toBe('network')
    expect(everythingIn(error)).not.toContain('secret')
  })

  it('blames the network where the body breaks off', async () => {
    const half = () =>
      new Response(new ReadableStream({ start: (body) => body.error(new TypeError('terminated')) }))
    expect(await codeOf(half)).toBe('network')
  })

  it('is aborted by its signal before it is sent, where fetch honours that', async () => {
    const { provider, requests } = answering(({ init }) => {
      init.signal?.throwIfAborted()
      return Response.json({ status: 'unlinked' })
    })
    const error = await rejection(call(provider, { signal: AbortSignal.abort() }))
    expect(error.code).toBe('aborted')
    expect(requests).toHaveLength(1)
  })

  it('is aborted by its signal while it waits for the answer', async () => {
    const asked = gate()
    const { provider } = answering(({ init }) => {
      asked.open()
      return Promise.race([
        hang(),
        new Promise<never>((_, reject) =>
          init.signal?.addEventListener('abort', () => reject(init.signal?.reason)),
        ),
      ])
    })
    const client = new AbortController()
    const error = rejection(call(provider, { signal: client.signal }))
    await asked.opened
    client.abort(new Error('a reason of the host'))
    expect((await error).code).toBe('aborted')
    expect(everythingIn(await error)).not.toContain('reason of the host')
  })

  it('is aborted by its signal in the middle of the body', async () => {
    const answered = gate()
    const { provider } = answering(({ init }) => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"status":'))
          init.signal?.addEventListener('abort', () => controller.error(init.signal?.reason))
        },
        pull: () => answered.open(),
      })
      return new Response(body)
    })
    const client = new AbortController()
    const error = rejection(call(provider, { signal: client.signal }))
    await answered.opened
    client.abort()
    expect((await error).code).toBe('aborted')
  })

  const failing: readonly (readonly [string, Partial<ProxyOptions>, string])[] = [
    ['headers that cannot be had', { headers: () => Promise.reject(new Error('no token')) }, 'network'],
    ['headers that are none', { headers: { 'bad name': 'x' } }, 'unknown'],
    ['headers with a line break', { headers: { authorization: 'Bearer\r\nx: y' } }, 'unknown'],
    [
      'headers with a mistake',
      { headers: () => Promise.reject(new ReferenceError('getToken is not defined')) },
      'unknown',
    ],
    [
      'headers that say who can help',
      { headers: () => Promise.reject(new PairingError('sign-in-required', 'Sign in.')) },
      'sign-in-required',
    ],
    [
      'a fetch that throws at once',
      {
        fetch: () => {
          throw new Error('no fetch')
        },
      },
      'network',
    ],
    ['a fetch that answers with nothing', { fetch: async () => undefined as never }, 'unknown'],
    ['a relative URL where there is no page', { url: '/api/pairing', fetch: undefined }, 'unknown'],
    [
      'a fetch with a mistake',
      { fetch: () => Promise.reject(new ReferenceError('Request is not defined')) },
      'unknown',
    ],
    [
      'a fetch without a network',
      { fetch: () => Promise.reject(new TypeError('Failed to fetch')) },
      'network',
    ],
  ]
  it.each(failing)('rejects with an error of ours for %s', async (_, options, code) => {
    const { provider } = answering(json({ status: 'unlinked' }), options)
    expect((await rejection(call(provider, {}))).code).toBe(code)
  })

  it('never rejects with anything but an error of ours, whatever is answered', async () => {
    const bodies = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.uint8Array(),
      fc
        .record(
          {
            status: fc.constantFrom('unlinked', 'qr', 'linked', 'pairing-code', 429),
            code: fc.oneof(fc.constantFrom(...pairingErrorCodes), fc.jsonValue()),
            retryAfterMs: fc.jsonValue(),
            qrCode: fc.oneof(fc.constant({ value: QR_TEXT }), fc.jsonValue()),
            account: fc.jsonValue(),
          },
          { requiredKeys: [] },
        )
        .map((fields) => JSON.stringify(fields)),
    )
    const statuses = fc.oneof(
      fc.constantFrom(200, 204, 400, 401, 403, 429, 500),
      fc.integer({ min: 200, max: 599 }),
    )
    await fc.assert(
      fc.asyncProperty(bodies, statuses, async (body, status) => {
        const isBodiless = [204, 205, 304].includes(status)
        const { provider } = answering(() => new Response(isBodiless ? null : (body as BodyInit), { status }))
        const outcome = await call(provider, {}).then(
          () => undefined,
          (error: unknown) => error,
        )
        if (outcome === undefined) expect([200, 204]).toContain(status)
        else expect(PairingError.isInstance(outcome) && pairingErrorCodes.includes(outcome.code)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('a change without an answer', () => {
  it.each(['reset', 'unlink'] as const)('%s is done only where the handler says so', async (method) => {
    expect(await answering(empty(204)).provider[method]?.({})).toBeUndefined()
    for (const answer of [
      empty(200),
      page(200, 'Sign in'),
      json({ status: 'unlinked' }),
      json(null),
      empty(205),
    ]) {
      expect((await rejection(Promise.resolve(answering(answer).provider[method]?.({})))).code).toBe(
        'invalid-answer',
      )
    }
  })
})

const instance = { idInstance: '1101000001', apiTokenInstance: 'd75b3a66374942c5b3c019c698abc2067e15' }

testProvider({
  name: 'proxy in front of an adapter',
  describe,
  it,
  create: ({ fetch, emulator }) =>
    inFrontOf(greenApi({ ...instance, fetch, webSocket: mockGreenApiSocket(emulator, instance) })),
  mockServer: (emulator) => mockGreenApi(emulator, instance),
  secrets: [instance.apiTokenInstance],
  pushes: true,
})
