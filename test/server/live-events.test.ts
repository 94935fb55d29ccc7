import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { PUSH_SLACK_MS } from '../../src/core/qr-lifetime.js'
import { STREAM_SILENCE_LIMIT_MS } from '../../src/core/update.js'
import { advance, emulateTime, START, settle } from '../time.js'
import { bodyOf, codesIn, createSetup, expectRefusal, shownIn, silence, stepsIn } from './setup.js'
import { qr, rotating, SPY_SESSION, timing } from './spy-provider.js'

const MINUTE_MS = 60_000

emulateTime()
beforeEach(() => {
  // These tests leave out the jitter of the backoff.
  vi.spyOn(Math, 'random').mockReturnValue(0)
})

afterEach(() => {
  vi.restoreAllMocks()
})

const qrText = (number: number): string => `2@ref${number},noise,identity,adv,1`

describe('a stream', () => {
  it('sends its first bytes immediately, so that the page knows that no proxy buffers it', async () => {
    const tab = await createSetup({ getQrCode: silence, getStatus: silence }).watch()
    expect(tab.text).toBe(':\n\n')
    expect(tab.signsOfLife).toEqual([START])
  })

  it('has headers that keep caches, compressors and proxies from buffering it', async () => {
    const { headers } = (await createSetup().watch()).response
    expect(Object.fromEntries(headers)).toEqual({
      'cache-control': 'no-store, no-transform',
      connection: 'close',
      'content-type': 'text/event-stream',
      vary: 'origin, cookie',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    })
  })

  it('sends an update after each response of the provider, with the time of the next one', async () => {
    const tab = await createSetup().watch()
    await advance(timing.statusIntervalMs)
    const common = {
      v: 1,
      session: SPY_SESSION,
      origin: expect.any(String),
      provider: 'spy',
      methods: ['qr', 'phone-code'],
      abilities: ['unlink', 'reset'],
      timing,
      status: 'qr',
      codeId: expect.any(String),
    }
    expect(tab.events).toEqual([
      {
        name: 'update',
        at: START,
        data: {
          ...common,
          seq: 1,
          at: START,
          qrCode: { kind: 'text', value: '2@ref,noise,identity,adv,1' },
          hideInMs: timing.qrLifetimeMs,
          expiresInMs: MINUTE_MS,
          nextInMs: timing.statusIntervalMs,
        },
      },
      {
        name: 'update',
        at: START + timing.statusIntervalMs,
        data: {
          ...common,
          seq: 2,
          at: START + timing.statusIntervalMs,
          hideInMs: timing.qrLifetimeMs - timing.statusIntervalMs,
          expiresInMs: MINUTE_MS - timing.statusIntervalMs,
          nextInMs: timing.qrIntervalMs - timing.statusIntervalMs,
        },
      },
    ])
  })

  it('sends each QR code once, with its own codeId', async () => {
    const tab = await createSetup(rotating).watch()
    await advance(2 * timing.qrLifetimeMs + timing.qrIntervalMs)
    expect(codesIn(tab)).toEqual([qrText(0), qrText(1), qrText(2)])
    expect(new Set(tab.events.map(({ data }) => data.codeId)).size).toBe(3)
  })

  it('omits the QR code that the page already has', async () => {
    const setup = createSetup(rotating)
    const before = await setup.watch()
    before.leave()
    await advance(1_000)
    const after = await setup.watch(`&has=${before.events[0]?.data.codeId}`)
    expect(after.events).toHaveLength(1)
    expect(after.events[0]?.data).toMatchObject({
      status: 'qr',
      codeId: before.events[0]?.data.codeId,
      expiresInMs: 59_000,
    })
    expect(after.text).not.toContain('2@')
  })

  it.each(['', '1', '00000000-0000-4000-8000-000000000000-1'])(
    'sends the QR code to a page that has another one: "%s"',
    async (has) => {
      const setup = createSetup(rotating)
      await setup.watch()
      expect(codesIn(await setup.watch(`&has=${has}`))).toEqual([qrText(0)])
    },
  )

  it('writes one line for each field, for any text of the provider', async () => {
    const name = 'Ana\n\nevent: update\ndata: {}\r\rid: 7\u2028'
    const tab = await createSetup({
      getQrCode: async () => ({ status: 'linked', account: { name } }),
    }).watch()
    expect(tab.text).toMatch(/^:\n\nevent: update\ndata: [^\r\n]+\n\n$/)
    expect(tab.events.map(({ data }) => data.account)).toEqual([{ name: name.trim() }])
  })

  it('is never silent for so long that the page closes it', async () => {
    const tab = await createSetup({
      getQrCode: async () => ({ status: 'linked', account: {} }),
      getStatus: async () => ({ status: 'linked', account: {} }),
    }).watch()
    await advance(4 * MINUTE_MS)
    const silences = tab.signsOfLife.map((at, index) => at - (tab.signsOfLife[index - 1] ?? START))
    expect(Math.max(...silences)).toBeLessThan(STREAM_SILENCE_LIMIT_MS)
  })

  it('sends a heartbeat every 5 seconds while the provider does not respond', async () => {
    const tab = await createSetup({ getQrCode: silence, getStatus: silence }).watch()
    await advance(30_000)
    expect(tab.text).toBe(':\n\n'.repeat(7))
  })

  it.each([
    ['streamLifetimeMs', MINUTE_MS, { streamLifetimeMs: MINUTE_MS }],
    ['five minutes by default', 5 * MINUTE_MS, {}],
  ])('ends after %s, so that the page is authorized again', async (_, lifetimeMs, options) => {
    const setup = createSetup({}, options)
    const tab = await setup.watch()
    await advance(lifetimeMs - 1)
    expect(tab.isOver).toBe(false)
    await advance(1)
    expect(tab.isOver).toBe(true)
    expect(setup.watchers).toBe(0)
  })

  it('ends immediately if the page has left before it begins', async () => {
    const setup = createSetup()
    const tab = await setup.watch('', { signal: AbortSignal.abort() })
    expect(tab.isOver).toBe(true)
    expect(setup.watchers).toBe(0)
    await advance(MINUTE_MS)
    expect(setup.calls).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is refused as not-supported with liveEvents: false', async () => {
    const setup = createSetup({}, { liveEvents: false })
    await expectRefusal(await setup.get('?events'), 'not-supported')
    expect(setup.calls).toEqual([])
  })
})

