import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import type { PairingProvider } from '../../src/core/provider.js'
import { toNodeListener } from '../../src/server/node.js'
import '../late-modules.js'
import { everythingIn } from '../providers/fetch-stub.js'
import { advance, emulateTime, START, settle } from '../time.js'
import {
  bodyOf,
  createSetup,
  expectRefusal,
  HANDLER_URL,
  readTab,
  type Setup,
  type SetupOptions,
  silence,
  type Tab,
} from './setup.js'
import { type SpyProvider, spyProvider, timing } from './spy-provider.js'

// A client that knows how the server works, and is not authorized. `handler.test.ts` tests the responses to well-behaved clients.

const MINUTE_MS = 60_000
/** A secret that no response, header or log may contain. */
const SECRET = 'd75b3a66374942c5b3c019c698abc2067e15'

emulateTime()

const post = (body: BodyInit, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body,
})

/** Every request that a client can send, with the headers of a user. */
const requestsAs = (headers: Record<string, string>): readonly Request[] => [
  new Request(`${HANDLER_URL}?want=state`, { headers }),
  new Request(`${HANDLER_URL}?want=code`, { headers }),
  new Request(`${HANDLER_URL}?events`, { headers }),
  new Request(`${HANDLER_URL}?events&method=phone-code`, { headers }),
  new Request(HANDLER_URL, post('{"action":"reset"}', headers)),
  new Request(HANDLER_URL, post('{"action":"unlink"}', headers)),
  new Request(HANDLER_URL, post('{"action":"request-pairing-code","phoneNumber":"5511987654321"}', headers)),
  new Request(HANDLER_URL, post('{', headers)),
  new Request(HANDLER_URL, { method: 'OPTIONS', headers }),
  new Request(HANDLER_URL, { method: 'DELETE', headers }),
]

const codesIn = ({ text }: Tab): string[] => text.match(/2@[^,]+/g) ?? []

/** Two customers of one host. The cookie names the sender of a request; the path names the receiver of a webhook. */
function twoTenants(options: SetupOptions = {}) {
  const tenant = (name: string): SpyProvider =>
    spyProvider({
      sessionId: name,
      getQrCode: async () => ({ status: 'qr', qrCode: { kind: 'text', value: `2@of-${name},a,b,c,1` } }),
      getStatus: async () => ({ status: 'linked', account: { name: `Owner of ${name}` } }),
      readWebhook: (body) => (Object(body).instance === name ? { status: 'linked', account: {} } : undefined),
    })
  const tenants = { a: tenant('a'), b: tenant('b') }
  const sessions = new Map([
    ['cookie-of-a', tenants.a],
    ['cookie-of-b', tenants.b],
  ])
  const hookOf = ({ url }: Request): 'a' | 'b' | undefined => {
    const name = /\/(a|b)\/webhook$/.exec(new URL(url).pathname)?.[1]
    return name === 'a' || name === 'b' ? name : undefined
  }
  const signedIn = ({ headers }: Request): SpyProvider => {
    const cookie = /(?:^|; )session=([^;]*)/.exec(headers.get('cookie') ?? '')?.[1]
    const provider = sessions.get(cookie ?? '')
    if (!provider) throw new PairingError('sign-in-required', `No such session: ${cookie} ${SECRET}`)
    return provider
  }
  const setup = createSetup(
    {},
    {
      authorize: (request) => Boolean(signedIn(request)),
      provider: (request) => {
        const hook = hookOf(request)
        return hook ? tenants[hook] : signedIn(request)
      },
      webhookSecret: (request) => {
        const hook = hookOf(request)
        return hook && `the-webhooks-of-${hook}`
      },
      ...options,
    },
  )
  // The form in which `proxy` sends it.
  const as = (name: 'a' | 'b') => ({
    cookie: `session=cookie-of-${name}`,
    'x-requested-with': 'XMLHttpRequest',
  })
  return { setup, tenants, as, watchAs: (name: 'a' | 'b') => setup.watch('', { headers: as(name) }) }
}

