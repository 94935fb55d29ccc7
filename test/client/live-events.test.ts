import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type ProxyOptions, proxy } from '../../src/client/proxy.js'
import { PairingError } from '../../src/core/errors.js'
import type { PairingSnapshot, SubscribeOptions } from '../../src/core/provider.js'
import { hang, json, page, text } from '../providers/fetch-stub.js'
import { event, type ScriptedStream, scriptedStream } from './scripted-stream.js'

// Loaded on demand, and loading waits for nobody's fake clock.
beforeAll(() => import('../../src/client/live-events.js').then(() => undefined))
beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const PAIRING_URL = 'https://host.example/api/pairing'

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

const qr = (name: string, more: object = {}): object => ({
  status: 'qr',
  qrCode: { kind: 'text', value: `2@${name},noise,identity,adv,1` },
  ...more,
})

interface Opening {
  readonly url: string
  readonly headers: Headers
  readonly init: RequestInit
  readonly at: number
}

/** What a stream request is answered with; called with the number of the request, from 0. */
type Answering = (turn: number, opening: Opening) => Response | Promise<Response>

interface Watch {
  readonly openings: readonly Opening[]
  /** Milliseconds between the openings. */
  readonly pauses: () => readonly number[]
  readonly streams: readonly ScriptedStream[]
  /** The newest stream. */
  readonly stream: ScriptedStream
  readonly snapshots: readonly PairingSnapshot[]
  readonly problems: readonly { readonly error: PairingError; readonly nextInMs: number | undefined }[]
  readonly gaps: readonly number[]
  readonly stop: () => void
}

interface Watching extends Pick<SubscribeOptions, 'method' | 'signal'> {
  /** By default each request gets a stream. */
  readonly answer?: Answering
  readonly proxy?: Partial<ProxyOptions>
  /** In place of the module's own, for one that was loaded anew. */
  readonly makeProxy?: typeof proxy
  readonly onSnapshot?: (snapshot: PairingSnapshot) => void
}

/** Subscribes and writes down what comes of it. */
async function watch({ answer, makeProxy = proxy, onSnapshot, ...given }: Watching = {}): Promise<Watch> {
  const openings: Opening[] = []
  const streams: ScriptedStream[] = []
  const snapshots: PairingSnapshot[] = []
  const problems: { error: PairingError; nextInMs: number | undefined }[] = []
  const gaps: number[] = []
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const opening = { url: String(input), headers: new Headers(init.headers), init, at: Date.now() }
    openings.push(opening)
    if (answer) return answer(openings.length - 1, opening)
    const stream = scriptedStream()
    streams.push(stream)
    return stream.response
  }
  const { subscribe } = makeProxy({ url: PAIRING_URL, fetch, ...given.proxy })
  const stop = subscribe?.(
    (snapshot) => {
      snapshots.push(snapshot)
      onSnapshot?.(snapshot)
    },
    {
      ...(given.method && { method: given.method }),
      signal: given.signal,
      onError: (error, nextInMs) => problems.push({ error, nextInMs }),
      onGap: () => gaps.push(Date.now()),
    },
  )
  if (!stop) throw new Error('This proxy has no live events')
  await pass(0)
  return {
    openings,
    pauses: () => openings.slice(1).map(({ at }, index) => at - (openings[index]?.at ?? 0)),
    streams,
    get stream() {
      const stream = streams.at(-1)
      if (!stream) throw new Error('No stream was opened')
      return stream
    },
    snapshots,
    problems,
    gaps,
    stop,
  }
}

/** A request that its signal ends, as that of a real `fetch`. */
const hangUntilAborted: Answering = (_, { init: { signal } }) =>
  new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))