describe('a page that reads slowly', () => {
  /** Reads all available chunks. */
  async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<readonly string[]> {
    const pieces: string[] = []
    const pump = async () => {
      for (let piece = await reader.read(); !piece.done; piece = await reader.read())
        pieces.push(new TextDecoder().decode(piece.value))
    }
    const pumping = pump()
    await settle()
    const there = [...pieces]
    await reader.cancel()
    await pumping
    return there
  }

  it('gets the first bytes and the newest update only', async () => {
    let responses = 0
    const setup = createSetup({ getQrCode: async () => qr(`ref${++responses}`) })
    const fast = await setup.watch()
    const slow = await setup.get('?events')
    await advance(19_000)
    expect(responses).toBeGreaterThan(1)
    expect(codesIn(fast)).toHaveLength(responses)
    const pieces = await readAll(bodyOf(slow).getReader())
    expect(pieces).toHaveLength(2)
    expect(pieces.join('').match(/2@ref\d+/g)).toEqual([`2@ref${responses}`])
  })

  it('gets durations that count from the moment at which it reads', async () => {
    const setup = createSetup(rotating)
    await setup.watch()
    const reader = bodyOf(await setup.get('?events')).getReader()
    await reader.read()
    await advance(18_000)
    const text = new TextDecoder().decode((await reader.read()).value)
    await reader.cancel()
    // First seen at 0 and read at 18 seconds, so 42 seconds of its minute remain.
    expect(text).toMatch(/"expiresInMs":42000/)
    expect(text).toContain(qrText(0))
  })

  it('is dropped after 20 seconds without a read', async () => {
    const setup = createSetup(rotating)
    const response = await setup.get('?events')
    await settle()
    expect(setup.watchers).toBe(1)
    await advance(20_000)
    expect(setup.watchers).toBe(0)
    setup.calls.length = 0
    await advance(MINUTE_MS)
    expect(setup.calls).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
    expect(response.bodyUsed).toBe(false)
  })

  it('does not delay other pages', async () => {
    const setup = createSetup(rotating)
    await setup.get('?events')
    const fast = await setup.watch()
    await advance(MINUTE_MS + timing.qrIntervalMs)
    expect(codesIn(fast)).toEqual([qrText(0), qrText(1), qrText(2), qrText(3)])
  })
})

