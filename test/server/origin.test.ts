import { describe, expect, it, vi } from 'vitest'
import { proxy } from '../../src/client/proxy.js'
import type { PairingHandlerOptions } from '../../src/server/handler-options.js'
import type { PairingLogEntry } from '../../src/server/log.js'
import { expectRefusal, separateHandler } from './setup.js'
import { spyProvider } from './spy-provider.js'

type Options = Pick<PairingHandlerOptions, 'origin' | 'trustProxy' | 'allowedOrigins' | 'onError' | 'log'>

/** A press on "Start over" in a page at `origin`, as the server receives it at its own URL. */
function post(
  address: string,
  origin: string,
  options: Options,
  headers: Record<string, string> = {},
): Promise<Response> {
  const handler = separateHandler({ provider: spyProvider(), authorize: () => true, ...options })
  return handler(
    new Request(`${address}/api/pairing`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, ...headers },
      body: '{"action":"reset"}',
    }),
  )
}

describe('the option origin', () => {
  it.each([
    ['nginx, which sends its own Host', 'http://127.0.0.1:3000', 'http://app.test'],
    ['a proxy that ends TLS and keeps the Host', 'http://app.example', 'https://app.example'],
    ['a proxy on another port', 'http://127.0.0.1:3000', 'https://app.example:8443'],
    ['a proxy on a LAN without TLS', 'http://10.0.0.7:3000', 'http://192.168.1.4:8080'],
  ])('accepts a POST of its own page behind %s', async (_, address, origin) => {
    await expectRefusal(await post(address, origin, {}), 'forbidden')
    expect((await post(address, origin, { origin })).status).toBe(200)
  })

  it('overrides the URL that the server sees', async () => {
    const options = { origin: 'https://app.example' }
    await expectRefusal(await post('http://127.0.0.1:3000', 'http://127.0.0.1:3000', options), 'forbidden')
  })

  it.each(['https://app.example.evil.test', 'http://app.example', 'https://app.example:8443', 'null'])(
    'refuses a page of %s',
    async (sender) => {
      await expectRefusal(
        await post('http://127.0.0.1', sender, { origin: 'https://app.example' }),
        'forbidden',
      )
    },
  )
})

/** The headers of a proxy. */
const proxied = (proto: string, host: string, port?: string) => ({
  'x-forwarded-proto': proto,
  'x-forwarded-host': host,
  ...(port !== undefined && { 'x-forwarded-port': port }),
})

describe('the option trustProxy', () => {
  const forwarded: readonly (readonly [string, string, Record<string, string>])[] = [
    ['X-Forwarded-Proto', 'https://inner.example', { 'x-forwarded-proto': 'https' }],
    ['X-Forwarded-Host', 'https://app.example', proxied('https', 'app.example')],
    ['a port in X-Forwarded-Host', 'https://app.example:8443', proxied('https', 'app.example:8443')],
    ['X-Forwarded-Port', 'https://app.example:8443', proxied('https', 'app.example', '8443')],
    ['X-Forwarded-Port of an inner hop', 'https://app.example', proxied('https', 'app.example', '80')],
    [
      'the first of several hops',
      'https://app.example',
      proxied('https, http', 'app.example, inner.example'),
    ],
    [
      'Forwarded',
      'https://app.example:8443',
      { forwarded: 'for=10.0.0.1;proto=https;host="app.example:8443", for=10.0.0.2;proto=http;host=inner' },
    ],
    [
      'the first of three hops, with their ports',
      'https://app.example:8443',
      proxied('https, https, http', 'app.example, middle.example, inner.example', '8443, 80, 3000'),
    ],
    [
      'an IPv6 address in X-Forwarded-Host',
      'https://[2001:db8::1]:8443',
      proxied('https', '[2001:db8::1]', '8443'),
    ],
    [
      'IPv6 addresses in Forwarded',
      'https://[2001:db8::1]:8443',
      {
        forwarded: 'for="[2001:db8::7]:47011";proto=https;host="[2001:db8::1]:8443", for="[::1]";host=inner',
      },
    ],
    [
      'Forwarded with spaces and capitals',
      'https://app.example',
      { forwarded: 'For=10.0.0.1; Proto=HTTPS ; Host=App.Example' },
    ],
    [
      'Forwarded with separators in a quoted text',
      'https://app.example',
      {
        forwarded:
          'for="_a,b;c\\"d";by="x;host=evil.example";host=app.example;proto=https, for=_e;host=inner',
      },
    ],
    [
      'Forwarded for the scheme and X-Forwarded-Host for the host',
      'https://app.example',
      { forwarded: 'proto=https', 'x-forwarded-host': 'app.example:443' },
    ],
    ['plain http', 'http://app.test', proxied('http', 'app.test')],
  ]

  it.each(forwarded)('accepts the page that %s names', async (_, origin, headers) => {
    expect((await post('http://inner.example', origin, { trustProxy: true }, headers)).status).toBe(200)
  })

  it.each(forwarded)('ignores %s if the option is not set', async (_, origin, headers) => {
    for (const trustProxy of [undefined, false])
      await expectRefusal(await post('http://inner.example', origin, { trustProxy }, headers), 'forbidden')
  })

  it.each([
    ['one word', 'a'.repeat(16_000)],
    ['unclosed quotation marks', 'a="\\"'.repeat(3_000)],
    ['spaces', `a${' '.repeat(16_000)}`],
    ['commas', ','.repeat(16_000)],
  ])('parses a crafted Forwarded header of %s in no measurable time', async (_, forwarded) => {
    const before = process.cpuUsage()
    await post('http://inner.example', 'https://app.example', { trustProxy: true }, { forwarded })
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1_000).toBeLessThan(60)
  })

  it('refuses other pages, even if the headers contain no host', async () => {
    for (const host of ['evil.example/app.example', 'a b', 'user@app.example', ':', ''])
      await expectRefusal(
        await post(
          'http://inner.example',
          'https://app.example',
          { trustProxy: true },
          proxied('https', host),
        ),
        'forbidden',
      )
  })
})

