import { afterEach, describe, expect, it, vi } from 'vitest'
import type { PairingErrorCode } from '../../src/core/errors.js'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type { PairingProvider, RequestOptions } from '../../src/core/provider.js'
import {
  type Answer,
  empty,
  everythingIn,
  gate,
  hang,
  json,
  page,
  type RecordedRequest,
  rejection,
  stubFetch,
  text,
  thrownBy,
  withFakeTimers,
} from './fetch-stub.js'

/** What the rules must know of an adapter. */
export interface AdapterUnderTest {
  /** Name of the factory. */
  readonly name: string
  make(options: {
    readonly fetch?: typeof fetch
    readonly baseUrl?: string | undefined
    readonly dangerouslyAllowBrowser?: boolean
  }): PairingProvider
  /** Makes it with a required option missing or impossible. */
  readonly invalid: Readonly<Record<string, () => unknown>>
  /** What must never leave it. */
  readonly secrets: readonly string[]
  /** An answer of its provider to the question about the state. */
  readonly statusAnswer: unknown
}

type Call = readonly [string, (provider: PairingProvider, options: RequestOptions) => Promise<unknown>]

const number = normalizePhoneNumber('5511999999999')

const calls: readonly Call[] = [
  ['getStatus', (provider, options) => provider.getStatus(options)],
  ['getQrCode', (provider, options) => provider.getQrCode(options)],
  ['requestPairingCode', async (provider, options) => provider.requestPairingCode?.(number, options)],
  ['reset', async (provider, options) => provider.reset?.(options)],
  ['unlink', async (provider, options) => provider.unlink?.(options)],
]

/** All that a careless server could say about a request. */
const echo = ({ url, headers }: RecordedRequest): string => `${url} ${[...headers].join(' ')}`

/** Answers with the request in every place where one could be copied from. */
const faults: Readonly<Record<string, Answer>> = {
  'JSON error': (request) => json({ error: echo(request), message: echo(request) }, 400)(request),
  'JSON error under 200': (request) =>
    json({ type: 'error', error: echo(request), message: echo(request) })(request),
  'code that is none': (request) =>
    json({
      type: 'qrCode',
      status: true,
      code: echo(request),
      message: echo(request),
      value: echo(request),
      data: echo(request),
    })(request),
  'unknown state': (request) =>
    json({ stateInstance: echo(request), connected: echo(request), status: echo(request) })(request),
  'account of somebody else': (request) =>
    json({
      stateInstance: 'authorized',
      connected: true,
      status: 'WORKING',
      phone: echo(request),
      avatar: `http://pictures.example/?from=${request.url}`,
      imgUrl: 'javascript:alert(1)',
    })(request),
  'plain text': (request) => text(echo(request))(request),
  'plain text 400': (request) => text(echo(request), 400)(request),
  'half JSON': (request) => text(`{"value":"${echo(request)}`, 200, 'application/json')(request),
  page: (request) => page(200, echo(request))(request),
  '401': (request) => json({ message: echo(request) }, 401)(request),
  '403 page': (request) => page(403, echo(request))(request),
  '404': (request) => text(echo(request), 404)(request),
  '409': (request) => json({ message: echo(request) }, 409)(request),
  '422': (request) => json({ error: echo(request), status: echo(request) }, 422)(request),
  '429': (request) => json({ message: echo(request) }, 429)(request),
  '466': (request) => json({ invokeStatus: { description: echo(request) } }, 466)(request),
  '500': (request) => text(echo(request), 500)(request),
  redirect: (request) => new Response(null, { status: 302, headers: { location: request.url } }),
  'network error': (request) => {
    throw new TypeError(`fetch failed: ${echo(request)}`, { cause: new Error(echo(request)) })
  },
  'thrown text': (request) => {
    throw echo(request)
  },
}