describe('pages that watch one session', () => {
  it('get the same updates', async () => {
    const setup = createSetup(rotating)
    const [first, second] = [await setup.watch(), await setup.watch()]
    await advance(MINUTE_MS)
    expect(second.events).toEqual(first.events)
  })

  it('keep the provider polled from the first page to the last', async () => {
    const setup = createSetup(rotating)
    await advance(MINUTE_MS)
    expect(setup.calls).toEqual([])
    const first = await setup.watch()
    expect(setup.calls).toEqual(['getQrCode'])
    const second = await setup.watch()
    first.leave()
    await advance(MINUTE_MS)
    expect(setup.calls.length).toBeGreaterThan(20)
    second.leave()
    await settle()
    setup.calls.length = 0
    await advance(10 * MINUTE_MS)
    expect(setup.calls).toEqual([])
  })

  it('abort the pending request when the last page leaves', async () => {
    let given: AbortSignal | undefined
    const setup = createSetup({
      getQrCode: ({ signal }) => {
        given = signal
        return silence()
      },
    })
    const [first, second] = [await setup.watch(), await setup.watch()]
    first.leave()
    await settle()
    expect(given?.aborted).toBe(false)
    second.leave()
    await settle()
    expect(given?.aborted).toBe(true)
  })

  it('get the cached state if the only page returns after a moment', async () => {
    const setup = createSetup(rotating)
    const first = await setup.watch()
    await advance(1_000)
    first.leave()
    await advance(500)
    const second = await setup.watch()
    expect(setup.calls).toEqual(['getQrCode'])
    expect(codesIn(second)).toEqual([qrText(0)])
  })

  it('get no QR code once the provider reports "linking"', async () => {
    let snapshot = qr('ref0')
    const setup = createSetup({
      getQrCode: async () => snapshot,
      getStatus: async () => (snapshot.status === 'qr' ? { status: 'unlinked' } : snapshot),
    })
    const tab = await setup.watch()
    await advance(10_000)
    snapshot = { status: 'linking' }
    await advance(timing.statusIntervalMs)
    const after = await setup.watch()
    await advance(2_000)
    expect(stepsIn(tab)).toEqual(['qr', 'linking'])
    expect(stepsIn(after)).toEqual(['linking'])
  })
})

describe('pages that show a pairing code', () => {
  const PHONE_CODE = '&method=phone-code'

  it('never cause a poll for a QR code', async () => {
    const setup = createSetup()
    await setup.watch(PHONE_CODE)
    await setup.watch(PHONE_CODE)
    await advance(MINUTE_MS)
    expect(new Set(setup.calls)).toEqual(new Set(['getStatus']))
  })

  it('get no QR code, even if other pages show one', async () => {
    const setup = createSetup(rotating)
    await setup.watch()
    const tab = await setup.watch(PHONE_CODE)
    await advance(MINUTE_MS)
    expect(setup.calls).toContain('getQrCode')
    expect(tab.text).not.toContain('2@')
    expect(tab.text).not.toContain('codeId')
    expect(stepsIn(tab).at(-1)).toBe('unlinked')
  })

  it('cause polls for QR codes only while another page shows one', async () => {
    const setup = createSetup(rotating)
    await setup.watch(PHONE_CODE)
    await advance(10_000)
    expect(setup.calls).not.toContain('getQrCode')
    const other = await setup.watch()
    await advance(10_000)
    expect(setup.calls).toContain('getQrCode')
    other.leave()
    await settle()
    setup.calls.length = 0
    await advance(MINUTE_MS)
    expect(new Set(setup.calls)).toEqual(new Set(['getStatus']))
  })

  it('count as pages with a QR code if their method is unknown', async () => {
    const setup = createSetup()
    await setup.watch('&method=constructor')
    expect(setup.calls).toEqual(['getQrCode'])
  })
})

