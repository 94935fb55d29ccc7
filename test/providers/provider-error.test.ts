import { describe, expect, it, vi } from 'vitest'
import type { PairingMemory } from '../../src/core/provider.js'
import { greenApi } from '../../src/providers/green-api.js'
import {
  type Answer,
  empty,
  hang,
  json,
  page,
  rejection,
  stubFetch,
  stubRoutes,
  text,
  withFakeTimers,
} from './fetch-stub.js'
import { eachHttpAdapter, httpAdapters, number, secret } from './http-adapters.js'

const refusals = [
  [401, 'unauthorized'],
  [403, 'unauthorized'],
  [404, 'session-not-found'],
] as const

// A gateway in front of a provider may respond in its place, for example while a container restarts. The first entry is the
// reported 404 of Traefik. The others are pages of nginx and Cloudflare, texts of ingresses and hosting services, and responses
// without a body.
const gateways: readonly (readonly [string, (status: number) => Answer])[] = [
  ['text of Traefik', (status) => text('404 page not found\n', status, 'text/plain; charset=utf-8')],
  ['a page of nginx', (status) => page(status, `${status} Not Found`)],
  [
    'a page with a byte order mark and no content type',
    (status) => text('\ufeff<!DOCTYPE html><title>x</title>', status, ''),
  ],
  ['a page of XHTML', (status) => text('<?xml version="1.0"?><html/>', status, 'application/xhtml+xml')],
  ['a challenge of Cloudflare', (status) => page(status, 'Just a moment...')],
  ['text of an ingress', (status) => text('default backend - 404', status)],
  ['text with the content type of JSON', (status) => text('Forbidden', status, 'application/json')],
  ['half a JSON body', (status) => text('{"message":"Unau', status, 'application/json')],
  ['a JSON list', (status) => json(['Not Found'], status)],
  ['a JSON text', (status) => json('Not Found', status)],
  ['an empty JSON object', (status) => json({}, status)],
]

const calls = ['getStatus', 'getQrCode'] as const

/** A successful response without any documented content. */
const nothings: readonly (readonly [string, Answer, string])[] = [
  ['no body', empty(200), 'invalid-answer'],
  ['half a JSON body', text('{"value":{"stateInstance":', 200, 'application/json'), 'invalid-answer'],
  ['a JSON number', json(7), 'invalid-answer'],
  ['an object without documented fields', json({ success: true }), 'invalid-answer'],
  ['a page', page(200), 'provider-unavailable'],
]

describe.each(eachHttpAdapter)('a success of %s', (_name, { make }) => {
  it.each(nothings)('with %s is an error immediately', async (_, answer, code) => {
    for (const call of calls)
      expect((await rejection(make(stubFetch(answer).fetch)[call]({}))).code).toBe(code)
  })
})

// The state of the session was read before, and that response was right.
describe.each(eachHttpAdapter)(
  'the response of %s to the request for a QR code',
  (_name, { make, own, qrCode, waiting }) => {
    it.each<[string, Answer, string]>([
      ['a wrong key', own(401), 'unauthorized'],
      ['too many requests', own(429), 'rate-limited'],
      ['a server error', own(500), 'provider-unavailable'],
      ['a page', page(200), 'provider-unavailable'],
      ['an empty body', empty(), 'invalid-answer'],
      ['half a JSON body', text('{"value":"2@', 200, 'application/json'), 'invalid-answer'],
    ])('is an error if it is %s', async (_title, answer, code) => {
      const { fetch } = stubRoutes({ ...waiting, [qrCode]: answer })
      expect((await rejection(make(fetch).getQrCode({}))).code).toBe(code)
    })
  },
)

describe.each(eachHttpAdapter.filter(([, { account }]) => account))(
  'getStatus() of %s with a separate request for the account',
  (_name, { make, own, account, linked }) => {
    it.each<[string, Answer]>([
      ['fails', own(429)],
      ['is a page', page(502)],
      ['is cut off', text('[{"name":"', 200, 'application/json')],
      ['hangs', hang],
    ])('is linked without an account, within five seconds, if that request %s', async (_title, answer) => {
      await withFakeTimers(async () => {
        const { fetch } = stubRoutes({ ...linked, [`${account}`]: answer })
        const snapshot = make(fetch).getStatus({})
        await vi.advanceTimersByTimeAsync(5_000)
        expect(await snapshot).toEqual({ status: 'linked', account: {} })
      })
    })
  },
)