const errorCodes: readonly (readonly [string, PairingErrorCode, Answer])[] = [
  ['HTTP 401 with an empty body', 'unauthorized', empty(401)],
  ['HTTP 401 with JSON', 'unauthorized', json({ message: 'Unauthorized' }, 401)],
  ['HTTP 403 with a page', 'unauthorized', page(403, 'Forbidden')],
  ['HTTP 404', 'session-not-found', json({ message: 'Not Found' }, 404)],
  ['HTTP 429', 'rate-limited', json({ message: 'Too Many Requests' }, 429)],
  ['HTTP 499', 'provider-unavailable', empty(499)],
  ['HTTP 500', 'provider-unavailable', json({ message: 'Internal server error' }, 500)],
  ['HTTP 502 with a page', 'provider-unavailable', page(502)],
  ['a page under HTTP 200', 'provider-unavailable', page(200)],
  ['a page without its content type', 'provider-unavailable', text('\n<html><body>down</body></html>')],
  ['an empty body', 'invalid-answer', empty()],
  ['half a JSON body', 'invalid-answer', text('{"stat', 200, 'application/json')],
  ['plain text', 'invalid-answer', text('OK')],
  ['a list', 'invalid-answer', json([])],
  ['a number', 'invalid-answer', json(7)],
  ['a redirect', 'invalid-answer', empty(302)],
  ['a body without end', 'invalid-answer', endless],
]

function endless(): Response {
  return new Response(
    new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(500_000)),
    }),
  )
}

