import { get, createServer as httpServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PairingError } from '../../src/core/errors.js'
import { greenApi } from '../../src/providers/green-api.js'
import { createRequester } from '../../src/providers/lib/request.js'
import { everythingIn } from '../../src/testing/provider-rules/everything-in.js'
import { rejection } from './fetch-stub.js'

const TOKEN = 'd75b3a66374942c5b3c019c698abc2067e15'
const url = `https://api.example/waInstance1101/getState/${TOKEN}`

/** Converts an error that `fetch` throws. */
function failureOf(error: unknown, from: string = url): Promise<PairingError> {
  const fetch = async (): Promise<never> => {
    throw error
  }
  return rejection(
    createRequester({ fetch, timeoutMs: 1_000 })({ url: from, headers: { key: `Bearer ${TOKEN}` } }),
  )
}

/** Converts the error of a real `fetch`. */
const realFailure = (from: string, init?: RequestInit): Promise<PairingError> =>
  rejection(
    createRequester({
      fetch: (input, options) => fetch(input, { ...options, ...init }),
      timeoutMs: 10_000,
    })({ url: from }),
  )

const errorOf = async (action: () => unknown): Promise<unknown> => {
  try {
    return await action()
  } catch (error) {
    return error
  }
}

const named = (name: string, message: string, fields: object = {}): Error =>
  Object.assign(new Error(message), { name, ...fields })

let closedPort = 0
let server: Server
let origin = ''

