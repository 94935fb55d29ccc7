import fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type ProxyOptions, proxy } from '../../src/client/proxy.js'
import type { PairingStream } from '../../src/core/connection.js'
import type { PairingUpdate } from '../../src/core/update.js'
import { randomRuns } from '../long-runs.js'
import { hang, json, page, text } from '../providers/fetch-stub.js'
import { timing } from '../server/spy-provider.js'
import { advance, emulateTime, settle } from '../time.js'
import { event, type ScriptedStream, scriptedStream } from './scripted-stream.js'

// The module is loaded on demand in real time, and fake timers do not wait for the import.
beforeAll(() => import('../../src/client/live-events.js').then(() => undefined))
emulateTime()
afterEach(() => {
  vi.restoreAllMocks()
})

const PAIRING_URL = 'https://host.example/api/pairing'

function update(status: PairingUpdate['status'], more: Partial<PairingUpdate> = {}): PairingUpdate {
  const offer = { provider: 'spy', methods: ['qr'], abilities: ['unlink'], timing } as const
  return { v: 1, session: 'session-a', origin: 'process-1', seq: 1, at: 7, status, ...offer, ...more }
}

const qr = (name: string, more: Partial<PairingUpdate> = {}): PairingUpdate =>
  update('qr', {
    qrCode: { kind: 'text', value: `2@${name},noise,identity,adv,1` },
    codeId: name,
    hideInMs: 4_000,
    expiresInMs: 20_000,
    ...more,
  })

const sent = (one: unknown): string => event('update', one)

interface Opening {
  readonly url: string
  readonly headers: Headers
  readonly init: RequestInit
  readonly at: number
}

/** Returns the response to a stream request. `turn` is the number of the request, starting at 0. */
type Answering = (turn: number, opening: Opening) => Response | Promise<Response>

interface Watch {
  readonly openings: readonly Opening[]
  /** Milliseconds between the openings. */
  readonly pauses: () => readonly number[]
  readonly streams: readonly ScriptedStream[]
  /** The newest stream. */
  readonly stream: ScriptedStream
  readonly updates: readonly PairingUpdate[]
  readonly gaps: readonly number[]
  readonly stop: () => void
}

interface Watching extends Partial<Pick<PairingStream, 'method' | 'has'>> {
  /** By default, each request gets a stream. */
  readonly answer?: Answering
  readonly proxy?: Partial<ProxyOptions>
  /** A replacement for the module's own proxy(), if the test loads the module again. */
  readonly makeProxy?: typeof proxy
  readonly onUpdate?: (update: PairingUpdate, stop: () => void) => void
}

/** Subscribes and records the results. */
async function watch({ answer, makeProxy = proxy, onUpdate, ...given }: Watching = {}): Promise<Watch> {
  const openings: Opening[] = []
  const streams: ScriptedStream[] = []
  const updates: PairingUpdate[] = []
  const gaps: number[] = []
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const opening = { url: String(input), headers: new Headers(init.headers), init, at: Date.now() }
    openings.push(opening)
    if (answer) return answer(openings.length - 1, opening)
    const stream = scriptedStream()
    streams.push(stream)
    return stream.response
  }
  const { subscribe } = makeProxy({ url: PAIRING_URL, fetch, ...given.proxy }).connection
  if (!subscribe) throw new Error('proxy() has no subscribe()')
  const stop = subscribe(
    (one) => {
      updates.push(one)
      onUpdate?.(one, stop)
    },
    {
      method: given.method ?? 'qr',
      has: given.has ?? (() => undefined),
      onGap: () => gaps.push(Date.now()),
    },
  )
  await settle()
  return {
    openings,
    pauses: () => openings.slice(1).map(({ at }, index) => at - (openings[index]?.at ?? 0)),
    streams,
    get stream() {
      const stream = streams.at(-1)
      if (!stream) throw new Error('No stream was opened')
      return stream
    },
    updates,
    gaps,
    stop,
  }
}

/** Expects pauses that double from 0.75 s to one minute, each shortened by up to half at random. */
function expectBackoff(pauses: readonly number[]): void {
  for (const [index, pauseMs] of pauses.entries()) {
    const longestMs = Math.min(750 * 2 ** index, 60_000)
    expect(pauseMs).toBeGreaterThanOrEqual(longestMs / 2)
    expect(pauseMs).toBeLessThanOrEqual(longestMs)
  }
  expect(pauses.at(-1)).toBeGreaterThanOrEqual(30_000)
}

