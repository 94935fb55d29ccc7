import { describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import type { PairingSnapshot } from '../../src/core/provider.js'
import { gate } from '../providers/fetch-stub.js'
import {
  createSetup,
  expectRefusal,
  providerErrorOf,
  type Setup,
  silence,
  stepsIn,
  updateOf,
} from '../server/setup.js'
import { qr, rotating, timing } from '../server/spy-provider.js'
import { advance, emulateTime, START, settle } from '../time.js'

const SECRET = 'd75b3a66374942c5b3c0'

/** How long the cached state of a session is kept if no page uses it. */
const IDLE_MS = 60_000

emulateTime()

/** Rejects when the signal is aborted, as adapters do. */
function untilAborted({ signal }: { readonly signal?: AbortSignal | undefined }): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new PairingError('aborted', 'The page has left.')))
  })
}

describe('simultaneous reads', () => {
  it.each([
    ['state', 'getStatus'],
    ['code', 'getQrCode'],
  ])('with want=%s share one request and its response', async (want, call) => {
    const asked = gate()
    const late = async (): Promise<PairingSnapshot> => {
      await asked.opened
      return { status: 'linking' }
    }
    const setup = createSetup({ getStatus: late, getQrCode: late })
    const reads = Array.from({ length: 20 }, () => updateOf(setup.get(`?want=${want}`)))
    await settle()
    asked.open()
    expect((await Promise.all(reads)).map(({ status }) => status)).toEqual(Array(20).fill('linking'))
    expect(setup.calls).toEqual([call])
  })

  it('with different wants send different requests', async () => {
    const setup = createSetup()
    await Promise.all([setup.get('?want=state'), setup.get('?want=code')])
    expect(setup.calls.toSorted()).toEqual(['getQrCode', 'getStatus'])
  })

  it('all get the error of the shared request', async () => {
    const setup = createSetup({ getStatus: () => Promise.reject(new PairingError('network', '')) })
    expect(await Promise.all([providerErrorOf(setup.get()), providerErrorOf(setup.get())])).toEqual([
      'network',
      'network',
    ])
    expect(setup.calls).toEqual(['getStatus'])
  })

  it('abort their request only when the last page leaves', async () => {
    let given: AbortSignal | undefined
    const setup = createSetup({
      getStatus: ({ signal }) => {
        given = signal
        return untilAborted({ signal })
      },
    })
    const [first, second] = [new AbortController(), new AbortController()]
    const answers = [first, second].map(({ signal }) => setup.get('?want=state', { signal }))
    await settle()
    first.abort()
    await settle()
    expect(given?.aborted).toBe(false)
    second.abort()
    await settle()
    expect(given?.aborted).toBe(true)
    for (const answer of answers) await expectRefusal(await answer, 'aborted')
  })

  it('do not share a request that was aborted', async () => {
    let isHanging = true
    const setup = createSetup({
      getStatus: () => (isHanging ? silence() : Promise.resolve({ status: 'linking' })),
    })
    const client = new AbortController()
    const left = setup.get('?want=state', { signal: client.signal })
    await settle()
    client.abort()
    await expectRefusal(await left, 'aborted')
    isHanging = false
    expect(await updateOf(setup.get())).toMatchObject({ status: 'linking' })
    expect(setup.calls).toEqual(['getStatus', 'getStatus'])
  })

  it('add no listeners for additional pages that watch while a request hangs', async () => {
    const listeners = vi.spyOn(AbortSignal.prototype, 'addEventListener')
    const setup = createSetup({ getQrCode: silence })
    for (let page = 0; page < 20; page += 1) await setup.watch()
    await advance(10_000)
    const perSignal = new Map<unknown, number>()
    for (const signal of listeners.mock.contexts) perSignal.set(signal, (perSignal.get(signal) ?? 0) + 1)
    listeners.mockRestore()
    expect(setup.calls).toEqual(['getQrCode'])
    expect(Math.max(...perSignal.values())).toBeLessThan(10)
  })

  it('share their request with pages that watch', async () => {
    const setup = createSetup()
    await Promise.all([setup.get('?want=code'), setup.watch(), setup.watch()])
    expect(setup.calls).toEqual(['getQrCode'])
  })
})