beforeAll(async () => {
  const closed = createServer().listen(0)
  await new Promise((resolve) => closed.once('listening', resolve))
  closedPort = (closed.address() as AddressInfo).port
  await new Promise((resolve) => closed.close(resolve))
  server = httpServer(({ url: path, socket }, response) => {
    if (path === '/cut') {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half', () => response.destroy())
    } else if (path === '/garbage') socket.end('NO HTTP\r\n\r\n')
    else socket.destroy()
  }).listen(0)
  await new Promise((resolve) => server.once('listening', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => void server.close())

describe('a request that fails in Node', () => {
  it.each<readonly [string, () => string, RegExp]>([
    ['a closed port', () => `http://127.0.0.1:${closedPort}/`, /\(ECONNREFUSED\)/],
    ['a host that does not exist', () => 'http://host.invalid/', /\((?:ENOTFOUND|EAI_AGAIN)\)/],
    ['a reset connection', () => `${origin}/`, /\((?:UND_ERR_SOCKET|ECONNRESET)\)/],
    ['a body that breaks off', () => `${origin}/cut`, /\((?:UND_ERR_SOCKET|ECONNRESET)\)/],
    ['a response that is not HTTP', () => `${origin}/garbage`, /\(HPE_\w+\)/],
    [
      'TLS to a server without it',
      () => origin.replace('http', 'https'),
      /\((?:ERR_SSL_\w+|EPROTO|ECONNRESET)\)/,
    ],
  ])('rejects with "network" and the code of the system: %s', async (_, from, code) => {
    const { code: kind, message, cause } = await realFailure(from())
    expect(kind).toBe('network')
    expect(message).toMatch(code)
    expect(cause).toBeUndefined()
  })

  it.each<readonly [string, () => unknown]>([
    ['node:http behind a custom fetch', () => errorOf(() => connect(`http://127.0.0.1:${closedPort}/`))],
    ['node:http with a socket that hangs up', () => errorOf(() => connect(`${origin}/`))],
    ['an aborted signal', () => errorOf(() => fetch(origin, { signal: AbortSignal.abort() }))],
  ])('rejects with "network": %s', async (_, error) => {
    const { code, cause } = await failureOf(await error())
    expect([code, cause]).toEqual(['network', undefined])
  })

  it('a time limit of its own is "timeout"', async () => {
    const error = await errorOf(() =>
      fetch(`http://127.0.0.1:${closedPort}/`, {
        signal: AbortSignal.abort(new DOMException('x', 'TimeoutError')),
      }),
    )
    expect((await failureOf(error)).code).toBe('timeout')
  })
})

const connect = (from: string): Promise<never> =>
  new Promise((_, reject) => {
    get(from).on('error', reject)
  })

// The texts of other runtimes, copied from their sources and reports.
describe('a request that fails in another runtime', () => {
  it.each<readonly [string, unknown]>([
    ['Chrome', new TypeError('Failed to fetch')],
    ['Chrome, within the body', new TypeError('network error')],
    ['Firefox', new TypeError('NetworkError when attempting to fetch resource.')],
    ['Firefox, within the body', new TypeError('Error in input stream')],
    ['Safari', new TypeError('Load failed')],
    ['Safari, in German', new TypeError('Die Internetverbindung scheint offline zu sein.')],
    ['Safari, in Japanese', new TypeError('ネットワーク接続が切れました。')],
    ['React Native', new TypeError('Network request failed')],
    ['Deno', new TypeError(`error sending request for url (${url}): client error (Connect)`)],
    ['Deno, within the body', new TypeError('error reading a body from connection')],
    [
      'Bun',
      named('Error', 'Unable to connect. Is the computer able to access the url?', {
        code: 'ConnectionRefused',
      }),
    ],
    [
      'Bun, a socket that closes',
      named('Error', 'The socket connection was closed unexpectedly.', { code: 'ECONNRESET' }),
    ],
    ['Cloudflare Workers', new Error('Network connection lost.')],
    [
      'node-fetch',
      named('FetchError', `request to ${url} failed, reason: connect ECONNREFUSED`, { code: 'ECONNREFUSED' }),
    ],
    [
      'node-fetch, within the body',
      named('FetchError', `Invalid response body while trying to fetch ${url}: Premature close`, {
        code: 'ERR_STREAM_PREMATURE_CLOSE',
      }),
    ],
    ['node-fetch, aborted', named('AbortError', 'The user aborted a request.')],
    ['happy-dom', new DOMException('Failed to fetch', 'NetworkError')],
    ['a proxy agent', new Error('Proxy connection ended before receiving CONNECT response')],
    ['a SOCKS agent', named('SocksClientError', 'Socket closed')],
    ['axios', named('AxiosError', 'Network Error', { code: 'ERR_NETWORK' })],
    [
      'a certificate',
      new TypeError('fetch failed', {
        cause: named('Error', 'certificate has expired', { code: 'CERT_HAS_EXPIRED' }),
      }),
    ],
    [
      'both addresses refused',
      new TypeError('fetch failed', {
        cause: Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }),
      }),
    ],
  ])('rejects with "network": %s', async (_, error) => {
    const { code, cause } = await failureOf(error)
    expect([code, cause]).toEqual(['network', undefined])
  })
})

describe('a request that fails because of a mistake in the program', () => {
  const missing: Record<string, unknown> = {}
  const run = (source: string): unknown => new Function('missing', 'Request', source)(missing, undefined)
  const require = createRequire(import.meta.url)

  it.each<readonly [string, () => unknown, RegExp]>([
    [
      'a global that the runtime does not have',
      () => run('return new Requests("x")'),
      /^ReferenceError: .*Requests is not defined/,
    ],
    ['an undefined global', () => run('return new Request("x")'), /^TypeError: .*not a constructor/],
    ['a call of undefined', () => run('missing.handler()'), /^TypeError: .*is not a function/],
    ['a field of undefined', () => run('missing.response.status'), /^TypeError: .*Cannot read/],
    [
      'a destructured undefined value',
      () => run('const { a } = missing.b'),
      /^TypeError: .*Cannot destructure/,
    ],
    [
      'a body that is read twice',
      async () => {
        const r = new Response('x')
        await r.text()
        await r.text()
      },
      /^TypeError: .*Body/,
    ],
    [
      'a missing module',
      () => import(String('whatsapp-pairing-not-there')),
      /^Error: .*whatsapp-pairing-not-there/,
    ],
    [
      'a missing module in CommonJS',
      () => require(String('whatsapp-pairing-not-there')),
      /^Error: .*Cannot find module/,
    ],
    ['an invalid URL', () => fetch(`//${TOKEN}`), /^TypeError: .*Failed to parse URL/],
    ['an invalid header', () => fetch(origin, { headers: { a: '€' } }), /^TypeError: .*ByteString/],
    ['a port that browsers block', () => fetch('http://127.0.0.1:1/'), /^Error: .*bad port/],
    [
      'an invalid agent',
      () => fetch(origin, { dispatcher: {} } as RequestInit),
      /^TypeError: .*is not a function/,
    ],
    [
      'Jest without ES modules',
      () =>
        named('Error', 'Must use import to load ES Module: /app/node_modules/qr/index.js', {
          code: 'ERR_REQUIRE_ESM',
        }),
      /^Error: .*ES Module/,
    ],
    [
      'an agent of another undici',
      () =>
        new TypeError('fetch failed', {
          cause: named('InvalidArgumentError', 'invalid onRequestStart method', {
            code: 'UND_ERR_INVALID_ARG',
          }),
        }),
      /^InvalidArgumentError: .*onRequestStart/,
    ],
    [
      'Firefox',
      () => new TypeError('can\'t access property "status", response is undefined'),
      /^TypeError: .*can't access/,
    ],
    [
      'Safari',
      () => new TypeError("undefined is not an object (evaluating 'a.b')"),
      /^TypeError: .*not an object/,
    ],
  ])('rejects with "unknown" and the exception as the cause: %s', async (_, make, cause) => {
    const error = await failureOf(await errorOf(make))
    expect(error.code).toBe('unknown')
    expect(String(error.cause)).toMatch(cause)
  })

  it.each<readonly [string, unknown, string]>([
    ['a mock server that throws', new Error(`No handler for ${url}`), 'Error'],
    ['MSW without a handler', new Error(`[MSW] Cannot bypass a request for ${url}`), 'Error'],
    ['an assertion', named('AssertionError', `expected ${url} to be called`), 'AssertionError'],
    ['a text', `No handler for ${url}`, 'Error'],
    ['nothing', undefined, 'Error'],
    ['a response', new Response(url), 'Error'],
    [
      'a response that a mock could not parse',
      named('SyntaxError', `Unexpected token, "{${TOKEN}" is not valid JSON`),
      'SyntaxError',
    ],
  ])(
    'rejects with the class and the place of an exception whose text may be the provider’s: %s',
    async (_, thrown, name) => {
      const error = await failureOf(thrown)
      expect(error).toMatchObject({ code: 'unknown', cause: expect.objectContaining({ name }) })
      expect(everythingIn(error)).not.toContain('No handler')
      expect(everythingIn(error)).not.toContain(TOKEN)
      if (thrown instanceof Error)
        expect(String(error.cause instanceof Error && error.cause.stack)).toContain('fetch-failure.test')
    },
  )

  it.each<readonly [string, Error]>([
    ['the URL', new TypeError(`Failed to parse URL from ${url}`)],
    ['a part of the URL', new ReferenceError(`${TOKEN} is not defined`)],
    [
      'a header',
      new TypeError(`Headers.append: "Bearer ${TOKEN}" is an invalid header value, is not a valid value.`),
    ],
    ['a cause', new TypeError('fetch failed', { cause: new ReferenceError(`x is not defined in ${url}`) })],
    [
      'the fields of the error',
      Object.assign(new ReferenceError('x is not defined'), { input: url, code: TOKEN, name: `R${TOKEN}` }),
    ],
  ])('rejects with a cause that repeats nothing of the request in %s', async (_, thrown) => {
    const error = await failureOf(thrown)
    expect(everythingIn(error)).not.toContain(TOKEN)
    expect(everythingIn(error)).not.toContain('waInstance1101')
  })
})

it('an adapter passes on the mistake: jsdom has no Request', async () => {
  const provider = greenApi({
    idInstance: '1101000001',
    apiTokenInstance: TOKEN,
    fetch: async () => {
      throw new ReferenceError('Request is not defined')
    },
  })
  const error = await rejection(provider.getStatus({}))
  expect(error.code).toBe('unknown')
  expect(error.cause).toMatchObject({ name: 'ReferenceError', message: 'Request is not defined' })
})