/** A request that ends only when its signal is aborted, like a real `fetch`. */
const hangUntilAborted: Answering = (_, { init: { signal } }) =>
  new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))

describe('the request for a stream', () => {
  it.each(['qr', 'phone-code'] as const)('names the method %s', async (method) => {
    const { openings } = await watch({ method })
    expect(openings.map(({ url }) => url)).toEqual([`${PAIRING_URL}?events=&method=${method}`])
  })

  it('names the code that the page has at the time of the request', async () => {
    const held = [undefined, 'process-1-3']
    const { openings, stream } = await watch({ has: () => held.shift() })
    stream.close()
    await advance(1_000)
    expect(openings.map(({ url }) => new URL(url).searchParams.get('has'))).toEqual([null, 'process-1-3'])
  })

  it('bypasses caches', async () => {
    const { openings } = await watch()
    expect(openings[0]?.init.cache).toBe('no-store')
    expect(openings[0]?.headers.get('accept')).toBe('text/event-stream')
  })

  it('calls a headers function for each request', async () => {
    let turn = 0
    const headers = () => ({ 'x-turn': String(++turn) })
    const { openings, stream } = await watch({ proxy: { headers } })
    stream.close()
    await advance(1_000)
    expect(openings.map((opening) => opening.headers.get('x-turn'))).toEqual(['1', '2'])
  })

  it('is sent again if the headers function fails', async () => {
    let turn = 0
    const headers = async () => {
      if (turn++ === 0) throw new Error('no token')
      return { authorization: 'Bearer of-the-host' }
    }
    const { openings, gaps } = await watch({ proxy: { headers } })
    expect(openings).toHaveLength(0)
    expect(gaps).toHaveLength(1)
    await advance(1_000)
    expect(openings[0]?.headers.get('authorization')).toBe('Bearer of-the-host')
  })

  it('is not sent with live: false', () => {
    expect(proxy({ url: PAIRING_URL, live: false }).connection.subscribe).toBeUndefined()
  })
})

describe('the updates of a stream', () => {
  it('are passed on one at a time', async () => {
    const { stream, updates } = await watch()
    const story = [
      update('unlinked', { nextInMs: 3_000 }),
      qr('a'),
      update('preparing', { error: { code: 'rate-limited', retryInMs: 7_000 } }),
      update('linked', { account: { name: 'Ana' } }),
    ]
    for (const one of story) stream.send(sent(one))
    await settle()
    expect(updates).toEqual(story)
  })

  it('continue after a listener throws', async () => {
    const { stream, updates } = await watch({
      onUpdate({ status }) {
        if (status === 'preparing') throw new Error('of the app')
      },
    })
    stream.send(sent(update('preparing')) + sent(update('unlinked')))
    await settle()
    expect(updates.map(({ status }) => status)).toEqual(['preparing', 'unlinked'])
  })

  it('end with the subscription, even in the middle of a chunk', async () => {
    const { stream, updates } = await watch({ onUpdate: (_, stop) => stop() })
    stream.send(sent(update('unlinked')) + sent(update('linking')))
    await settle()
    expect(updates.map(({ status }) => status)).toEqual(['unlinked'])
  })

  it('do not depend on where their bytes are split, even within a character', async () => {
    const story = [update('unlinked'), qr('a'), update('linked', { account: { name: 'Zoë 李 👩‍👩‍👧 çã' } })]
    const bytes = new TextEncoder().encode([':\n\n', ...story.map(sent)].join(''))
    const received = async (cuts: readonly number[]) => {
      const { stream, updates, stop } = await watch()
      const edges = [0, ...[...cuts].sort((a, b) => a - b), bytes.length]
      for (const [index, edge] of edges.entries()) stream.send(bytes.slice(edges[index - 1] ?? 0, edge))
      await settle()
      stop()
      await settle()
      return updates
    }
    const cuts = fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        expect(await received(at)).toEqual(story)
      }),
      randomRuns(50, 500),
    )
    expect(await received(Array.from({ length: bytes.length }, (_, index) => index))).toEqual(story)
  })

  it('are passed on between events that are not updates', async () => {
    const line = fc.string({ unit: 'grapheme' }).map((any) => any.replace(/[\r\n]/g, ' '))
    const junk = fc.oneof(
      fc
        .tuple(fc.constantFrom('update', 'snapshot', 'message', ''), line, line)
        .map(([name, id, data]) => `event: ${name}\nid: ${id}\ndata: junk ${data}\n\n`),
      fc
        .tuple(fc.constantFrom('update', 'Update'), fc.jsonValue())
        .map(([name, value]) => event(name, value)),
      fc.constantFrom(event('snapshot', update('linked')), event('Update', update('linked'))),
      line.map((comment) => `: ${comment}\n\n`),
      line.map((field) => `x${field}\n\n`),
      fc.constantFrom('\n\n', '\r\n', 'retry: 1\n\n', 'retry: soon\n\n', 'data\n\n', 'id: \0\n\n'),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(junk, { maxLength: 12 }), async (pieces) => {
        const { stream, updates, gaps, stop } = await watch()
        for (const piece of pieces) stream.send(piece)
        stream.send(sent(update('linking')))
        await settle()
        stop()
        await settle()
        expect(updates).toEqual([update('linking')])
        expect(gaps).toEqual([])
      }),
      randomRuns(50, 500),
    )
  })
})