describe('a read within the poll interval', () => {
  it.each(['?want=state', '?want=code'])('sends no request: %s', async (query) => {
    const setup = createSetup()
    const first = await updateOf(setup.get(query))
    await advance(999)
    const second = await updateOf(setup.get(query))
    expect(second).toMatchObject({ status: first.status, origin: first.origin, seq: first.seq })
    expect(setup.calls).toHaveLength(1)
  })

  it('sends no request either if a page watches after its first read', async () => {
    const setup = createSetup()
    await setup.get('?want=code')
    expect(stepsIn(await setup.watch())).toEqual(['qr'])
    expect(setup.calls).toEqual(['getQrCode'])
  })

  it('sends a request at nextInMs and not before', async () => {
    const setup = createSetup()
    const { nextInMs = Number.NaN } = await updateOf(setup.get('?want=state'))
    await advance(nextInMs - 1)
    await setup.get('?want=state')
    expect(setup.calls).toHaveLength(1)
    await advance(1)
    await setup.get('?want=state')
    expect(setup.calls).toHaveLength(2)
  })
})

describe('the pace of reads', () => {
  /** Reads at the given interval for some time, as pages that poll do. */
  async function poll(setup: Setup, pages: number, everyMs: number, durationMs: number): Promise<void> {
    for (let elapsedMs = 0; elapsedMs < durationMs; elapsedMs += everyMs) {
      await Promise.all(Array.from({ length: pages }, () => setup.get('?want=code')))
      await advance(everyMs)
    }
  }

  it('of 40 pages that poll every 3 seconds for 12 seconds equals that of one page', async () => {
    const [alone, many] = [createSetup(rotating), createSetup(rotating)]
    await poll(alone, 1, 3_000, 12_000)
    vi.setSystemTime(START)
    await poll(many, 40, 3_000, 12_000)
    expect(many.calls).toEqual(alone.calls)
    // The code at 0 s and every 5 s, and the state every 3 s: no more requests than the provider's intervals
    // allow.
    const most = 12_000 / timing.qrIntervalMs + 12_000 / timing.statusIntervalMs + 1
    expect(many.calls.length).toBeLessThanOrEqual(most)
    expect(many.calls.length).toBeGreaterThanOrEqual(4)
  })

  it.each<PairingSnapshot>([{ status: 'linked', account: {} }, { status: 'stopped' }, { status: 'stale' }])(
    'of a client in a loop is at most one request per qrMinIntervalMs while the state is $status',
    async (end) => {
      const setup = createSetup({ getStatus: async () => end, getQrCode: async () => end })
      await poll(setup, 1, 10, 3_000)
      expect(setup.calls.length).toBeGreaterThanOrEqual(3)
      expect(setup.calls.length).toBeLessThanOrEqual(1 + 3_000 / timing.qrMinIntervalMs)
    },
  )
})

