import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { proxy } from '../../src/client/proxy.js'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import { type PairingUpdate, STREAM_SILENCE_LIMIT_MS } from '../../src/core/update.js'
import { greenApi } from '../../src/providers/green-api.js'
import { type PairingHandlerOptions, type PairingLogEntry, toNodeListener } from '../../src/server.js'
import { createEmulator, mockGreenApi } from '../../src/testing.js'
import { freePort } from '../free-port.mjs'
import { rejection } from '../providers/fetch-stub.js'
import { startNginx } from './nginx-server.js'
import { separateHandler } from './setup.js'

const closers: (() => unknown)[] = []
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const instance = { idInstance: '1101000001', apiTokenInstance: 'secret-of-the-instance' }

/** `proxy_read_timeout`: twice the interval of heartbeats of a stream. The default of nginx is 30 seconds. */
const READ_TIMEOUT_S = 10

/** Several status intervals of GREEN-API, on a busy machine. */
const STATUS_LIMIT_MS = 20_000

/** The setup of an app behind nginx. */
interface Setup {
  readonly isTls?: boolean
  /** Directives of the server block. */
  readonly directives?: (app: string) => string
  /** What the app passes to its handler. `origin` is what the browser sees. */
  readonly options?: (origin: string) => Pick<PairingHandlerOptions, 'origin' | 'trustProxy'>
}

const plain = (app: string): string => `location / { proxy_pass ${app}; }`
const byOrigin = (origin: string) => ({ origin })

/** The four headers that most nginx guides set. */
const forwarding = (app: string): string => `location / {
  proxy_pass ${app};
  proxy_http_version 1.1;
  proxy_set_header Host $host;
  proxy_set_header X-Forwarded-Host $http_host;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
}`

const setups: readonly (readonly [name: string, setup: Setup])[] = [
  ['plain http with Debian’s defaults and option origin', { options: byOrigin }],
  ['TLS that ends at nginx, with option origin', { isTls: true, options: byOrigin }],
  [
    'TLS that ends at nginx, with option trustProxy',
    { isTls: true, directives: forwarding, options: () => ({ trustProxy: true }) },
  ],
  [
    'gzip of every content type',
    {
      directives: (app) => `gzip on; gzip_types *; gzip_proxied any; gzip_min_length 1; ${plain(app)}`,
      options: byOrigin,
    },
  ],
  [
    'a path prefix that nginx removes',
    { directives: (app) => `location /shop/ { proxy_pass ${app}/; }`, options: byOrigin },
  ],
]

/** Starts an app with one simulated phone, and nginx in front of it. */
async function serve({ isTls = false, directives = plain, options = () => ({}) }: Setup) {
  const [appPort, port] = [await freePort(), await freePort()]
  const publicOrigin = `${isTls ? 'https' : 'http'}://127.0.0.1:${port}`
  const emulator = createEmulator({ linkingMs: 0 })
  const log: PairingLogEntry[] = []
  const onError = vi.fn<NonNullable<PairingHandlerOptions['onError']>>()
  const handler = separateHandler({
    provider: greenApi({ ...instance, fetch: mockGreenApi(emulator, instance).fetch }),
    authorize: () => true,
    log: (entry) => log.push(entry),
    onError,
    ...options(publicOrigin),
  })
  const app = createServer(toNodeListener(handler)).listen(appPort, '127.0.0.1')
  await once(app, 'listening')
  const nginx = await startNginx({ port, isTls, directives: directives(`http://127.0.0.1:${appPort}`) })
  closers.push(async () => {
    await nginx.stop()
    await handler.close()
    app.closeAllConnections()
    app.close()
  })
  const path = directives(plain('')).includes('/shop/') ? '/shop/api/pairing' : '/api/pairing'
  return { emulator, log, onError, origin: nginx.origin, url: `${nginx.origin}${path}` }
}

/**
 * The headers of a browser that sends `Origin` but no `Sec-Fetch-Site`: on plain http in a local network, and Safari before 16.4.
 */
const asBrowserAt =
  (origin: string): typeof fetch =>
  (input, init) => {
    const headers = new Headers(init?.headers)
    headers.set('origin', origin)
    return fetch(input, { ...init, headers })
  }

const pageAt = ({ url, origin }: { readonly url: string; readonly origin: string }) =>
  proxy({ url, fetch: asBrowserAt(origin) }).connection