describe('a stream that ends', () => {
  it.each(['close', 'cut'] as const)(
    'is reported as a gap, and opens again after about half a second: %s',
    async (end) => {
      const { stream, openings, gaps } = await watch()
      stream.send(':\n\n')
      await advance(20_000)
      stream[end]()
      await advance(300)
      expect([gaps.length, openings.length]).toEqual([1, 1])
      await advance(500)
      expect([gaps.length, openings.length]).toEqual([1, 2])
    },
  )

  it('reconnects after a different pause on each page', async () => {
    const random = vi.spyOn(Math, 'random')
    const pauseAt = async (chance: number) => {
      random.mockReturnValue(chance)
      const { stream, pauses, stop } = await watch()
      stream.send(':\n\n')
      await advance(6_000)
      stream.close()
      await advance(2_000)
      stop()
      return (pauses()[0] ?? 0) - 6_000
    }
    const [first, last] = [await pauseAt(0), await pauseAt(0.999)]
    expect(first).toBeGreaterThanOrEqual(250)
    expect(last).toBeLessThanOrEqual(1_000)
    expect(last - first).toBeGreaterThan(250)
  })

  it('within seconds, repeatedly, reconnects with increasing pauses', async () => {
    const { openings, gaps } = await watch({
      answer() {
        const stream = scriptedStream()
        stream.send(sent(update('unlinked')))
        setTimeout(stream.close, 300)
        return stream.response
      },
    })
    await advance(600_000)
    expect(openings.length).toBeLessThan(30)
    expect(gaps.length).toBeGreaterThanOrEqual(openings.length - 1)
  })

  it('after several seconds reconnects soon, despite earlier failures', async () => {
    let isBad = true
    const { openings } = await watch({
      answer() {
        if (isBad) throw new TypeError('fetch failed')
        const stream = scriptedStream()
        stream.send(':\n\n')
        setTimeout(stream.close, 10_000)
        return stream.response
      },
    })
    await advance(120_000)
    isBad = false
    await advance(120_000)
    const before = openings.length
    await advance(60_000)
    expect(openings.length - before).toBeGreaterThanOrEqual(5)
  })
})