describe('has', () => {
  it('omits only the QR code that the page already has', async () => {
    const setup = createSetup()
    const { qrCode, ...first } = await updateOf(setup.get('?want=code'))
    expect(qrCode).toEqual({ kind: 'text', value: '2@ref,noise,identity,adv,1' })
    const text = await (await setup.get(`?want=code&has=${first.codeId}`)).text()
    expect(text).not.toContain('2@ref')
    expect(JSON.parse(text)).toMatchObject({ status: 'qr', codeId: first.codeId, expiresInMs: 60_000 })
  })

  it('has no effect if it names another code', async () => {
    const setup = createSetup()
    expect((await updateOf(setup.get('?want=code&has=other-1'))).qrCode).toBeDefined()
  })

  it('with an expired QR code sends one state request, for any number of pages', async () => {
    const setup = createSetup()
    const { codeId } = await updateOf(setup.get('?want=code'))
    await Promise.all(Array.from({ length: 5 }, () => setup.get(`?want=state&has=${codeId}`)))
    await setup.get(`?want=state&has=${codeId}`)
    expect(setup.calls).toEqual(['getQrCode', 'getStatus'])
  })

  it('with an expired pairing code sends one state request, for any number of pages', async () => {
    const setup = createSetup()
    await setup.post({ action: 'request-pairing-code', phoneNumber: '5511987654321' })
    await setup.get('?want=state')
    setup.calls.length = 0
    await Promise.all(Array.from({ length: 5 }, () => setup.get('?want=state&has=pairing-code')))
    await setup.get('?want=state&has=pairing-code')
    expect(setup.calls).toEqual(['getStatus'])
  })

  it.each(['other-1', '', '2@ref,noise,identity,adv,1', 'pairing-code'])(
    'with a code that the session does not have sends no request: "%s"',
    async (has) => {
      const setup = createSetup()
      await setup.get('?want=state')
      await setup.get(`?want=state&has=${encodeURIComponent(has)}`)
      expect(setup.calls).toEqual(['getStatus'])
    },
  )

  it('with an expired code shows a scan that happened just before the code expired', async () => {
    let status: PairingSnapshot = { status: 'unlinked' }
    const setup = createSetup({ getStatus: async () => status })
    const { codeId } = await updateOf(setup.get('?want=code'))
    status = { status: 'linked', account: { name: 'Ana' } }
    expect((await updateOf(setup.get(`?want=state&has=${codeId}`))).status).toBe('linked')
  })
})

describe('authorizedForMs', () => {
  const until = (expiresAt: number) => createSetup({}, { authorize: () => ({ expiresAt }) })

  it('is the time until the authorization expires, in reads, actions and events', async () => {
    const setup = until(START + 90_000)
    await advance(10_000)
    expect((await updateOf(setup.get())).authorizedForMs).toBe(80_000)
    expect((await updateOf(setup.post({ action: 'reset' }))).authorizedForMs).toBe(80_000)
    const tab = await setup.watch()
    await advance(timing.statusIntervalMs)
    expect(tab.events.map(({ data }) => data.authorizedForMs)).toContain(80_000 - timing.statusIntervalMs)
    tab.leave()
  })

  it('is absent if the authorization does not expire', async () => {
    expect(await updateOf(createSetup().get())).not.toHaveProperty('authorizedForMs')
  })

  it('differs between two pages of one session', async () => {
    let left = 10_000
    const setup = createSetup({}, { authorize: () => ({ expiresAt: START + left }) })
    const first = await updateOf(setup.get())
    left = 20_000
    const second = await updateOf(setup.get())
    expect([first.authorizedForMs, second.authorizedForMs]).toEqual([10_000, 20_000])
    expect(setup.calls).toHaveLength(1)
  })
})