/** A handler that runs at an address of a LAN, with what it reports. */
function reporting() {
  const provider = spyProvider()
  const log: PairingLogEntry[] = []
  const onError = vi.fn<NonNullable<PairingHandlerOptions['onError']>>()
  const handler = separateHandler({
    provider,
    authorize: () => true,
    log: (entry) => log.push(entry),
    onError,
  })
  const send = (query: string, headers: Record<string, string>): Promise<Response> =>
    handler(new Request(`http://192.168.1.4:8080/api/pairing${query}`, { headers }))
  return { provider, log, onError, send }
}

describe('a refused page of another origin', () => {
  it('is reported once to onError with both origins and the option to set', async () => {
    const { onError, log, send } = reporting()
    for (let count = 0; count < 2; count += 1) await send('?want=state', { origin: 'https://app.example' })
    expect(onError).toHaveBeenCalledOnce()
    const [error, info] = onError.mock.calls[0] ?? []
    expect(info).toEqual({ in: 'origin' })
    expect(String(error)).toContain('https://app.example')
    expect(String(error)).toContain('http://192.168.1.4:8080')
    expect(String(error)).toMatch(/origin: 'https:\/\/app\.example'.*trustProxy.*allowedOrigins/)
    expect(log.filter(({ event }) => event === 'refused')).toEqual([
      { event: 'refused', status: 403, code: 'cross-origin' },
      { event: 'refused', status: 403, code: 'cross-origin' },
    ])
  })

  it('cannot insert text into the report or flood it', async () => {
    const { onError, send } = reporting()
    const read = (origin: string) => send('?want=state', { origin })
    await read("set origin: 'https://evil.example' now")
    expect(String(onError.mock.calls[0]?.[0])).not.toContain('evil.example')
    for (let count = 0; count < 500; count += 1) await read(`https://${count}.evil.example`)
    expect(onError.mock.calls.length).toBeLessThanOrEqual(100)
  })
})

describe('an origin that no browser sends', () => {
  it.each([
    ['https://app.example/', '"https://app.example"'],
    ['HTTPS://app.example', '"https://app.example"'],
    ['https://App.example', '"https://app.example"'],
    ['https://app.example/path', '"https://app.example"'],
    ['https://app.example:443', '"https://app.example"'],
    ['http://app.example:80', '"http://app.example"'],
    ['https://app.example:8443/x', '"https://app.example:8443"'],
    ['https://app.example?x', '"https://app.example"'],
    ['https://user@app.example', '"https://app.example"'],
    ['https://bücher.example', '"https://xn--bcher-kva.example"'],
    ['app.example', '"https://app.example"'],
    ['App.example:8443/', '"https://app.example:8443"'],
    ['localhost:5173', '"http://localhost:5173"'],
    ['https://*.example', 'There is no wildcard.'],
    ['*.example', 'There is no wildcard.'],
    ['*', 'There is no wildcard.'],
    ['null', 'such as "https://app.example"'],
    ['', 'such as "https://app.example"'],
    [' https://app.example', '"https://app.example"'],
    [undefined, 'such as "https://app.example"'],
    [443, 'such as "https://app.example"'],
    [/app/, 'such as "https://app.example"'],
  ])('throws invalid-options with the correct form: %s', (value, advice) => {
    const options = { provider: spyProvider(), authorize: () => true }
    const invalid = expect.objectContaining({
      code: 'invalid-options',
      message: expect.stringContaining(advice),
    })
    const given = value as string
    expect(() => separateHandler({ ...options, allowedOrigins: ['https://app.example', given] })).toThrow(
      invalid,
    )
    if (value !== undefined) expect(() => separateHandler({ ...options, origin: given })).toThrow(invalid)
  })

  it('does not include the origin of an app in a WebView', () => {
    const options = { provider: spyProvider(), authorize: () => true }
    for (const origin of ['capacitor://localhost', 'ionic://localhost', 'http://localhost:5173'])
      expect(() => separateHandler({ ...options, allowedOrigins: [origin] })).not.toThrow()
  })
})

