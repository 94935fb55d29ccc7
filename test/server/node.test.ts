import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, connect, type Server as NetServer, type Socket } from 'node:net'
import express, { type RequestHandler } from 'express'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { proxy } from '../../src/client/proxy.js'
import { PairingError } from '../../src/core/errors.js'
import type { PairingProvider } from '../../src/core/provider.js'
import { greenApi } from '../../src/providers/green-api.js'
import type { PairingLogEntry } from '../../src/server/log.js'
import { toNodeListener } from '../../src/server/node.js'
import { createEmulator, mockGreenApi } from '../../src/testing.js'
import { gate, rejection } from '../providers/fetch-stub.js'
import { separateHandler } from './setup.js'
import { spyProvider } from './spy-provider.js'

const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  await Promise.all(closers.splice(0).map((close) => close()))
})

async function listenOn(server: NetServer): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  closers.push(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

interface Setup {
  readonly server: Server
  readonly port: number
  readonly url: string
  /** Every `Request` that the handler received. */
  readonly seen: Request[]
  readonly calls: readonly string[]
  /** Settles with the result of the listener's response to the first request. */
  readonly answered: Promise<void>
}

interface Options {
  readonly methods?: Partial<PairingProvider>
  readonly provider?: PairingProvider
  /** Replaces the handler of the package. */
  readonly handler?: (request: Request) => Promise<Response>
  /** A middleware that runs before the handler. */
  readonly before?: (request: IncomingMessage & { body?: unknown; originalUrl?: string }) => unknown
}

async function serve({ methods, provider, handler: own, before }: Options = {}): Promise<Setup> {
  const spy = spyProvider(methods)
  const seen: Request[] = []
  const handler = own ?? separateHandler({ provider: provider ?? spy, authorize: () => true })
  const listener = toNodeListener((request) => {
    seen.push(request)
    return handler(request)
  })
  const answered = gate()
  const server = createServer(async (request, response) => {
    await before?.(request)
    await listener(request, response)
    answered.open()
  })
  const port = await listenOn(server)
  const url = `http://127.0.0.1:${port}/api/pairing`
  return { server, port, url, seen, calls: spy.calls, answered: answered.opened }
}

/** Sends raw bytes that no HTTP client would send, and returns the status line and the rest of the response. */
async function sendRaw(port: number, ...lines: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(lines.join('\r\n'))
  // Not earlier: a server treats a client that closes its side as disconnected.
  socket.once('data', () => socket.end())
  let answer = ''
  for await (const chunk of socket) answer += chunk
  return answer
}

async function serveHttp2(handler: (request: Request) => Promise<Response>) {
  const listener = toNodeListener(handler)
  const port = await listenOn(createHttp2Server((request, response) => void listener(request, response)))
  return { port, session: connectHttp2(`http://127.0.0.1:${port}`) }
}

const END = ['Host: host.example', 'Connection: close', '', ''] as const

const post = (body: BodyInit, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body,
})

describe('a handler behind node:http', () => {
  const secret = 'd75b3a66374942c5b3c019c698abc2067e15'
  const instance = { idInstance: '1101000001', apiTokenInstance: secret }

  const state = { want: 'state', method: 'qr' } as const
  const code = { want: 'code', method: 'qr' } as const

  async function emulatedSetup() {
    const emulator = createEmulator({ linkingMs: 0 })
    const mockServer = mockGreenApi(emulator, instance)
    const setup = await serve({ provider: greenApi({ ...instance, fetch: mockServer.fetch }) })
    return { emulator, ...setup, connection: proxy({ url: setup.url }).connection }
  }

  it('links a phone with a QR code, and unlinks it', async () => {
    const { emulator, connection } = await emulatedSetup()
    expect(await connection.read(state)).toMatchObject({ status: 'unlinked', methods: ['qr', 'phone-code'] })
    const { codeId: has, ...shown } = await connection.read(code)
    expect(shown).toMatchObject({
      status: 'qr',
      qrCode: { kind: 'text', value: expect.stringMatching(/^2@|^https:/) },
    })
    expect(emulator.scan()).toEqual({ ok: true })
    // The last read of the code makes the handler read the state immediately.
    expect(await connection.read({ ...state, has })).toMatchObject({
      status: 'linked',
      account: { phoneNumber: '5511987654321' },
    })
    expect(await connection.act('unlink', { method: 'qr' })).toMatchObject({ reason: 'disconnected' })
    expect(emulator.state.status).toBe('idle')
    expect(await connection.read(state)).toMatchObject({ status: 'unlinked' })
  })

  it('aborts the provider request when the client disconnects', async () => {
    const asked = gate()
    const ended = gate()
    const upstream: typeof fetch = (_, init) =>
      new Promise((_, reject) => {
        init?.signal?.addEventListener('abort', () => {
          ended.open()
          reject(init.signal?.reason)
        })
        asked.open()
      })
    const { url, answered } = await serve({ provider: greenApi({ ...instance, fetch: upstream }) })
    const client = new AbortController()
    const error = rejection(
      proxy({ url }).connection.read({ want: 'code', method: 'qr', signal: client.signal }),
    )
    await asked.opened
    client.abort()
    expect((await error).code).toBe('aborted')
    await ended.opened
    await answered
  })

  it('does not report a request as disconnected after its response', async () => {
    const signals: AbortSignal[] = []
    const { server, url } = await serve({
      methods: {
        getStatus: async ({ signal }) => {
          if (signal) signals.push(signal)
          return { status: 'unlinked' }
        },
      },
    })
    const closed = new Promise((resolve) => {
      server.on('request', (_, response) => response.on('close', resolve))
    })
    await (await fetch(`${url}?want=state`)).text()
    await closed
    expect(signals.map((signal) => signal.aborted)).toEqual([false])
  })
})