describe('a custom provider', () => {
  it('cannot send fields that are no part of a snapshot, not even in a stream', async () => {
    const secret = 'd75b3a66374942c5b3c019c698abc2067e15'
    const tab = await createSetup({
      getQrCode: async () => {
        const answer = {
          status: 'linked' as const,
          account: { name: 'Ana', apiKey: secret },
          raw: { token: secret },
        }
        return answer
      },
    }).watch()
    expect(tab.events.map(({ data }) => data.account)).toEqual([{ name: 'Ana' }])
    expect(tab.text).not.toContain(secret)
  })

  it.each([
    [
      'an image at a URL of the provider',
      { status: 'qr', qrCode: { kind: 'image', src: 'https://api.example/qr' } },
    ],
    ['an unknown status', { status: 'booting' }],
    ['nothing', undefined],
  ])('causes the error invalid-answer if it responds with %s', async (_, snapshot) => {
    const tab = await createSetup({ getQrCode: async () => snapshot as never }).watch()
    expect(stepsIn(tab)).toEqual(['error invalid-answer'])
  })

  it('is polled again if it rejects with "aborted" without an abort', async () => {
    let isBroken = true
    const setup = createSetup({
      getQrCode: async () => {
        if (isBroken) throw new PairingError('aborted', '')
        return { status: 'preparing' }
      },
    })
    const tab = await setup.watch()
    isBroken = false
    await advance(10_000)
    expect(stepsIn(tab)).toContain('preparing')
  })

  it('causes the error timeout after twice its request timeout', async () => {
    const setup = createSetup({ getQrCode: silence })
    const answer = setup.get('?want=code')
    await advance(2 * timing.requestTimeoutMs)
    expect(await providerErrorOf(answer)).toBe('timeout')
    await advance(IDLE_MS)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('the poller of a session', () => {
  /** Returns an id of the poller. */
  const originOf = async (setup: Setup): Promise<string> => {
    const { origin } = await updateOf(setup.get('?want=code'))
    return origin
  }

  it('is kept for 60 seconds after the last read', async () => {
    const setup = createSetup()
    const before = await originOf(setup)
    await advance(IDLE_MS - 1)
    expect(await originOf(setup)).toBe(before)
  })

  it('is removed after 60 seconds without a page, and leaves no timer', async () => {
    const setup = createSetup()
    const before = await originOf(setup)
    await advance(IDLE_MS)
    expect(vi.getTimerCount()).toBe(0)
    expect(await originOf(setup)).not.toBe(before)
  })

  it('is kept while a page watches', async () => {
    const setup = createSetup()
    const before = await originOf(setup)
    await setup.watch()
    await advance(4 * IDLE_MS)
    expect(await originOf(setup)).toBe(before)
  })

  it('is kept as long as the provider requests a pause', async () => {
    const setup = createSetup({
      getQrCode: () => Promise.reject(new PairingError('rate-limited', '', { retryAfterMs: 5 * IDLE_MS })),
    })
    await setup.get('?want=code')
    await advance(4 * IDLE_MS)
    await setup.get('?want=code')
    expect(setup.calls).toHaveLength(1)
  })

  const hanging = () => {
    const state = { isHanging: false }
    const setup = createSetup({
      getStatus: (options) =>
        state.isHanging ? untilAborted(options) : Promise.resolve({ status: 'unlinked' }),
      getQrCode: (options) => (state.isHanging ? untilAborted(options) : Promise.resolve(qr('ref'))),
    })
    return { state, setup }
  }

  it.each<readonly [string, (setup: Setup, signal: AbortSignal) => Promise<unknown>]>([
    ['a page that watches', (setup, signal) => setup.get('?events', { signal })],
    ['a page that reads', (setup, signal) => setup.get('?want=code', { signal })],
    ['a page that left before it read', (setup) => setup.get('', { signal: AbortSignal.abort() })],
  ])('is removed if %s has left during a request', async (_, ask) => {
    const { state, setup } = hanging()
    const before = await originOf(setup)
    state.isHanging = true
    await advance(timing.qrIntervalMs)
    const client = new AbortController()
    const answered = ask(setup, client.signal)
    await advance(timing.qrIntervalMs)
    client.abort()
    await answered
    await advance(IDLE_MS)
    expect(vi.getTimerCount()).toBe(0)
    state.isHanging = false
    expect(await originOf(setup)).not.toBe(before)
  })

  it.each<readonly [string, (setup: Setup) => Promise<Response>]>([
    ['a change', (setup) => setup.post({ action: 'reset' })],
    ['a webhook', (setup) => setup.webhook({}, { query: `?secret=${SECRET}` })],
  ])('is removed 60 seconds after %s', async (_, happen) => {
    const setup = createSetup({ readWebhook: () => ({ status: 'linking' }) }, { webhookSecret: SECRET })
    const before = await originOf(setup)
    await advance(IDLE_MS - 1)
    expect((await happen(setup)).ok).toBe(true)
    await advance(IDLE_MS)
    expect(vi.getTimerCount()).toBe(0)
    expect(await originOf(setup)).not.toBe(before)
  })
})