/** The rules that every adapter keeps, whatever its provider says. */
export function describeAdapterRules({ name, make, invalid, secrets, statusAnswer }: AdapterUnderTest): void {
  const answered = json(statusAnswer)

  describe(`${name}: rules of every adapter`, () => {
    afterEach(() => {
      vi.unstubAllGlobals()
    })

    it('refuses to be made in a browser, and says where it belongs', () => {
      vi.stubGlobal('window', {})
      const error = thrownBy(() => make({}))
      expect(error.code).toBe('server-only')
      expect(error.message).toContain('createPairingHandler')
      for (const secret of secrets) expect(everythingIn(error)).not.toContain(secret)
    })

    it('can be made in a browser by someone who asks for the danger', () => {
      vi.stubGlobal('window', {})
      expect(make({ dangerouslyAllowBrowser: true }).sessionId).not.toBe('')
    })

    it.each(Object.keys(invalid))('refuses %s, without repeating it', (title) => {
      const error = thrownBy(() => invalid[title]?.())
      expect(error.code).toBe('invalid-options')
      for (const secret of secrets) expect(everythingIn(error)).not.toContain(secret)
    })

    it.each([
      'api.example.com',
      'ftp://api.example.com',
      'https://user:pass@api.example.com',
      'https://a.example/?x=1',
    ])('refuses %s as a base URL', (baseUrl) => {
      expect(thrownBy(() => make({ baseUrl })).code).toBe('invalid-options')
    })

    it.each([
      'https://gateway.example/whatsapp',
      'https://gateway.example/whatsapp/',
      ' https://gateway.example/whatsapp// ',
    ])('asks below the base URL %j', async (baseUrl) => {
      const stub = stubFetch(answered)
      await make({ baseUrl, fetch: stub.fetch }).getStatus({})
      for (const { url } of stub.requests) expect(url).toMatch(/^https:\/\/gateway\.example\/whatsapp\/\w/)
    })

    it('takes an empty base URL, as of an unset variable, for none', async () => {
      const stub = stubFetch(answered)
      await make({ baseUrl: '', fetch: stub.fetch }).getStatus({})
      expect(stub.requests[0]?.url).toMatch(/^https:\/\/api\./)
    })

    it('uses the fetch of the moment where none is given', async () => {
      const stub = stubFetch(answered)
      const provider = make({})
      vi.stubGlobal('fetch', stub.fetch)
      await provider.getStatus({})
      expect(stub.requests).not.toHaveLength(0)
    })

    it('follows no redirect and lets nothing be cached', async () => {
      const stub = stubFetch(answered)
      await make({ fetch: stub.fetch }).getStatus({})
      expect(stub.requests[0]?.init).toMatchObject({ redirect: 'manual', cache: 'no-store' })
    })

    it('keeps its secrets to itself', () => {
      const provider = make({})
      for (const secret of secrets) expect(everythingIn(provider)).not.toContain(secret)
    })

    it.each(errorCodes)('answers %s with the error "%s"', async (_title, code, answer) => {
      const { fetch } = stubFetch(answer)
      expect((await rejection(make({ fetch }).getStatus({}))).code).toBe(code)
    })

    it.each([
      ['seconds', '7', 7_000],
      ['a date', new Date(Date.UTC(2030, 0, 1, 0, 0, 9)).toUTCString(), 9_000],
      ['a date that is past', new Date(Date.UTC(2029, 0, 1)).toUTCString(), undefined],
      ['nonsense', 'soon', undefined],
    ])('hands on how long to wait, given in %s', async (_title, header, expected) => {
      await withFakeTimers(async () => {
        vi.setSystemTime(Date.UTC(2030, 0, 1))
        const { fetch } = stubFetch(json({}, 429, { 'retry-after': header }))
        expect(await rejection(make({ fetch }).getStatus({}))).toMatchObject({
          code: 'rate-limited',
          retryAfterMs: expected,
        })
      })
    })

    it.each(calls)('%s gives nothing secret away, whatever comes back', async (_name, call) => {
      for (const [title, answer] of Object.entries(faults)) {
        const stub = stubFetch(answer)
        const outcome = await call(make({ fetch: stub.fetch }), {}).catch((error: unknown) => error)
        const shown = everythingIn(outcome)
        if (outcome instanceof Error) expect(outcome.name, title).toBe('PairingError')
        for (const secret of secrets) expect(shown, title).not.toContain(secret)
        for (const { url } of stub.requests) expect(shown, title).not.toContain(url)
      }
    })

    it.each(calls)('%s never has two requests under way', async (_name, call) => {
      let underWay = 0
      let most = 0
      const stub = stubFetch(async (request) => {
        underWay += 1
        most = Math.max(most, underWay)
        await Promise.resolve()
        underWay -= 1
        return answered(request)
      })
      const provider = make({ fetch: stub.fetch })
      await Promise.allSettled([
        call(provider, {}),
        provider.getStatus({}),
        call(provider, {}),
        provider.getQrCode({}),
      ])
      expect(most).toBe(1)
      expect(stub.requests.length).toBeGreaterThanOrEqual(2)
    })

    it('two objects do not wait for each other', async () => {
      const first = make({ fetch: hang })
      first.getStatus({}).catch(() => undefined)
      await expect(make({ fetch: stubFetch(answered).fetch }).getStatus({})).resolves.toBeDefined()
    })

    it('sends nothing for a question that was given up before', async () => {
      const stub = stubFetch(answered)
      const error = await rejection(make({ fetch: stub.fetch }).getStatus({ signal: AbortSignal.abort() }))
      expect(error.code).toBe('aborted')
      expect(stub.requests).toEqual([])
    })

    it('ends at once when it is given up, also where fetch does not listen', async () => {
      const stub = stubFetch(hang)
      const controller = new AbortController()
      const question = rejection(make({ fetch: stub.fetch }).getStatus({ signal: controller.signal }))
      await vi.waitFor(() => expect(stub.requests).toHaveLength(1), { interval: 1 })
      controller.abort(new Error('https://a.example/secret'))
      expect((await question).code).toBe('aborted')
      expect(stub.requests[0]?.init.signal?.aborted).toBe(true)
    })

    it('ends at once when it is given up while it waits for its turn, and is then never sent', async () => {
      const held = gate()
      const stub = stubFetch(async (request) => {
        await held.opened
        return answered(request)
      })
      const provider = make({ fetch: stub.fetch })
      const first = provider.getStatus({})
      const controller = new AbortController()
      const second = rejection(provider.getStatus({ signal: controller.signal }))
      await vi.waitFor(() => expect(stub.requests).toHaveLength(1), { interval: 1 })
      controller.abort()
      expect((await second).code).toBe('aborted')
      held.open()
      await first
      const sent = stub.requests.length
      await provider.getStatus({})
      expect(stub.requests.length).toBe(sent * 2)
    })

    it('gives up a fetch that hangs and ignores its signal, and answers the next question', async () => {
      await withFakeTimers(async () => {
        let hangs = true
        const stub = stubFetch((request) => (hangs ? hang() : answered(request)))
        const provider = make({ fetch: stub.fetch })
        const question = rejection(provider.getStatus({}))
        await vi.advanceTimersByTimeAsync(provider.timing.requestTimeoutMs - 1)
        hangs = false
        const next = provider.getStatus({})
        expect(stub.requests).toHaveLength(1)
        await vi.advanceTimersByTimeAsync(1)
        expect((await question).code).toBe('timeout')
        await expect(next).resolves.toBeDefined()
        expect(vi.getTimerCount()).toBe(0)
      })
    })
  })
}