describe('the URL of a request', () => {
  const get = (port: number, path: string, host = 'host.example') =>
    sendRaw(port, `GET ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', '', '')

  it.each([
    ['a space', 'host example'],
    ['a path', 'host.example/api/other-tenant?'],
    ['a query', 'host.example?x='],
    ['a fragment', 'host.example#'],
    ['a backslash', 'host.example\\other-tenant'],
    ['a user', 'admin@host.example'],
    ['an invalid port', 'host.example:port'],
    ['a percent sign', '%'],
    ['a bracket', '[::1'],
    ['only a colon', ':'],
  ])('is refused if its Host has %s', async (_, host) => {
    const { port, seen } = await serve()
    const answer = await get(port, '/api/pairing?want=state', host)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('"code":"invalid-request"')
    expect(seen).toEqual([])
  })

  it.each([
    ['a name', 'host.example', 'http://host.example'],
    ['a name in capitals', 'Host.EXAMPLE', 'http://host.example'],
    ['a port', '127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['an IPv6 address', '[::1]:8080', 'http://[::1]:8080'],
  ])('uses the Host as its origin: %s', async (_, host, origin) => {
    const { port, seen } = await serve()
    expect(await get(port, '/api/pairing?want=state', host)).toMatch(/^HTTP\/1\.1 200 /)
    expect(seen.map(({ url }) => url)).toEqual([`${origin}/api/pairing?want=state`])
  })

  it('may have no Host, as in HTTP/1.0', async () => {
    const { port, seen } = await serve()
    expect(await sendRaw(port, 'GET /?want=state HTTP/1.0', '', '')).toMatch(/^HTTP\/1\.1 200 /)
    expect(seen[0]?.url).toBe('http://localhost/?want=state')
  })

  it.each([
    '//evil.example/api',
    '///evil.example',
    '/\\evil.example',
    '/@evil.example',
    '/..//evil.example',
  ])('keeps its origin for the path %s', async (path) => {
    const { port, seen } = await serve()
    await get(port, `${path}?want=state`)
    expect(seen.map(({ url }) => new URL(url).origin)).toEqual(['http://host.example'])
  })

  it('does not treat a foreign origin as its own on such a path', async () => {
    const { port, calls } = await serve()
    const body = '{"action":"unlink"}'
    const answer = await sendRaw(
      port,
      'POST //evil.example/api HTTP/1.1',
      'Host: host.example',
      'Origin: http://evil.example',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      'Connection: close',
      '',
      body,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 403 /)
    expect(calls).toEqual([])
  })

  it.each(['http://evil.example/api/pairing?want=state', 'http://host.example/api/pairing?want=state'])(
    'is refused in the form for forward proxies: %s',
    async (address) => {
      const { port, seen } = await serve()
      expect(await get(port, address)).toMatch(/^HTTP\/1\.1 400 /)
      expect(seen).toEqual([])
    },
  )

  it('is complete below a mount path of Express', async () => {
    const { url, seen } = await serve({
      before: (request) => {
        request.originalUrl = request.url ?? ''
        request.url = '/?want=state'
      },
    })
    await (await fetch(`${url}?want=state`)).text()
    expect(seen[0]?.url).toBe(`${url}?want=state`)
  })

  it('is https over TLS', async () => {
    const { port, seen } = await serve({
      before: ({ socket }) => Object.assign(socket, { encrypted: true }),
    })
    await get(port, '/?want=state')
    expect(seen[0]?.url).toBe('https://host.example/?want=state')
  })

  it('is read from :authority over HTTP/2', async () => {
    const seen: string[] = []
    const { port, session } = await serveHttp2((request) => {
      seen.push(request.url)
      return Promise.resolve(new Response())
    })
    const stream = session.request({ ':path': '/api?want=state', 'x-requested-with': 'http2' })
    const [headers] = await once(stream, 'response')
    session.destroy()
    expect(headers[':status']).toBe(200)
    expect(seen).toEqual([`http://127.0.0.1:${port}/api?want=state`])
  })

  it('gets no connection header, which HTTP/2 does not have, after a refused body', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const handler = separateHandler({ provider: spyProvider(), authorize: () => false })
    const { session } = await serveHttp2(handler)
    const stream = session.request({ ':path': '/api', ':method': 'POST' })
    stream.write('{"action":')
    const [headers] = await once(stream, 'response')
    session.destroy()
    expect(headers[':status']).toBe(403)
    expect(warned).not.toHaveBeenCalled()
  })
})