describe('the request for a stream', () => {
  it.each(['qr', 'phone-code'] as const)('says that %s is in front of the user', async (method) => {
    const { openings } = await watch({ method })
    expect(openings.map(({ url }) => url)).toEqual([`${PAIRING_URL}?events&method=${method}`])
  })

  it('is for a QR code where nothing is said', async () => {
    const { openings } = await watch()
    expect(openings[0]?.url).toMatch(/&method=qr$/)
  })

  it('goes past every cache', async () => {
    const { openings } = await watch()
    expect(openings[0]?.init.cache).toBe('no-store')
    expect(openings[0]?.headers.get('accept')).toBe('text/event-stream')
  })

  it.each([
    ['an object', { authorization: 'Bearer of-the-host' }],
    ['a function', () => ({ authorization: 'Bearer of-the-host' })],
    ['an async function', async () => ({ authorization: 'Bearer of-the-host' })],
  ])('carries the headers of %s', async (_, headers) => {
    const { openings } = await watch({ proxy: { headers } })
    expect(openings[0]?.headers.get('authorization')).toBe('Bearer of-the-host')
    expect(openings[0]?.headers.get('accept')).toBe('text/event-stream')
  })

  it('asks a function for its headers each time', async () => {
    let turn = 0
    const headers = () => ({ 'x-turn': String(++turn) })
    const { openings, stream } = await watch({ proxy: { headers } })
    stream.close()
    await pass(1_000)
    expect(openings.map((opening) => opening.headers.get('x-turn'))).toEqual(['1', '2'])
  })

  it('is tried again where the headers cannot be had', async () => {
    let turn = 0
    const headers = async () => {
      if (turn++ === 0) throw new Error('no token')
      return { authorization: 'Bearer of-the-host' }
    }
    const { openings, gaps, problems } = await watch({ proxy: { headers } })
    expect(openings).toHaveLength(0)
    expect(gaps).toHaveLength(1)
    await pass(1_000)
    expect(openings[0]?.headers.get('authorization')).toBe('Bearer of-the-host')
    expect(problems).toEqual([])
  })

  it('is not made by a proxy that is not to be live', () => {
    expect(proxy({ url: PAIRING_URL, live: false }).subscribe).toBeUndefined()
  })
})

