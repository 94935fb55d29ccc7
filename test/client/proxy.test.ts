import { once } from 'node:events'
import { createServer } from 'node:http'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type ProxyOptions, proxy } from '../../src/client/proxy.js'
import type { PairingConnection } from '../../src/core/connection.js'
import { PairingError, pairingErrorCodes } from '../../src/core/errors.js'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type { PairingProvider, RequestOptions } from '../../src/core/provider.js'
import type { PairingUpdate } from '../../src/core/update.js'
import { createPollerRegistry } from '../../src/poller/registry.js'
import { createHandler } from '../../src/server/handler.js'
import type { PairingHandlerOptions } from '../../src/server/handler-options.js'
import { randomRuns } from '../long-runs.js'
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
import { advance, startTime } from '../time.js'

const PAIRING_URL = 'https://host.example/api/pairing'
const SECRET = 'd75b3a66374942c5b3c019c698abc2067e15'
const number = normalizePhoneNumber('5511987654321')

const update: PairingUpdate = {
  v: 1,
  session: 'session-a',
  origin: 'process-1',
  seq: 1,
  at: 1_800_000_000_000,
  status: 'unlinked',
  provider: 'spy',
  methods: ['qr', 'phone-code'],
  abilities: ['unlink', 'reset'],
  timing,
}

type Call = (connection: PairingConnection, options?: RequestOptions) => Promise<PairingUpdate>

const readState: Call = ({ read }, options) => read({ want: 'state', method: 'qr', ...options })
const readCode: Call = ({ read }, options) => read({ want: 'code', method: 'qr', ...options })
const requestCode: Call = ({ act }, options) =>
  act('request-pairing-code', { method: 'phone-code', phoneNumber: number, ...options })
const reset: Call = ({ act }, options) => act('reset', { method: 'qr', ...options })
const unlink: Call = ({ act }, options) => act('unlink', { method: 'qr', ...options })

const calls: readonly (readonly [string, Call])[] = [
  ["read({ want: 'state' })", readState],
  ["read({ want: 'code' })", readCode],
  ["act('request-pairing-code')", requestCode],
  ["act('reset')", reset],
  ["act('unlink')", unlink],
]

/** One read and one action. All other calls use the same code. */
const oneOfEach = calls.filter(([, call]) => call === readState || call === reset)

interface Setup extends FetchStub {
  readonly connection: PairingConnection
}

function answering(answer: Answer, options: Partial<ProxyOptions> = {}): Setup {
  const stub = stubFetch(answer)
  const { connection } = proxy({ url: PAIRING_URL, fetch: stub.fetch, ...options })
  return { ...stub, connection }
}

/** Creates a proxy that calls a real handler. */
function inFrontOf(
  provider: PairingProvider,
  authorize: PairingHandlerOptions['authorize'] = () => true,
): PairingConnection {
  const handler = createHandler({ provider, authorize }, createPollerRegistry())
  const fetch: typeof globalThis.fetch = (input, init) => handler(new Request(input, init))
  return proxy({ url: PAIRING_URL, fetch }).connection
}

