import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { environmentManager, QueryClient } from '@tanstack/react-query'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { proxy } from '../../src/client/proxy.js'
import type { PairingProvider, PairingSnapshot } from '../../src/core/provider.js'
import { createPollerRegistry } from '../../src/poller/registry.js'
import { createHandler } from '../../src/server/handler.js'
import { toNodeListener } from '../../src/server/node.js'
import { openHooklessSession } from '../hookless-session.js'
import { spyProvider, timing } from '../server/spy-provider.js'

// TanStack Query treats Node as a server and does not poll there.
beforeAll(() => environmentManager.setIsServer(() => false))
afterAll(() => environmentManager.setIsServer(() => true))

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** Each wait takes less than half of this limit, but a loaded machine may be slow. */
const until = (condition: () => void): Promise<void> =>
  vi.waitFor(condition, { timeout: 4_000, interval: 10 })

type Listener = (request: IncomingMessage, response: ServerResponse) => void

interface Process {
  readonly port: number
  /** Ends all connections, as a killed process does. */
  readonly kill: () => Promise<void>
}

async function listen(listener: Listener, port = 0): Promise<Process> {
  const sockets = new Set<Socket>()
  const server = createServer(listener)
  server.on('connection', (socket) => sockets.add(socket))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  let isUp = true
  const kill = async (): Promise<void> => {
    if (!isUp) return
    isUp = false
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  }
  closers.push(kill)
  return { port: (server.address() as AddressInfo).port, kill }
}

interface Account {
  readonly provider: PairingProvider
  /** Changes the state, and notifies subscribers if the provider has any. */
  readonly become: (snapshot: PairingSnapshot) => void
}

/** A provider that returns its last state. It `pushes` changes, or has to be polled. */
function account({ pushes, intervalMs }: { pushes: boolean; intervalMs: number }): Account {
  const listeners = new Set<(snapshot: PairingSnapshot) => void>()
  let state: PairingSnapshot = { status: 'qr', qrCode: { kind: 'text', value: '2@ref,noise,identity,adv,1' } }
  const answer = async (): Promise<PairingSnapshot> => state
  const provider = spyProvider({
    timing: { ...timing, qrIntervalMs: intervalMs, qrMinIntervalMs: 100, statusIntervalMs: intervalMs },
    getStatus: async () => (state.status === 'qr' ? { status: 'unlinked' } : state),
    getQrCode: answer,
    ...(pushes && {
      subscribe(listener) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    }),
  })
  return {
    provider,
    become(snapshot) {
      state = snapshot
      for (const listener of listeners) listener(snapshot)
    },
  }
}

interface Server extends Process {
  readonly url: string
  /** The number of current subscribers. */
  readonly watchers: () => number
}

async function serve(provider: PairingProvider, port?: number): Promise<Server> {
  let watchers = 0
  const handler = createHandler(
    {
      provider,
      authorize: () => true,
      log(entry) {
        if (entry.event === 'watchers') watchers = entry.watchers
      },
    },
    createPollerRegistry(),
  )
  closers.push(handler.close)
  const process = await listen(toNodeListener(handler), port)
  return { ...process, url: `http://127.0.0.1:${process.port}/api/pairing`, watchers: () => watchers }
}

/** Subscribes from Node and records each status. */
function subscribe(url: string): { readonly told: string[]; readonly gaps: () => number; stop(): void } {
  const told: string[] = []
  let gaps = 0
  const stop = proxy({ url }).connection.subscribe?.(({ status }) => told.push(status), {
    method: 'qr',
    has: () => undefined,
    onGap: () => {
      gaps += 1
    },
  })
  if (!stop) throw new Error('proxy() has no subscribe()')
  closers.push(stop)
  return { told, gaps: () => gaps, stop }
}

