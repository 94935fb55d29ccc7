import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PairingBus } from '../../src/core/pairing-bus.js'
import { createPollerRegistry } from '../../src/poller/registry.js'
import { createHandler } from '../../src/server/handler.js'
import type { LinkedEvent } from '../../src/server/link-reports.js'
import { advance, emulateTime, settle } from '../time.js'
import { memoryBus } from './memory-bus.js'
import { HANDLER_URL, handlerOptions, silence } from './setup.js'
import { spyProvider } from './spy-provider.js'

const ANA = { phoneNumber: '5511987654321', name: 'Ana' }
const BOB = { phoneNumber: '447700900123' }

emulateTime()
beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
})

afterEach(() => {
  vi.restoreAllMocks()
})

/** One account at the provider, and replicas that read it. */
function linkedAccount(bus: PairingBus | undefined) {
  let account: typeof ANA | typeof BOB | undefined
  const seen: string[] = []
  const events: LinkedEvent[] = []
  const provider = () =>
    spyProvider({
      getStatus: async () => (account ? { status: 'linked', account } : { status: 'unlinked' }),
      unlink: async () => {
        account = undefined
      },
    })
  return {
    seen,
    events,
    link: (next: typeof ANA | typeof BOB | undefined) => {
      account = next
    },
    replica(name: string, onLinked: (event: LinkedEvent) => void | Promise<void> = () => {}) {
      const handler = createHandler(
        handlerOptions({
          provider: provider(),
          ...(bus && { bus }),
          async onLinked(event) {
            seen.push(`${name} linked ${event.account.phoneNumber}`)
            await onLinked(event)
            events.push(event)
          },
          onUnlinked: () => void seen.push(`${name} unlinked`),
        }),
        createPollerRegistry(),
      )
      return {
        read: async () => void (await handler(new Request(`${HANDLER_URL}?want=state`))),
        close: () => handler.close(),
        act: async (action: string) =>
          void (await handler(
            new Request(HANDLER_URL, {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({ action }),
            }),
          )),
      }
    },
  }
}

/** Lets each replica read once, some seconds apart. */
async function readAll(
  replicas: readonly { readonly read: () => Promise<void> }[],
  times = 1,
): Promise<void> {
  for (let round = 0; round < times; round += 1) {
    for (const { read } of replicas) {
      const reading = read()
      await advance(5_000)
      await reading
    }
    await advance(10_000)
  }
}

