import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { PairingBus } from '../../src/core/pairing-bus.js'
import type { PairingProvider, PairingSnapshot } from '../../src/core/provider.js'
import { randomRuns } from '../long-runs.js'
import { type PlainBus, plainBus } from '../server/memory-bus.js'
import {
  codesIn,
  createSetup,
  type Setup,
  type SetupOptions,
  silence,
  stepsIn,
  updateOf,
} from '../server/setup.js'
import { rotating, SPY_SESSION, spyProvider, timing } from '../server/spy-provider.js'
import { advance, emulateTime, START, settle } from '../time.js'

const MINUTE_MS = 60_000
const SECRET = 'd75b3a66374942c5b3c019c698abc2067e15'

emulateTime()

const replicaOn = (
  bus: PairingBus,
  methods: Partial<PairingProvider> = rotating,
  options: SetupOptions = {},
): Setup => createSetup(methods, { bus, ...options })

const twoReplicas = (bus = plainBus()): readonly [Setup, Setup] => [replicaOn(bus), replicaOn(bus)]

/** A replica with a page that watches. */
async function watchedReplica() {
  const bus = plainBus()
  const setup = replicaOn(bus)
  return { bus, setup, tab: await setup.watch() }
}

const forged = (snapshot: unknown): string =>
  JSON.stringify({ from: 'nobody', sentAt: Date.now(), revision: 0, type: 'snapshot', snapshot })

