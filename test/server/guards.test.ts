import { describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import type { PairingLogEntry } from '../../src/server/log.js'
import { advance, emulateTime, settle } from '../time.js'
import { createSetup, expectRefusal, HANDLER_URL, type Setup, type SetupOptions, silence } from './setup.js'
import { timing } from './spy-provider.js'

const OWN = 'https://host.example'
const ALLOWED = 'https://app.example'
const EVIL = 'https://evil.example'
const SECRET = 'd75b3a66374942c5b3c019c698abc2067e15'

emulateTime()

const corsHeaders = ({ headers }: Response): string[] =>
  [...headers.keys()].filter((name) => name.startsWith('access-control'))

const openSetup = (options: SetupOptions = {}): Setup =>
  createSetup({}, { allowedOrigins: [ALLOWED], ...options })

describe('CORS:', () => {
  const requests: readonly (readonly [string, (setup: Setup, origin: string) => Promise<Response>])[] = [
    ['a read', (setup, origin) => setup.get('?want=state', { headers: { origin } })],
    ['a stream', (setup, origin) => setup.get('?events', { headers: { origin } })],
    ['a change', (setup, origin) => setup.post({ action: 'reset' }, { origin })],
    ['a refused request', (setup, origin) => setup.get('?want=nothing', { headers: { origin } })],
    ['another method', (setup, origin) => setup.get('', { method: 'PUT', headers: { origin } })],
  ]

  it.each(requests)(
    'a page of an allowed origin can read the response to %s, with cookies',
    async (_, send) => {
      const answer = await send(openSetup(), ALLOWED)
      expect(answer.headers.get('access-control-allow-origin')).toBe(ALLOWED)
      expect(answer.headers.get('access-control-allow-credentials')).toBe('true')
      expect(answer.headers.get('access-control-expose-headers')).toBe('retry-after')
      expect(answer.headers.get('vary')).toMatch(/\borigin\b/)
    },
  )

  it.each(requests)(
    'a page of an allowed origin can read that its user is not signed in: %s',
    async (_, send) => {
      const answer = await send(
        openSetup({
          authorize: () => Promise.reject(new PairingError('sign-in-required')),
        }),
        ALLOWED,
      )
      expect(answer.status).toBe(401)
      expect(answer.headers.get('access-control-allow-origin')).toBe(ALLOWED)
    },
  )

  it.each(requests)('a page of another origin cannot read the response to %s', async (_, send) => {
    for (const origin of [
      EVIL,
      OWN,
      'null',
      `${ALLOWED}.evil.example`,
      `${ALLOWED}:8443`,
      `${ALLOWED}/`,
      'HTTPS://APP.EXAMPLE',
    ])
      expect(corsHeaders(await send(openSetup(), origin))).toEqual([])
  })

  it.each(requests)('without allowedOrigins, no other page can read the response to %s', async (_, send) => {
    expect(corsHeaders(await send(openSetup({ allowedOrigins: [] }), ALLOWED))).toEqual([])
  })
})

describe('a preflight request', () => {
  const preflight = (setup: Setup, headers: Record<string, string>): Promise<Response> =>
    setup.get('', { method: 'OPTIONS', headers })
  const asking = { origin: ALLOWED, 'access-control-request-method': 'POST' }

  it('gets 204 for an allowed origin', async () => {
    const answer = await preflight(openSetup(), {
      ...asking,
      'access-control-request-headers': 'content-type,last-event-id',
    })
    expect(answer.status).toBe(204)
    expect(Object.fromEntries(answer.headers)).toEqual({
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'content-type,last-event-id',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-origin': ALLOWED,
      'access-control-expose-headers': 'retry-after',
      'access-control-max-age': '600',
      vary: 'origin',
    })
  })

  it('does not call authorize or provider, because it carries no cookies', async () => {
    const authorize = vi.fn(() => false)
    const provider = vi.fn()
    expect((await preflight(openSetup({ authorize, provider }), asking)).status).toBe(204)
    expect(authorize).not.toHaveBeenCalled()
    expect(provider).not.toHaveBeenCalled()
  })

  it.each([
    ['another origin', { ...asking, origin: EVIL }],
    ['no origin', { 'access-control-request-method': 'POST' }],
    ['the origin "null"', { ...asking, origin: 'null' }],
    ['no Access-Control-Request-Method', { origin: ALLOWED }],
  ])('gets 405 for %s', async (_, headers) => {
    const answer = await preflight(openSetup(), headers)
    expect(answer.status).toBe(405)
    expect(answer.headers.get('access-control-allow-methods')).toBeNull()
  })

  it.each(['content-type; evil', 'a:b', 'a b', 'content-type,,x', '*', ',', '"', 'é'])(
    'allows no header with an invalid name: %s',
    async (wanted) => {
      const answer = await preflight(openSetup(), { ...asking, 'access-control-request-headers': wanted })
      expect(answer.status).toBe(204)
      expect(answer.headers.has('access-control-allow-headers')).toBe(false)
    },
  )
})

describe('a page of another site', () => {
  it.each<readonly [string, Record<string, string>]>([
    ['a foreign Origin', { origin: EVIL }],
    ['a foreign Origin that begins like ours', { origin: `${OWN}.evil.example` }],
    ['an Origin that begins like an allowed one', { origin: `${ALLOWED}.evil.example` }],
    ['the Origin of another scheme', { origin: 'http://host.example' }],
    ['the Origin of another port', { origin: `${OWN}:8443` }],
    ['the Origin of a subdomain', { origin: 'https://blog.host.example', 'sec-fetch-site': 'same-site' }],
    ['Origin: null', { origin: 'null' }],
    ['Sec-Fetch-Site: cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['Sec-Fetch-Site: same-site', { 'sec-fetch-site': 'same-site' }],
    ['an unknown Sec-Fetch-Site', { 'sec-fetch-site': 'neighbour' }],
    ['our Origin and Sec-Fetch-Site: cross-site', { origin: OWN, 'sec-fetch-site': 'cross-site' }],
    [
      'its Origin as forwarded host',
      { origin: EVIL, 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' },
    ],
    ['two origins', { origin: `${OWN}, ${EVIL}` }],
  ])('cannot read, stream or change anything with %s', async (_, headers) => {
    const setup = openSetup()
    // A read may make the provider issue a code.
    for (const query of ['?want=code', '?events'])
      await expectRefusal(await setup.get(query, { headers }), 'forbidden')
    for (const action of ['reset', 'unlink', 'request-pairing-code'])
      await expectRefusal(await setup.post({ action, phoneNumber: '5511987654321' }, headers), 'forbidden')
    expect(setup.calls).toEqual([])
    expect(setup.watchers).toBe(0)
  })

  it('is refused before its request body is read', async () => {
    const headers = { origin: EVIL, 'content-type': 'application/json' }
    const request = new Request(HANDLER_URL, { method: 'POST', headers, body: '{"action":"reset"}' })
    await expectRefusal(await openSetup().handler(request), 'forbidden')
    expect(request.bodyUsed).toBe(false)
  })
})

describe('a page of this site or of an allowed one', () => {
  it.each<readonly [string, Record<string, string>]>([
    ['our Origin', { origin: OWN }],
    ['neither header, which no browser sends', {}],
    ['Sec-Fetch-Site: same-origin without Origin', { 'sec-fetch-site': 'same-origin' }],
    [
      'Sec-Fetch-Site: same-origin behind a gateway',
      { origin: 'https://public.example', 'sec-fetch-site': 'same-origin' },
    ],
    ['an allowed Origin', { origin: ALLOWED }],
    ['an allowed Origin of another site', { origin: ALLOWED, 'sec-fetch-site': 'cross-site' }],
  ])('can read and change the session with %s', async (_, headers) => {
    expect((await openSetup().get('?want=code', { headers })).status).toBe(200)
    expect((await openSetup().post({ action: 'unlink' }, headers)).status).toBe(200)
  })

  it('can only read the session if its URL was typed into the address bar', async () => {
    const headers = { 'sec-fetch-site': 'none' }
    expect((await openSetup().get('?want=code', { headers })).status).toBe(200)
    await expectRefusal(await openSetup().post({ action: 'unlink' }, headers), 'forbidden')
  })
})

describe('a provider that never responds', () => {
  it.each<readonly [string, (setup: Setup) => Promise<Response>]>([
    ['a change', (setup) => setup.post({ action: 'reset' })],
    [
      'a pairing code',
      (setup) => setup.post({ action: 'request-pairing-code', phoneNumber: '5511987654321' }),
    ],
  ])('is aborted after twice its request timeout: %s', async (_, send) => {
    const signals: (AbortSignal | undefined)[] = []
    const never = (...given: readonly unknown[]): Promise<never> => {
      signals.push(Object(given.at(-1)).signal)
      return silence()
    }
    const setup = createSetup({ getQrCode: never, reset: never, requestPairingCode: never })
    const answer = send(setup)
    await advance(2 * timing.requestTimeoutMs)
    await expectRefusal(await answer, 'timeout')
    expect(signals.map((signal) => signal?.aborted)).toEqual([true])
    await advance(60_000)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('the option log:', () => {
  const target = { provider: 'spy', sessionId: 'main' }

  it('the log contains each provider call, its duration and its error code', async () => {
    const setup = createSetup({
      getStatus: async () => {
        await new Promise((resolve) => setTimeout(resolve, 250))
        return { status: 'unlinked' }
      },
      reset: () => Promise.reject(new PairingError('timeout', SECRET)),
    })
    const answer = setup.get()
    await advance(250)
    await answer
    await setup.post({ action: 'reset' })
    expect(setup.log).toEqual<PairingLogEntry[]>([
      { event: 'upstream', ...target, call: 'state', durationMs: 250 },
      { event: 'upstream', ...target, call: 'reset', durationMs: 0, code: 'timeout' },
      { event: 'refused', status: 504, code: 'timeout' },
    ])
  })

  it('the log contains the number of watchers and each webhook', async () => {
    const setup = createSetup(
      { readWebhook: () => ({ status: 'linking' }), getQrCode: silence, getStatus: silence },
      { webhookSecret: SECRET },
    )
    const tab = await setup.watch()
    await setup.webhook({}, { query: `?secret=${SECRET}` })
    tab.leave()
    await settle()
    expect(setup.log).toEqual<PairingLogEntry[]>([
      { event: 'watchers', ...target, watchers: 1 },
      { event: 'webhook', ...target },
      { event: 'watchers', ...target, watchers: 0 },
    ])
  })

  it.each<readonly [string, (setup: Setup) => Promise<Response>, number, string]>([
    ['an unknown read', (setup) => setup.get('?want=no'), 400, 'invalid-request'],
    ['another method', (setup) => setup.get('', { method: 'DELETE' }), 405, 'invalid-request'],
    ['another origin', (setup) => setup.get('', { headers: { origin: EVIL } }), 403, 'cross-origin'],
    ['an invalid body', (setup) => setup.post('{'), 400, 'invalid-request'],
    [
      'an invalid phone number',
      (setup) => setup.post({ action: 'request-pairing-code' }),
      422,
      'invalid-phone-number',
    ],
  ])('the log contains each refusal once: %s', async (_, send, status, code) => {
    const setup = createSetup()
    await send(setup)
    expect(setup.log.filter(({ event }) => event !== 'error')).toEqual([{ event: 'refused', status, code }])
  })

  it('the log may throw without an effect on responses', async () => {
    const log = () => {
      throw new Error(SECRET)
    }
    const setup = createSetup({}, { log })
    expect((await setup.get()).status).toBe(200)
    await expectRefusal(await setup.get('?want=no'), 'invalid-request')
    const tab = await setup.watch()
    expect(tab.events).not.toEqual([])
    tab.leave()
  })

  it('the log is optional', async () => {
    const setup = createSetup({}, { log: undefined })
    expect((await setup.get()).status).toBe(200)
  })
})

it('the handler works at any path', async () => {
  const { handler } = createSetup()
  for (const url of [HANDLER_URL, `${OWN}/`, `${OWN}/a/b/c`, `${OWN}/api/pairing/`])
    expect((await handler(new Request(`${url}?want=state`))).status).toBe(200)
})
