import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClient } from 'redis'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { proxy } from '../../src/client/proxy.js'
import type { PairingUpdate } from '../../src/core/update.js'
import { greenApi } from '../../src/providers/green-api.js'
import { redisBus } from '../../src/server/redis-bus.js'
import { type PairingLogEntry, toNodeListener } from '../../src/server.js'
import { createEmulator, mockGreenApi } from '../../src/testing.js'
import { startRedisServer } from './redis-server.mjs'
import { separateHandler } from './world.js'

const instance = { idInstance: '1101000001', apiTokenInstance: 'secret-of-nobody' }
const webhookSecret = 'webhook-secret-of-nobody'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** One replica of a host's server: a port of its own, a Redis connection of its own, the same provider. */
async function startReplica(redisUrl: string, mockServer: ReturnType<typeof mockGreenApi>) {
  const client = createClient({ url: redisUrl })
  client.on('error', () => {})
  await client.connect()
  const bus = redisBus({ client })
  const log: PairingLogEntry[] = []
  const handler = separateHandler({
    provider: greenApi({ ...instance, fetch: mockServer.fetch }),
    authorize: () => true,
    webhookSecret,
    bus,
    log: (entry) => log.push(entry),
  })
  const server: Server = createServer(toNodeListener(handler)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(async () => {
    server.closeAllConnections()
    server.close()
    await bus.close()
    client.destroy()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/api/pairing`, log }
}

function watch(url: string): PairingUpdate[] {
  const updates: PairingUpdate[] = []
  const stop = proxy({ url }).connection.subscribe?.((update) => updates.push(update), {
    method: 'qr',
    has: () => undefined,
    onGap: () => {},
  })
  closers.push(() => stop?.())
  return updates
}

const statusesIn = (updates: readonly PairingUpdate[]) => updates.map(({ status }) => status)

describe('two replicas on one Redis', () => {
  it('cost the provider as much as one, and show the state after a webhook at either of them', async () => {
    const redis = await startRedisServer()
    closers.push(() => redis.stop())
    const emulator = createEmulator({ linkingMs: 0 })
    const mockServer = mockGreenApi(emulator, instance)
    const [first, second] = [
      await startReplica(redis.url, mockServer),
      await startReplica(redis.url, mockServer),
    ]
    const here = watch(first.url)
    // The first picture loads what reads it.
    await vi.waitFor(() => expect(statusesIn(here)).toContain('qr'), { timeout: 5_000 })
    const there = watch(second.url)
    await vi.waitFor(() => expect(statusesIn(there)).toContain('qr'), { timeout: 5_000 })
    // From its first request on, the second replica gets what the first one reads.
    const before = mockServer.requests.length
    const updates = there.length
    await vi.waitFor(() => expect(there.length).toBeGreaterThan(updates), { timeout: 5_000 })
    expect(mockServer.requests.length - before).toBe(1)

    const asked = mockServer.requests.length
    emulator.scan()
    const answer = await fetch(`${first.url}/webhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${webhookSecret}` },
      body: JSON.stringify({
        typeWebhook: 'stateInstanceChanged',
        instanceData: { idInstance: Number(instance.idInstance), wid: '5511987654321@c.us' },
        timestamp: Math.floor(Date.now() / 1_000),
        stateInstance: 'authorized',
      }),
    })
    expect(answer.status).toBe(200)
    await vi.waitFor(
      () => expect([statusesIn(here).at(-1), statusesIn(there).at(-1)]).toEqual(['linked', 'linked']),
      { timeout: 3_000 },
    )
    // One replica reads the state, and the other gets it over the bus.
    expect(mockServer.requests.length - asked).toBeLessThanOrEqual(2)
    expect([...first.log, ...second.log].map(({ event }) => event)).not.toContain('bus-failed')
  })

  it('work independently while Redis is down', async () => {
    const redis = await startRedisServer()
    closers.push(() => redis.stop())
    const emulator = createEmulator({ linkingMs: 0 })
    const replica = await startReplica(redis.url, mockGreenApi(emulator, instance))
    await redis.stop()
    const updates = watch(replica.url)
    await vi.waitFor(() => expect(statusesIn(updates)).toContain('qr'), { timeout: 5_000 })
    emulator.scan()
    await vi.waitFor(() => expect(statusesIn(updates).at(-1)).toBe('linked'), { timeout: 10_000 })
  }, 20_000)
})
