import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import type { PairingSnapshot } from '../../src/core/provider.js'
import { PUSH_SLACK_MS } from '../../src/core/qr-lifetime.js'
import { STREAM_SILENCE_LIMIT_MS } from '../../src/core/wire.js'
import { SPY_SESSION, timing } from './spy-provider.js'
import { bodyOf, createWorld, expectRefusal, type LiveEvent, silence, type Tab } from './world.js'

const START = Date.UTC(2026, 10, 21)
const MINUTE_MS = 60_000

beforeEach(() => {
  vi.useFakeTimers({ now: START })
  // Pauses vary a little, so that many who failed together do not come back together; here, not.
  vi.spyOn(Math, 'random').mockReturnValue(0)
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const pass = (durationMs: number) => vi.advanceTimersByTimeAsync(durationMs)

const qrText = (number: number): string => `2@ref${number},noise,identity,adv,1`

const qrOf = (number: number): PairingSnapshot => ({
  status: 'qr',
  qrCode: { kind: 'text', value: qrText(number) },
})

/** Another code every 20 seconds, from the first question on. */
function rotating(): { getQrCode: () => Promise<PairingSnapshot> } {
  return { getQrCode: async () => qrOf(Math.floor((Date.now() - START) / timing.qrLifetimeMs)) }
}

const isPicture = ({ data }: LiveEvent): boolean => data.status === 'qr'

const codesIn = ({ events }: Tab): unknown[] =>
  events.filter(isPicture).map(({ data }) => Reflect.get(Object(data.qrCode), 'value'))

const namesIn = ({ events }: Tab): string[] =>
  events.map(({ name, data }) => (name === 'snapshot' ? `${data.status}` : name))

describe('a stream', () => {
  it('says something at once, so that the page knows that nothing holds it back', async () => {
    const tab = await createWorld({ getQrCode: silence, getStatus: silence }).watch()
    expect(tab.text).toBe(':\n\n')
    expect(tab.signsOfLife).toEqual([START])
  })

  it('may be held back or kept by nobody on the way', async () => {
    const { headers } = (await createWorld().watch()).response
    expect(Object.fromEntries(headers)).toEqual({
      'cache-control': 'no-store, no-transform',
      'content-type': 'text/event-stream',
      vary: 'origin, cookie',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    })
  })

  it('tells code and state as they are learnt, and when the next of them comes', async () => {
    const tab = await createWorld().watch()
    await pass(timing.statusIntervalMs)
    expect(tab.events).toEqual([
      {
        name: 'snapshot',
        id: expect.any(String),
        at: START,
        data: {
          ...qrOf(0),
          qrCode: { kind: 'text', value: '2@ref,noise,identity,adv,1' },
          session: SPY_SESSION,
          provider: 'spy',
          methods: ['qr', 'phone-code'],
          timing,
          expiresInMs: 60_000,
          confirmInMs: timing.qrIntervalMs,
          nextInMs: timing.statusIntervalMs,
        },
      },
      {
        name: 'snapshot',
        id: undefined,
        at: START + timing.statusIntervalMs,
        data: {
          session: SPY_SESSION,
          provider: 'spy',
          status: 'unlinked',
          methods: ['qr', 'phone-code'],
          timing,
          nextInMs: 2_000,
        },
      },
    ])
  })

  it('sends a picture once; from then on, that it still holds', async () => {
    const tab = await createWorld(rotating()).watch()
    await pass(15_000)
    const [picture, ...repeats] = tab.events.filter(({ id }) => id !== undefined)
    expect(picture?.name).toBe('snapshot')
    expect(repeats.map(({ name, id, data }) => ({ name, id, fields: Object.keys(data).toSorted() }))).toEqual(
      Array(repeats.length).fill({
        name: 'same',
        id: picture?.id,
        fields: ['confirmInMs', 'expiresInMs', 'nextInMs', 'session'],
      }),
    )
    expect(repeats.length).toBeGreaterThan(1)
    expect(codesIn(tab)).toEqual([qrText(0)])
  })

  it('sends each new picture, with an id of its own', async () => {
    const tab = await createWorld(rotating()).watch()
    await pass(2 * timing.qrLifetimeMs + timing.qrIntervalMs)
    expect(codesIn(tab)).toEqual([qrText(0), qrText(1), qrText(2)])
    expect(new Set(tab.events.filter(isPicture).map(({ id }) => id)).size).toBe(3)
  })

  it('goes on with the code that the page has, by its Last-Event-ID', async () => {
    const world = createWorld(rotating())
    const before = await world.watch()
    before.leave()
    await pass(1_000)
    const after = await world.watch('', { headers: { 'last-event-id': `${before.events[0]?.id}` } })
    expect(after.events).toEqual([
      {
        name: 'same',
        id: before.events[0]?.id,
        at: START + 1_000,
        data: { expiresInMs: 59_000, confirmInMs: 4_000, nextInMs: 2_000, session: SPY_SESSION },
      },
    ])
  })

  it('sends the picture to a page that has another one', async () => {
    const world = createWorld(rotating())
    const before = await world.watch()
    await pass(timing.qrLifetimeMs)
    const after = await world.watch('', { headers: { 'last-event-id': `${before.events[0]?.id}` } })
    expect(codesIn(after)).toEqual([qrText(1)])
  })

  it.each([
    ['none', {}],
    ['one of another handler', { 'last-event-id': '00000000-0000-4000-8000-000000000000-1' }],
    ['an empty one', { 'last-event-id': '' }],
    ['a number', { 'last-event-id': '1' }],
  ])('sends the picture where the Last-Event-ID is %s', async (_, headers) => {
    const world = createWorld(rotating())
    await world.watch()
    expect(codesIn(await world.watch('', { headers: new Headers(Object.entries(headers)) }))).toEqual([
      qrText(0),
    ])
  })

  it('has one line for each field, whatever the provider says', async () => {
    const name = 'Ana\n\nevent: snapshot\ndata: {}\r\rid: 7\u2028'
    const tab = await createWorld({
      getQrCode: async () => ({ status: 'linked', account: { name } }),
    }).watch()
    expect(tab.text).toMatch(/^:\n\nevent: snapshot\ndata: [^\r\n]+\n\n$/)
    expect(tab.events.map(({ data }) => data.account)).toEqual([{ name: name.trim() }])
  })

  it('is never silent for so long that the page gives it up', async () => {
    const tab = await createWorld({
      getQrCode: async () => ({ status: 'linked', account: {} }),
      getStatus: async () => ({ status: 'linked', account: {} }),
    }).watch()
    await pass(4 * MINUTE_MS)
    const silences = tab.signsOfLife.map((at, index) => at - (tab.signsOfLife[index - 1] ?? START))
    expect(Math.max(...silences)).toBeLessThan(STREAM_SILENCE_LIMIT_MS)
  })

  it('shows that it is alive while the provider says nothing', async () => {
    const tab = await createWorld({ getQrCode: silence, getStatus: silence }).watch()
    await pass(30_000)
    expect(tab.text).toBe(':\n\n'.repeat(7))
  })

  it('ends after its lifetime, so that the page is authorized again', async () => {
    const world = createWorld({}, { streamLifetimeMs: MINUTE_MS })
    const tab = await world.watch()
    await pass(MINUTE_MS - 1)
    expect(tab.isOver).toBe(false)
    await pass(1)
    expect(tab.isOver).toBe(true)
    expect(world.watchers).toBe(0)
  })

  it('lives for five minutes by default', async () => {
    const tab = await createWorld().watch()
    await pass(5 * MINUTE_MS - 1)
    expect(tab.isOver).toBe(false)
    await pass(1)
    expect(tab.isOver).toBe(true)
  })

  it('is over at once where the page is gone before it begins', async () => {
    const world = createWorld()
    const tab = await world.watch('', { signal: AbortSignal.abort() })
    expect(tab.isOver).toBe(true)
    expect(world.watchers).toBe(0)
    await pass(MINUTE_MS)
    expect(world.calls).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is not offered where the runtime cannot hold an answer open', async () => {
    const world = createWorld({}, { liveEvents: false })
    await expectRefusal(await world.get('?events'), 'not-supported')
    expect(world.calls).toEqual([])
  })
})

describe('a page that reads slowly', () => {
  /** Reads what is there, until nothing more is. */
  async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<readonly string[]> {
    const pieces: string[] = []
    const pump = async () => {
      for (let piece = await reader.read(); !piece.done; piece = await reader.read())
        pieces.push(new TextDecoder().decode(piece.value))
    }
    const pumping = pump()
    await pass(0)
    const there = [...pieces]
    await reader.cancel()
    await pumping
    return there
  }

  it('is owed three pieces at most, however much has happened', async () => {
    let answers = 0
    const world = createWorld({ getQrCode: async () => qrOf(++answers) })
    const fast = await world.watch()
    const slow = await world.get('?events')
    for (let second = 0; second < 19; second += 1) {
      await world.get('?want=code')
      await world.get('?want=state')
      await pass(1_000)
    }
    expect(codesIn(fast)).toHaveLength(answers)
    const owed = await readAll(bodyOf(slow).getReader())
    expect(owed).toHaveLength(3)
    expect(owed.join('').match(/2@ref\d+/g)).toEqual([`2@ref${answers}`])
  })

  it('gets what is true when it takes it, and not what was true when it could have', async () => {
    const world = createWorld(rotating())
    await world.watch()
    const reader = bodyOf(await world.get('?events')).getReader()
    const taken: string[] = []
    for (let read = 0; read < 3; read += 1) {
      await pass(6_000)
      const { value } = await reader.read()
      taken.push(new TextDecoder().decode(value))
    }
    await reader.cancel()
    expect(taken).toEqual([
      ':\n\n',
      expect.stringContaining('"status":"unlinked"'),
      // Seen first at 0 and read at 18 seconds: what is left of its minute, and no more.
      expect.stringMatching(/2@ref0,.*"expiresInMs":42000/),
    ])
  })

  it('is dropped when it has taken nothing for so long that its code is dead', async () => {
    const world = createWorld(rotating())
    const response = await world.get('?events')
    await pass(0)
    expect(world.watchers).toBe(1)
    await pass(20_000)
    expect(world.watchers).toBe(0)
    world.calls.length = 0
    await pass(MINUTE_MS)
    expect(world.calls).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
    expect(response.bodyUsed).toBe(false)
  })

  it('does not hold up the others', async () => {
    const world = createWorld(rotating())
    await world.get('?events')
    const fast = await world.watch()
    await pass(MINUTE_MS + timing.qrIntervalMs)
    expect(codesIn(fast)).toEqual([qrText(0), qrText(1), qrText(2), qrText(3)])
  })
})

describe('all who watch one session', () => {
  async function callsIn(durationMs: number, tabs: number): Promise<readonly string[]> {
    const world = createWorld(rotating(), { maxWatchersPerSession: tabs })
    const opened = await Promise.all(Array.from({ length: tabs }, () => world.watch()))
    await pass(durationMs)
    for (const tab of opened) tab.leave()
    await pass(MINUTE_MS)
    return world.calls
  }

  it('cost the provider as much as one', async () => {
    const alone = await callsIn(2 * MINUTE_MS, 1)
    vi.setSystemTime(START)
    expect(await callsIn(2 * MINUTE_MS, 50)).toEqual(alone)
    expect(alone.length).toBeGreaterThan(40)
  })

  it('hear the same', async () => {
    const world = createWorld(rotating())
    const [first, second] = [await world.watch(), await world.watch()]
    await pass(MINUTE_MS)
    expect(second.events).toEqual(first.events)
  })

  it('have the provider asked from the first to the last of them', async () => {
    const world = createWorld(rotating())
    await pass(MINUTE_MS)
    expect(world.calls).toEqual([])
    const first = await world.watch()
    expect(world.calls).toEqual(['getQrCode'])
    const second = await world.watch()
    first.leave()
    await pass(MINUTE_MS)
    expect(world.calls.length).toBeGreaterThan(20)
    second.leave()
    await pass(0)
    world.calls.length = 0
    await pass(10 * MINUTE_MS)
    expect(world.calls).toEqual([])
  })

  it('give up the question that is under way when the last one leaves', async () => {
    let given: AbortSignal | undefined
    const world = createWorld({
      getQrCode: ({ signal }) => {
        given = signal
        return silence()
      },
    })
    const [first, second] = [await world.watch(), await world.watch()]
    first.leave()
    await pass(0)
    expect(given?.aborted).toBe(false)
    second.leave()
    await pass(0)
    expect(given?.aborted).toBe(true)
  })

  it('do not have asked again what was just learnt when the only one comes back', async () => {
    const world = createWorld(rotating())
    const first = await world.watch()
    await pass(1_000)
    first.leave()
    await pass(500)
    const second = await world.watch()
    expect(world.calls).toEqual(['getQrCode'])
    expect(codesIn(second)).toEqual([qrText(0)])
  })

  it('are told at once of what a question of somebody else has brought', async () => {
    let status: PairingSnapshot = { status: 'unlinked' }
    const world = createWorld({ getStatus: async () => status })
    const tab = await world.watch()
    await pass(4_000)
    status = { status: 'linking' }
    await world.get('?want=state')
    await pass(0)
    expect(namesIn(tab)).toEqual(['qr', 'unlinked', 'linking'])
  })

  it('are told of a state the moment it is learnt, and of no code from then on', async () => {
    let snapshot = qrOf(0)
    const world = createWorld({
      getQrCode: async () => snapshot,
      getStatus: async () => (snapshot.status === 'qr' ? { status: 'unlinked' } : snapshot),
    })
    const tab = await world.watch()
    await pass(10_000)
    snapshot = { status: 'linking' }
    await pass(timing.statusIntervalMs)
    const after = await world.watch()
    await pass(2_000)
    expect(namesIn(tab).at(-1)).toBe('linking')
    expect(namesIn(after)).not.toContain('qr')
  })

  it('have the state asked slowly once the phone is linked', async () => {
    const linked: PairingSnapshot = { status: 'linked', account: { name: 'Ana' } }
    const world = createWorld({ getQrCode: async () => linked, getStatus: async () => linked })
    await world.watch()
    await pass(MINUTE_MS)
    expect(world.calls).toEqual(['getQrCode', ...Array(4).fill('getStatus')])
  })
})

describe('pages that show a pairing code', () => {
  const PHONE_CODE = '&method=phone-code'

  it('never have the provider asked for a QR code', async () => {
    const world = createWorld()
    await world.watch(PHONE_CODE)
    await world.watch(PHONE_CODE)
    await pass(MINUTE_MS)
    expect(new Set(world.calls)).toEqual(new Set(['getStatus']))
  })

  it('get no QR code, also where others look at one', async () => {
    const world = createWorld(rotating())
    await world.watch()
    const tab = await world.watch(PHONE_CODE)
    await pass(MINUTE_MS)
    expect(world.calls).toContain('getQrCode')
    expect(tab.text).not.toContain('2@')
    expect(tab.text).not.toContain('id:')
    expect(new Set(namesIn(tab))).toEqual(new Set(['unlinked']))
  })

  it('have QR codes asked for exactly while others look at one', async () => {
    const world = createWorld(rotating())
    await world.watch(PHONE_CODE)
    await pass(10_000)
    expect(world.calls).not.toContain('getQrCode')
    const other = await world.watch()
    await pass(10_000)
    expect(world.calls).toContain('getQrCode')
    other.leave()
    await pass(0)
    world.calls.length = 0
    await pass(MINUTE_MS)
    expect(new Set(world.calls)).toEqual(new Set(['getStatus']))
  })

  it('may use any other word for their method, which is then the QR code', async () => {
    const world = createWorld()
    await world.watch('&method=constructor')
    expect(world.calls).toEqual(['getQrCode'])
  })
})

describe('what is promised', () => {
  it.each([
    ['answers at once', 0, ''],
    ['takes its time', 700, ''],
    ['answers at once, for a page with a pairing code beside others', 0, '&method=phone-code'],
    ['takes its time, for a page with a pairing code beside others', 700, '&method=phone-code'],
  ])(
    'is kept by a provider that %s: the next event comes before the page asks by itself',
    async (_, latencyMs, query) => {
      const late = async <Value>(value: Value): Promise<Value> => {
        if (latencyMs) await new Promise((resolve) => setTimeout(resolve, latencyMs))
        return value
      }
      const { getQrCode } = rotating()
      const world = createWorld({
        getQrCode: async () => late(await getQrCode()),
        getStatus: () => late({ status: 'unlinked' }),
      })
      await world.watch()
      const tab = await world.watch(query)
      await pass(2 * MINUTE_MS)
      const delays = tab.events.slice(1).map(({ at }, index) => {
        const before = tab.events[index]
        return at - Number(before?.at) - Number(before?.data.nextInMs)
      })
      expect(delays.length).toBeGreaterThan(30)
      expect(Math.max(...delays)).toBeLessThanOrEqual(PUSH_SLACK_MS)
    },
  )

  it('is nothing to whom only asks: nobody goes on asking for them', async () => {
    const world = createWorld()
    const answer: unknown = await (await world.get('?want=code')).json()
    expect(answer).not.toHaveProperty('nextInMs')
  })
})

describe('a provider that fails', () => {
  const failing = (error: PairingError) => ({
    getQrCode: () => Promise.reject(error),
    getStatus: () => Promise.reject(error),
  })

  const secret = 'd75b3a66374942c5b3c019c698abc2067e15'

  it('is told of by its code, and when it is asked again', async () => {
    const cause = new PairingError('network', secret)
    const tab = await createWorld(
      failing(new PairingError('provider-unavailable', secret, { cause })),
    ).watch()
    expect(tab.events).toEqual([
      {
        name: 'problem',
        id: undefined,
        at: START,
        data: { code: 'provider-unavailable', nextInMs: 1_000, session: SPY_SESSION },
      },
    ])
  })

  it.each([
    ['a foreign error', new Error(secret), 'unknown'],
    ['text', secret, 'unknown'],
    ['a code that is none', Object.assign(new PairingError('unknown', ''), { code: secret }), 'unknown'],
  ])('leaves nothing of itself in the stream: %s', async (_, error, code) => {
    const tab = await createWorld({ getQrCode: () => Promise.reject(error) }).watch()
    expect(tab.events.map(({ data }) => data.code)).toEqual([code])
    expect(tab.text).not.toContain(secret)
  })

  it('is asked ever more rarely', async () => {
    const tab = await createWorld(failing(new PairingError('provider-unavailable', ''))).watch()
    await pass(3 * MINUTE_MS)
    const pauses = tab.events.map(({ at }, index) => at - (tab.events[index - 1]?.at ?? START))
    expect(pauses).toEqual([0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000])
  })

  it('is left alone for as long as it wants', async () => {
    const world = createWorld(failing(new PairingError('rate-limited', '', { retryAfterMs: 45_000 })))
    const tab = await world.watch()
    expect(tab.events.map(({ data }) => data)).toEqual([
      { code: 'rate-limited', retryAfterMs: 45_000, nextInMs: 45_000, session: SPY_SESSION },
    ])
    await pass(44_999)
    expect(world.calls).toHaveLength(1)
    await pass(1)
    expect(world.calls).toHaveLength(2)
  })

  it('is asked at its pace again once it answers', async () => {
    let isDown = false
    const answer = <Value>(value: Value): Promise<Value> =>
      isDown ? Promise.reject(new PairingError('provider-unavailable', '')) : Promise.resolve(value)
    const world = createWorld({
      getQrCode: () => answer(qrOf(0)),
      getStatus: () => answer({ status: 'unlinked' }),
    })
    const tab = await world.watch()
    isDown = true
    await pass(MINUTE_MS)
    isDown = false
    await pass(30_000)
    world.calls.length = 0
    const heard = tab.events.length
    await pass(30_000)
    expect(world.calls.length).toBeGreaterThan(10)
    expect(namesIn(tab).slice(heard)).not.toContain('problem')
  })

  it('is given up after twice its limit where it does not answer, and asked again', async () => {
    const world = createWorld({ getQrCode: () => silence() })
    const tab = await world.watch()
    await pass(2 * timing.requestTimeoutMs)
    expect(tab.events.map(({ data }) => data)).toEqual([
      { code: 'timeout', nextInMs: 1_000, session: SPY_SESSION },
    ])
    await pass(1_000)
    expect(world.calls).toHaveLength(2)
  })

  it.each(['unauthorized', 'session-not-found', 'subscription-expired', 'account-blocked'] as const)(
    'is not asked again after %s',
    async (code) => {
      const world = createWorld(failing(new PairingError(code, '')))
      const tab = await world.watch()
      await pass(4 * MINUTE_MS)
      expect(tab.events.map(({ data }) => data)).toEqual([{ code, session: SPY_SESSION }])
      expect(world.calls).toEqual(['getQrCode'])
    },
  )

  describe('and has refused', () => {
    async function refused() {
      let isMended = false
      const world = createWorld(
        {
          getQrCode: async () => {
            if (!isMended) throw new PairingError('unauthorized', '')
            return qrOf(0)
          },
          readWebhook: () => ({ status: 'unlinked' }),
        },
        { webhookSecret: secret },
      )
      const tab = await world.watch()
      await pass(MINUTE_MS)
      expect(world.calls).toEqual(['getQrCode'])
      isMended = true
      return { world, tab }
    }

    it.each<[string, (world: ReturnType<typeof createWorld>) => Promise<unknown>]>([
      ['somebody new comes', (world) => world.watch()],
      ['something is changed', (world) => world.post({ action: 'reset' })],
      ['a webhook comes', (world) => world.webhook({}, { query: `?secret=${secret}` })],
      ['somebody asks, and gets an answer', (world) => world.get('?want=code')],
    ])('is asked again when %s', async (_, happen) => {
      const { world, tab } = await refused()
      await happen(world)
      await pass(10_000)
      expect(namesIn(tab)).toContain('qr')
    })

    it('refuses again the next one who comes, once', async () => {
      const world = createWorld(failing(new PairingError('unauthorized', '')))
      await world.watch()
      await pass(MINUTE_MS)
      world.calls.length = 0
      await world.watch()
      await pass(MINUTE_MS)
      expect(world.calls).toHaveLength(1)
    })
  })
})
