import { describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import type { PairingBus } from '../../src/core/pairing-bus.js'
import type { PairingMemory, PairingProvider, RequestOptions } from '../../src/core/provider.js'
import { advance, emulateTime, START, settle } from '../time.js'
import { memoryBus } from './memory-bus.js'
import { createSetup, expectRefusal, type Setup, type SetupOptions, silence, updateOf } from './setup.js'
import { timing } from './spy-provider.js'

const NUMBER = '5511987654321'
const code = (phoneNumber = NUMBER) => ({ action: 'request-pairing-code', phoneNumber })

emulateTime()

const pause = (durationMs: number) => new Promise((resolve) => setTimeout(resolve, durationMs))

/** Creates this many replicas on one bus, each with its own pollers. */
const replicasOn = (
  bus: PairingBus,
  count: number,
  methods: Partial<PairingProvider> = {},
  options: SetupOptions = {},
): Setup[] => Array.from({ length: count }, () => createSetup(methods, { bus, ...options }))

/** Creates two replicas on one bus. */
const twoOn = (bus: PairingBus, methods: Partial<PairingProvider> = {}): readonly [Setup, Setup] => [
  createSetup(methods, { bus }),
  createSetup(methods, { bus }),
]

const at = (replicas: readonly Setup[], index: number): Setup => {
  const replica = replicas[index % replicas.length]
  if (!replica) throw new Error('There is no replica')
  return replica
}

const postTo = async (setup: Setup, body: object) => (await setup.post(body)).status

const rejecting = () => Promise.reject(new Error('down'))
const throwing = (): never => {
  throw new Error('down')
}

/** Broken behaviour of a bus. Each replica then works alone. */
const brokenBuses: readonly (readonly [string, Partial<PairingBus>])[] = [
  ['has neither take() nor last()', { publish: () => {}, subscribe: () => () => {} }],
  ['resolves with undefined', { take: async () => undefined, last: async () => undefined }],
  ['never resolves', { take: silence, last: silence }],
  ['rejects', { take: rejecting, last: rejecting }],
  ['throws', { take: throwing, last: throwing }],
]

const withBroken = (broken: Partial<PairingBus>): PairingBus =>
  'publish' in broken
    ? { publish: () => {}, subscribe: () => () => {}, ...broken }
    : { ...memoryBus(), ...broken }

describe.each([
  ['request-pairing-code', code(), 3, 30_000],
  ['reset', { action: 'reset' }, 5, 10_000],
  ['unlink', { action: 'unlink' }, 5, 10_000],
] as const)('the limit of %s', (_, body, size, intervalMs) => {
  it(`is ${size} for all replicas together, then one every ${intervalMs / 1_000} seconds`, async () => {
    const replicas = replicasOn(memoryBus(), 4)
    const results: number[] = []
    for (let index = 0; index < 12; index += 1) results.push(await postTo(at(replicas, index), body))
    expect(results).toEqual([...Array(size).fill(200), ...Array(12 - size).fill(429)])
    await advance(intervalMs)
    const later: number[] = []
    for (let index = 0; index < 4; index += 1) later.push(await postTo(at(replicas, index), body))
    expect(later).toEqual([200, 429, 429, 429])
  })

  it('stays in force after a restart of all processes', async () => {
    const bus = memoryBus()
    for (let index = 0; index < size; index += 1) await postTo(at(replicasOn(bus, 1), 0), body)
    await expectRefusal(await at(replicasOn(bus, 1), 0).post(body), 'rate-limited', {
      retryAfterMs: intervalMs,
    })
  })

  it('does not count a call that failed at the provider, on any replica', async () => {
    let isDown = true
    const fail = async () => {
      if (isDown) throw new PairingError('provider-unavailable', 'down')
    }
    const replicas = replicasOn(memoryBus(), 3, {
      reset: fail,
      unlink: fail,
      requestPairingCode: async () => {
        await fail()
        return { status: 'pairing-code', pairingCode: 'ABCD1234' }
      },
    })
    for (let index = 0; index < 9; index += 1) expect(await postTo(at(replicas, index), body)).toBe(503)
    isDown = false
    const results: number[] = []
    for (let index = 0; index < size + 1; index += 1) results.push(await postTo(at(replicas, index), body))
    expect(results).toEqual([...Array(size).fill(200), 429])
  })

  it('is separate for each tenant', async () => {
    const bus = memoryBus()
    const provider = createSetup().provider
    const setupOf = (tenant: string) =>
      createSetup({}, { bus, provider: () => provider, tenant: () => tenant })
    for (let index = 0; index < size; index += 1) await postTo(setupOf('a'), body)
    expect(await postTo(setupOf('a'), body)).toBe(429)
    expect(await postTo(setupOf('b'), body)).toBe(200)
  })

  it.each(brokenBuses)('applies to each process if the bus %s', async (_name, broken) => {
    const onError = vi.fn()
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const replicas = replicasOn(withBroken(broken), 2, {}, { onError })
    for (const replica of replicas) {
      const results: number[] = []
      for (let index = 0; index < size + 1; index += 1) {
        const sent = postTo(replica, body)
        await advance(1_000)
        results.push(await sent)
      }
      expect(results).toEqual([...Array(size).fill(200), 429])
    }
  })
})

describe('changes of one session', () => {
  /** A provider that takes a second for each change, and counts concurrent changes. */
  function slowProvider() {
    const seen = { most: 0, calls: [] as string[] }
    let underWay = 0
    const slow = (name: string) => async () => {
      underWay += 1
      seen.most = Math.max(seen.most, underWay)
      seen.calls.push(name)
      await pause(1_000)
      underWay -= 1
    }
    const methods: Partial<PairingProvider> = {
      reset: slow('reset'),
      unlink: slow('unlink'),
      async requestPairingCode() {
        await slow('code')()
        return { status: 'pairing-code', pairingCode: 'ABCD1234' }
      },
    }
    return { seen, methods }
  }

  it.each([
    ['two resets', [{ action: 'reset' }, { action: 'reset' }], ['reset']],
    ['two unlinks', [{ action: 'unlink' }, { action: 'unlink' }], ['unlink']],
    ['a reset and a code', [{ action: 'reset' }, code()], ['reset', 'code']],
    ['codes for two numbers', [code(), code('447700900123')], ['code', 'code']],
  ])('on two replicas never run at the same time: %s', async (_, bodies, calls) => {
    const { seen, methods } = slowProvider()
    const replicas = replicasOn(memoryBus(), 2, methods)
    const sent = bodies.map((body, index) => postTo(at(replicas, index), body))
    await advance(5_000)
    expect(await Promise.all(sent)).toEqual(bodies.map(() => 200))
    expect(seen.most).toBe(1)
    expect(seen.calls).toEqual(calls)
  })

  it('on one process without a bus never run at the same time, even if each request has its own provider', async () => {
    const { seen, methods } = slowProvider()
    const setup = createSetup(methods)
    const sent = [{ action: 'reset' }, code(), { action: 'unlink' }].map((body) => postTo(setup, body))
    await advance(5_000)
    expect(await Promise.all(sent)).toEqual([200, 200, 200])
    expect(seen.most).toBe(1)
  })

  it('continue after a failure: the same change of another replica is sent then', async () => {
    let calls = 0
    const methods: Partial<PairingProvider> = {
      async reset() {
        calls += 1
        const isFirst = calls === 1
        await pause(1_000)
        if (isFirst) throw new PairingError('provider-unavailable', 'down')
      },
    }
    const replicas = replicasOn(memoryBus(), 2, methods)
    const sent = replicas.map((replica) => postTo(replica, { action: 'reset' }))
    await advance(5_000)
    expect(await Promise.all(sent)).toEqual([503, 200])
    expect(calls).toBe(2)
  })

  it('wait 15 seconds for a replica that was killed, and are possible again when its turn ends', async () => {
    const bus = memoryBus()
    const [killed, other] = [createSetup({ reset: silence }, { bus }), createSetup({}, { bus })]
    void killed.post({ action: 'reset' })
    await settle()
    // Its process has stopped, and the key that it claimed stays claimed.
    const refused = other.post({ action: 'unlink' })
    await advance(16_000)
    await expectRefusal(await refused, 'provider-unavailable', { retryAfterMs: 5_000 })
    await advance(2 * timing.requestTimeoutMs + 5_000)
    expect(await postTo(other, { action: 'unlink' })).toBe(200)
  })

  it('leave nothing behind: each turn is released', async () => {
    const bus = memoryBus()
    const [one, other] = twoOn(bus)
    for (const setup of [one, other, one, other]) expect(await postTo(setup, { action: 'reset' })).toBe(200)
    // Only the limit is kept.
    expect(bus.taken).toBe(4)
  })

  it.each([
    ['the response to the first start', false],
    ['an error after the first start had its effect', true],
  ])('start a sleeping session once if it is awake before %s', async (_, isLost) => {
    let isAwake = false
    let starts = 0
    const replicas = replicasOn(memoryBus(), 2, {
      getStatus: async () => (isAwake ? { status: 'unlinked' } : { status: 'stopped' }),
      getQrCode: async () => {
        const qrCode = { kind: 'text', value: '2@one,noise,identity,adv,1' } as const
        return isAwake ? { status: 'qr', qrCode } : { status: 'stopped' }
      },
      reset: async () => {
        starts += 1
        await pause(100)
        isAwake = true
        if (!isLost) return
        await pause(8_000)
        throw new PairingError('timeout', 'lost')
      },
    })
    await Promise.all(replicas.map((replica) => replica.watch()))
    await advance(1_000)
    const sent = replicas.map((replica) => postTo(replica, { action: 'start' }))
    await advance(10_000)
    expect((await Promise.all(sent)).toSorted()).toEqual(isLost ? [200, 504] : [200, 200])
    expect(starts).toBe(1)
    isAwake = false
    await advance(30_000)
    const again = postTo(at(replicas, 1), { action: 'start' })
    await advance(10_000)
    await again
    expect(starts).toBe(2)
  })

  it('start a sleeping session once, although pages on two replicas see it asleep for 20 seconds', async () => {
    const bus = memoryBus()
    const starts: number[] = []
    const methods: Partial<PairingProvider> = {
      getStatus: async () => ({ status: 'stopped' }),
      getQrCode: async () => ({ status: 'stopped' }),
      reset: async () => void starts.push(Date.now()),
    }
    const replicas = replicasOn(bus, 3, methods)
    for (let index = 0; index < 4; index += 1) {
      const sent = replicas.map((replica) => postTo(replica, { action: 'start' }))
      await advance(5_000)
      expect(await Promise.all(sent)).toEqual([200, 200, 200])
    }
    expect(starts).toHaveLength(1)
    await advance(12_000)
    await postTo(at(replicas, 1), { action: 'start' })
    expect(starts).toHaveLength(2)
  })
})

describe('the shared record of a session', () => {
  /** Counts its requests in the memory, as an adapter that is created for each request. */
  const counting: Partial<PairingProvider> = {
    async getStatus({ memory }: RequestOptions) {
      if (memory) memory.count = Number(memory.count ?? 0) + 1
      return { status: 'unlinked' }
    },
  }

  const memoryOf = async (setup: Setup): Promise<PairingMemory> => {
    let seen: PairingMemory = {}
    setup.provider.getStatus = async ({ memory }) => {
      seen = { ...memory }
      return { status: 'unlinked' }
    }
    await setup.get()
    return seen
  }

  it('keeps the memory of the provider for all replicas and after a restart', async () => {
    const bus = memoryBus()
    for (const replica of replicasOn(bus, 3, counting)) await replica.get()
    expect(await memoryOf(createSetup({}, { bus }))).toEqual({ count: 3 })
    expect(await memoryOf(createSetup())).toEqual({})
  })

  it('merges writes of replicas to different fields while their requests overlap', async () => {
    const bus = memoryBus()
    const writing = (field: string, ms: number): Partial<PairingProvider> => ({
      async getStatus({ memory }) {
        await pause(ms)
        if (memory) memory[field] = field
        return { status: 'unlinked' }
      },
    })
    const reads = ['a', 'b', 'c'].map((field, index) =>
      createSetup(writing(field, 500 + index), { bus }).get(),
    )
    await advance(1_000)
    await Promise.all(reads)
    expect(await memoryOf(createSetup({}, { bus }))).toEqual({ a: 'a', b: 'b', c: 'c' })
  })

  it('removes a field from all replicas when one deletes it', async () => {
    const bus = memoryBus()
    const [one, other] = twoOn(bus, counting)
    await one.get()
    await advance(10_000)
    other.provider.getStatus = async ({ memory }) => {
      delete memory?.count
      return { status: 'unlinked' }
    }
    await other.get()
    await advance(10_000)
    expect(await memoryOf(one)).toEqual({})
  })

  it('is saved again only before it expires, while nothing changes', async () => {
    const bus = memoryBus()
    const setup = createSetup(
      {
        getStatus: async ({ memory }) => {
          if (memory) memory.fact = true
          return { status: 'unlinked' }
        },
      },
      { bus, streamLifetimeMs: 7_200_000 },
    )
    const saved = () => bus.seen.filter((line) => line.startsWith('record:')).length
    const tab = await setup.watch('&method=phone-code')
    await advance(30_000)
    expect(saved()).toBe(1)
    await advance(3_600_000)
    expect(saved()).toBeLessThanOrEqual(62)
    expect(await memoryOf(createSetup({}, { bus }))).toEqual({ fact: true })
    tab.leave()
    await settle()
  })

  it('shows a valid pairing code on a replica that did not issue it, with four digits of its number', async () => {
    const bus = memoryBus()
    const [one, other] = twoOn(bus)
    await one.post(code())
    await advance(60_000)
    const update = await updateOf(other.get())
    expect(update.pairingCode).toEqual({
      value: 'ABCD1234',
      lastDigits: '4321',
      expiresInMs: timing.pairingCodeLifetimeMs - 60_000,
    })
    expect(update.revision).toBe((await updateOf(one.get())).revision)
    expect(bus.seen.join()).not.toContain(NUMBER)
    await advance(timing.pairingCodeLifetimeMs)
    expect((await updateOf(other.get())).pairingCode).toBeUndefined()
  })

  it('removes the pairing code when another replica resets the session', async () => {
    const bus = memoryBus()
    const [one, other] = twoOn(bus)
    await one.post(code())
    expect((await updateOf(other.get())).pairingCode).toBeDefined()
    await advance(5_000)
    await other.post({ action: 'reset' })
    await advance(5_000)
    const update = await updateOf(one.get())
    expect(update.pairingCode).toBeUndefined()
    expect(update.status).toBe('unlinked')
  })

  it('starts a provider whose reads start a pairing once, and all replicas show its codes', async () => {
    const bus = memoryBus()
    const connects: number[] = []
    let underWay = 0
    let most = 0
    // As an adapter with a history: one connect for each code, which the memory contains.
    const methods: Partial<PairingProvider> = {
      startsOnRead: true,
      async getQrCode({ memory = {} }) {
        underWay += 1
        most = Math.max(most, underWay)
        await pause(300)
        const now = Date.now()
        if (Number(memory.until ?? 0) <= now) {
          connects.push(now)
          memory.until = now + 45_000
          memory.code = `2@ref${connects.length},noise,identity,adv,1`
        }
        underWay -= 1
        return {
          status: 'qr',
          qrCode: { kind: 'text', value: String(memory.code) },
          expiresInMs: Number(memory.until) - now,
        }
      },
    }
    const replicas = replicasOn(bus, 3, methods)
    const started = Promise.all(replicas.map((replica) => replica.post({ action: 'start' })))
    await advance(3_000)
    await started
    for (let second = 0; second < 40; second += 2) {
      const reads = replicas.map((replica) => replica.get('?want=code'))
      await advance(2_000)
      await Promise.all(reads)
    }
    const last = replicas.map((replica) => replica.get('?want=code'))
    await advance(2_000)
    const updates = await Promise.all(last.map(updateOf))
    expect(updates.map(({ status }) => status)).toEqual(['qr', 'qr', 'qr'])
    expect(most).toBe(1)
    expect(connects.length).toBeLessThanOrEqual(2)
  })

  const poisons: readonly (readonly [string, (text: string) => string])[] = [
    ['not JSON', () => '{'],
    ['nothing', () => ''],
    ['a list', () => '[]'],
    ['500,000 brackets', () => '['.repeat(500_000)],
    ['5 MB', () => JSON.stringify({ savedAt: Date.now(), memory: { junk: 'x'.repeat(5_000_000) } })],
    ['a prototype', () => `{"savedAt":${START + 5_000},"memory":{"__proto__":{"polluted":true},"count":1}}`],
    ['times in the year 5000', () => '{"savedAt":1e14,"revision":1e14,"startedAt":1e14,"memory":{}}'],
    ['invalid times', () => '{"savedAt":"now","revision":-1,"startedAt":null}'],
    [
      'a pairing code that is valid for a year',
      () =>
        `{"savedAt":${START + 5_000},"issued":{"value":"EVIL1234","phoneNumber":"5511987654321","expiresAt":1e15}}`,
    ],
    [
      'an invalid pairing code',
      () => `{"savedAt":${START + 5_000},"issued":{"value":"<b>","expiresAt":1e15}}`,
    ],
  ]

  it.each(poisons)('does not break a replica if it is replaced with %s', async (_, change) => {
    const bus = memoryBus()
    const [one, other] = twoOn(bus, counting)
    await one.get()
    bus.forge(change)
    await advance(5_000)
    const update = await updateOf(other.get())
    expect(update.status).toBe('unlinked')
    expect(update.pairingCode?.expiresInMs ?? 0).toBeLessThanOrEqual(timing.pairingCodeLifetimeMs)
    expect(update.revision ?? 0).toBeLessThanOrEqual(Date.now() + 1_000)
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    // Its own changes still work, and reach the other replica.
    await advance(35_000)
    expect(await postTo(other, { action: 'reset' })).toBe(200)
    await advance(35_000)
    expect((await updateOf(one.get())).status).toBe('unlinked')
    expect(Object.keys(await memoryOf(createSetup({}, { bus })))).not.toContain('junk')
  })

  it('delays one provider request by one second if the broker hangs, and later ones not at all', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const onError = vi.fn()
    const stalled: PairingBus = { ...memoryBus(), publish: silence, take: silence, last: silence }
    const setup = createSetup({}, { bus: stalled, onError })
    const first = setup.get()
    await advance(999)
    expect(setup.calls).toEqual([])
    await advance(1)
    expect((await updateOf(first)).status).toBe('unlinked')
    for (let count = 0; count < 5; count += 1) {
      await advance(5_000)
      const startedAt = Date.now()
      expect((await updateOf(setup.get())).status).toBe('unlinked')
      expect(Date.now()).toBe(startedAt)
    }
    expect(onError.mock.calls.map(([, info]) => info)).toEqual([{ in: 'bus' }])
  })
})