/** Reads the live events of a page until the tests end. */
function watch(connection: ReturnType<typeof pageAt>) {
  const updates: PairingUpdate[] = []
  const gaps: number[] = []
  const stop = connection.subscribe?.((update) => updates.push(update), {
    method: 'qr',
    has: () => undefined,
    onGap: () => gaps.push(Date.now()),
  })
  closers.push(() => stop?.())
  const until = (status: string) =>
    vi.waitFor(() => expect(updates.at(-1)?.status).toBe(status), { timeout: STATUS_LIMIT_MS, interval: 20 })
  return { updates, gaps, until }
}

const phoneNumber = normalizePhoneNumber('+44 20 7946 0958')

// The certificates here are self-signed.
vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
// Outside production the handler also prints its reports.
vi.spyOn(console, 'error').mockImplementation(() => {})

describe.concurrent('behind nginx', () => {
  it.each(setups)('the whole pairing works with %s', async (_, setup) => {
    const app = await serve(setup)
    const page = pageAt(app)
    expect(await page.read({ want: 'code', method: 'qr' })).toMatchObject({ status: 'qr' })

    const events = watch(page)
    await events.until('qr')
    app.emulator.scan()
    await events.until('linked')
    expect(events.gaps).toEqual([])

    expect(await page.act('unlink', { method: 'qr' })).toMatchObject({ reason: 'disconnected' })
    const { pairingCode } = await page.act('request-pairing-code', { method: 'phone-code', phoneNumber })
    expect(pairingCode?.lastDigits).toBe('0958')
    await page.act('reset', { method: 'qr' })
    expect(app.log.filter(({ event }) => event === 'refused')).toEqual([])
    expect(app.onError).not.toHaveBeenCalled()
  })

  it('live events outlast proxy_read_timeout, because a heartbeat is sent every 5 s', async () => {
    const app = await serve({
      options: byOrigin,
      directives: (address) => `proxy_read_timeout ${READ_TIMEOUT_S}s; ${plain(address)}`,
    })
    const events = watch(pageAt(app))
    await events.until('qr')
    await new Promise((resolve) => setTimeout(resolve, READ_TIMEOUT_S * 1_000 + 2_000))
    app.emulator.scan()
    await events.until('linked')
    expect(events.gaps).toEqual([])
  }, 60_000)

  it('a page falls back to polling if nginx buffers live events in spite of the headers', async () => {
    const app = await serve({
      directives: (address) =>
        `location / { proxy_pass ${address}; proxy_ignore_headers X-Accel-Buffering; proxy_buffers 8 32k; }`,
      options: byOrigin,
    })
    const page = pageAt(app)
    const events = watch(page)
    // nginx forwards whole buffers, so the first part of a picture may arrive and the rest may not.
    await vi.waitFor(() => expect(events.gaps.length).toBeGreaterThan(0), {
      timeout: STREAM_SILENCE_LIMIT_MS + 5_000,
    })
    expect(events.updates).toEqual([])
    const { codeId: has } = await page.read({ want: 'code', method: 'qr' })
    app.emulator.scan()
    await vi.waitFor(
      async () =>
        expect(await page.read({ want: 'state', method: 'qr', has })).toMatchObject({ status: 'linked' }),
      { timeout: STATUS_LIMIT_MS, interval: 500 },
    )
  }, 60_000)

  it.each<readonly [string, Setup]>([
    ['without an option', {}],
    ['with trustProxy, but without the headers of a proxy', { options: () => ({ trustProxy: true }) }],
    ['over TLS without an option', { isTls: true, directives: forwarding }],
    ['with the origin of another page', { options: () => ({ origin: 'https://other.example' }) }],
  ])('a handler %s refuses its own page, and reports both origins', async (_, setup) => {
    const app = await serve(setup)
    const error = await rejection(
      pageAt(app).act('request-pairing-code', { method: 'phone-code', phoneNumber }),
    )
    expect(error.code).toBe('forbidden')
    expect(app.log.filter(({ event }) => event === 'refused')).toEqual([
      { event: 'refused', status: 403, code: 'cross-origin' },
    ])
    const [reported, where] = app.onError.mock.calls[0] ?? []
    expect(where).toEqual({ in: 'origin' })
    expect(String(reported)).toContain(app.origin)
    expect(String(reported)).toMatch(/this handler runs at https?:\/\/\S+.*origin: '.*trustProxy/)
    expect(app.emulator.state.status).toBe('idle')
  })
})