describe('the headers of a request', () => {
  it('arrive in the handler, and repeated headers are joined', async () => {
    const { port, seen } = await serve()
    await sendRaw(
      port,
      'GET /?want=state HTTP/1.1',
      'Cookie: a=b',
      'Cookie: c=d',
      'X-Tenant: 7',
      'X-Tenant: 8',
      ...END,
    )
    expect(seen[0]?.headers.get('cookie')).toBe('a=b; c=d')
    expect(seen[0]?.headers.get('x-tenant')).toBe('7, 8')
  })
})

describe('a method that the handler does not have', () => {
  it('HEAD gets the headers of a 405 and no body', async () => {
    const { port, calls } = await serve()
    const answer = await sendRaw(port, 'HEAD /?want=state HTTP/1.1', ...END)
    expect(answer).toMatch(/^HTTP\/1\.1 405 /)
    expect(answer).toMatch(/\r\nallow: GET, POST\r\n/i)
    expect(answer).toMatch(/\r\n\r\n$/)
    expect(calls).toEqual([])
  })

  it('TRACE gets a 400, because a Request cannot have this method', async () => {
    const { port } = await serve()
    const answer = await sendRaw(port, 'TRACE / HTTP/1.1', ...END)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  })
})

describe('the body of a request', () => {
  it.each([
    ['of 17 kB', 17_000],
    ['of 1 MB', 1_000_000],
  ])('gets a response if it is refused: %s', async (_, bytes) => {
    const { url, calls } = await serve()
    const answer = await fetch(url, post(`"${'x'.repeat(bytes)}"`))
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'invalid-request' })
    expect(calls).toEqual([])
  })

  it('is refused while it is still being sent, if it has no end', async () => {
    const { port, calls } = await serve()
    const socket = connect(port, '127.0.0.1')
    const send = (): void => {
      while (socket.write(`400\r\n${' '.repeat(1_024)}\r\n`));
    }
    socket.on('drain', send)
    socket.write(
      'POST / HTTP/1.1\r\nHost: host.example\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    )
    send()
    const [answer] = await once(socket, 'data')
    socket.destroy()
    expect(String(answer)).toMatch(/^HTTP\/1\.1 400 /)
    expect(calls).toEqual([])
  })

  it('may arrive in pieces, with pauses', async () => {
    const { port, calls, server } = await serve()
    const request = httpRequest({
      port,
      host: '127.0.0.1',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    })
    request.write('{"action":')
    await once(server, 'request')
    request.end('"reset"}')
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    response.resume()
    expect(response.statusCode).toBe(200)
    expect(calls).toEqual(['reset'])
  })

  it('has no effect if it breaks off', async () => {
    const { port, url, calls, server, answered } = await serve()
    const socket = connect(port, '127.0.0.1')
    socket.write(
      'POST / HTTP/1.1\r\nHost: host.example\r\nContent-Type: application/json\r\nContent-Length: 19\r\n\r\n{"action":',
    )
    await once(server, 'request')
    socket.destroy()
    await answered
    expect(calls).toEqual([])
    expect((await fetch(`${url}?want=state`)).status).toBe(200)
  })

  async function readAway(request: IncomingMessage): Promise<string> {
    let text = ''
    for await (const chunk of request) text += chunk
    return text
  }

  it('is still checked after a middleware has parsed it', async () => {
    const { url, calls } = await serve({
      before: async (request) => {
        await readAway(request)
        request.body = { action: 'unlink', pad: `${request.headers['x-pad'] ?? ''}`.repeat(4) }
      },
    })
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await fetch(url, post('action=unlink', form))).status).toBe(400)
    expect((await fetch(url, post('{}', { 'x-pad': 'x'.repeat(5_000) }))).status).toBe(400)
    expect((await fetch(url, post('{}', { origin: 'https://evil.example' }))).status).toBe(403)
    expect(calls).toEqual([])
  })

  it('is read from the stream if no middleware has read it, even if `body` is set', async () => {
    const { url, calls } = await serve({
      before: (request) => {
        request.body = {}
      },
    })
    expect((await fetch(url, post('{"action":"reset"}'))).status).toBe(200)
    expect(calls).toEqual(['reset'])
  })

  it.each<readonly [string, RequestHandler]>([
    ['express.text()', express.text({ type: '*/*' })],
    ['express.raw()', express.raw({ type: '*/*' })],
    ['express.json()', express.json()],
    ['express.json() with strict off', express.json({ strict: false, type: '*/*' })],
    ['express.urlencoded()', express.urlencoded()],
  ])('may have been read by %s', async (_, parser) => {
    const spy = spyProvider()
    const app = express()
    app.use(parser, toNodeListener(separateHandler({ provider: spy, authorize: () => true })))
    const url = `http://127.0.0.1:${await listenOn(createServer(app))}/`
    expect((await fetch(url, post('{"action":"reset"}'))).status).toBe(200)
    expect((await fetch(url, post('{"action":'))).status).toBe(400)
    expect(spy.calls).toEqual(['reset'])
  })

  it('is reported with a fix if a parser of Fastify or Koa has consumed it', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const log: PairingLogEntry[] = []
    const onError = vi.fn()
    const spy = spyProvider()
    const handler = separateHandler({
      provider: spy,
      authorize: () => true,
      log: (entry) => log.push(entry),
      onError,
    })
    const { url } = await serve({ before: readAway, handler })
    const answer = await fetch(url, post('{"action":"reset"}'))
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'invalid-request' })
    expect(spy.calls).toEqual([])
    for (const part of [
      'body parser',
      'request.raw.body = request.body',
      'ctx.req.body = ctx.request.body',
    ]) {
      expect(printed.mock.calls.flat().join(' ')).toContain(part)
      expect(JSON.stringify(log)).toContain(part)
    }
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.any(PairingError), { in: 'request' })
  })

  it.each<readonly [string, RequestInit]>([
    ['has no body', { method: 'POST', headers: { 'content-type': 'application/json' } }],
    ['reads', { method: 'GET' }],
  ])('is not reported as missing in a request that %s', async (_, init) => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { url } = await serve({ before: readAway })
    await fetch(`${url}?want=state`, init)
    expect(printed).not.toHaveBeenCalled()
  })
})