describe('a stream over node:http', () => {
  it('reports a scan without a request, and ends at the server when the page closes', async () => {
    const { provider, become } = account({ pushes: true, intervalMs: 60_000 })
    const { url, watchers } = await serve(provider)
    const { told, stop } = subscribe(url)
    await until(() => expect(told).toEqual(['qr']))
    become({ status: 'linking' })
    become({ status: 'linked', account: { name: 'Ana' } })
    await until(() => expect(told.at(-1)).toBe('linked'))
    expect(provider).toMatchObject({ calls: ['getQrCode'] })
    stop()
    await until(() => expect(watchers()).toBe(0))
  })

  it('reconnects after its server was killed and started again, and reports changes from the outage', async () => {
    const { provider, become } = account({ pushes: false, intervalMs: 60_000 })
    const first = await serve(provider)
    const { told, gaps } = subscribe(first.url)
    await until(() => expect(told).toEqual(['qr']))
    await first.kill()
    await until(() => expect(gaps()).toBeGreaterThanOrEqual(1))
    become({ status: 'linked', account: {} })
    await serve(provider, first.port)
    await until(() => expect(told.at(-1)).toBe('linked'))
  })
})

/** A session as on a page, but without the page. */
function pair(url: string): { readonly status: () => string | undefined } {
  const queryClient = new QueryClient()
  const page = openHooklessSession(proxy({ url }), queryClient)
  closers.push(
    () => queryClient.clear(),
    () => page.close(),
  )
  return { status: () => page.session?.status }
}

type Forward = (answer: IncomingMessage, response: ServerResponse) => void

/** A reverse proxy between page and server. It counts the requests for streams. */
async function reverseProxy(
  target: Server,
  forward: Forward,
): Promise<{ url: string; streams: () => number }> {
  let streams = 0
  const { port } = await listen((request, response) => {
    const { method, url = '/', headers } = request
    if (url.includes('events')) streams += 1
    const upstream = httpRequest({ port: target.port, host: '127.0.0.1', method, path: url, headers })
    upstream.on('response', (answer) => forward(answer, response))
    upstream.on('error', () => response.destroy())
    response.on('close', () => upstream.destroy())
    request.pipe(upstream)
  })
  return { url: `http://127.0.0.1:${port}/api/pairing`, streams: () => streams }
}

/** Sends a response only when it is complete, so an endless response never arrives. */
const buffering: Forward = async (answer, response) => {
  const pieces: Uint8Array[] = []
  try {
    for await (const piece of answer) pieces.push(piece)
  } catch {
    return
  }
  response.writeHead(answer.statusCode ?? 502, answer.headers)
  response.end(Buffer.concat(pieces))
}

const CUT_AFTER_MS = 300

const cutting: Forward = (answer, response) => {
  response.writeHead(answer.statusCode ?? 502, answer.headers)
  answer.pipe(response)
  const timer = setTimeout(() => response.destroy(), CUT_AFTER_MS)
  response.on('close', () => clearTimeout(timer))
}

describe('a session behind a reverse proxy', () => {
  it('falls back to polling and reports the scan if the proxy buffers streams', async () => {
    const { provider, become } = account({ pushes: false, intervalMs: 200 })
    const server = await serve(provider)
    const between = await reverseProxy(server, buffering)
    const { status } = pair(between.url)
    await until(() => expect(status()).toBe('awaiting-scan'))
    await until(() => expect(between.streams()).toBe(1))
    become({ status: 'linking' })
    await until(() => expect(status()).toBe('linking'))
    become({ status: 'linked', account: {} })
    await until(() => expect(status()).toBe('linked'))
  })

  it('reports the scan without flooding the proxy with requests if the proxy cuts streams', async () => {
    const { provider, become } = account({ pushes: false, intervalMs: 200 })
    const server = await serve(provider)
    const between = await reverseProxy(server, cutting)
    const { status } = pair(between.url)
    const begunAt = performance.now()
    await until(() => expect(status()).toBe('awaiting-scan'))
    await until(() => expect(between.streams()).toBe(2))
    become({ status: 'linking' })
    await until(() => expect(status()).toBe('linking'))
    become({ status: 'linked', account: {} })
    await until(() => expect(status()).toBe('linked'))
    const lifetimes = (performance.now() - begunAt) / CUT_AFTER_MS
    expect(between.streams()).toBeLessThanOrEqual(1 + lifetimes / 2)
  })
})
