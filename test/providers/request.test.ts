import { describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { qrContent } from '../../src/providers/lib/qr-content.js'
import { createRequester, detail } from '../../src/providers/lib/request.js'
import { bytes, hang, json, PNG, rejection, stubFetch, text, withFakeTimers } from './fetch-stub.js'

const url = 'https://api.example/secret'

describe('createRequester', () => {
  it('sends a bare GET, so that a browser need not ask beforehand', async () => {
    const stub = stubFetch(json({}))
    await createRequester({ fetch: stub.fetch, timeoutMs: 1_000 })({ url })
    expect(stub.requests[0]).toMatchObject({ method: 'GET', url })
    expect(stub.requests[0]?.init).not.toHaveProperty('headers')
    expect(stub.requests[0]?.init).not.toHaveProperty('body')
  })

  it('says that a body is JSON, beside the headers it is given', async () => {
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

  it('ends a body that stalls', async () => {
    await withFakeTimers(async () => {
      const { fetch } = stubFetch(
        () => new Response(new ReadableStream({ pull: () => hang().then(() => {}) })),
      )
      const question = rejection(createRequester({ fetch, timeoutMs: 1_000 })({ url }))
      await vi.advanceTimersByTimeAsync(1_000)
      expect((await question).code).toBe('timeout')
    })
  })

  it('treats a fetch that throws on the spot as one that rejects', async () => {
    const fetch = (): never => {
      throw new TypeError('fetch failed')
    }
    const error = await rejection(createRequester({ fetch, timeoutMs: 1_000 })({ url }))
    expect(error.code).toBe('network')
  })

  it('hands on an error of ours that a fetch in between throws', async () => {
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
    await vi.waitFor(() => expect(removed.mock.calls.length).toBe(added.mock.calls.length))
    expect(added.mock.calls.length).toBeGreaterThan(0)
  })
})

describe('detail', () => {
  it('detail() resolves with undefined if the request fails', async () => {
    const { fetch } = stubFetch(() => {
      throw new Error('fails')
    })
    await expect(detail(createRequester({ fetch, timeoutMs: 1_000 }), { url })).resolves.toBeUndefined()
  })

  it('detail() has a shorter timeout than other requests', async () => {
    await withFakeTimers(async () => {
      const question = detail(createRequester({ fetch: stubFetch(hang).fetch, timeoutMs: 30_000 }), { url })
      await vi.advanceTimersByTimeAsync(5_000)
      await expect(question).resolves.toBeUndefined()
    })
  })

  it('detail() ends with its signal', async () => {
    const request = createRequester({ fetch: stubFetch(json({})).fetch, timeoutMs: 1_000 })
    expect((await rejection(detail(request, { url, signal: AbortSignal.abort() }))).code).toBe('aborted')
  })
})

describe('qrContent', () => {
  const fields = ['value', 'qr']
  const ask = async (answer: Parameters<typeof stubFetch>[0]) =>
    qrContent(await createRequester({ fetch: stubFetch(answer).fetch, timeoutMs: 1_000 })({ url }), fields)

  it.each([
    ['a field', json({ value: 'a' }), 'a'],
    ['the first field that is filled', json({ value: '', qr: 'b' }), 'b'],
    ['a field one level down', json({ data: { qr: 'c' } }), 'c'],
    ['a bare JSON text', json('d'), 'd'],
    ['nothing of an object without one', json({ other: 'e' }), undefined],
    ['nothing of a field that is no text', json({ value: { nested: true } }), undefined],
    ['nothing of null', json(null), undefined],
    ['nothing of an empty body', text(''), undefined],
  ])('takes %s', async (_title, answer, expected) => {
    expect(await ask(answer)).toBe(expected)
  })

  it.each([
    ['an image', bytes(PNG, 'image/png')],
    ['an image that is not called one', bytes(PNG, 'application/octet-stream')],
    ['base64 as plain text', text(PNG)],
  ])('takes %s as bytes', async (_title, answer) => {
    expect(await ask(answer)).toBeInstanceOf(Uint8Array)
  })
})