describe('proxy() in front of the handler', () => {
  it('calls every method of the provider', async () => {
    const behind = spyProvider()
    const connection = inFrontOf(behind)
    for (const [, call] of calls) await call(connection)
    expect(behind.calls).toEqual([
      'getStatus',
      'getQrCode',
      'requestPairingCode 5511987654321',
      'reset',
      'unlink',
    ])
  })

  it('decodes updates with the session, the abilities and the timing', async () => {
    const connection = inFrontOf(spyProvider())
    const offer = {
      v: 1,
      session: SPY_SESSION,
      provider: 'spy',
      methods: ['qr', 'phone-code'],
      abilities: ['unlink', 'reset'],
      timing,
    }
    expect(await readState(connection)).toMatchObject({ ...offer, status: 'unlinked' })
    expect(await readCode(connection)).toMatchObject({ ...offer, status: 'qr', qrCode: { kind: 'text' } })
    expect(await requestCode(connection)).toMatchObject({
      ...offer,
      status: 'unlinked',
      pairingCode: { value: 'ABCD1234', lastDigits: '4321' },
    })
    expect(await reset(connection)).toMatchObject({ ...offer, status: 'preparing', reason: 'reset' })
    expect(await unlink(connection)).toMatchObject({ ...offer, reason: 'disconnected' })
  })

  it.each(pairingErrorCodes.filter((code) => code !== 'sign-in-required'))(
    'rejects an action with "%s" and its waiting time, without other details of the error',
    async (code) => {
      const thrown = new PairingError(code, SECRET, { retryAfterMs: 1_234 })
      startTime()
      onTestFinished(() => void vi.useRealTimers())
      const rejected = rejection(reset(inFrontOf(spyProvider({ reset: () => Promise.reject(thrown) }))))
      // The server confirms a refusal with a second request.
      await advance(20_000)
      const error = await rejected
      expect(error).toMatchObject({ code, retryAfterMs: 1_234 })
      expect(everythingIn(error)).not.toContain(SECRET)
    },
  )
})