describe('a handler that the host has wrapped', () => {
  it.each<readonly [string, () => Promise<Response>]>([
    ['rejects', () => Promise.reject(new Error('secret'))],
    [
      'throws',
      () => {
        throw new Error('secret')
      },
    ],
  ])('responds with 500 if it %s, and the process stays alive', async (_, handler) => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { url } = await serve({ handler })
    await fetch(url)
    const answer = await fetch(url)
    expect(printed).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining('toNodeListener'),
      new Error('secret'),
    )
    expect(answer.status).toBe(500)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.text()).not.toContain('secret')
  })

  it('responds with 500 instead of a client error in a runtime without Request', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { url } = await serve({
      before: () => {
        vi.stubGlobal(
          'Request',
          class {
            constructor() {
              throw new ReferenceError('Request is not defined')
            }
          },
        )
      },
    })
    const answer = await fetch(url)
    expect(answer.status).toBe(500)
    expect(printed.mock.calls.flat().map(String).join(' ')).toContain('Request is not defined')
  })

  it('may add its own headers', async () => {
    const { url } = await serve({ handler: async () => new Response('done', { headers: { 'x-own': '1' } }) })
    const answer = await fetch(url)
    expect(answer.headers.get('x-own')).toBe('1')
    expect(await answer.text()).toBe('done')
  })
})

it('the listener does not respond again after a middleware has responded', async () => {
  const asked = gate()
  const settled = gate()
  const answered = gate()
  const listener = toNodeListener(
    separateHandler({
      authorize: () => true,
      provider: spyProvider({
        getStatus: async () => {
          asked.open()
          await answered.opened
          return { status: 'unlinked' }
        },
      }),
    }),
  )
  const server = createServer(async (request, response) => {
    const done = listener(request, response)
    await asked.opened
    response.writeHead(503).end('Too slow')
    answered.open()
    await done
    settled.open()
  })
  const answer = await fetch(`http://127.0.0.1:${await listenOn(server)}/?want=state`)
  expect(answer.status).toBe(503)
  expect(await answer.text()).toBe('Too slow')
  await settled.opened
})
