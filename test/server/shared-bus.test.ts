import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { ioredisBus } from '../../examples/ioredis/ioredis-bus.mjs'
import type { PairingBus } from '../../src/core/pairing-bus.js'
import { redisBus } from '../../src/server/redis-bus.js'
import { memoryBus } from './memory-bus.js'
import { type RedisServer, startRedisServer } from './redis-server.mjs'

let redis: RedisServer
const closers: (() => unknown)[] = []

beforeAll(async () => {
  redis = await startRedisServer()
  return redis.stop
})

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

async function nodeRedis(url = redis.url) {
  const client = createClient({ url })
  client.on('error', () => {})
  await client.connect()
  const bus = redisBus({ client })
  closers.push(async () => {
    await bus.close()
    client.destroy()
  })
  return bus
}

async function ioredis(url = redis.url) {
  const client = new Redis(url)
  client.on('error', () => {})
  await new Promise((resolve) => client.once('ready', resolve))
  const bus = ioredisBus(client)
  closers.push(() => {
    bus.close()
    client.disconnect()
  })
  return bus
}

/** Two replicas on one bus. */
const buses: readonly (readonly [string, () => Promise<readonly [PairingBus, PairingBus]>])[] = [
  ['redisBus()', async () => [await nodeRedis(), await nodeRedis()]],
  ['the bus of examples/ioredis', async () => [await ioredis(), await ioredis()]],
  [
    'the bus of these tests',
    async () => {
      const bus = memoryBus()
      return [bus, bus]
    },
  ],
]

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Makes keys and channels unique for each test. */
let number = 0
const fresh = (): string => `name-${number++}`

describe.each(buses)('%s', (_, make) => {
  it('grants a key to one of 40 callers on two replicas', async () => {
    const [one, other] = await make()
    const key = fresh()
    const results = await Promise.all(
      Array.from({ length: 40 }, (_one, index) => (index % 2 ? one : other).take?.(key, 5_000)),
    )
    expect(results.filter((isTaken) => isTaken === true)).toHaveLength(1)
    expect(results.filter((isTaken) => isTaken === false)).toHaveLength(39)
  })

  it('grants a key again after it expires, and after it is released', async () => {
    const [one, other] = await make()
    const key = fresh()
    expect(await one.take?.(key, 80.5)).toBe(true)
    expect(await other.take?.(key, 80)).toBe(false)
    await pass(120)
    expect(await other.take?.(key, 5_000)).toBe(true)
    expect(await one.take?.(key, 5_000)).toBe(false)
    expect(await other.take?.(key, 0)).toBe(true)
    expect(await one.take?.(key, 5_000)).toBe(true)
  })

  it('keeps the newest message of a channel for its lifetime, and no message without one', async () => {
    const [one, other] = await make()
    const channel = fresh()
    expect(await other.last?.(channel)).toBeUndefined()
    await one.publish(channel, 'not kept')
    expect(await other.last?.(channel)).toBeUndefined()
    await one.publish(channel, 'first ✓', 5_000)
    await one.publish(channel, 'second', 150)
    expect(await other.last?.(channel)).toBe('second')
    await pass(200)
    expect(await other.last?.(channel)).toBeUndefined()
  })

  it('delivers a kept message to the other replica too, and not to other channels', async () => {
    const [one, other] = await make()
    const channel = fresh()
    const received: string[] = []
    const leave = other.subscribe(channel, (message) => received.push(message))
    other.subscribe(fresh(), (message) => received.push(`other ${message}`))
    await vi.waitFor(async () => {
      await one.publish(channel, 'kept', 5_000)
      expect(received).toContain('kept')
    })
    leave()
    leave()
    await one.publish(channel, 'after the end')
    await pass(50)
    expect(new Set(received)).toEqual(new Set(['kept']))
  })
})

describe.each([
  ['redisBus()', nodeRedis],
  ['the bus of examples/ioredis', ioredis],
] as const)('%s while Redis is away', (_, make) => {
  it('neither throws nor queues commands, and works again afterwards', async () => {
    const server = await startRedisServer()
    closers.push(() => server.stop())
    const bus = await make(server.url)
    const received: string[] = []
    bus.subscribe('channel', (message) => received.push(message))
    expect(await bus.take('key', 60_000)).toBe(true)
    await server.stop()
    await vi.waitFor(async () => expect(await bus.take('other', 60_000)).toBeUndefined(), { timeout: 5_000 })
    expect(await bus.last('channel')).toBeUndefined()
    await bus.publish('channel', 'during the outage', 60_000)
    await server.start()
    await vi.waitFor(
      async () => {
        await bus.publish('channel', 'afterwards')
        expect(received).toContain('afterwards')
      },
      { timeout: 10_000, interval: 100 },
    )
    expect(received).not.toContain('during the outage')
    expect(await bus.last('channel')).toBeUndefined()
    expect(await bus.take('other', 60_000)).toBe(true)
  }, 20_000)
})