describe('a stream that a proxy buffers', () => {
  it('is closed after five seconds without a byte', async () => {
    const { stream, gaps, openings } = await watch()
    await advance(4_900)
    expect(stream.isOpen).toBe(true)
    expect(gaps).toEqual([])
    await advance(200)
    expect(stream.isOpen).toBe(false)
    expect(openings[0]?.init.signal?.aborted).toBe(true)
    expect(gaps).toHaveLength(1)
  })

  it('is also closed if not even the headers arrive', async () => {
    const { gaps, openings } = await watch({ answer: hangUntilAborted })
    await advance(5_100)
    expect(gaps).toHaveLength(1)
    expect(openings[0]?.init.signal?.aborted).toBe(true)
  })

  it.each([
    ['a fetch', { answer: hang }],
    ['a function for headers', { proxy: { headers: () => new Promise<never>(() => {}) } }],
  ])('is closed even if %s ignores signals', async (_, options) => {
    const { gaps } = await watch(options)
    await advance(5_100)
    expect(gaps).toHaveLength(1)
  })

  it('is retried after increasing pauses of at most one minute', async () => {
    const { pauses } = await watch()
    await advance(900_000)
    expectBackoff(pauses().map((pauseMs) => pauseMs - 5_000))
  })

  it('is closed after 25 seconds of silence, even after a successful start', async () => {
    const { stream, streams, gaps } = await watch()
    stream.send(sent(update('unlinked')))
    await advance(24_900)
    expect(stream.isOpen).toBe(true)
    expect(gaps).toEqual([])
    await advance(200)
    expect(stream.isOpen).toBe(false)
    expect(gaps).toHaveLength(1)
    await advance(1_000)
    expect(streams).toHaveLength(2)
  })

  it('that stops sending repeatedly reconnects with increasing pauses', async () => {
    const { pauses } = await watch({
      answer() {
        const stream = scriptedStream()
        stream.send(':\n\n')
        return stream.response
      },
    })
    await advance(900_000)
    const waited = pauses().map((pauseMs) => pauseMs - 25_000)
    expect(waited[0]).toBeLessThanOrEqual(750)
    expect(waited.at(-1)).toBeGreaterThanOrEqual(30_000)
  })

  it('stays open while its server sends only comments', async () => {
    const { stream, gaps } = await watch()
    for (let beats = 0; beats < 60; beats++) {
      stream.send(':\n\n')
      await advance(10_000)
    }
    expect(stream.isOpen).toBe(true)
    expect(gaps).toEqual([])
  })
})

describe('a stream that is refused', () => {
  const hopeless: readonly (readonly [string, () => Response | Promise<Response>])[] = [
    ['a server without live events', () => problem('not-supported', 501)],
    ['a sign-in page', () => respond(page(200, 'Sign in'))],
    ['an update', () => respond(json(update('unlinked')))],
    ['nothing', () => new Response(null, { status: 204 })],
    ['an unknown path', () => respond(page(404, 'Not Found'))],
    ['an unknown path, in JSON', () => respond(json({ error: 'Not Found' }, 404))],
    ['an unsupported method', () => respond(text('Method not allowed', 405))],
    ['a visitor who is not signed in', () => problem('sign-in-required', 401)],
    ['a visitor without permission', () => problem('forbidden', 403)],
    ['a misconfigured handler', () => problem('invalid-options', 500)],
  ]
  it.each(hopeless)('by %s is requested again every five minutes', async (_, answer) => {
    const { openings, pauses, gaps } = await watch({ answer })
    expect(gaps).toHaveLength(1)
    await advance(1_000_000)
    expect(openings).toHaveLength(4)
    expect(pauses()).toEqual([300_000, 300_000, 300_000])
  })

  it('by a web page is not read to its end', async () => {
    const endless = scriptedStream()
    await watch({ answer: () => new Response(endless.response.body, { status: 404 }) })
    expect(endless.isOpen).toBe(false)
  })

  it('because the server is full is requested again when the server allows it', async () => {
    const { pauses } = await watch({ answer: () => problem('rate-limited', 429, 60_000) })
    await advance(250_000)
    expect(pauses().length).toBeGreaterThanOrEqual(3)
    for (const pauseMs of pauses()) expect(pauseMs).toBeGreaterThanOrEqual(60_000)
    expect(pauses()[0]).toBe(60_000)
  })

  it('with a waiting time of zero is requested again only after a pause', async () => {
    const { openings } = await watch({ answer: () => problem('rate-limited', 429, 0) })
    await advance(60_000)
    expect(openings.length).toBeLessThanOrEqual(9)
  })

  it.each([1e12, Number.MAX_VALUE])('for %d ms is requested again after one hour', async (retryAfterMs) => {
    const { openings } = await watch({ answer: () => problem('rate-limited', 429, retryAfterMs) })
    await advance(3_599_000)
    expect(openings).toHaveLength(1)
    await advance(2_000)
    expect(openings).toHaveLength(2)
  })

  const passing: readonly (readonly [string, Answering])[] = [
    ['the network', () => Promise.reject(new TypeError('fetch failed'))],
    ['a gateway whose server restarts', () => respond(page(502))],
    ['a server that is not ready', () => problem('provider-unavailable', 503)],
    ['a gateway with a rate limit', () => respond(text('Too many requests', 429))],
    ['a fetch that resolves with undefined', async () => undefined as never],
  ]
  it.each(passing)(
    'by %s is requested again with increasing pauses of up to one minute',
    async (_, answer) => {
      const { pauses, gaps, openings } = await watch({ answer })
      await advance(600_000)
      expect(gaps).toHaveLength(openings.length)
      expectBackoff(pauses())
    },
  )

  it.each([0, 0.5, 0.999])('is requested again after a random pause: chance %d', async (chance) => {
    vi.spyOn(Math, 'random').mockReturnValue(chance)
    const { pauses } = await watch({ answer: () => Promise.reject(new TypeError('fetch failed')) })
    await advance(600_000)
    expect(pauses().at(-1)).toBeCloseTo(30_000 * (1 + chance), -1)
  })

  it('sends updates as soon as the server accepts it', async () => {
    const stream = scriptedStream()
    const { updates } = await watch({
      answer: (turn) => (turn < 3 ? Promise.reject(new TypeError('fetch failed')) : stream.response),
    })
    await advance(6_000)
    stream.send(sent(update('linking')))
    await settle()
    expect(updates).toEqual([update('linking')])
  })
})