describe.each(eachHttpAdapter)('a refusal from %s', (_name, { make, own, isSelfHosted }) => {
  it.each(refusals)('with HTTP %i in the form of the provider is "%s"', async (status, code) => {
    for (const call of calls) {
      const error = await rejection(make(stubFetch(own(status)).fetch)[call]({}))
      expect(error.code).toBe(code)
    }
  })

  it.each([
    [302, 'invalid-options'],
    [400, 'invalid-answer'],
    [408, 'invalid-answer'],
    [409, 'invalid-answer'],
    [429, 'rate-limited'],
    [499, 'provider-unavailable'],
    [500, 'provider-unavailable'],
    [502, 'provider-unavailable'],
    [503, 'provider-unavailable'],
    [504, 'provider-unavailable'],
  ] as const)('with HTTP %i and no documented content is "%s"', async (status, code) => {
    for (const call of calls)
      expect((await rejection(make(stubFetch(own(status)).fetch)[call]({}))).code).toBe(code)
  })

  it.each(gateways)('in the form of a gateway is a transient error: %s', async (_, answer) => {
    for (const status of [401, 403, 404]) {
      for (const call of calls) {
        const error = await rejection(make(stubFetch(answer(status)).fetch)[call]({}))
        expect([status, error.code, error.retryable]).toEqual([status, 'provider-unavailable', true])
      }
    }
  })

  it.each([403, 404])('without a body is a transient error: HTTP %i', async (status) => {
    const error = await rejection(make(stubFetch(empty(status)).fetch).getStatus({}))
    expect(error.code).toBe('provider-unavailable')
    expect(error.message).toContain(`HTTP ${status} came without a body`)
  })

  it.each(gateways.slice(0, 8))(
    'with HTTP 402 does not count as the provider’s own: %s',
    async (_, answer) => {
      const error = await rejection(make(stubFetch(answer(402)).fetch).getStatus({}))
      expect(error.code).toBe('provider-unavailable')
    },
  )

  it('is read in Cloudflare Workers whose `fetch` refuses the cache option', async () => {
    const stub = stubFetch(own(401))
    const workerd: typeof fetch = (input, init = {}) => {
      if ('cache' in init)
        throw new Error("The 'cache' field on 'RequestInitializerDict' is not implemented.")
      return stub.fetch(input, init)
    }
    expect((await rejection(make(workerd).getStatus({}))).code).toBe('unauthorized')
  })

  it('does not expose the text of a gateway', async () => {
    const error = await rejection(make(stubFetch(text(`no ${secret}`, 404)).fetch).getStatus({}))
    expect(error.message).not.toContain(secret)
    expect(error.message).not.toContain('no d75')
  })

  it.each([300, 301, 302, 303, 307, 308])(
    'that is a redirect names the base URL: HTTP %i',
    async (status) => {
      const location = `https://elsewhere.example/?token=${secret}`
      for (const body of [null, '<!DOCTYPE html><html><body>Moved</body></html>', '{"message":"Moved"}']) {
        const answer: Answer = () => new Response(body, { status, headers: { location } })
        for (const call of calls) {
          const error = await rejection(make(stubFetch(answer).fetch)[call]({}))
          expect(error).toMatchObject({ code: 'invalid-options', action: 'contact-host' })
          expect(error.message).toMatch(/redirect .*https/)
          expect(error.message).not.toContain('elsewhere')
        }
      }
    },
  )

  it('that is a redirect is detected in a browser, which shows neither status nor URL', async () => {
    const opaque = (): Response => {
      const response = Response.error()
      Object.defineProperty(response, 'type', { value: 'opaqueredirect' })
      return response
    }
    const error = await rejection(make(stubFetch(opaque).fetch).getStatus({}))
    expect(error.code).toBe('invalid-options')
  })

  it.each([200, 201, 203])(
    'that is a web page with HTTP %i describes where the base URL leads',
    async (status) => {
      const error = await rejection(make(stubFetch(page(status, 'Welcome to nginx!')).fetch).getStatus({}))
      expect(error.code).toBe('provider-unavailable')
      if (isSelfHosted) expect(error.message).toMatch(/^The base URL of .* leads to a web page/)
      else expect(error.message).not.toContain('base URL')
    },
  )
})