describe('nextInMs of an event', () => {
  it.each([
    ['responds at once', 0, ''],
    ['takes 700 ms', 700, ''],
    ['responds at once, for a page with a pairing code among others', 0, '&method=phone-code'],
    ['takes 700 ms, for a page with a pairing code among others', 700, '&method=phone-code'],
  ])('is kept by the next event if the provider %s', async (_, latencyMs, query) => {
    const late = async <Value>(value: Value): Promise<Value> => {
      if (latencyMs) await new Promise((resolve) => setTimeout(resolve, latencyMs))
      return value
    }
    const { getQrCode } = rotating
    const setup = createSetup({
      getQrCode: async () => late(await getQrCode()),
      getStatus: () => late({ status: 'unlinked' }),
    })
    await setup.watch()
    const tab = await setup.watch(query)
    await advance(2 * MINUTE_MS)
    const delays = tab.events.slice(1).map(({ at }, index) => {
      const before = tab.events[index]
      return at - Number(before?.at) - Number(before?.data.nextInMs)
    })
    expect(delays.length).toBeGreaterThan(30)
    expect(Math.max(...delays)).toBeLessThanOrEqual(PUSH_SLACK_MS)
  })
})

describe('a provider that fails', () => {
  const failing = (error: unknown) => ({
    getQrCode: () => Promise.reject(error),
    getStatus: () => Promise.reject(error),
  })

  const secret = 'd75b3a66374942c5b3c019c698abc2067e15'

  it('causes an update with the error code and the time of the next attempt', async () => {
    const cause = new PairingError('network', secret)
    const error = new PairingError('provider-unavailable', secret, { cause })
    const tab = await createSetup(failing(error)).watch()
    expect(tab.events.map(({ data }) => data)).toEqual([
      expect.objectContaining({
        status: 'preparing',
        error: { code: 'provider-unavailable', retryInMs: 1_000 },
        nextInMs: 1_000,
      }),
    ])
    expect(tab.text).not.toContain(secret)
  })

  it('is polled with exponential backoff up to 30 seconds', async () => {
    const tab = await createSetup(failing(new PairingError('provider-unavailable', ''))).watch()
    await advance(3 * MINUTE_MS)
    const pauses = tab.events.map(({ at }, index) => at - (tab.events[index - 1]?.at ?? START))
    expect(pauses).toEqual([0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000])
  })

  it('is polled at its own interval again once it responds', async () => {
    let isDown = false
    const answer = <Value>(value: Value): Promise<Value> =>
      isDown ? Promise.reject(new PairingError('provider-unavailable', '')) : Promise.resolve(value)
    const setup = createSetup({
      getQrCode: () => answer(qr('ref0')),
      getStatus: () => answer({ status: 'unlinked' }),
    })
    const tab = await setup.watch()
    isDown = true
    await advance(MINUTE_MS)
    isDown = false
    await advance(30_000)
    setup.calls.length = 0
    const before = tab.events.length
    await advance(30_000)
    expect(setup.calls.length).toBeGreaterThan(10)
    expect(shownIn(tab).slice(before)).not.toContain('error provider-unavailable')
  })

  it.each<[string, (setup: ReturnType<typeof createSetup>) => Promise<unknown>]>([
    ['another page watches', (setup) => setup.watch()],
    ['an action changes the session', (setup) => setup.post({ action: 'reset' })],
    ['a webhook arrives', (setup) => setup.webhook({}, { query: `?secret=${secret}` })],
    ['a page reads successfully', (setup) => setup.get('?want=code')],
  ])('is polled again after a refusal when %s', async (_, happen) => {
    let isRepaired = false
    const setup = createSetup(
      {
        getQrCode: async () => {
          if (!isRepaired) throw new PairingError('unauthorized', '')
          return qr('ref0')
        },
        readWebhook: () => ({ status: 'unlinked' }),
      },
      { webhookSecret: secret },
    )
    const tab = await setup.watch()
    await advance(MINUTE_MS)
    expect(setup.calls).toHaveLength(3)
    isRepaired = true
    await happen(setup)
    await advance(10_000)
    expect(shownIn(tab)).toContain('qr')
  })

  it('is polled once for a page that opens after a refusal', async () => {
    const setup = createSetup(failing(new PairingError('unauthorized', '')))
    await setup.watch()
    await advance(MINUTE_MS)
    setup.calls.length = 0
    await setup.watch()
    await advance(MINUTE_MS)
    expect(setup.calls).toHaveLength(1)
  })
})
