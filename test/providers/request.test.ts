import { describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { qrContent } from '../../src/providers/lib/qr-content.js'
import { createRequester, detail } from '../../src/providers/lib/request.js'
import { eventually } from '../eventually.js'
import { bytes, hang, json, PNG, rejection, stubFetch, text, withFakeTimers } from './fetch-stub.js'

const url = 'https://api.example/secret'

describe('createRequester()', () => {
  it('sends a bare GET, so that a browser needs no preflight request', async () => {
    const stub = stubFetch(json({}))
    await createRequester({ fetch: stub.fetch, timeoutMs: 1_000 })({ url })
    expect(stub.requests[0]).toMatchObject({ method: 'GET', url })
    expect(stub.requests[0]?.init).not.toHaveProperty('headers')
    expect(stub.requests[0]?.init).not.toHaveProperty('body')
  })

  it('adds a content type to a JSON body, in addition to the given headers', async () => {
    const stub = stubFetch(json({}))
    const request = createRequester({ fetch: stub.fetch, timeoutMs: 1_000 })
    await request({ url, method: 'POST', body: { a: 1 }, headers: { 'X-Key': 'k' } })
    expect(stub.requests[0]?.body).toEqual({ a: 1 })
    expect(Object.fromEntries(stub.requests[0]?.headers ?? [])).toEqual({
      'content-type': 'application/json',
      'x-key': 'k',
    })
  })

  it('reads a response body in every form', async () => {
    const { fetch } = stubFetch(() => {
      return new Response('\ufeff{"a":1}', { headers: { 'content-type': 'Application/JSON; charset=utf-8' } })
    })
    const answer = await createRequester({ fetch, timeoutMs: 1_000 })({ url })
    expect(answer).toMatchObject({
      status: 200,
      ok: true,
      contentType: 'application/json',
      text: '{"a":1}',
      json: { a: 1 },
      retryAfterMs: undefined,
    })
    expect(answer.bytes).toHaveLength(10)
  })

  it('distinguishes a body of null from one that is not JSON', async () => {
    const { fetch } = stubFetch(({ method }) => (method === 'GET' ? new Response('null') : new Response('')))
    const request = createRequester({ fetch, timeoutMs: 1_000 })
    expect((await request({ url })).json).toBeNull()
    expect((await request({ url, method: 'POST' })).json).toBeUndefined()
  })

  it('keeps the order of requests, also after errors', async () => {
    const stub = stubFetch(({ url }) => {
      if (url.endsWith('2')) throw new Error('fails')
      return new Response(url)
    })
    const request = createRequester({ fetch: stub.fetch, timeoutMs: 1_000 })
    const outcomes = await Promise.allSettled(
      ['1', '2', '3'].map((part) => request({ url: `${url}${part}` })),
    )
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(stub.requests.map((sent) => sent.url.at(-1))).toEqual(['1', '2', '3'])
  })

  it('accepts no cached response', async () => {
    const stub = stubFetch(json({}))
    await createRequester({ fetch: stub.fetch, timeoutMs: 1_000 })({ url })
    expect(stub.requests[0]?.init).toMatchObject({ cache: 'no-store' })
  })

  it('works in Cloudflare Workers whose compatibility date does not support the cache option', async () => {
    // As workerd with a compatibility date before 2024-11-11.
    vi.stubGlobal('Request', class {})
    const request = createRequester({
      fetch: async (_, init) => {
        if (init && 'cache' in init)
          throw new Error("The 'cache' field on 'RequestInitializerDict' is not implemented.")
        return Response.json({ a: 1 })
      },
      timeoutMs: 1_000,
    })
    expect((await request({ url })).json).toEqual({ a: 1 })
    vi.unstubAllGlobals()
  })

  it('aborts a response whose body stalls', async () => {
    await withFakeTimers(async () => {
      const { fetch } = stubFetch(
        () => new Response(new ReadableStream({ pull: () => hang().then(() => {}) })),
      )
      const question = rejection(createRequester({ fetch, timeoutMs: 1_000 })({ url }))
      await vi.advanceTimersByTimeAsync(1_000)
      expect((await question).code).toBe('timeout')
    })
  })

  it('treats a fetch that throws like one that rejects', async () => {
    const fetch = (): never => {
      throw new TypeError('fetch failed')
    }
    const error = await rejection(createRequester({ fetch, timeoutMs: 1_000 })({ url }))
    expect(error.code).toBe('network')
  })

  it('passes on a PairingError that a wrapping fetch throws', async () => {
    const own = new PairingError('rate-limited', 'Too many for this shop.', { retryAfterMs: 5 })
    const { fetch } = stubFetch(() => {
      throw own
    })
    expect(await rejection(createRequester({ fetch, timeoutMs: 1_000 })({ url }))).toBe(own)
  })

  it('leaves no listener on a signal that outlives the request', async () => {
    const { signal } = new AbortController()
    const added = vi.spyOn(signal, 'addEventListener')
    const removed = vi.spyOn(signal, 'removeEventListener')
    await createRequester({ fetch: stubFetch(json({})).fetch, timeoutMs: 1_000 })({ url, signal })
    await vi.waitFor(() => expect(removed.mock.calls.length).toBe(added.mock.calls.length), eventually)
    expect(added.mock.calls.length).toBeGreaterThan(0)
  })
})

describe('a fetch that refuses `cache`', () => {
  // Some runtimes lack an option of `fetch`. Cloudflare Workers throw synchronously or reject, depending on the compatibility
  // date.
  const workerd = (message: string, isLate = false): { fetch: typeof fetch; inits: RequestInit[] } => {
    const inits: RequestInit[] = []
    return {
      inits,
      fetch(_input, init = {}) {
        inits.push(init)
        if (!('cache' in init)) return Promise.resolve(Response.json({ a: 1 }))
        const error = new Error(message)
        if (isLate) return Promise.reject(error)
        throw error
      },
    }
  }
  const NOT_IMPLEMENTED = "The 'cache' field on 'RequestInitializerDict' is not implemented."

  it.each([
    ['throws as workerd does', NOT_IMPLEMENTED, false],
    ['rejects as workerd does', NOT_IMPLEMENTED, true],
    ['accepts the field but not its value', 'Unsupported cache mode: no-store', false],
    ['calls the option unsupported', "TypeError: option 'cache' is not supported", true],
  ])('gets the request again without it: one that %s', async (_, message, isLate) => {
    const { fetch, inits } = workerd(message, isLate)
    const request = createRequester({ fetch, timeoutMs: 1_000 })
    expect((await request({ url, method: 'POST', body: { b: 2 }, headers: { 'X-Key': 'k' } })).json).toEqual({
      a: 1,
    })
    expect(inits).toHaveLength(2)
    const { cache, signal, ...first } = inits[0] ?? {}
    expect(cache).toBe('no-store')
    expect(signal).toBeInstanceOf(AbortSignal)
    expect(inits[1]).toEqual({ ...first, signal })
    expect(inits[1]).not.toHaveProperty('cache')
  })

  it('gets no second request after another error, or after the request was aborted', async () => {
    const { fetch, inits } = workerd('socket hang up')
    expect((await rejection(createRequester({ fetch, timeoutMs: 1_000 })({ url }))).code).toBe('network')
    const page = new AbortController()
    const late = workerd(NOT_IMPLEMENTED)
    const request = createRequester({
      timeoutMs: 1_000,
      fetch: (input, init) => {
        page.abort()
        return late.fetch(input, init)
      },
    })
    expect((await rejection(request({ url, signal: page.signal }))).code).toBe('aborted')
    expect([inits.length, late.inits.length]).toEqual([1, 1])
  })
})

describe('a response body', () => {
  const jsonOf = async (body: string) =>
    (
      await createRequester({
        fetch: stubFetch(text(body, 200, 'application/json')).fetch,
        timeoutMs: 5_000,
      })({ url })
    ).json

  it.each([
    ['lists within lists', '['.repeat(500_000)],
    ['closed lists', '['.repeat(250_000) + ']'.repeat(250_000)],
    ['objects within objects', '{"a":'.repeat(100_000)],
    ['lists and objects in turn', '[{"a":'.repeat(80_000)],
    ['more than 32 lists', `${'['.repeat(33)}${']'.repeat(33)}`],
  ])('that is nested too deeply is refused before it is parsed: %s', async (_, body) => {
    const parse = vi.spyOn(JSON, 'parse')
    expect(await jsonOf(body)).toBeUndefined()
    expect(parse).not.toHaveBeenCalled()
    parse.mockRestore()
  })

  it.each([
    ['brackets in a text', `{"a":"${'['.repeat(100)}"}`, { a: '['.repeat(100) }],
    ['a quotation mark in a text', `{"a":"\\"${'{'.repeat(100)}"}`, { a: `"${'{'.repeat(100)}` }],
    ['a backslash at the end of a text', '{"a":"\\\\","b":[[1]]}', { a: '\\', b: [[1]] }],
    ['a long list without depth', `[${'[],'.repeat(1_000)}[]]`, Array.from({ length: 1_001 }, () => [])],
  ])('is read with any content: %s', async (_, body, value) => {
    expect(await jsonOf(body)).toEqual(value)
  })

  it('is read up to 512 kB, more than any response about a link', async () => {
    const request = (length: number) =>
      createRequester({ fetch: stubFetch(text('7'.repeat(length))).fetch, timeoutMs: 5_000 })({ url })
    expect((await request(512_000)).bytes).toHaveLength(512_000)
    expect((await rejection(request(512_001))).code).toBe('invalid-answer')
  })
})

describe('Retry-After', () => {
  it.each([
    ['7', 7_000],
    ['3600', 3_600_000],
    ['3601', 3_600_000],
    ['90000000000000000000', 3_600_000],
    ['9'.repeat(400), 3_600_000],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 3_600_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', undefined],
    ['-5', undefined],
    ['1e9', undefined],
    ['soon', undefined],
  ])('%s is clamped to an hour', async (header, expected) => {
    const { fetch } = stubFetch(() => new Response('', { status: 429, headers: { 'retry-after': header } }))
    expect((await createRequester({ fetch, timeoutMs: 1_000 })({ url })).retryAfterMs).toBe(expected)
  })
})

describe('detail()', () => {
  it('resolves with undefined if the request fails', async () => {
    const { fetch } = stubFetch(() => {
      throw new Error('fails')
    })
    await expect(detail(createRequester({ fetch, timeoutMs: 1_000 }), { url })).resolves.toBeUndefined()
  })

  it('has a shorter timeout than other requests', async () => {
    await withFakeTimers(async () => {
      const question = detail(createRequester({ fetch: stubFetch(hang).fetch, timeoutMs: 30_000 }), { url })
      await vi.advanceTimersByTimeAsync(5_000)
      await expect(question).resolves.toBeUndefined()
    })
  })

  it('ends with its signal', async () => {
    const request = createRequester({ fetch: stubFetch(json({})).fetch, timeoutMs: 1_000 })
    expect((await rejection(detail(request, { url, signal: AbortSignal.abort() }))).code).toBe('aborted')
  })
})

describe('qrContent()', () => {
  const fields = ['value', 'qr']
  const ask = async (answer: Parameters<typeof stubFetch>[0]) =>
    qrContent(await createRequester({ fetch: stubFetch(answer).fetch, timeoutMs: 1_000 })({ url }), fields)

  it.each([
    ['a field', json({ value: 'a' }), 'a'],
    ['the first filled field', json({ value: '', qr: 'b' }), 'b'],
    ['a field one level down', json({ data: { qr: 'c' } }), 'c'],
    ['a bare JSON text', json('d'), 'd'],
    ['nothing for an object without a code', json({ other: 'e' }), undefined],
    ['nothing for a field that is not text', json({ value: { nested: true } }), undefined],
    ['nothing for null', json(null), undefined],
    ['nothing for an empty body', text(''), undefined],
  ])('returns %s', async (_title, answer, expected) => {
    expect(await ask(answer)).toBe(expected)
  })

  it.each([
    ['an image', bytes(PNG, 'image/png')],
    ['an image with another content type', bytes(PNG, 'application/octet-stream')],
    ['base64 as plain text', text(PNG)],
  ])('returns %s as bytes', async (_title, answer) => {
    expect(await ask(answer)).toBeInstanceOf(Uint8Array)
  })
})