describe('a request that names neither origin nor site', () => {
  const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
  const SAFARI =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 15_8 like Mac OS X) AppleWebKit/605.1.15 Version/15.6 Safari/604.1'
  const cookie = 'session=of-the-victim'

  // Browsers send these over plain http, without Sec-Fetch-Site.
  it.each<readonly [string, Record<string, string>]>([
    [
      'an image',
      {
        cookie,
        'user-agent': FIREFOX,
        accept: 'image/avif,image/webp,*/*;q=0.8',
        referer: 'http://evil.example/',
      },
    ],
    ['an image without a referrer', { cookie, 'user-agent': SAFARI, accept: 'image/webp,*/*' }],
    ['a script', { cookie, 'user-agent': FIREFOX, accept: '*/*' }],
    [
      'fetch without CORS, labelled as ours',
      { cookie, 'user-agent': SAFARI, accept: 'application/json', 'content-language': 'x' },
    ],
    [
      'a form',
      {
        cookie,
        'user-agent': SAFARI,
        accept: 'text/html',
        'content-type': 'application/x-www-form-urlencoded',
      },
    ],
    ['a page on a LAN without a sign-in', { 'user-agent': FIREFOX, accept: '*/*' }],
    ['a password that the browser stores', { authorization: `Basic ${btoa('admin:admin')}`, accept: '*/*' }],
    ['a Windows sign-in', { authorization: 'Negotiate YIIabc', accept: '*/*' }],
    ['a cookie, behind a proxy that drops the user agent', { cookie }],
  ])('causes no provider request and opens no stream if it may be %s of another site', async (_, headers) => {
    const { provider, log, send } = reporting()
    for (const query of ['?want=code', '?want=state', '?events'])
      await expectRefusal(await send(query, headers), 'forbidden')
    expect(provider.calls).toEqual([])
    expect(log.filter(({ event }) => event === 'refused')).toEqual(
      Array(3).fill({ event: 'refused', status: 403, code: 'cross-origin' }),
    )
  })

  it.each<readonly [string, Record<string, string>]>([
    [
      'proxy() in a page over plain http',
      { cookie, 'user-agent': SAFARI, 'x-requested-with': 'XMLHttpRequest' },
    ],
    [
      'a pairing link in a page over plain http',
      { cookie, 'user-agent': SAFARI, authorization: 'Bearer a.b.c' },
    ],
    ['curl with a token', { 'user-agent': 'curl/8.5.0', authorization: 'Bearer a.b.c' }],
    ['curl with a cookie and the header', { 'user-agent': 'curl/8.5.0', cookie, 'x-requested-with': 'curl' }],
    [
      'a server that passes on a cookie, with the header',
      { 'user-agent': 'node', cookie, 'x-requested-with': 'ssr' },
    ],
    ['a client without credentials', { 'user-agent': 'curl/8.5.0' }],
    ['a bare request', {}],
    ['the address bar', { cookie, 'user-agent': FIREFOX, 'sec-fetch-site': 'none' }],
    ['a page over https', { cookie, 'user-agent': FIREFOX, 'sec-fetch-site': 'same-origin' }],
  ])('is accepted if it comes from %s', async (_, headers) => {
    const { send } = reporting()
    expect((await send('?want=state', headers)).status).toBe(200)
  })

  it('is reported once to onError, with the header to send', async () => {
    const { onError, send } = reporting()
    for (let count = 0; count < 3; count += 1) await send('?want=state', { cookie })
    expect(onError).toHaveBeenCalledOnce()
    expect(String(onError.mock.calls[0]?.[0])).toContain('X-Requested-With')
    expect(onError.mock.calls[0]?.[1]).toEqual({ in: 'origin' })
  })

  it('is never sent by proxy()', async () => {
    const { provider, send } = reporting()
    const page = proxy({
      url: 'http://192.168.1.4:8080/api/pairing',
      headers: { cookie },
      // A browser adds these headers.
      fetch: (input, init) => {
        const headers = new Headers(init?.headers)
        headers.set('user-agent', SAFARI)
        return send(new URL(String(input)).search, Object.fromEntries(headers))
      },
    })
    await page.connection.read({ want: 'state', method: 'qr' })
    expect(provider.calls).toEqual(['getStatus'])
  })
})