describe('two replicas with a bus', () => {
  it('share the state that one of them reads after a webhook', async () => {
    const bus = plainBus()
    const [one, other] = [
      replicaOn(
        bus,
        { readWebhook: () => ({ status: 'linking' }), getStatus: async () => ({ status: 'linking' }) },
        { webhookSecret: SECRET },
      ),
      replicaOn(bus),
    ]
    const tab = await other.watch()
    const answer = await one.webhook({}, { headers: { authorization: `Bearer ${SECRET}` } })
    expect(answer.status).toBe(200)
    await settle()
    expect(stepsIn(tab)).toEqual(['qr', 'linking'])
    expect(one.calls).toEqual(['getStatus'])
  })

  it('send the provider about as many requests as one replica, and show the same codes', async () => {
    const alone = replicaOn(plainBus())
    const tab = await alone.watch()
    await advance(3 * MINUTE_MS)
    tab.leave()
    const [one, other] = twoReplicas()
    const tabs = await Promise.all([one.watch(), other.watch(), one.watch(), other.watch()])
    await advance(3 * MINUTE_MS)
    const together = one.calls.length + other.calls.length
    expect(alone.calls.length).toBeGreaterThan(60)
    expect(Math.abs(together / alone.calls.length - 1)).toBeLessThan(0.1)
    for (const tab of tabs) expect(codesIn(tab)).toEqual(tabs[0] && codesIn(tabs[0]))
  })

  it.each([
    ['took 3 s', 3_000, 0],
    ['waited 2 s in the broker', 0, 2_000],
    ['was delayed in both directions', 1_500, 1_500],
  ])(
    'show a code no longer than its lifetime at the provider if the response %s',
    async (_, responseMs, brokerMs) => {
      const bus = plainBus()
      const late: PairingBus = {
        subscribe: bus.subscribe,
        publish: (channel, message) => void setTimeout(() => void bus.publish(channel, message), brokerMs),
      }
      const expiresInMs = 20_000
      const methods: Partial<PairingProvider> = {
        getQrCode: async () => {
          await advance(responseMs)
          return { status: 'qr', qrCode: { kind: 'text', value: '2@one,noise,identity,adv,1' }, expiresInMs }
        },
      }
      const [one, other] = [
        replicaOn(late, methods),
        replicaOn(late, { getQrCode: () => new Promise(() => {}) }),
      ]
      const tab = await other.watch()
      const sentAt = Date.now()
      await one.get('?want=code')
      await advance(brokerMs)
      const { data } = tab.events.findLast((event) => event.data.status === 'qr') ?? {}
      expect(Number(data?.at)).toBeGreaterThanOrEqual(sentAt + responseMs + brokerMs)
      expect(Number(data?.at) + Number(data?.expiresInMs)).toBe(sentAt + expiresInMs)
    },
  )

  it('keep polling if the last page of the other replica leaves', async () => {
    const [one, other] = twoReplicas()
    const first = await one.watch()
    await advance(500)
    await other.watch()
    await advance(MINUTE_MS)
    first.leave()
    await settle()
    one.calls.length = 0
    other.calls.length = 0
    await advance(timing.qrIntervalMs + 1_000)
    expect(one.calls).toEqual([])
    expect(other.calls.length).toBeGreaterThan(0)
  })

  it('show the revision and the new state after an action at the other replica', async () => {
    const [one, other] = twoReplicas()
    const tab = await other.watch()
    await advance(1_000)
    const { revision } = await updateOf(
      one.post({ action: 'request-pairing-code', phoneNumber: '5511987654321' }),
    )
    await settle()
    expect(revision).toBe(START + 1_000)
    expect(tab.events.at(-1)?.data).toMatchObject({ revision, pairingCode: { value: 'ABCD1234' } })
    // Only the replica that sent the number knows it.
    expect(tab.events.at(-1)?.data.pairingCode).toMatchObject({ lastDigits: '' })
  })

  it('discard the state from before a change', async () => {
    const bus = plainBus()
    let snapshot: PairingSnapshot = { status: 'linked', account: { name: 'Ana' } }
    const methods = {
      getStatus: async () => snapshot,
      getQrCode: async () => snapshot,
      unlink: async () => {
        snapshot = { status: 'unlinked' }
      },
    }
    const [one, other] = [replicaOn(bus, methods), replicaOn(bus, methods)]
    const tab = await other.watch()
    await advance(MINUTE_MS)
    await one.post({ action: 'unlink' })
    await settle()
    expect(stepsIn(tab).at(-1)).toBe('unlinked')
  })

  const code: PairingSnapshot = {
    status: 'qr',
    qrCode: { kind: 'text', value: '2@ref0,noise,identity,adv,1' },
  }

  it.each<[was: string, late: PairingSnapshot, now: PairingSnapshot]>([
    ['a code that was scanned', code, { status: 'linking' }],
    ['a link that has ended', { status: 'linked', account: {} }, { status: 'stopped' }],
    ['a scan that failed', { status: 'linking' }, { status: 'stale' }],
  ])('do not show %s again if the other replica overtakes a slow response', async (_, late, now) => {
    const bus = plainBus()
    let respond = (): void => {}
    const slow = new Promise<void>((resolve) => {
      respond = resolve
    })
    let [isSlow, isOver] = [false, false]
    const read = async (): Promise<PairingSnapshot> => {
      const snapshot = isOver ? now : late
      if (isSlow) await slow
      return snapshot
    }
    const one = replicaOn(bus, { getStatus: read, getQrCode: read })
    const other = replicaOn(bus, { getStatus: async () => now })
    const tab = await one.watch()
    isSlow = true
    // This is longer than the poll interval of a linked session, so a request is pending.
    await advance(16_000)
    isOver = true
    await other.get('?want=state')
    await settle()
    expect(stepsIn(tab).at(-1)).toBe(now.status)
    const count = stepsIn(tab).length
    respond()
    await settle()
    expect(stepsIn(tab).slice(count)).toEqual([])
  })

  it('subscribe only while a page watches', async () => {
    const bus = plainBus()
    const setup = replicaOn(bus)
    await setup.get()
    expect(bus.listeners).toBe(0)
    const tabs = [await setup.watch(), await setup.watch()]
    expect(bus.listeners).toBe(1)
    for (const tab of tabs) tab.leave()
    await settle()
    expect(bus.listeners).toBe(0)
    await advance(MINUTE_MS)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('do not share the state of other sessions', async () => {
    const bus = plainBus()
    const tenant = (sessionId: string) => ({
      ...rotating,
      sessionId,
      readWebhook: () => ({ status: 'linking' }) as const,
    })
    const [one, other] = [
      replicaOn(bus, tenant('a'), { webhookSecret: SECRET }),
      replicaOn(bus, tenant('b'), { webhookSecret: SECRET }),
    ]
    const tab = await other.watch()
    await one.webhook({}, { query: `?secret=${SECRET}` })
    await one.post({ action: 'reset' })
    await settle()
    expect(stepsIn(tab)).toEqual(['qr'])
    expect(other.calls).toEqual(['getQrCode'])
  })

  // A busy machine pauses a process between two reads of its clock. Here each clock read is 20 ms later than
  // the previous one.
  it.each([
    ['a response', 0, async (one: Setup) => void (await one.get('?want=code'))],
    ['a webhook', 0, (one: Setup) => one.webhook({}, { query: `?secret=${SECRET}` })],
    // The arrival time of a push is the first known time.
    ['a push', 20, (one: Setup) => one.watch()],
  ])(
    'do not extend the lifetime of a code from %s if a process pauses for a moment',
    async (_, unknownMs, cause) => {
      const bus = plainBus()
      const base = Date.now()
      let read = 0
      const code = (): PairingSnapshot => ({
        status: 'qr',
        qrCode: { kind: 'text', value: `2@${Date.now()},noise,identity,adv,1` },
        expiresInMs: 20_000,
      })
      const other = replicaOn(bus, { getStatus: async () => ({ status: 'unlinked' }), getQrCode: silence })
      const tab = await other.watch()
      const one = replicaOn(
        bus,
        {
          getStatus: async () => ({ status: 'unlinked' }),
          getQrCode: async () => code(),
          readWebhook: () => code(),
          webhookSentAt: () => Date.now(),
          subscribe(listener) {
            listener(code())
            return () => {}
          },
        },
        { webhookSecret: SECRET },
      )
      vi.spyOn(Date, 'now').mockImplementation(() => {
        read += 20
        return base + read
      })
      await cause(one)
      await settle()
      vi.mocked(Date.now).mockRestore()
      const shown = tab.events.flatMap(({ data }) => (data.qrCode ? [data] : []))
      expect(shown).not.toEqual([])
      for (const { at, expiresInMs, qrCode } of shown) {
        const issuedAt = Number(/^2@(\d+)/.exec(String(Reflect.get(Object(qrCode), 'value')))?.[1])
        expect(Number(at) + Number(expiresInMs)).toBeLessThanOrEqual(issuedAt + 20_000 + unknownMs)
      }
      tab.leave()
    },
  )

  it('publish snapshots and changes without phone numbers and secrets', async () => {
    const bus = plainBus()
    const provider = spyProvider({
      getStatus: async () => {
        const answer = { status: 'linked' as const, account: { name: 'Ana', token: SECRET } }
        return answer
      },
      getQrCode: () => Promise.reject(new Error(SECRET)),
    })
    const setup = createSetup({}, { bus, provider, webhookSecret: SECRET })
    await setup.watch()
    await setup.get('?want=state', { headers: { authorization: `Bearer ${SECRET}` } })
    await setup.post({ action: 'request-pairing-code', phoneNumber: '5511987654321' })
    await advance(MINUTE_MS)
    const fields = bus.published.map(({ message }) => Object.keys(JSON.parse(message)).toSorted().join())
    expect(new Set(fields)).toEqual(
      new Set(['ageMs,from,revision,sentAt,snapshot,type', 'from,revision,sentAt,type']),
    )
    expect(new Set(bus.published.map(({ channel }) => channel))).toEqual(new Set([SPY_SESSION]))
    const said = JSON.stringify(bus.published)
    expect(said).not.toContain(SECRET)
    expect(said).not.toContain('5511987654321')
  })
})

describe('a bus that fails', () => {
  const fails = (): never => {
    throw new Error(SECRET)
  }
  const buses: readonly (readonly [string, PairingBus])[] = [
    ['throws in both calls', { publish: fails, subscribe: fails }],
    ['rejects', { publish: () => Promise.reject(new Error(SECRET)), subscribe: () => () => {} }],
    ['throws at unsubscription', { publish: () => {}, subscribe: () => fails }],
    ['returns nothing', { publish: () => {}, subscribe: () => undefined as never }],
    [
      'returns a promise of its unsubscribe function',
      { publish: () => {}, subscribe: () => Promise.resolve(() => {}) as never },
    ],
    ['never resolves', { publish: () => new Promise(() => {}), subscribe: () => () => {} }],
  ]

  it.each(buses)('does not affect pages if it %s', async (_, bus) => {
    const setup = replicaOn(bus)
    const [tab, undisturbed] = await Promise.all([setup.watch(), createSetup(rotating).watch()])
    await advance(MINUTE_MS)
    expect(stepsIn(tab)).toEqual(stepsIn(undisturbed))
    undisturbed.leave()
    expect((await setup.get()).status).toBe(200)
    expect((await setup.post({ action: 'reset' })).status).toBe(200)
    tab.leave()
    await settle()
    expect(setup.watchers).toBe(0)
    setup.calls.length = 0
    await advance(MINUTE_MS)
    expect(setup.calls).toEqual([])
  })
})

describe('a message from an unknown sender', () => {
  const garbage: readonly string[] = [
    '',
    ' ',
    'null',
    'true',
    '7',
    '"snapshot"',
    '[]',
    '{',
    '{}',
    '{"type":"snapshot"}',
    '{"from":7,"type":"changed"}',
    '{"from":"nobody"}',
    '{"from":"nobody","type":"constructor"}',
    '{"__proto__":{"from":"nobody","type":"changed"}}',
    forged(null),
    forged([]),
    forged('linked'),
    forged({}),
    forged({ status: 'booting' }),
    forged({ status: 'qr' }),
    forged({ status: 'qr', qrCode: { kind: 'image', src: 'https://evil.example/qr.png' } }),
    forged({ status: 'qr', qrCode: { kind: 'text', value: 'https://evil.example/#2@a,b' } }),
    forged({ status: 'pairing-code', pairingCode: '<script>' }),
    `{"from":"nobody","type":"snapshot","snapshot":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    'x'.repeat(1_000_000),
  ]

  it('has no effect if it is invalid', async () => {
    const { bus, setup, tab } = await watchedReplica()
    for (const message of garbage) bus.inject(message)
    await settle()
    expect(stepsIn(tab)).toEqual(['qr'])
    expect(setup.calls).toEqual(['getQrCode'])
  })

  it('keeps polling at a normal rate, for any next update that the message promises', async () => {
    const anyAmount = fc.oneof(
      fc.constantFrom(0, -1, 1e300, Number.MAX_VALUE, 2 ** 31, 2 ** 32 - 1, 1e-300),
      fc.double(),
      fc.constantFrom<unknown>('60000', null, true, {}, [60_000]),
    )
    const anySnapshot = fc.record({
      status: fc.constantFrom('qr', 'unlinked', 'preparing', 'linking', 'linked', 'stale'),
      qrCode: fc.constantFrom({ kind: 'text', value: '2@a,b,c,d,1' }, { kind: 'text', value: '2@e,f,g,h,1' }),
      nextInMs: anyAmount,
      confirmInMs: anyAmount,
      expiresInMs: anyAmount,
      timing: fc.constantFrom<unknown>(undefined, {}, { ...timing, statusIntervalMs: 0 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(anySnapshot, { minLength: 1, maxLength: 5 }), async (snapshots) => {
        const { bus, setup, tab } = await watchedReplica()
        for (const snapshot of snapshots) {
          bus.inject(forged(snapshot))
          await advance(1_000)
        }
        setup.calls.length = 0
        await advance(2 * MINUTE_MS)
        // Without forged messages, about 70 requests are sent in two minutes. A linked phone is polled every 15
        // seconds.
        expect(setup.calls.length).toBeGreaterThan(3)
        expect(setup.calls.length).toBeLessThan(100)
        tab.leave()
        await advance(MINUTE_MS)
        expect(vi.getTimerCount()).toBe(0)
      }),
      randomRuns(20, 200),
    )
  })

  it('shows a QR code for at most one minute', async () => {
    const { bus, setup, tab } = await watchedReplica()
    const qrCode = { kind: 'text', value: '2@evil,noise,identity,adv,1' }
    bus.inject(forged({ status: 'qr', qrCode, confirmInMs: 1e300, expiresInMs: 1e300 }))
    await advance(MINUTE_MS + 1_000)
    expect(tab.events.filter(({ data }) => Number(data.expiresInMs) > MINUTE_MS)).toEqual([])
    expect(codesIn(tab).at(-1)).not.toBe(qrCode.value)
    const after = await setup.watch()
    expect(codesIn(after)).toHaveLength(1)
    expect(codesIn(after)).not.toContain(qrCode.value)
  })

  it('has no effect after the last page has left', async () => {
    const late: ((message: string) => void)[] = []
    const setup = replicaOn({
      publish: () => {},
      subscribe: (_, listener) => {
        late.push(listener)
        // This bus does not unsubscribe.
        return () => {}
      },
    })
    const tab = await setup.watch()
    tab.leave()
    await settle()
    setup.calls.length = 0
    for (const hear of late) hear(forged({ status: 'linking' }))
    for (const hear of late) hear('{"from":"nobody","type":"changed"}')
    await advance(MINUTE_MS)
    expect(setup.calls).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a bus that stalls', () => {
  /** Stores all messages while it stalls and delivers them later, like a broker whose process was paused. */
  function stallingBus(): PlainBus & { stall(): void; resume(): void; readonly waiting: number } {
    const bus = plainBus()
    let held: (() => void)[] | undefined
    return {
      ...bus,
      get listeners() {
        return bus.listeners
      },
      publish(channel, message) {
        if (!held) return bus.publish(channel, message)
        return new Promise((resolve) => {
          held?.push(() => {
            void bus.publish(channel, message)
            resolve()
          })
        })
      },
      stall() {
        held = []
      },
      resume() {
        const late = held ?? []
        held = undefined
        for (const deliver of late) deliver()
      },
      get waiting() {
        return held?.length ?? 0
      },
    }
  }

  it('for 34 s and then delivers everything does not bring back an old code or an old link', async () => {
    const bus = stallingBus()
    let isLinked = false
    const rotatingUntilLinked: Partial<PairingProvider> = {
      getQrCode: async () =>
        isLinked ? { status: 'linked', account: { name: 'Ana' } } : rotating.getQrCode(),
      getStatus: async () =>
        isLinked ? { status: 'linked', account: { name: 'Ana' } } : { status: 'unlinked' },
      unlink: async () => {
        isLinked = false
      },
    }
    const [one, other] = [replicaOn(bus, rotatingUntilLinked), replicaOn(bus, rotatingUntilLinked)]
    const tabs = [await one.watch(), await other.watch()]
    await advance(5_000)
    bus.stall()
    isLinked = true
    await advance(10_000)
    await one.post({ action: 'unlink' })
    await advance(24_000)
    const before = tabs.map(({ events }) => events.length)
    bus.resume()
    await advance(1_000)
    const after = tabs.map(({ events }, index) => events.slice(before[index]))
    for (const { data, at } of after.flat()) {
      expect(data.status).not.toBe('linked')
      const number = Math.floor((at - START) / timing.qrLifetimeMs)
      if (data.qrCode)
        expect(data.qrCode).toEqual({ kind: 'text', value: `2@ref${number},noise,identity,adv,1` })
    }
    // The bus delivers messages again.
    await advance(5_000)
    await one.post({ action: 'reset' })
    const heard = bus.published.at(-1)
    expect(heard?.message).toContain('"type":"changed"')
    for (const tab of tabs) tab.leave()
    await advance(MINUTE_MS)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('stores one message per session, and reports the outage once', async () => {
    const bus = stallingBus()
    const errors: unknown[] = []
    const setups = ['a', 'b', 'c'].map((sessionId) =>
      replicaOn(bus, { ...rotating, sessionId }, { onError: (error, info) => errors.push([error, info]) }),
    )
    const tabs = await Promise.all(setups.map((setup) => setup.watch()))
    bus.stall()
    await advance(55_000)
    expect(bus.waiting).toBe(3)
    // Each of the three errors comes from another handler.
    expect(errors).toEqual(Array(3).fill([expect.objectContaining({ code: 'network' }), { in: 'bus' }]))
    for (const setup of setups)
      expect(setup.log.filter(({ event }) => event === 'bus-failed')).toHaveLength(1)
    bus.resume()
    await advance(10_000)
    bus.stall()
    await advance(20_000)
    expect(errors).toHaveLength(6)
    bus.resume()
    for (const tab of tabs) tab.leave()
    await advance(MINUTE_MS)
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([
    ['3,001 ms old', -3_001, false],
    ['2,999 ms old', -2_999, true],
    ['from a clock 1,000 ms ahead', 1_000, true],
    ['from a clock 1,001 ms ahead', 1_001, false],
    ['without a time', undefined, false],
    ['with an invalid time', Number.NaN, false],
  ])('cannot deliver a message that is too old or from the future: %s', async (_, aheadMs, isTaken) => {
    const { bus, tab } = await watchedReplica()
    // The first response of this replica is older than each of these messages.
    await advance(4_000)
    const sentAt = aheadMs === undefined ? undefined : Date.now() + aheadMs
    bus.inject(JSON.stringify({ from: 'nobody', sentAt, type: 'snapshot', snapshot: { status: 'linking' } }))
    await settle()
    expect(stepsIn(tab).includes('linking')).toBe(isTaken)
  })
})

describe('the revision of a message', () => {
  const message = (revision: number | undefined, status: string): string =>
    JSON.stringify({ from: 'nobody', sentAt: Date.now(), revision, type: 'snapshot', snapshot: { status } })

  it('discards data that another replica read before the last change', async () => {
    const { bus, setup, tab } = await watchedReplica()
    await setup.post({ action: 'reset' })
    for (const revision of [undefined, 0, Date.now() - 1]) bus.inject(message(revision, 'linking'))
    await settle()
    expect(stepsIn(tab)).not.toContain('linking')
    bus.inject(message(Date.now(), 'linking'))
    await settle()
    expect(stepsIn(tab)).toContain('linking')
  })

  it('applies a change that this replica has missed', async () => {
    const { bus, tab } = await watchedReplica()
    bus.inject(message(Date.now(), 'stale'))
    bus.inject(message(0, 'linking'))
    await settle()
    expect(stepsIn(tab)).toContain('stale')
    expect(stepsIn(tab)).not.toContain('linking')
  })

  it('does not make later messages invalid if it is far in the future', async () => {
    const { bus, setup, tab } = await watchedReplica()
    bus.inject(message(8e15, 'stale'))
    await advance(2_000)
    await setup.post({ action: 'reset' })
    bus.inject(message(Date.now(), 'linking'))
    await settle()
    expect(stepsIn(tab).at(-1)).toBe('linking')
  })
})