describe('the end of a subscription', () => {
  const late: ScriptedStream[] = []
  /** Ignores signals, and resolves after the end of the subscription. */
  const answersLate: Answering = async () => {
    const stream = scriptedStream()
    late.push(stream)
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    return stream.response
  }
  const hangingBody: Answering = () => new Response(new ReadableStream(), { status: 503 })

  const stages: readonly (readonly [string, Watching, (watch: Watch) => Promise<unknown>])[] = [
    ['before the headers arrive', { proxy: { headers: () => new Promise(() => {}) } }, () => advance(100)],
    ['while the request is pending', { answer: hangUntilAborted }, () => advance(100)],
    ['before the first byte', {}, () => advance(100)],
    [
      'in the middle of an event',
      {},
      ({ stream }) => {
        stream.send('event: update\ndata: {"status":')
        return advance(100)
      },
    ],
    ['while the body of a refusal is read', { answer: hangingBody }, () => advance(100)],
    [
      'in the pause after a stream',
      {},
      async ({ stream }) => {
        stream.send(':\n\n')
        await advance(10_000)
        stream.close()
        await advance(10)
      },
    ],
    ['in the pause after a refusal', { answer: () => respond(page(404)) }, () => advance(1_000)],
  ]

  it.each(stages)('leaves no connection and no timer: %s', async (_, options, reach) => {
    const watched = await watch(options)
    await reach(watched)
    const { openings, gaps } = watched
    const before = [openings.length, gaps.length]
    watched.stop()
    await settle()
    expect(vi.getTimerCount()).toBe(0)
    expect(watched.streams.filter(({ isOpen }) => isOpen)).toEqual([])
    for (const { init } of openings) expect(init.signal?.aborted).toBe(true)
    await advance(600_000)
    expect([openings.length, gaps.length]).toEqual(before)
  })

  it('also closes a stream that opens later', async () => {
    const { stop, updates } = await watch({ answer: answersLate })
    await advance(100)
    stop()
    await advance(3_000)
    late[0]?.send(sent(update('unlinked')))
    await settle()
    expect(late.map(({ isOpen }) => isOpen)).toEqual([false])
    expect(updates).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('prevents all updates if it comes immediately after the start', async () => {
    const fetch = vi.fn(hang)
    const { subscribe } = proxy({ url: PAIRING_URL, fetch }).connection
    subscribe?.(() => {}, { method: 'qr', has: () => undefined, onGap: () => {} })()
    await advance(10_000)
    expect(fetch).not.toHaveBeenCalled()
  })
})

describe('the chunk that contains live events', () => {
  it('may fail to load without an error, and then nothing is pushed', async () => {
    vi.resetModules()
    vi.doMock('../../src/client/live-events.js', () => {
      throw new Error('Failed to fetch dynamically imported module')
    })
    try {
      const { proxy: makeProxy } = await import('../../src/client/proxy.js')
      const { openings, gaps, updates, stop } = await watch({ makeProxy })
      await import('../../src/client/live-events.js').catch(() => undefined)
      stop()
      expect([openings, gaps, updates]).toEqual([[], [], []])
    } finally {
      vi.doUnmock('../../src/client/live-events.js')
    }
  })
})

function problem(code: string, status: number, retryAfterMs?: number): Response {
  return Response.json({ code, status, retryAfterMs }, { status })
}

function respond(answer: ReturnType<typeof json>): Response | Promise<Response> {
  return answer({ method: 'GET', url: PAIRING_URL, headers: new Headers(), body: undefined, init: {} })
}