describe('the requests of proxy()', () => {
  it('use GET for reads, and bypass caches', async () => {
    const { connection, requests } = answering(json(update))
    await connection.read({ want: 'state', method: 'phone-code' })
    await connection.read({ want: 'code', method: 'qr', has: 'process-1-3' })
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET ${PAIRING_URL}?want=state&method=phone-code`,
      `GET ${PAIRING_URL}?want=code&method=qr&has=process-1-3`,
    ])
    for (const { init, headers } of requests) {
      expect(init.cache).toBe('no-store')
      expect(headers.get('accept')).toBe('application/json')
      expect(headers.has('content-type')).toBe(false)
    }
  })

  it('carry a header that a page of another site cannot send', async () => {
    const { connection, requests } = answering(json(update), { headers: { 'X-Requested-With': 'app' } })
    for (const [, call] of calls) await call(connection)
    expect(new Set(requests.map(({ headers }) => headers.get('x-requested-with')))).toEqual(
      new Set(['XMLHttpRequest']),
    )
  })

  it('use POST and JSON for actions', async () => {
    const { connection, requests } = answering(json(update))
    for (const call of [requestCode, reset]) await call(connection)
    await connection.act('start', { method: 'qr' })
    expect(requests.map(({ body }) => body)).toEqual([
      { action: 'request-pairing-code', method: 'phone-code', phoneNumber: '5511987654321' },
      { action: 'reset', method: 'qr' },
      { action: 'start', method: 'qr' },
    ])
    for (const { method, url, headers, init } of requests) {
      expect(`${method} ${url} ${init.cache}`).toBe(`POST ${PAIRING_URL} no-store`)
      expect(headers.get('content-type')).toBe('application/json')
    }
  })

  it.each([
    ['a relative URL', '/api/pairing', '/api/pairing?want=state&method=qr'],
    ['a URL with a query', '/api/pairing?tenant=7', '/api/pairing?tenant=7&want=state&method=qr'],
    ['a URL with a slash at its end', '/api/pairing/', '/api/pairing/?want=state&method=qr'],
  ])('go to %s', async (_, url, read) => {
    const { connection, requests } = answering(json(update), { url })
    await readState(connection)
    await reset(connection)
    expect(requests.map((request) => request.url)).toEqual([read, url])
  })

  it.each<readonly [string, NonNullable<ProxyOptions['headers']>]>([
    ['an object', { authorization: 'Bearer of-the-app' }],
    ['a function', () => ({ authorization: 'Bearer of-the-app' })],
    ['an async function', async () => ({ authorization: 'Bearer of-the-app' })],
  ])('carry the headers of %s', async (_, headers) => {
    const { connection, requests } = answering(json(update), { headers })
    for (const [, call] of oneOfEach) await call(connection)
    for (const request of requests) expect(request.headers.get('authorization')).toBe('Bearer of-the-app')
  })

  it('call a headers function for each request', async () => {
    let turn = 0
    const headers = () => ({ 'x-turn': String(++turn) })
    const { connection, requests } = answering(json(update), { headers })
    await readState(connection)
    await readState(connection)
    expect(requests.map((request) => request.headers.get('x-turn'))).toEqual(['1', '2'])
  })

  it('keep their own content type, even if the app sets another one', async () => {
    const headers = { 'CONTENT-TYPE': 'text/plain', Accept: 'text/html' }
    const { connection, requests } = answering(json(update), { headers })
    await reset(connection)
    expect(requests[0]?.headers.get('content-type')).toBe('application/json')
    expect(requests[0]?.headers.get('accept')).toBe('application/json')
  })
})

describe('the sessionId of proxy()', () => {
  const idOf = (options: Partial<ProxyOptions>) => proxy({ url: '/api/pairing', ...options }).sessionId
  const bearer = (token: string): string => idOf({ headers: { Authorization: `Bearer ${token}` } })

  it('is the URL by default', () => {
    expect(idOf({})).toBe('/api/pairing')
    expect(idOf({ sessionId: 'tenant-7', headers: { authorization: SECRET } })).toBe('tenant-7')
    expect(idOf({ headers: () => ({ authorization: SECRET }) })).toBe('/api/pairing')
  })

  it('differs for each static authorization, and does not contain it', () => {
    expect(bearer(SECRET)).toBe(bearer(SECRET))
    expect(bearer(SECRET)).not.toBe(bearer('other'))
    expect(bearer(SECRET)).not.toContain(SECRET.slice(0, 6))
  })

  it.each([undefined, '', 7])('is undefined if the url %j is refused', (url) => {
    expect(() => proxy({ url: url as string })).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  })
})

describe.each(oneOfEach)('%s of proxy()', (_, call) => {
  const codeOf = async (answer: Answer): Promise<unknown> =>
    (await rejection(call(answering(answer).connection))).code

  it.each<readonly [string, Answer, string]>([
    ['a sign-in page', page(200, 'Sign in'), 'invalid-answer'],
    ['a sign-in page with 401', page(401, 'Sign in'), 'sign-in-required'],
    ['a 401 in the format of a gateway', json({ code: 'unauthorized' }, 401), 'sign-in-required'],
    ['a 403 of a firewall', page(403, 'Forbidden'), 'sign-in-required'],
    ['a 404 of the app', page(404, 'Not Found'), 'invalid-answer'],
    ['a 404 in JSON', json({ error: 'Not Found', code: 404 }, 404), 'invalid-answer'],
    ['a 405', empty(405), 'invalid-answer'],
    ['a 429 of a gateway', text('Too many requests', 429), 'rate-limited'],
    ['a 500 of the framework', json({ message: 'Error', code: 'ERR' }, 500), 'provider-unavailable'],
    ['a 502 of a gateway', page(502), 'provider-unavailable'],
    ['a 504 without a body', empty(504), 'provider-unavailable'],
    ['a code that every object has as a property', json({ code: 'constructor' }, 400), 'invalid-answer'],
    ['a code that is not text', json({ code: ['forbidden'] }, 400), 'invalid-answer'],
    ['null', json(null), 'invalid-answer'],
    ['something else in JSON', json({ ok: true }), 'invalid-answer'],
    ['a snapshot of an old server', json({ status: 'unlinked' }), 'invalid-answer'],
    ['truncated JSON', text('{"v":1,"status":"unlin', 200, 'application/json'), 'invalid-answer'],
    ['nothing', empty(200), 'invalid-answer'],
    ['a 202', json(update, 202), 'invalid-answer'],
    ['a 204', empty(204), 'invalid-answer'],
  ])('rejects %s', async (_, answer, code) => {
    expect(await codeOf(answer)).toBe(code)
  })

  // A web page arrives instead of an update. If the request was redirected there, the app sent the user to its
  // sign-in page.
  it.each<readonly [string, Answer, string]>([
    ['the sign-in page of the app', page(200, 'Sign in'), 'sign-in-required'],
    ['a sign-in page without a content type', text('<html>Sign in</html>', 200, ''), 'sign-in-required'],
    ['a sign-in page with the content type of text', text('Please sign in', 200), 'sign-in-required'],
    ['an empty page', empty(204), 'sign-in-required'],
    ['a page that does not exist', page(404), 'invalid-answer'],
    ['a page that is unavailable', page(502), 'provider-unavailable'],
    ['an error of the handler at its real URL', json({ code: 'code-refused' }, 409), 'code-refused'],
  ])('rejects after a redirect to %s', async (_, answer, code) => {
    const redirected: Answer = async (request) => {
      const response = await answer(request)
      Object.defineProperty(response, 'redirected', { value: true })
      return response
    }
    expect(await codeOf(redirected)).toBe(code)
  })

  it('resolves after a redirect to the handler', async () => {
    const { connection } = answering((request) => {
      const response = json(update)(request)
      Object.defineProperty(response, 'redirected', { value: true })
      return response
    })
    expect((await call(connection)).session).toBe(update.session)
  })

  it('rejects with "sign-in-required" after a real redirect to a sign-in page', async () => {
    const server = createServer(({ url: path }, response) => {
      if (path?.startsWith('/sign-in')) response.end('<!DOCTYPE html><title>Sign in</title>')
      else response.writeHead(302, { location: '/sign-in?from=pairing' }).end()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const { connection } = proxy({ url: `http://127.0.0.1:${port}/api/pairing` })
    expect((await rejection(call(connection))).code).toBe('sign-in-required')
    server.close()
    server.closeAllConnections()
  })

  it.each([
    ['a page', page(200), 'text/html'],
    ['a page with HTTP 404', page(404), 'HTTP 404'],
    ['a page with HTTP 203', page(203), 'HTTP 203'],
  ] as const)(
    'rejects with a message that describes the response it got instead of an update: %s',
    async (_, answer, named) => {
      const { code, message } = await rejection(call(answering(answer).connection))
      expect(code).toBe('invalid-answer')
      expect(message).toContain(named)
      expect(message).toContain('createPairingHandler')
    },
  )

  it.each([Number.NaN, -1, '1000', null])('ignores a waiting time of %j ms', async (retryAfterMs) => {
    const answer = json({ code: 'rate-limited', retryAfterMs }, 429)
    const error = await rejection(call(answering(answer).connection))
    expect(error).toMatchObject({ code: 'rate-limited', retryAfterMs: undefined })
  })

  it('never repeats text of a foreign response, of the URL, or of an error that fetch threw', async () => {
    const body = { code: 'unknown', title: SECRET, message: SECRET, cause: SECRET }
    const url = `${PAIRING_URL}?key=${SECRET}`
    const answers: readonly Answer[] = [
      json(body, 500),
      page(500, SECRET),
      text(SECRET, 404),
      text(SECRET, 200, SECRET),
      () => Promise.reject(new TypeError(`${url} failed`)),
    ]
    for (const answer of answers) {
      const { connection } = answering(answer, { url })
      expect(everythingIn(await rejection(call(connection)))).not.toContain(SECRET)
    }
  })

  it('rejects with "network" if the connection breaks while the body arrives', async () => {
    const half = () =>
      new Response(new ReadableStream({ start: (body) => body.error(new TypeError('terminated')) }))
    expect(await codeOf(half)).toBe('network')
  })

  const aborts: readonly (readonly [string, (reached: () => void) => Answer])[] = [
    [
      'before the response',
      (reached) => async (request) => {
        reached()
        await Promise.race([hang(), abortOf(request.init)])
        return new Response()
      },
    ],
    [
      'in the middle of the body',
      (reached) =>
        ({ init }) =>
          new Response(
            new ReadableStream<Uint8Array>({
              start(controller) {
                controller.enqueue(new TextEncoder().encode('{"status":'))
                init.signal?.addEventListener('abort', () => controller.error(init.signal?.reason))
              },
              pull: reached,
            }),
          ),
    ],
  ]
  it.each(aborts)('is aborted by its signal %s', async (_, answer) => {
    const { open, opened } = gate()
    const client = new AbortController()
    const error = rejection(call(answering(answer(open)).connection, { signal: client.signal }))
    await opened
    client.abort(new Error(SECRET))
    expect((await error).code).toBe('aborted')
    expect(everythingIn(await error)).not.toContain(SECRET)
  })

  it('is aborted by a signal that is already aborted', async () => {
    const { connection } = answering(({ init }) => {
      init.signal?.throwIfAborted()
      return Response.json(update)
    })
    expect((await rejection(call(connection, { signal: AbortSignal.abort() }))).code).toBe('aborted')
  })

  it.each<readonly [string, Partial<ProxyOptions>, string]>([
    ['headers that reject', { headers: () => Promise.reject(new Error('no token')) }, 'network'],
    ['headers with a bad name', { headers: { 'bad name': 'x' } }, 'unknown'],
    ['headers with a line break', { headers: { authorization: 'Bearer\r\nx: y' } }, 'unknown'],
    [
      'headers with a programming error',
      { headers: () => Promise.reject(new ReferenceError('getToken is not defined')) },
      'unknown',
    ],
    [
      'headers that throw a PairingError',
      { headers: () => Promise.reject(new PairingError('sign-in-required', 'Sign in.')) },
      'sign-in-required',
    ],
    [
      'a fetch that throws synchronously',
      {
        fetch: () => {
          throw new Error('no fetch')
        },
      },
      'network',
    ],
    ['a fetch that resolves with undefined', { fetch: async () => undefined as never }, 'unknown'],
    ['a relative URL outside a page', { url: '/api/pairing', fetch: undefined }, 'unknown'],
    [
      'a fetch without a network',
      { fetch: () => Promise.reject(new TypeError('Failed to fetch')) },
      'network',
    ],
  ])('rejects with a PairingError for %s', async (_, options, code) => {
    const { connection } = answering(json(update), options)
    expect((await rejection(call(connection))).code).toBe(code)
  })

  it('rejects only with a PairingError, for any response', async () => {
    const changed = fc
      .dictionary(
        fc.constantFrom(...Object.keys(update), 'code', 'retryAfterMs', 'qrCode', 'account', 'error'),
        fc.jsonValue(),
      )
      .map((fields) => JSON.stringify({ ...update, qrCode: { value: QR_TEXT }, ...fields }))
    const bodies = fc.oneof(
      fc.string(),
      fc.json(),
      fc.uint8Array().map((bytes) => bytes.slice()),
      changed,
    )
    const statuses = fc.oneof(
      fc.constantFrom(200, 204, 400, 401, 403, 429, 500),
      fc.integer({ min: 200, max: 599 }),
    )
    await fc.assert(
      fc.asyncProperty(bodies, statuses, async (body, status) => {
        const isBodiless = [204, 205, 304].includes(status)
        const { connection } = answering(() => new Response(isBodiless ? null : body, { status }))
        const outcome = await call(connection).catch((error: unknown) => error)
        if (PairingError.isInstance(outcome)) expect(pairingErrorCodes).toContain(outcome.code)
        else
          expect([status, outcome]).toEqual([200, expect.objectContaining({ session: expect.any(String) })])
      }),
      randomRuns(100, 1_000),
    )
  })
})

function abortOf({ signal }: RequestInit): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
}