describe('a visitor who is not signed in', () => {
  it.each<readonly [string, Record<string, string>]>([
    ['nothing', {}],
    ['a cookie that was never issued', { cookie: 'session=guessed' }],
    ['an empty cookie', { cookie: 'session=' }],
    ['a cookie of another name', { cookie: 'xsession=cookie-of-a' }],
    ['the name of a field that every object has', { cookie: 'session=__proto__' }],
    ['the cookie in another header', { 'x-cookie': 'session=cookie-of-a' }],
    ['a bearer token', { authorization: 'Bearer cookie-of-a' }],
    ['the secret of a webhook', { authorization: 'Bearer hook-of-a' }],
    ['a header that frameworks trust internally', { 'x-middleware-subrequest': 'middleware:middleware' }],
    ['the address of the server itself', { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' }],
  ])('gets nothing with %s', async (_, headers) => {
    const { setup, tenants } = twoTenants()
    for (const request of requestsAs(headers))
      await expectRefusal(await setup.handler(request), 'sign-in-required')
    expect(tenants.a.calls).toEqual([])
    expect(setup.watchers).toBe(0)
  })

  it('is refused before the body is read, however slowly it arrives', async () => {
    const { setup } = twoTenants()
    const body = new ReadableStream<Uint8Array>({ pull: silence })
    const request = new Request(HANDLER_URL, { ...post(''), body, duplex: 'half' } as RequestInit)
    await expectRefusal(await setup.handler(request), 'sign-in-required')
    expect(request.bodyUsed).toBe(false)
  })
})

describe('two tenants:', () => {
  it.each<readonly [string, string, Record<string, string>]>([
    ['the id of another tenant in the query', '?want=code&sessionId=b&tenant=b&id=b', {}],
    ['the id of another tenant in place of theirs', '?sessionId=b&want=code', {}],
    ['the id of another tenant as a second parameter', '?want=code&want=b', {}],
    ['the id of another tenant in the path', '/b?want=code', {}],
    ['the id of another tenant behind ".."', '/a/../b?want=code', {}],
    ['the id of another tenant in a header', '?want=code', { 'x-session-id': 'b', 'x-tenant': 'b' }],
    ['the host of another tenant', '?want=code', { host: 'b.example', 'x-forwarded-host': 'b.example' }],
    [
      'the cookie of another tenant after their own',
      '?want=code',
      { cookie: 'session=cookie-of-a; session=cookie-of-b' },
    ],
    ['another method in a header', '?want=code', { 'x-http-method-override': 'POST' }],
    ['another path in a header', '?want=code', { 'x-original-url': '/b', 'x-rewrite-url': '/b' }],
  ])('a tenant gets only their own session with %s', async (_, query, headers) => {
    const { setup, tenants, as } = twoTenants()
    const answer = await setup.get(query, { headers: { ...as('a'), ...headers } })
    expect(await answer.text()).toContain('2@of-a')
    expect(tenants.b.calls).toEqual([])
  })

  it('a tenant changes only their own session, in spite of the body', async () => {
    const { setup, tenants, as } = twoTenants()
    const body = { action: 'unlink', sessionId: 'b', provider: 'b', tenant: 'b', session: { id: 'b' } }
    expect((await setup.post(body, as('a'))).status).toBe(200)
    expect([tenants.a.calls, tenants.b.calls]).toEqual([['unlink'], []])
  })

  it('a tenant gets no updates of another tenant in a stream, even at the same moment', async () => {
    const { tenants, watchAs } = twoTenants()
    const [ofA, ofB] = await Promise.all([watchAs('a'), watchAs('b')])
    await advance(MINUTE_MS)
    expect([new Set(codesIn(ofA)), new Set(codesIn(ofB))]).toEqual([new Set(['2@of-a']), new Set(['2@of-b'])])
    expect(ofA.text).not.toContain('Owner of b')
    expect(tenants.a.calls).toEqual(tenants.b.calls)
  })

  it('a tenant cannot read on the webhook path of another tenant', async () => {
    const { setup, tenants, as } = twoTenants()
    for (const query of ['?want=code', '?events', '?want=state']) {
      const answer = await setup.get(`/b/webhook${query}`, { headers: as('a') })
      await expectRefusal(answer, 'sign-in-required')
    }
    expect([tenants.a.calls, tenants.b.calls]).toEqual([[], []])
  })

  it('a tenant gets their own code if they send the codeId of the other session', async () => {
    const { setup, as, watchAs } = twoTenants()
    const ofB = await watchAs('b')
    const id = String(ofB.events[0]?.data.codeId)
    const ofA = await setup.watch(`&has=${id}`, { headers: as('a') })
    expect(codesIn(ofA)).toEqual(['2@of-a'])
    expect(ofA.text).not.toContain(id)
  })

  it('two tenants do not share pending requests', async () => {
    const { setup, as } = twoTenants()
    const answers = await Promise.all(
      (['a', 'b', 'a', 'b'] as const).map(async (name) =>
        (await setup.get('?want=code', { headers: as(name) })).text(),
      ),
    )
    expect(answers.map((text) => /2@of-\w/.exec(text)?.[0])).toEqual(['2@of-a', '2@of-b', '2@of-a', '2@of-b'])
  })

  it('a tenant uses up neither the pairing codes nor the stream limit of another tenant', async () => {
    const { setup, as, watchAs } = twoTenants({ maxWatchersPerSession: 1 })
    const ask = (name: 'a' | 'b') =>
      setup.post({ action: 'request-pairing-code', phoneNumber: '5511987654321' }, as(name))
    for (let request = 0; request < 5; request += 1) await ask('a')
    expect((await ask('b')).status).toBe(200)
    await watchAs('a')
    expect((await setup.get('?events', { headers: as('a') })).status).toBe(429)
    await watchAs('b')
  })

  it.each([
    ['the secret of their own webhooks', 'the-webhooks-of-a', 'b', 'forbidden'],
    ['no secret', '', 'b', 'sign-in-required'],
    ['the secret of a tenant that does not exist', 'undefined', 'c', 'forbidden'],
  ])(
    'a tenant cannot reach the pages of another tenant through a webhook with %s',
    async (_, secret, path, code) => {
      const { setup, watchAs } = twoTenants()
      const tabs = [await watchAs('a'), await watchAs('b')]
      const heard = tabs.map(({ text }) => text)
      const request = new Request(`${HANDLER_URL}/${path}/webhook?secret=${secret}`, post('{"instance":"b"}'))
      await expectRefusal(await setup.handler(request), code)
      await settle()
      expect(tabs.map(({ text }) => text)).toEqual(heard)
    },
  )

  it('a tenant cannot reach the pages of another tenant with a webhook about the other instance', async () => {
    const { setup, watchAs } = twoTenants()
    const tabs = [await watchAs('a'), await watchAs('b')]
    const heard = tabs.map(({ text }) => text)
    const request = new Request(`${HANDLER_URL}/a/webhook?secret=the-webhooks-of-a`, post('{"instance":"b"}'))
    expect((await setup.handler(request)).status).toBe(200)
    await settle()
    expect(tabs.map(({ text }) => text)).toEqual(heard)
  })

  it('a tenant reaches only their own pages with their own webhook', async () => {
    const { setup, watchAs } = twoTenants()
    const [ofA, ofB] = [await watchAs('a'), await watchAs('b')]
    await setup.handler(
      new Request(`${HANDLER_URL}/a/webhook?secret=the-webhooks-of-a`, post('{"instance":"a"}')),
    )
    await advance(timing.qrMinIntervalMs)
    expect(ofA.text).toContain('Owner of a')
    expect(ofB.text).not.toContain('Owner of')
  })
})

/** A handler that accepts webhooks, and no user. */
function hooked() {
  const readWebhook = vi.fn(() => ({ status: 'linking' }) as const)
  const setup = createSetup({ readWebhook }, { webhookSecret: SECRET, authorize: () => false })
  return { setup, readWebhook }
}

describe('the handler and forged webhooks:', () => {
  const payload = '{"state":"authorized"}'

  const forgeries: readonly (readonly [string, string, Record<string, string>])[] = [
    ['no secret', '', {}],
    ['an empty secret', '?secret=', {}],
    ['an empty bearer token', '', { authorization: 'Bearer ' }],
    ['a wrong secret', '?secret=wrong', {}],
    ['the beginning of the secret', `?secret=${SECRET.slice(0, -1)}`, {}],
    ['the secret and more characters', `?secret=${SECRET}0`, {}],
    ['the secret in another case', `?secret=${SECRET.toUpperCase()}`, {}],
    ['the secret after a wrong one', `?secret=wrong&secret=${SECRET}`, {}],
    ['a wrong bearer token before the secret', `?secret=${SECRET}`, { authorization: 'Bearer wrong' }],
    ['the secret twice in the bearer token', '', { authorization: `Bearer ${SECRET} ${SECRET}` }],
    ['the secret as Basic credentials', '', { authorization: `Basic ${btoa(`user:${SECRET}`)}` }],
    ['only the secret in the header', '', { authorization: SECRET }],
    ['the secret in another header', '', { 'x-webhook-secret': SECRET, secret: SECRET, token: SECRET }],
    ['the secret under another name', `?token=${SECRET}&Secret=${SECRET}`, {}],
    ['the secret in a cookie', '', { cookie: `secret=${SECRET}` }],
    ['the secret in the fragment', `#?secret=${SECRET}`, {}],
    ['the secret in a list', `?secret[]=${SECRET}`, {}],
    ['an invalid byte', '?secret=%00', {}],
    ['a pattern', '?secret=.*', {}],
  ]

  it.each(forgeries)('a webhook with %s is refused', async (_, query, headers) => {
    const { setup, readWebhook } = hooked()
    const body = `{"secret":"${SECRET}","authorization":"Bearer ${SECRET}"}`
    const answer = await setup.webhook(body, { query, headers })
    await expectRefusal(answer, answer.status === 401 ? 'sign-in-required' : 'forbidden')
    expect(readWebhook).not.toHaveBeenCalled()
  })

  it('a webhook that is nested as deep as possible has no effect', async () => {
    const { setup, readWebhook } = hooked()
    const depth = 131_000
    const answer = await setup.webhook('['.repeat(depth) + ']'.repeat(depth), { query: `?secret=${SECRET}` })
    expect(answer.status).toBe(200)
    expect(readWebhook).toHaveBeenCalledOnce()
  })

  it('webhooks with a wrong secret are limited, and one with the right secret is still accepted', async () => {
    const { setup } = hooked()
    const send = (secret: string) => setup.webhook(payload, { query: `?secret=${secret}` })
    for (let count = 0; count < 20; count += 1) await expectRefusal(await send('wrong'), 'forbidden')
    await expectRefusal(await send('wrong'), 'rate-limited', { retryAfterMs: 5_000 })
    expect((await send(SECRET)).status).toBe(200)
  })
})

describe('a path that resembles another path', () => {
  const knowing = { authorization: `Bearer ${SECRET}` }

  it.each([
    '/webhooks',
    '/webhook.json',
    '/webhook/x/y',
    '/webhook/x.json',
    '/webhook/X',
    '/webhook//',
    '/webhook;a=b',
    '/webhook%2f',
    '/webhook%00',
    '/%77ebhook',
    '/%2fwebhook',
    '/webhook%3f',
    '/Webhook',
    '/xwebhook',
    '?x=/webhook',
    '#/webhook',
    '/webhook/..',
    '/webhook/%2e%2e',
  ])('is no webhook path, so a sign-in is required, even with the right secret: %s', async (path) => {
    const { setup, readWebhook } = hooked()
    const request = new Request(`${HANDLER_URL}${path}`, post('{"action":"reset"}', knowing))
    await expectRefusal(await setup.handler(request), 'forbidden')
    expect(readWebhook).not.toHaveBeenCalled()
    expect(setup.calls).toEqual([])
  })

  it.each([
    '/webhook',
    '/webhook/',
    '/webhook/connection-update',
    '//webhook',
    '/x/../webhook',
    '/./webhook',
    '/%2e/webhook',
    '\\webhook',
    '/\twebhook',
    '/webhook?events',
    '/webhook#x',
  ])('is a webhook path, so the secret is required, and has no other effect: %s', async (path) => {
    const { setup, readWebhook } = hooked()
    const send = (headers: Record<string, string>) =>
      setup.handler(new Request(`${HANDLER_URL}${path}`, post('{"action":"reset"}', headers)))
    await expectRefusal(await send({}), 'sign-in-required')
    expect((await send(knowing)).status).toBe(200)
    expect(readWebhook).toHaveBeenCalledOnce()
    expect(setup.calls).toEqual(['getStatus'])
  })

  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'is a path for webhooks only: %s reads nothing there, even with a sign-in or the right secret',
    async (method) => {
      const readWebhook = vi.fn(() => ({ status: 'linking' }) as const)
      const setup = createSetup({ readWebhook }, { webhookSecret: SECRET })
      for (const query of ['?want=code', '?events']) {
        const unknowing = await setup.get(`/webhook${query}`, { method })
        expect(unknowing.status).toBe(401)
        expect((await setup.get(`/webhook${query}`, { method, headers: knowing })).status).toBe(400)
      }
      expect(readWebhook).not.toHaveBeenCalled()
      expect(setup.calls).toEqual([])
      expect(setup.watchers).toBe(0)
    },
  )
})

describe('bodies that arrive slowly:', () => {
  /** A body that sends a piece at each interval and never ends. */
  function dripping(intervalMs: number) {
    const state = { isCancelled: false }
    let timer: ReturnType<typeof setInterval> | undefined
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{'))
        timer = setInterval(() => controller.enqueue(new TextEncoder().encode(' ')), intervalMs)
      },
      cancel() {
        clearInterval(timer)
        state.isCancelled = true
      },
    })
    return { init: { ...post(''), body, duplex: 'half' } as RequestInit, state }
  }

  it.each([
    ['a byte a second', 1_000],
    ['ten bytes a second', 100],
    ['nothing after the first byte', 1e9],
  ])('a body is refused after ten seconds if it arrives with %s', async (_, intervalMs) => {
    const setup = createSetup()
    const { init, state } = dripping(intervalMs)
    let isRefused = false
    const answer = setup.handler(new Request(HANDLER_URL, init))
    void answer.then(() => {
      isRefused = true
    })
    await advance(9_999)
    expect(isRefused).toBe(false)
    await advance(1)
    await expectRefusal(await answer, 'invalid-request')
    expect(state.isCancelled).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('the body of a webhook is refused after ten seconds too', async () => {
    const setup = createSetup({ readWebhook: () => undefined }, { webhookSecret: SECRET })
    const { init } = dripping(1_000)
    const request = new Request(`${HANDLER_URL}/webhook?secret=${SECRET}`, init)
    const answer = setup.handler(request)
    // The runtime's own crypto compares the secret, in real time.
    while (!request.bodyUsed) await new Promise((resolve) => setImmediate(resolve))
    await advance(10_000)
    await expectRefusal(await answer, 'invalid-request')
  })
})

describe('responses to requests with injected text:', () => {
  const marker = 'injected'
  const line = `%0d%0aX-Injected:%20${marker}%0d%0a%0d%0a<script>`
  const get = (query: string, headers: Record<string, string> = {}): Request =>
    new Request(`${HANDLER_URL}${query}`, { headers })
  const action = (body: string): Request => new Request(HANDLER_URL, post(body))
  const preflight = {
    origin: 'https://evil.example',
    'access-control-request-method': 'POST',
    'access-control-request-headers': marker,
  }

  it.each<readonly [string, Request]>([
    ['an origin', get('?want=state', { origin: `https://${marker}.example` })],
    ['a last event', get('?events', { 'last-event-id': `${marker}%0d%0a` })],
    ['a query', get(`?want=${line}`)],
    ['a method of pairing', get(`?events&method=${line}`)],
    ['a path', get(`/${line}?want=state`)],
    ['a secret', new Request(`${HANDLER_URL}/webhook?secret=${line}`, post('{}'))],
    ['a phone number', action(`{"action":"request-pairing-code","phoneNumber":"${marker}"}`)],
    ['an action', action(`{"action":"${marker}\\r\\n\\r\\n"}`)],
    ['a body', action(marker)],
    ['a content type', new Request(HANDLER_URL, post('{}', { 'content-type': marker }))],
    ['a cookie', get('', { cookie: marker, authorization: marker, accept: marker })],
    ['requested headers', new Request(HANDLER_URL, { method: 'OPTIONS', headers: preflight })],
    ['a method', new Request(HANDLER_URL, { method: marker })],
  ])('a response does not repeat the text of %s', async (_, request) => {
    const setup = createSetup({ readWebhook: () => undefined }, { webhookSecret: SECRET })
    const answer = await setup.handler(request)
    const isStream = answer.headers.get('content-type') === 'text/event-stream'
    const tab = isStream ? readTab(answer) : undefined
    await settle()
    tab?.leave()
    const seen = [...answer.headers].join() + (tab ? tab.text : await answer.text())
    expect(seen.toLowerCase()).not.toContain(marker)
    expect(JSON.stringify(setup.log).toLowerCase()).not.toContain(marker)
  })
})

describe('floods of requests:', () => {
  const number = (digit: number): string => `55119876543${digit % 10}${digit % 7}`
  const code = (phoneNumber: string) => ({ action: 'request-pairing-code', phoneNumber })

  it('a flood of pairing codes gets the remaining time to wait', async () => {
    const setup = createSetup()
    const ask = (digit: number) => setup.post(code(number(digit)))
    await Promise.all([ask(0), ask(1), ask(2)])
    await advance(12_345)
    const refused = await ask(3)
    expect(refused.headers.get('retry-after')).toBe('18')
    await expectRefusal(refused, 'rate-limited', { retryAfterMs: 17_655 })
  })

  it('a flood of refused requests uses up no pairing code', async () => {
    const setup = createSetup({}, { authorize: ({ headers }) => headers.has('x-user') })
    const user = { 'x-user': '7' }
    for (let request = 0; request < 10; request += 1) {
      await setup.post(code(number(request)))
      await setup.post(code('none'), user)
      await setup.post(code(number(request)), { ...user, origin: 'https://evil.example' })
    }
    expect((await setup.post(code(number(0)), user)).status).toBe(200)
  })

  it('a flood of pairing codes does not lock users out when the clock is set back', async () => {
    const setup = createSetup()
    const ask = () => setup.post(code(number(0)))
    await Promise.all([ask(), ask(), ask()])
    vi.setSystemTime(START - 86_400_000)
    const { retryAfterMs } = Object(await (await ask()).json())
    expect(retryAfterMs).toBeLessThanOrEqual(90_000)
  })

  it('a flood of pages that watch one session is refused at its limit, and accepted again when one leaves', async () => {
    const setup = createSetup()
    const tabs: Tab[] = []
    for (let page = 0; page < 50; page += 1) tabs.push(await setup.watch())
    const full = await setup.get('?events')
    expect(full.headers.get('retry-after')).toBe('60')
    await expectRefusal(full, 'rate-limited', { retryAfterMs: MINUTE_MS })
    expect((await setup.get('?want=state')).status).toBe(200)
    tabs[0]?.leave()
    await settle()
    await setup.watch()
    await expectRefusal(await setup.get('?events'), 'rate-limited', { retryAfterMs: MINUTE_MS })
  })

  it('a flood of pages that watch all sessions is refused at its limit, and accepted again when one leaves', async () => {
    const { watchAs, setup, as } = twoTenants({ maxWatchers: 3 })
    const tabs = [await watchAs('a'), await watchAs('a'), await watchAs('b')]
    for (const name of ['a', 'b'] as const)
      await expectRefusal(await setup.get('?events', { headers: as(name) }), 'rate-limited', {
        retryAfterMs: MINUTE_MS,
      })
    tabs[2]?.leave()
    await settle()
    await watchAs('a')
  })

  it('a flood of pages of a broken provider does not reduce the limit of other pages', async () => {
    const broken = { ...spyProvider({ sessionId: 'broken' }), timing: undefined as never }
    const fine = spyProvider()
    const setup = createSetup(
      {},
      { maxWatchers: 1, provider: ({ headers }) => (headers.has('x-broken') ? broken : fine) },
    )
    for (let page = 0; page < 5; page += 1) {
      const answer = await setup.get('?events', { headers: { 'x-broken': '1' } })
      await expectRefusal(answer, 'invalid-options')
    }
    await setup.watch()
  })

  it('a flood of pages that open and close does not make the handler poll more often', async () => {
    const setup = createSetup()
    for (let page = 0; page < 100; page += 1) {
      const tab = await setup.watch()
      await advance(100)
      tab.leave()
      await settle()
    }
    // One page sends six requests in ten seconds.
    expect(setup.calls.length).toBeLessThan(10)
  })
})

describe('abandoned streams:', () => {
  const COUNT = 50

  function crowded(): Setup {
    return createSetup({}, { maxWatchersPerSession: COUNT })
  }

  /** Expects that no watcher, request, timer or cached state of the session remains. */
  async function expectNothingLeft(setup: Setup, firstOrigin: unknown): Promise<void> {
    expect(setup.watchers).toBe(0)
    setup.calls.length = 0
    await advance(10 * MINUTE_MS)
    expect(setup.calls).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
    const after = await setup.watch()
    const origin = originOf(after)
    expect(origin).toEqual(expect.any(String))
    expect(origin).not.toBe(firstOrigin)
    after.leave()
  }

  /** The origin of time that identifies the poller. */
  const originOf = ({ events }: Tab): unknown => events[0]?.data.origin

  it.each(['aborted', 'cancelled'])('fifty streams leave nothing behind when they are %s', async (end) => {
    const setup = crowded()
    const clients = Array.from({ length: COUNT }, () => new AbortController())
    const tabs: Tab[] = []
    for (const { signal } of clients) tabs.push(await setup.watch('', { signal }))
    expect(setup.watchers).toBe(COUNT)
    for (const client of clients) if (end === 'aborted') client.abort()
    for (const tab of tabs) if (end === 'cancelled') tab.leave()
    await settle()
    expect(tabs.every(({ isOver }) => isOver)).toBe(true)
    await expectNothingLeft(setup, tabs[0] && originOf(tabs[0]))
  })

  it.each([0, 1])('fifty streams leave nothing behind when they are read %i times', async (reads) => {
    const setup = crowded()
    for (let page = 0; page < COUNT; page += 1) {
      const reader = bodyOf(await setup.get('?events')).getReader()
      if (reads > 0) await reader.read()
    }
    expect(setup.watchers).toBe(COUNT)
    await advance(30_000)
    await expectNothingLeft(setup, undefined)
  })

  it('fifty streams leave nothing behind when a request is pending', async () => {
    const setup = createSetup(
      {
        getQrCode: ({ signal }) =>
          new Promise((_, reject) => {
            signal?.addEventListener('abort', () => reject(new PairingError('aborted', '')))
          }),
      },
      { maxWatchersPerSession: COUNT },
    )
    const tabs: Tab[] = []
    for (let page = 0; page < COUNT; page += 1) tabs.push(await setup.watch())
    for (const tab of tabs) tab.leave()
    await advance(MINUTE_MS)
    expect(setup.watchers).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('over a socket', () => {
  const sockets = new Set<Socket>()
  const servers: Server[] = []

  afterEach(async () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
    for (const server of servers.splice(0)) {
      server.close()
      await once(server, 'close')
    }
  })

  async function serve(setup = createSetup(), meanwhile: (response: ServerResponse) => void = () => {}) {
    const listener = toNodeListener(setup.handler)
    const server = createServer((request, response) => {
      void listener(request, response)
      meanwhile(response)
    })
    servers.push(server)
    /** The server's side of each open connection. */
    const lines = new Set<Socket>()
    server.on('connection', (socket: Socket) => {
      lines.add(socket)
      sockets.add(socket)
      socket.on('close', () => lines.delete(socket))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    return { setup, server, port, lines }
  }

  function dial(port: number): Socket {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    sockets.add(socket)
    return socket
  }

  /** Returns everything that arrives until the server closes the connection. */
  async function answerTo(socket: Socket): Promise<string> {
    let answer = ''
    socket.setEncoding('latin1')
    for await (const piece of socket) answer += piece
    return answer
  }

  async function send(port: number, ...lines: readonly string[]): Promise<string> {
    const socket = dial(port)
    socket.write(lines.join('\r\n'), 'latin1')
    return answerTo(socket)
  }

  /** Waits in real time for an effect of the other side, because sockets do not use the fake clock. */
  async function until(isTrue: () => boolean): Promise<void> {
    const deadline = performance.now() + 5_000
    while (!isTrue()) {
      if (performance.now() > deadline) throw new Error('The condition was not met within 5 s')
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  const END = ['Connection: close', '', ''] as const

  it.each([
    ['two slashes', '//evil.example/webhook'],
    ['an encoded slash', '/api%2fwebhook'],
    ['".."', '/webhook/..'],
    ['".." in encoded form', '/webhook/%2e%2e'],
    ['an encoded null byte', '/webhook%00'],
    ['a fragment', '/#/webhook'],
  ])('a path cannot bypass the sign-in: %s', async (_, path) => {
    const setup = createSetup(
      { readWebhook: () => ({ status: 'linking' }) },
      { webhookSecret: SECRET, authorize: () => false },
    )
    const { port } = await serve(setup)
    const body = '{"action":"reset"}'
    const answer = await send(
      port,
      `POST ${path} HTTP/1.1`,
      'Host: host.example',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      'Connection: close',
      '',
      body,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 40[013] /)
    expect(setup.calls).toEqual([])
    expect(setup.log).not.toContainEqual(expect.objectContaining({ event: 'webhook' }))
  })

  it('a request to all of the server, "OPTIONS *", is refused', async () => {
    const { setup, port } = await serve()
    expect(await send(port, 'OPTIONS * HTTP/1.1', 'Host: host.example', ...END)).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(setup.calls).toEqual([])
  })

  it('CONNECT opens no tunnel', async () => {
    const { port } = await serve()
    expect(await send(port, 'CONNECT evil.example:443 HTTP/1.1', 'Host: evil.example', ...END)).toBe('')
  })

  it.each([
    ['Origin', 'https://evil.example\rX-Injected: 1'],
    ['Origin', 'https://evil.example\nX-Injected: 1'],
    ['Last-Event-ID', '1\r\n X-Injected: 1'],
    ['Authorization', 'Bearer a\u0000b'],
  ])('a line break in %s does not create a response header', async (name, value) => {
    const setup = createSetup({}, { allowedOrigins: ['https://evil.example'] })
    const { port } = await serve(setup)
    const answer = await send(
      port,
      'GET /?want=state HTTP/1.1',
      'Host: host.example',
      `${name}: ${value}`,
      ...END,
    )
    expect(answer.split('\r\n\r\n')[0]?.toLowerCase()).not.toContain('x-injected')
  })

  it('header bytes that are not text are accepted unchanged', async () => {
    const { port } = await serve()
    const answer = await send(
      port,
      'GET /?events HTTP/1.1',
      'Host: host.example',
      'Last-Event-ID: \u00ff\u0080',
      'Cookie: \u00e4',
      'Origin: https://host.example\u00e4',
      ...END,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 403 /)
  })

  it('a second request inside the body of the first is not processed', async () => {
    const { setup, port } = await serve()
    const inner =
      'POST / HTTP/1.1\r\nHost: host.example\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n{"action":"reset"}'
    await send(
      port,
      'GET /?want=state HTTP/1.1',
      'Host: host.example',
      `Content-Length: ${inner.length}`,
      ...END,
    ).then((answer) => expect(answer).toMatch(/^HTTP\/1\.1 200 /))
    expect(setup.calls).toEqual(['getStatus'])
  })

  it('a request with two lengths, or with a length and chunks, is refused', async () => {
    const { setup, port } = await serve()
    for (const second of ['Content-Length: 5', 'Transfer-Encoding: chunked']) {
      const answer = await send(
        port,
        'POST / HTTP/1.1',
        'Host: host.example',
        'Content-Type: application/json',
        'Content-Length: 18',
        second,
        'Connection: close',
        '',
        '{"action":"reset"}',
      )
      expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    }
    expect(setup.calls).toEqual([])
  })

  it('a body that arrives byte by byte is refused after ten seconds, and the connection is closed', async () => {
    const { setup, server, port } = await serve()
    const socket = dial(port)
    socket.write(
      'POST / HTTP/1.1\r\nHost: host.example\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n{',
    )
    const [request] = (await once(server, 'request')) as [IncomingMessage]
    const answer = answerTo(socket)
    for (let second = 0; second < 9; second += 1) {
      await advance(1_000)
      socket.write(' ')
      await once(request, 'data').catch(() => {})
    }
    expect(setup.log).toEqual([])
    await advance(1_000)
    expect(await answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*connection: close[\s\S]*"invalid-request"/i)
    expect(setup.calls).toEqual([])
    await until(() => socket.destroyed)
  })

  it('fifty streams whose sockets are destroyed leave nothing behind', async () => {
    const { setup, port } = await serve()
    const dialled = Array.from({ length: 50 }, () => dial(port))
    for (const socket of dialled) socket.write('GET /?events HTTP/1.1\r\nHost: host.example\r\n\r\n')
    await until(() => setup.watchers === 50)
    for (const socket of dialled) socket.destroy()
    await until(() => setup.watchers === 0)
    setup.calls.length = 0
    await advance(10 * MINUTE_MS)
    expect(setup.calls).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('a stream that a middleware has ended is closed', async () => {
    const setup = createSetup()
    const responses: ServerResponse[] = []
    const { port } = await serve(setup, (response) => responses.push(response))
    dial(port).write('GET /?events HTTP/1.1\r\nHost: host.example\r\n\r\n')
    await until(() => setup.watchers === 1)
    for (const response of responses) response.end()
    await until(() => setup.watchers === 0)
  })

  it('a stream whose client reads nothing is dropped when the buffers are full, and the connection is closed', async () => {
    const picture = `data:image/png;base64,iVBORw0KGgoAAAAN${'A'.repeat(900_000)}`
    let answers = 0
    const setup = createSetup({
      getQrCode: async () => {
        answers += 1
        return {
          status: 'qr',
          qrCode: { kind: 'image', src: `${picture}${String(answers).padStart(4, 'B')}` },
        }
      },
    })
    const { port, lines } = await serve(setup)
    const socket = dial(port)
    socket.pause()
    socket.write('GET /?events HTTP/1.1\r\nHost: host.example\r\n\r\n')
    await until(() => setup.watchers === 1)
    // 40 pictures of nearly 1 MB: far more than a socket buffers, sent within the life of a stream.
    for (let second = 0; second < 240 && lines.size > 0; second += 1) {
      await advance(1_000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(answers).toBeGreaterThan(1)
    expect(setup.watchers).toBe(0)
    await until(() => lines.size === 0)
    await advance(MINUTE_MS)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('after all attempts', () => {
  /** A setup in which everything is secret: the provider, the errors it throws, and the user's identity. */
  function leakySetup(): Setup {
    const url = `https://api.provider.example/waInstance1101/${SECRET}`
    const thrown = (): never => {
      throw Object.assign(new Error(`GET ${url}`, { cause: new TypeError(url) }), {
        url,
        headers: { token: SECRET },
      })
    }
    const methods: Partial<PairingProvider> = {
      getStatus: thrown,
      getQrCode: () =>
        Promise.reject(new PairingError('unauthorized', url, { cause: new PairingError('network', url) })),
      requestPairingCode: async () => ({ status: 'pairing-code', pairingCode: url }),
      reset: thrown,
      unlink: () => Promise.reject(url),
      subscribe: thrown,
      readWebhook: thrown,
    }
    return createSetup(methods, {
      webhookSecret: SECRET,
      allowedOrigins: ['https://app.example'],
      authorize: ({ headers }) => (headers.has('x-user') ? true : thrown()),
    })
  }

  it('no response, header or log contains a token, address, body or stack', async () => {
    const setup = leakySetup()
    const user = { 'x-user': SECRET, cookie: SECRET, origin: 'https://app.example' }
    const requests = [
      ...requestsAs({ cookie: SECRET }),
      ...requestsAs(user),
      ...requestsAs({ ...user, origin: `https://${SECRET}.example` }),
      new Request(`${HANDLER_URL}/webhook?secret=${SECRET}`, post(`{"token":"${SECRET}"}`)),
      new Request(`${HANDLER_URL}/webhook?secret=${SECRET}0`, post(`{"token":"${SECRET}"}`)),
      new Request(HANDLER_URL, post(`{"action":"${SECRET}"}`, user)),
      new Request(HANDLER_URL, post(SECRET, user)),
      new Request(`${HANDLER_URL}?want=${SECRET}`, { headers: user }),
    ]
    const seen: string[] = []
    for (const request of requests) {
      const answer = await setup.handler(request)
      seen.push(JSON.stringify([...answer.headers]))
      if (answer.headers.get('content-type') === 'text/event-stream') {
        const tab = readTab(answer)
        await advance(15_000)
        tab.leave()
        seen.push(tab.text)
      } else seen.push(await answer.text())
      expect(answer.status === 200 || answer.status >= 400).toBe(true)
    }
    expect(setup.log.length).toBeGreaterThan(requests.length)
    const everything = [...seen, everythingIn(setup.log)].join('\n')
    for (const leak of [
      SECRET,
      'waInstance',
      'provider.example',
      '.ts:',
      'Error:',
      'node:internal',
      'stack',
      '5511987654321',
    ])
      expect(everything).not.toContain(leak)
  })
})