describe('onLinked of replicas on one bus', () => {
  it('is called once for a link that all of them see, for an hour', async () => {
    const { replica, link, seen, events } = linkedAccount(memoryBus())
    const replicas = ['a', 'b', 'c'].map((name) => replica(name))
    link(ANA)
    await readAll(replicas, 150)
    expect(seen).toEqual(['a linked 5511987654321'])
    expect(events[0]?.linkId).toMatch(/^[\w-]{22}$/)
  })

  it('is called once if all of them see the link at the same moment', async () => {
    const { replica, link, seen } = linkedAccount(memoryBus())
    link(ANA)
    const replicas = ['a', 'b', 'c', 'd'].map((name) => replica(name, () => settle().then(() => {})))
    await Promise.all(replicas.map(({ read }) => read()))
    await advance(1_000)
    await readAll(replicas, 3)
    expect(seen).toHaveLength(1)
  })

  it('is not called again after all of them restart', async () => {
    const bus = memoryBus()
    const { replica, link, seen } = linkedAccount(bus)
    link(ANA)
    await readAll([replica('before')])
    await advance(24 * 3_600_000)
    await readAll([replica('after')])
    expect(seen).toEqual(['before linked 5511987654321'])
  })

  it('is called by another one if it failed', async () => {
    const { replica, link, seen, events } = linkedAccount(memoryBus())
    link(ANA)
    const broken = replica('broken', () => Promise.reject(new Error('database')))
    await readAll([broken, replica('works'), broken])
    expect(seen).toEqual(['broken linked 5511987654321', 'works linked 5511987654321'])
    expect(events).toHaveLength(1)
  })

  it.each([0, 100, 1_400])(
    'is not called again if the replica closes during a call of %s ms',
    async (callMs) => {
      const bus = memoryBus()
      // When close() resolves, a host ends its process and its client of the broker.
      let hasEnded = false
      const own: PairingBus = {
        ...bus,
        publish: (...message) => (hasEnded ? undefined : bus.publish(...message)),
      }
      const { replica, link, seen } = linkedAccount(own)
      link(ANA)
      const first = replica('first', () => new Promise((resolve) => setTimeout(resolve, callMs)))
      await first.read()
      await settle()
      const closing = first.close().then(() => {
        hasEnded = true
      })
      await advance(2_000)
      await closing
      const others = linkedAccount(bus)
      others.link(ANA)
      await readAll([others.replica('other')], 8)
      expect([...seen, ...others.seen]).toEqual(['first linked 5511987654321'])
    },
  )

  it.each(['onLinked', 'the bus'])(
    'delays close() by at most 1.5 seconds if it never settles: %s',
    async (what) => {
      const bus = what === 'the bus' ? { ...memoryBus(), publish: silence } : memoryBus()
      const { replica, link } = linkedAccount(bus)
      link(ANA)
      const setup = replica('a', what === 'onLinked' ? silence : undefined)
      await setup.read()
      const begunAt = Date.now()
      let closedAt = 0
      void setup.close().then(() => {
        closedAt = Date.now()
      })
      await advance(5_000)
      expect(closedAt - begunAt).toBeLessThanOrEqual(1_500)
      expect(closedAt).toBeGreaterThan(0)
      expect(vi.getTimerCount()).toBe(0)
    },
  )

  it('is called by another one within 80 seconds if the first was killed during the call', async () => {
    const { replica, link, seen, events } = linkedAccount(memoryBus())
    link(ANA)
    const killed = replica('killed', silence)
    await readAll([killed])
    const other = replica('other')
    const startedAt = Date.now()
    while (events.length === 0 && Date.now() - startedAt < 120_000) await readAll([other])
    expect(seen).toEqual(['killed linked 5511987654321', 'other linked 5511987654321'])
    expect(Date.now() - startedAt).toBeLessThanOrEqual(80_000)
  })

  it.each([
    ['the same phone', ANA],
    ['another phone', BOB],
  ])('is called again for %s after an unlink that another replica saw', async (_, next) => {
    const { replica, link, seen } = linkedAccount(memoryBus())
    const [a, b] = [replica('a'), replica('b')]
    link(ANA)
    await readAll([a, b])
    await advance(60_000)
    link(undefined)
    await readAll([b])
    await advance(60_000)
    link(next)
    await readAll([a, b], 6)
    expect(seen).toEqual(['a linked 5511987654321', 'b unlinked', `a linked ${next.phoneNumber}`])
  })

  it('has one linkId on every replica, after a restart and without a bus', async () => {
    const ids = new Set<string | undefined>()
    for (const bus of [memoryBus(), memoryBus(), undefined]) {
      const { replica, link, events } = linkedAccount(bus)
      link(ANA)
      await readAll([replica('one')])
      ids.add(events[0]?.linkId)
    }
    expect(ids.size).toBe(1)
    expect([...ids][0]).toBeDefined()
  })

  it.each<readonly [string, Partial<PairingBus>]>([
    ['hangs', { take: silence, last: silence }],
    ['is unreachable', { take: async () => undefined, last: async () => undefined }],
  ])('is called at least once by each of them if the bus %s, and does not repeat', async (_, broken) => {
    const { replica, link, seen } = linkedAccount({ ...memoryBus(), ...broken })
    link(ANA)
    await readAll([replica('a'), replica('b')], 40)
    expect(seen).toEqual(['a linked 5511987654321', 'b linked 5511987654321'])
  })
})

describe('onUnlinked of replicas on one bus', () => {
  it('is called once, even by one that started after the link', async () => {
    const { replica, link, seen } = linkedAccount(memoryBus())
    link(ANA)
    await readAll([replica('old')])
    const replicas = [replica('new'), replica('newer')]
    link(undefined)
    await readAll(replicas, 20)
    expect(seen).toEqual(['old linked 5511987654321', 'new unlinked'])
  })

  it('is called once for an unlink by a page, on any replica', async () => {
    const { replica, link, seen } = linkedAccount(memoryBus())
    const [a, b] = [replica('a'), replica('b')]
    link(ANA)
    await readAll([a, b])
    const acting = b.act('unlink')
    await advance(5_000)
    await acting
    await readAll([a, b], 20)
    expect(seen).toEqual(['a linked 5511987654321', 'b unlinked'])
  })

  it('is not called without a link', async () => {
    const { replica, seen } = linkedAccount(memoryBus())
    await readAll([replica('a'), replica('b')], 20)
    expect(seen).toEqual([])
  })

  it('publishes nothing of the number on the bus', async () => {
    const bus = memoryBus()
    const { replica, link } = linkedAccount(bus)
    link(ANA)
    await readAll([replica('a')])
    expect(bus.seen.join()).toContain('link:')
    // Pages are shown snapshots, which contain the account. The stored marks of links do not contain it.
    expect(bus.seen.filter((line) => line.startsWith('link:')).join()).not.toContain(ANA.phoneNumber)
  })
})