describe('what a stream says', () => {
  it('is passed on, snapshot by snapshot', async () => {
    const { stream, snapshots } = await watch()
    stream.send(event('snapshot', { status: 'unlinked', nextInMs: 3_000 }))
    stream.send(event('snapshot', qr('a', { nextInMs: 5_000, confirmInMs: 4_000, expiresInMs: 20_000 }), '1'))
    stream.send(event('snapshot', { status: 'linked', account: { name: 'Ana' } }))
    await pass(0)
    expect(snapshots).toEqual([
      { status: 'unlinked', nextInMs: 3_000 },
      { ...qr('a'), nextInMs: 5_000, confirmInMs: 4_000, expiresInMs: 20_000 },
      { status: 'linked', account: { name: 'Ana' } },
    ])
  })

  it('repeats the last code with the new durations, and with no old one', async () => {
    const { stream, snapshots } = await watch()
    stream.send(event('snapshot', qr('a', { nextInMs: 5_000, confirmInMs: 4_000, expiresInMs: 20_000 }), '1'))
    stream.send(event('same', { nextInMs: 2_000, confirmInMs: 1_000 }, '1'))
    await pass(0)
    expect(snapshots[1]).toEqual({ ...qr('a'), nextInMs: 2_000, confirmInMs: 1_000, expiresInMs: undefined })
  })

  it('repeats no code that it never gave', async () => {
    const { stream, snapshots } = await watch()
    stream.send(event('same', { nextInMs: 2_000 }, '1'))
    stream.send(event('snapshot', qr('a'), '1'))
    stream.send(event('same', { nextInMs: 2_000 }, '2'))
    await pass(0)
    expect(snapshots).toEqual([qr('a')])
  })

  it('repeats a code also on the stream after, where the server still knows it', async () => {
    const { streams, snapshots } = await watch()
    streams[0]?.send(event('snapshot', qr('a', { nextInMs: 5_000 }), 'x-1'))
    await pass(0)
    streams[0]?.close()
    await pass(1_000)
    streams[1]?.send(event('same', { nextInMs: 4_000 }, 'x-1'))
    await pass(0)
    expect(snapshots[1]).toMatchObject({ ...qr('a'), nextInMs: 4_000 })
  })

  it('tells of a problem by its code, and when the question comes again', async () => {
    const { stream, problems, snapshots } = await watch()
    stream.send(event('problem', { code: 'rate-limited', retryAfterMs: 7_000, nextInMs: 8_000 }))
    stream.send(event('problem', { code: 'unauthorized' }))
    await pass(0)
    expect(problems).toEqual([
      { error: expect.objectContaining({ code: 'rate-limited', retryAfterMs: 7_000 }), nextInMs: 8_000 },
      { error: expect.objectContaining({ code: 'unauthorized' }), nextInMs: undefined },
    ])
    expect(problems.every(({ error }) => PairingError.isInstance(error))).toBe(true)
    expect(snapshots).toEqual([])
  })

  it('goes on after a problem and after a listener that throws', async () => {
    const { stream, snapshots } = await watch({
      onSnapshot({ status }) {
        if (status === 'preparing') throw new Error('of the host')
      },
    })
    stream.send(event('snapshot', { status: 'preparing' }))
    stream.send(event('problem', { code: 'network' }))
    stream.send(event('snapshot', { status: 'unlinked' }))
    await pass(0)
    expect(snapshots.map(({ status }) => status)).toEqual(['preparing', 'unlinked'])
  })

  it('is nothing after the subscriber left, though it was in the same piece', async () => {
    const controller = new AbortController()
    const { stream, snapshots } = await watch({
      signal: controller.signal,
      onSnapshot: () => controller.abort(),
    })
    stream.send(event('snapshot', { status: 'unlinked' }) + event('snapshot', { status: 'linking' }))
    await pass(0)
    expect(snapshots.map(({ status }) => status)).toEqual(['unlinked'])
  })

  it('is the same wherever its bytes are cut, also within a letter', async () => {
    const story = new TextEncoder().encode(
      [
        ':\n\n',
        event('snapshot', { status: 'unlinked', nextInMs: 3_000 }),
        event('snapshot', qr('a', { nextInMs: 5_000 }), 'x-1'),
        event('same', { nextInMs: 4_000 }, 'x-1'),
        event('problem', { code: 'network', nextInMs: 1_000 }),
        event('snapshot', { status: 'linked', account: { name: 'Zoë 李 👩‍👩‍👧 çã' } }),
      ].join(''),
    )
    const told = async (cuts: readonly number[]) => {
      const { stream, snapshots, problems, stop } = await watch()
      const edges = [0, ...[...cuts].sort((a, b) => a - b), story.length]
      for (const [index, edge] of edges.entries()) stream.send(story.slice(edges[index - 1] ?? 0, edge))
      await pass(0)
      stop()
      await pass(0)
      return { snapshots, problems: problems.map(({ error, nextInMs }) => [error.code, nextInMs]) }
    }
    const whole = await told([])
    expect(whole.snapshots).toHaveLength(4)
    expect(whole.problems).toEqual([['network', 1_000]])
    const cuts = fc.array(fc.integer({ min: 0, max: story.length }), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        expect(await told(at)).toEqual(whole)
      }),
      { numRuns: 150 },
    )
    const everywhere = Array.from({ length: story.length }, (_, index) => index)
    expect(await told(everywhere)).toEqual(whole)
  })

  it('may be anything: what is none of ours is passed over', async () => {
    const line = fc.string({ unit: 'grapheme' }).map((any) => any.replace(/[\r\n]/g, ' '))
    const junk = fc.oneof(
      fc.tuple(fc.constantFrom('snapshot', 'same', 'problem', 'message', ''), line, line).map(
        // A word that none of ours is, so that no junk is by chance a snapshot.
        ([name, id, data]) => `event: ${name}\nid: ${id}\ndata: junk ${data}\n\n`,
      ),
      fc
        .tuple(fc.constantFrom('snapshot', 'same', 'Snapshot', 'state'), fc.jsonValue())
        .filter(([, value]) => !JSON.stringify(value).includes('status'))
        .map(([name, value]) => event(name, value)),
      line.map((comment) => `: ${comment}\n\n`),
      line.map((field) => `x${field}\n\n`),
      fc.constantFrom('\n\n', '\r\n', 'retry: 1\n\n', 'retry: soon\n\n', 'data\n\n', 'id: \0\n\n'),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(junk, { maxLength: 12 }), async (pieces) => {
        const { stream, snapshots, problems, gaps, stop } = await watch()
        for (const piece of pieces) stream.send(piece)
        stream.send(event('snapshot', { status: 'linking' }))
        await pass(0)
        stop()
        await pass(0)
        expect(snapshots).toEqual([{ status: 'linking' }])
        expect(problems.every(({ error }) => PairingError.isInstance(error))).toBe(true)
        expect(gaps).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})

describe('a stream that ends', () => {
  it('is told as a gap, and opened again after about half a second', async () => {
    const { stream, openings, gaps } = await watch()
    stream.send(':\n\n')
    await pass(20_000)
    stream.close()
    await pass(300)
    expect(gaps).toHaveLength(1)
    expect(openings).toHaveLength(1)
    await pass(500)
    expect(openings).toHaveLength(2)
    expect(gaps).toHaveLength(1)
  })

  it('is opened again with the id of the last code', async () => {
    const { streams, openings } = await watch()
    streams[0]?.send(event('snapshot', qr('a'), 'x-1') + event('snapshot', qr('b'), 'x-2'))
    streams[0]?.send(event('snapshot', { status: 'unlinked' }))
    await pass(0)
    streams[0]?.close()
    await pass(1_000)
    expect(openings.map(({ headers }) => headers.get('last-event-id'))).toEqual([null, 'x-2'])
  })

  it('is opened again as soon when it was cut', async () => {
    const { stream, openings, gaps } = await watch()
    stream.send(':\n\n')
    await pass(20_000)
    stream.cut()
    await pass(800)
    expect(gaps).toHaveLength(1)
    expect(openings).toHaveLength(2)
  })

  it('comes back at another moment on each page', async () => {
    const random = vi.spyOn(Math, 'random')
    const pauseAt = async (chance: number) => {
      random.mockReturnValue(chance)
      const { stream, pauses, stop } = await watch()
      stream.send(':\n\n')
      await pass(6_000)
      stream.close()
      await pass(2_000)
      stop()
      return (pauses()[0] ?? 0) - 6_000
    }
    const [first, last] = [await pauseAt(0), await pauseAt(0.999)]
    expect(first).toBeGreaterThanOrEqual(250)
    expect(last).toBeLessThanOrEqual(1_000)
    expect(last - first).toBeGreaterThan(250)
  })

  it('again and again within seconds is opened ever less often', async () => {
    const { openings, gaps } = await watch({
      answer() {
        const stream = scriptedStream()
        stream.send(event('snapshot', { status: 'unlinked' }))
        setTimeout(stream.close, 300)
        return stream.response
      },
    })
    await pass(600_000)
    expect(openings.length).toBeLessThan(30)
    expect(gaps.length).toBeGreaterThanOrEqual(openings.length - 1)
  })

  it('after a good while is opened soon, however bad it was before', async () => {
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
    await pass(120_000)
    isBad = false
    await pass(120_000)
    const before = openings.length
    await pass(60_000)
    expect(openings.length - before).toBeGreaterThanOrEqual(5)
  })
})

describe('a stream that is held back', () => {
  it('is given up after five seconds without a byte', async () => {
    const { stream, gaps, openings } = await watch()
    await pass(4_900)
    expect(stream.isOpen).toBe(true)
    expect(gaps).toEqual([])
    await pass(200)
    expect(stream.isOpen).toBe(false)
    expect(openings[0]?.init.signal?.aborted).toBe(true)
    expect(gaps).toHaveLength(1)
  })

  it('is given up as well where not even the headers come', async () => {
    const { gaps, openings } = await watch({ answer: hangUntilAborted })
    await pass(5_100)
    expect(gaps).toHaveLength(1)
    expect(openings[0]?.init.signal?.aborted).toBe(true)
  })

  it.each([
    ['a fetch', { answer: hang }],
    ['a function for headers', { proxy: { headers: () => new Promise<never>(() => {}) } }],
  ])('is given up where %s knows nothing of signals', async (_, options) => {
    const { gaps } = await watch(options)
    await pass(5_100)
    expect(gaps).toHaveLength(1)
  })

  it('is tried again after pauses that grow, and never more than a minute', async () => {
    const { pauses } = await watch()
    await pass(900_000)
    const waited = pauses().map((pauseMs) => pauseMs - 5_000)
    for (const [index, pauseMs] of waited.entries()) {
      const longestMs = Math.min(750 * 2 ** index, 60_000)
      expect(pauseMs).toBeGreaterThanOrEqual(longestMs / 2)
      expect(pauseMs).toBeLessThanOrEqual(longestMs)
    }
    expect(waited.at(-1)).toBeGreaterThanOrEqual(30_000)
  })

  it('is given up after 25 seconds of silence, however well it began', async () => {
    const { stream, streams, gaps } = await watch()
    stream.send(event('snapshot', { status: 'unlinked' }))
    await pass(24_900)
    expect(stream.isOpen).toBe(true)
    expect(gaps).toEqual([])
    await pass(200)
    expect(stream.isOpen).toBe(false)
    expect(gaps).toHaveLength(1)
    await pass(1_000)
    expect(streams).toHaveLength(2)
  })

  it('falls silent again and again, and is opened ever less often', async () => {
    const { pauses } = await watch({
      answer() {
        const stream = scriptedStream()
        stream.send(':\n\n')
        return stream.response
      },
    })
    await pass(900_000)
    const waited = pauses().map((pauseMs) => pauseMs - 25_000)
    expect(waited[0]).toBeLessThanOrEqual(750)
    expect(waited.at(-1)).toBeGreaterThanOrEqual(30_000)
  })

  it('is not given up while its server says nothing but that it is there', async () => {
    const { stream, gaps } = await watch()
    for (let beats = 0; beats < 60; beats++) {
      stream.send(':\n\n')
      await pass(10_000)
    }
    expect(stream.isOpen).toBe(true)
    expect(gaps).toEqual([])
  })
})

describe('a stream that is refused', () => {
  const hopeless: readonly (readonly [string, () => Response | Promise<Response>])[] = [
    ['a server without live events', () => problem('not-supported', 501)],
    ['a sign-in page', () => respond(page(200, 'Sign in'))],
    ['a snapshot', () => respond(json({ status: 'unlinked' }))],
    ['nothing', () => new Response(null, { status: 204 })],
    ['a path that is none', () => respond(page(404, 'Not Found'))],
    ['a path that is none, in JSON', () => respond(json({ error: 'Not Found' }, 404))],
    ['a method that is none', () => respond(text('Method not allowed', 405))],
    ['a visitor who is not signed in', () => problem('sign-in-required', 401)],
    ['a visitor who may not', () => problem('forbidden', 403)],
    ['a handler that is set up wrongly', () => problem('invalid-options', 500)],
  ]
  it.each(hopeless)('by %s is asked for every five minutes', async (_, answer) => {
    const { openings, pauses, gaps } = await watch({ answer })
    expect(gaps).toHaveLength(1)
    await pass(1_000_000)
    expect(openings).toHaveLength(4)
    expect(pauses()).toEqual([300_000, 300_000, 300_000])
  })

  it('by a page is not read to its end', async () => {
    const endless = scriptedStream()
    await watch({ answer: () => new Response(endless.response.body, { status: 404 }) })
    expect(endless.isOpen).toBe(false)
  })

  it('for want of room is asked for when the server says', async () => {
    const { pauses } = await watch({ answer: () => problem('rate-limited', 429, 60_000) })
    await pass(250_000)
    expect(pauses().length).toBeGreaterThanOrEqual(3)
    for (const pauseMs of pauses()) expect(pauseMs).toBeGreaterThanOrEqual(60_000)
    expect(pauses()[0]).toBe(60_000)
  })

  it('with no time to wait is not asked for without a pause', async () => {
    const { openings } = await watch({ answer: () => problem('rate-limited', 429, 0) })
    await pass(60_000)
    expect(openings.length).toBeLessThanOrEqual(9)
  })

  it.each([1e12, Number.MAX_VALUE])('for %d ms is asked for after an hour', async (retryAfterMs) => {
    const { openings } = await watch({ answer: () => problem('rate-limited', 429, retryAfterMs) })
    await pass(3_599_000)
    expect(openings).toHaveLength(1)
    await pass(2_000)
    expect(openings).toHaveLength(2)
  })

  const passing: readonly (readonly [string, Answering])[] = [
    ['the network', () => Promise.reject(new TypeError('fetch failed'))],
    ['a gateway whose server restarts', () => respond(page(502))],
    ['a server that is not ready', () => problem('provider-unavailable', 503)],
    ['a gateway that counts', () => respond(text('Too many requests', 429))],
    ['a fetch that answers with nothing', async () => undefined as never],
  ]
  it.each(passing)('by %s is asked for ever less often, up to a minute', async (_, answer) => {
    const { pauses, gaps, openings } = await watch({ answer })
    await pass(600_000)
    expect(gaps).toHaveLength(openings.length)
    for (const [index, pauseMs] of pauses().entries()) {
      const longestMs = Math.min(750 * 2 ** index, 60_000)
      expect(pauseMs).toBeGreaterThanOrEqual(longestMs / 2)
      expect(pauseMs).toBeLessThanOrEqual(longestMs)
    }
    expect(pauses().at(-1)).toBeGreaterThanOrEqual(30_000)
  })

  it.each([0, 0.5, 0.999])('comes back at a moment of its own: chance %d', async (chance) => {
    vi.spyOn(Math, 'random').mockReturnValue(chance)
    const { pauses } = await watch({ answer: () => Promise.reject(new TypeError('fetch failed')) })
    await pass(600_000)
    expect(pauses().at(-1)).toBeCloseTo(30_000 * (1 + chance), -1)
  })

  it('begins as soon as it is let in', async () => {
    const stream = scriptedStream()
    const { snapshots } = await watch({
      answer: (turn) => (turn < 3 ? Promise.reject(new TypeError('fetch failed')) : stream.response),
    })
    await pass(6_000)
    stream.send(event('snapshot', { status: 'linking' }))
    await pass(0)
    expect(snapshots).toEqual([{ status: 'linking' }])
  })
})

describe('the end of a subscription', () => {
  const late: ScriptedStream[] = []
  /** Knows nothing of signals, and answers when nobody waits any more. */
  const answersLate: Answering = async () => {
    const stream = scriptedStream()
    late.push(stream)
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    return stream.response
  }
  const hangingBody: Answering = () => new Response(new ReadableStream(), { status: 503 })

  const stages: readonly (readonly [string, Watching, (watch: Watch) => Promise<unknown>])[] = [
    ['while headers are on their way', { proxy: { headers: () => new Promise(() => {}) } }, () => pass(100)],
    ['while the request is', { answer: hangUntilAborted }, () => pass(100)],
    ['before the first byte', {}, () => pass(100)],
    [
      'in the middle of an event',
      {},
      ({ stream }) => {
        stream.send('event: snapshot\ndata: {"status":')
        return pass(100)
      },
    ],
    ['while the reason of a refusal is read', { answer: hangingBody }, () => pass(100)],
    [
      'in the pause after a stream',
      {},
      async ({ stream }) => {
        stream.send(':\n\n')
        await pass(10_000)
        stream.close()
        await pass(10)
      },
    ],
    ['in the pause after a refusal', { answer: () => respond(page(404)) }, () => pass(1_000)],
  ]

  describe.each(stages)('%s', (_, options, reach) => {
    const ends: readonly (readonly [string, (watch: Watch, controller: AbortController) => void])[] = [
      ['its own function', ({ stop }) => stop()],
      ['its signal', (_watch, controller) => controller.abort()],
    ]
    it.each(ends)('leaves nothing behind: by %s', async (_name, end) => {
      const controller = new AbortController()
      const watched = await watch({ ...options, signal: controller.signal })
      await reach(watched)
      const { openings, gaps } = watched
      const before = [openings.length, gaps.length]
      end(watched, controller)
      await pass(0)
      expect(vi.getTimerCount()).toBe(0)
      expect(watched.streams.filter(({ isOpen }) => isOpen)).toEqual([])
      for (const { init } of openings) {
        expect(init.signal?.aborted).toBe(true)
      }
      await pass(600_000)
      expect([openings.length, gaps.length]).toEqual(before)
    })

    it('leaves no listener on the signal it was given', async () => {
      const { signal } = new AbortController()
      const watched = await watch({ ...options, signal })
      await reach(watched)
      watched.stop()
      await pass(0)
      expect(getEventListeners(signal, 'abort')).toEqual([])
    })
  })

  it('closes also a stream that comes only afterwards', async () => {
    const { stop, snapshots } = await watch({ answer: answersLate })
    await pass(100)
    stop()
    await pass(3_000)
    late[0]?.send(event('snapshot', { status: 'unlinked' }))
    await pass(0)
    expect(late.map(({ isOpen }) => isOpen)).toEqual([false])
    expect(snapshots).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('before its beginning sends nothing', async () => {
    const { openings } = await watch({ signal: AbortSignal.abort() })
    await pass(10_000)
    expect(openings).toEqual([])
  })

  it('in the moment of its beginning sends nothing', async () => {
    const fetch = vi.fn(hang)
    proxy({ url: PAIRING_URL, fetch }).subscribe?.(() => {}, {})()
    await pass(10_000)
    expect(fetch).not.toHaveBeenCalled()
  })
})

describe('the chunk that live events are in', () => {
  it('may be missing: then nothing is pushed, and nothing breaks', async () => {
    vi.resetModules()
    vi.doMock('../../src/client/live-events.js', () => {
      throw new Error('Failed to fetch dynamically imported module')
    })
    try {
      const { proxy: makeProxy } = await import('../../src/client/proxy.js')
      const { openings, gaps, problems, stop } = await watch({ makeProxy })
      await import('../../src/client/live-events.js').catch(() => undefined)
      stop()
      expect([openings, gaps, problems]).toEqual([[], [], []])
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