describe('JSON of another API', () => {
  it.each([
    ['Kong', { message: 'no Route matched with those values' }],
    ['AWS', { message: 'Forbidden' }],
    ['Kubernetes', { kind: 'Status', status: 'Failure', message: 'forbidden', code: 403 }],
    ['Azure', { error: { code: 'AuthenticationFailed', message: 'No.' } }],
  ])('of %s is a transient error for WAHA and Evolution API, whose own form is known', async (_, body) => {
    for (const { make } of [httpAdapters.waha, httpAdapters.evolutionApi]) {
      for (const [status] of refusals) {
        const provider = make(stubFetch(json(body, status)).fetch)
        expect((await rejection(provider.getStatus({}))).code).toBe('provider-unavailable')
      }
    }
  })
})

describe('greenApi with an instance that was just created', () => {
  const make = (answer: Answer) =>
    greenApi({ idInstance: '1101000001', apiTokenInstance: secret, fetch: stubFetch(answer).fetch })

  it.each(calls)('%s() is "preparing" for five minutes of HTTP 401 without a body', async (call) => {
    await withFakeTimers(async () => {
      const provider = make(empty(401))
      const memory: PairingMemory = {}
      for (let minute = 0; minute < 5; minute += 1) {
        expect(await provider[call]({ memory })).toEqual({ status: 'preparing' })
        vi.advanceTimersByTime(60_000)
      }
      expect((await rejection(provider[call]({ memory }))).code).toBe('unauthorized')
    })
  })

  it('counts the minutes per session, even if each request creates an adapter', async () => {
    await withFakeTimers(async () => {
      const memory: PairingMemory = {}
      expect(await make(empty(401)).getStatus({ memory })).toEqual({ status: 'preparing' })
      vi.advanceTimersByTime(300_000)
      expect((await rejection(make(empty(401)).getStatus({ memory }))).code).toBe('unauthorized')
    })
  })

  it.each<[string, Answer]>([
    ['null', json(null)],
    ['no body with HTTP 204', empty(204)],
    ['the page of a gateway', page(502)],
    ['HTTP 500', json({ message: 'No.' }, 500)],
  ])(
    'continues the five minutes after %s, which does not show that the token is right',
    async (_, between) => {
      const memory: PairingMemory = {}
      await make(between)
        .getStatus({ memory })
        .catch(() => {})
      expect(await make(empty(401)).getStatus({ memory })).toEqual({ status: 'preparing' })
    },
  )

  it.each<[string, Answer]>([
    ['a state', json({ stateInstance: 'notAuthorized' })],
    ['a documented error', json({ message: 'instance in starting process try later' }, 400)],
  ])('ends the five minutes after %s, which shows that the instance exists', async (_, response) => {
    const memory: PairingMemory = {}
    await make(response).getStatus({ memory })
    expect((await rejection(make(empty(401)).getStatus({ memory }))).code).toBe('unauthorized')
  })

  it('returns no pairing code yet, with an error that can be retried', async () => {
    const memory: PairingMemory = {}
    const provider = make(empty(401))
    await provider.getStatus({ memory })
    const outcome = provider.requestPairingCode?.(number, { memory })
    expect((await rejection(Promise.resolve(outcome))).code).toBe('provider-unavailable')
  })

  it('reports the other possible reason to the developer immediately', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const provider = greenApi({
      idInstance: '1101000999',
      apiTokenInstance: secret,
      fetch: stubFetch(empty(401)).fetch,
    })
    await provider.getStatus({})
    await provider.getStatus({})
    expect(printed.mock.calls.flat()).toEqual([expect.stringMatching(/1101000999.*apiTokenInstance/)])
    expect(printed.mock.calls.flat().join()).not.toContain(secret)
    printed.mockRestore()
  })
})
