import fc from 'fast-check'
import { createClient, type RedisClientOptions } from 'redis'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { PairingError } from '../../src/core/errors.js'
import { type RedisBus, type RedisBusOptions, redisBus } from '../../src/server/redis-bus.js'
import { randomRuns } from '../long-runs.js'
import { everythingIn, thrownBy } from '../providers/fetch-stub.js'
import { type RedisServer, redisPassword, startRedisServer } from './redis-server.mjs'

let redis: RedisServer
const closers: (() => unknown)[] = []

beforeAll(async () => {
  redis = await startRedisServer()
  return redis.stop
})

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

/** Far beyond the duration of any step here, and below Vitest's own limit, whose message would not name the awaited condition. */
const eventually = { timeout: 4_000, interval: 5 }

async function connect(options: RedisClientOptions = {}) {
  const client = createClient({ url: redis.url, ...options })
  // The host handles the errors of its own client.
  client.on('error', () => {})
  closers.push(() => client.isOpen && client.destroy())
  await client.connect()
  return client
}

type Client = Awaited<ReturnType<typeof connect>>

/** Starts a server that the test may stop, because no other test uses it. */
async function ownRedis(): Promise<RedisServer> {
  const server = await startRedisServer()
  closers.push(() => server.stop())
  return server
}

interface Listener {
  readonly heard: string[]
  readonly end: () => void
}

interface Replica {
  readonly client: Client
  readonly bus: RedisBus
  /** The errors that the bus has reported. */
  readonly errors: PairingError[]
  listen(channel: string): Listener
  /** Listens, and resolves when the bus has subscribed to the channel. */
  listening(channel: string): Promise<Listener>
}

function replicaOf(client: Client, options: Partial<RedisBusOptions> = {}): Replica {
  const errors: PairingError[] = []
  const bus = redisBus({ client, onError: (error) => errors.push(error), ...options })
  closers.push(() => bus.close())
  const listen: Replica['listen'] = (channel) => {
    const heard: string[] = []
    return { heard, end: bus.subscribe(channel, (message) => heard.push(message)) }
  }
  return {
    client,
    bus,
    errors,
    listen,
    async listening(channel) {
      const listener = listen(channel)
      await untilSubscribers(client, `whatsapp-pairing:${channel}`, 1)
      return listener
    },
  }
}

async function replica(options?: Partial<RedisBusOptions>): Promise<Replica> {
  return replicaOf(await connect(), options)
}

/** How many connections are subscribed to a channel, according to Redis. */
async function subscribersOf(client: Client, channel: string): Promise<number> {
  const counts = await client.pubSubNumSub(channel)
  return Number(counts[channel])
}

async function untilSubscribers(client: Client, channel: string, count: number): Promise<void> {
  await vi.waitFor(async () => expect(await subscribersOf(client, channel)).toBe(count), eventually)
}

async function untilHeard({ heard }: Listener, messages: string[]): Promise<void> {
  await vi.waitFor(() => expect(heard).toEqual(messages), eventually)
}

/** How many connections have a name, according to Redis; a duplicate has the name of its client. */
async function connectionsOf(name: string): Promise<number> {
  const observer = await connect()
  const connections = await observer.sendCommand(['CLIENT', 'LIST'])
  return String(connections).split(` name=${name} `).length - 1
}

/** How often a command was sent during `run`. */
async function timesSent(command: string, run: () => Promise<void>): Promise<number> {
  const observer = await connect()
  await observer.sendCommand(['CONFIG', 'RESETSTAT'])
  await run()
  const counts = String(await observer.sendCommand(['INFO', 'commandstats']))
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(counts)?.[1] ?? 0)
}

/** Returns the connection that a bus listens on, once the bus has created it. */
function watchDuplicates(client: Client): {
  readonly made: number
  readonly latest: ReturnType<Client['duplicate']>
} {
  const { mock } = vi.spyOn(client, 'duplicate')
  return {
    get made() {
      return mock.calls.length
    },
    get latest() {
      const made = mock.results.at(-1)
      if (made?.type !== 'return') throw new Error('The bus has not opened a second connection')
      return made.value
    },
  }
}

/** Cuts the connections that are subscribed. */
async function killListeners(client: Client): Promise<void> {
  await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub'])
}

describe('redisBus()', () => {
  it.each([2, 3] as const)('delivers a message to other replicas and to its own (RESP %s)', async (RESP) => {
    const one = replicaOf(await connect({ RESP }))
    const other = replicaOf(await connect({ RESP }))
    const listeners = [one.listen('session'), other.listen('session')]
    await untilSubscribers(one.client, 'whatsapp-pairing:session', 2)
    await one.bus.publish('session', 'linked ✓')
    for (const listener of listeners) await untilHeard(listener, ['linked ✓'])
    expect([...one.errors, ...other.errors]).toEqual([])
  })

  it('keeps prefixes apart', async () => {
    const staging = await replica({ prefix: 'staging:' })
    const production = await replica({ prefix: 'production:' })
    const listener = staging.listen('session')
    await untilSubscribers(staging.client, 'staging:session', 1)
    await production.bus.publish('session', 'from production')
    await staging.bus.publish('session', 'from staging')
    await untilHeard(listener, ['from staging'])
  })

  it('opens a second connection only for the first listener, and one for all channels', async () => {
    const name = 'counted'
    const { bus, listen, listening } = replicaOf(await connect({ name }))
    await bus.publish('first', 'nobody listens')
    const before = await connectionsOf(name)
    listen('first')
    await listening('second')
    await listening('third')
    expect({ before, after: await connectionsOf(name) }).toEqual({ before: 1, after: 2 })
  })

  it('subscribes with one command to all channels added during a pending command', async () => {
    const { listen, listening } = await replica()
    await listening('before')
    const times = await timesSent('subscribe', async () => {
      listen('first')
      await undefined
      listen('second')
      await undefined
      await listening('third')
    })
    expect(times).toBe(2)
  })

  describe('with several listeners on a channel', () => {
    it('subscribes once, and unsubscribes with the last', async () => {
      const channel = 'whatsapp-pairing:shared'
      const { client, bus, listen } = await replica()
      const first = listen('shared')
      const last = listen('shared')
      await untilSubscribers(client, channel, 1)
      first.end()
      await bus.publish('shared', 'to the last')
      await untilHeard(last, ['to the last'])
      expect(await subscribersOf(client, channel)).toBe(1)
      last.end()
      await untilSubscribers(client, channel, 0)
      expect(first.heard).toEqual([])
    })

    it('treats a function that was added twice as two listeners', async () => {
      const { client, bus } = await replica()
      const listener = vi.fn()
      const end = bus.subscribe('twice', listener)
      bus.subscribe('twice', listener)
      await untilSubscribers(client, 'whatsapp-pairing:twice', 1)
      end()
      end()
      await bus.publish('twice', 'to one of two')
      await vi.waitFor(() => expect(listener.mock.calls).toEqual([['to one of two']]), eventually)
    })

    it('does not call a listener that another one has just removed', async () => {
      const { client, bus } = await replica()
      const ended = vi.fn()
      let end = (): void => {}
      const listener = vi.fn(() => end())
      bus.subscribe('ending', listener)
      end = bus.subscribe('ending', ended)
      await untilSubscribers(client, 'whatsapp-pairing:ending', 1)
      await bus.publish('ending', 'once')
      await vi.waitFor(() => expect(listener).toHaveBeenCalledTimes(1), eventually)
      expect(ended).not.toHaveBeenCalled()
    })

    it('calls a listener that another one adds only for the next message', async () => {
      const { client, bus } = await replica()
      const added = vi.fn()
      const listener = vi.fn(() => {
        if (listener.mock.calls.length === 1) bus.subscribe('adding', added)
      })
      bus.subscribe('adding', listener)
      await untilSubscribers(client, 'whatsapp-pairing:adding', 1)
      await bus.publish('adding', 'first')
      await bus.publish('adding', 'second')
      await vi.waitFor(() => expect(listener).toHaveBeenCalledTimes(2), eventually)
      expect(added.mock.calls).toEqual([['second']])
    })

    it('calls the other listeners when one throws, and reports that without its message', async () => {
      const { bus, errors, listening } = await replica()
      bus.subscribe('throwing', (message) => {
        throw new Error(`cannot read ${message}`)
      })
      const other = await listening('throwing')
      await bus.publish('throwing', 'first')
      await bus.publish('throwing', 'second')
      await untilHeard(other, ['first', 'second'])
      expect(errors.map(({ code }) => code)).toEqual(['unknown', 'unknown'])
      expect(everythingIn(errors)).not.toContain('cannot read')
    })
  })

  describe('a redisBus() channel that is left', () => {
    it('before a connection exists is never subscribed to', async () => {
      const { listen, listening } = await replica()
      const times = await timesSent('subscribe', async () => {
        listen('first')
        const left = listen('left')
        await undefined
        left.end()
        await listening('kept')
      })
      expect(times).toBe(1)
    })

    it('during a pending subscription is unsubscribed', async () => {
      const { client, listen, listening } = await replica()
      await listening('other')
      const left = listen('left')
      await undefined
      left.end()
      listen('later')
      // Both are subscribed now, and the first one is left again.
      await untilSubscribers(client, 'whatsapp-pairing:later', 1)
      await untilSubscribers(client, 'whatsapp-pairing:left', 0)
    })

    it('and entered again immediately still receives messages', async () => {
      const { bus, listen, listening } = await replica()
      const left = await listening('again')
      const times = await timesSent('unsubscribe', async () => {
        left.end()
        const listener = listen('again')
        await bus.publish('again', 'still there')
        await untilHeard(listener, ['still there'])
      })
      expect(times).toBe(0)
    })

    it('in any order and at any moment is subscribed to exactly while it has a listener', async () => {
      const client = await connect()
      const channel = fc.constantFrom('a', 'b')
      const step = fc.oneof(
        fc.record({ enter: channel }),
        fc.record({ leave: channel }),
        // Lets all or some pending commands finish.
        fc.record({ pause: fc.constantFrom('microtask', 'round trip') }),
      )
      let run = 0
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
          const prefix = `property-${run++}:`
          const bus = redisBus({ client, prefix })
          const ends = new Map<string, (() => void)[]>()
          bus.subscribe('first', () => {})
          await untilSubscribers(client, `${prefix}first`, 1)
          for (const next of steps) {
            if ('enter' in next)
              ends.set(next.enter, [...(ends.get(next.enter) ?? []), bus.subscribe(next.enter, () => {})])
            else if ('leave' in next) ends.get(next.leave)?.pop()?.()
            else await (next.pause === 'microtask' ? undefined : client.ping())
          }
          const wanted = [...ends].filter(([, left]) => left.length > 0).map(([name]) => prefix + name)
          try {
            await vi.waitFor(async () => {
              const channels = await client.pubSubChannels(`${prefix}*`)
              expect(channels.toSorted()).toEqual([...wanted, `${prefix}first`].toSorted())
            }, eventually)
          } finally {
            await bus.close()
          }
        }),
        randomRuns(20, 200),
      )
    })
  })

  describe('a lost redisBus() connection', () => {
    it('reports each outage once, for any number of reconnection attempts', async () => {
      const server = await ownRedis()
      const client = await connect({ url: server.url })
      const duplicates = watchDuplicates(client)
      const { errors, listening } = replicaOf(client)
      await listening('outage')
      const onAttempt = vi.fn()
      duplicates.latest.on('reconnecting', onAttempt)
      await server.stop()
      await vi.waitFor(() => expect(onAttempt.mock.calls.length).toBeGreaterThan(2), eventually)
      await server.start()
      await vi.waitFor(() => expect(client.isReady).toBe(true), eventually)
      await untilSubscribers(client, 'whatsapp-pairing:outage', 1)
      expect(errors.map(({ code }) => code)).toEqual(['network'])
      await server.stop()
      await vi.waitFor(
        () => expect(errors.map(({ code }) => code)).toEqual(['network', 'network']),
        eventually,
      )
    })

    it('is reported even after an error that closed no connection', async () => {
      const client = await connect()
      const duplicates = watchDuplicates(client)
      const { errors, listening } = replicaOf(client)
      await listening('harmless')
      duplicates.latest.emit('error', new Error('harmless'))
      await killListeners(client)
      await vi.waitFor(() => expect(errors).toHaveLength(2), eventually)
    })

    it('repeats a pending subscription', async () => {
      const server = await ownRedis()
      const { client, errors, listen, listening } = replicaOf(await connect({ url: server.url }))
      await listening('before')
      // From here on Redis accepts commands but does not reply.
      await client.sendCommand(['CLIENT', 'PAUSE', '60000', 'ALL'])
      listen('under way')
      await server.stop()
      await server.start()
      await vi.waitFor(() => expect(client.isReady).toBe(true), eventually)
      await untilSubscribers(client, 'whatsapp-pairing:under way', 1)
      expect(errors).toHaveLength(1)
    })

    it('applies calls to subscribe and unsubscribe after it is restored', async () => {
      const server = await ownRedis()
      const { client, listen, listening } = replicaOf(await connect({ url: server.url }))
      const left = await listening('left')
      await server.stop()
      left.end()
      listen('entered')
      await server.start()
      await vi.waitFor(() => expect(client.isReady).toBe(true), eventually)
      await untilSubscribers(client, 'whatsapp-pairing:entered', 1)
      await untilSubscribers(client, 'whatsapp-pairing:left', 0)
    })

    it('reports each message that was not sent, without its content', async () => {
      const server = await ownRedis()
      const { client, bus, errors } = replicaOf(await connect({ url: server.url }))
      await server.stop()
      await vi.waitFor(() => expect(client.isReady).toBe(false), eventually)
      await bus.publish('down', 'first')
      await bus.publish('down', 'second')
      expect(errors.map(({ code }) => code)).toEqual(['network', 'network'])
      const { host } = new URL(server.url)
      for (const secret of [redisPassword, host, 'first']) expect(everythingIn(errors)).not.toContain(secret)
    })

    it('reports a message that was in transit', async () => {
      const { client, bus, errors } = await replica()
      const sent = bus.publish('cut off', 'message')
      client.destroy()
      await sent
      expect(errors.map(({ code }) => code)).toEqual(['network'])
    })

    it('is replaced for the next listener if it is lost for good, and then receives for all', async () => {
      const client = await connect({ socket: { reconnectStrategy: false } })
      const duplicates = watchDuplicates(client)
      const { bus, errors, listen, listening } = replicaOf(client)
      const early = listen('given up')
      listen('left').end()
      await untilSubscribers(client, 'whatsapp-pairing:given up', 1)
      await killListeners(client)
      await vi.waitFor(() => expect(duplicates.latest.isOpen).toBe(false), eventually)
      expect(errors).toHaveLength(1)
      const late = await listening('given up')
      await bus.publish('given up', 'again')
      for (const listener of [early, late]) await untilHeard(listener, ['again'])
    })

    it('is not replaced if it is lost for good and the last listener leaves', async () => {
      const client = await connect({ socket: { reconnectStrategy: false } })
      const duplicates = watchDuplicates(client)
      const last = replicaOf(client).listen('last')
      await untilSubscribers(client, 'whatsapp-pairing:last', 1)
      await killListeners(client)
      await vi.waitFor(() => expect(duplicates.latest.isOpen).toBe(false), eventually)
      last.end()
      expect(duplicates.made).toBe(1)
    })
  })

  it('reports a command that Redis refuses, and retries a subscription with the next one', async () => {
    const admin = await connect()
    await admin.sendCommand(['ACL', 'SETUSER', 'guest', 'on', 'nopass', '+@all', 'resetchannels'])
    const { errors, bus, listen } = replicaOf(await connect({ url: guestUrl() }))
    await bus.publish('refused', 'message')
    expect(errors.map(({ code }) => code)).toEqual(['network'])
    listen('refused')
    await vi.waitFor(() => expect(errors).toHaveLength(2), eventually)
    expect(everythingIn(errors)).not.toContain('guest')
    await admin.sendCommand(['ACL', 'SETUSER', 'guest', 'allchannels'])
    listen('next')
    await untilSubscribers(admin, 'whatsapp-pairing:refused', 1)
  })

  it('keeps working if onError throws', async () => {
    const onError = vi.fn(() => {
      throw new Error('broken log')
    })
    const { client, bus, listening } = await replica({ onError })
    const listener = await listening('hook')
    await killListeners(client)
    await vi.waitFor(() => expect(onError).toHaveBeenCalled(), eventually)
    await untilSubscribers(client, 'whatsapp-pairing:hook', 1)
    await bus.publish('hook', 'works on')
    await untilHeard(listener, ['works on'])
  })

  it('refuses a client that is not from node-redis', () => {
    const ioredis = { status: 'ready', publish: async () => 0, duplicate: () => ioredis }
    // @ts-expect-error: for callers in JavaScript, which no compiler checks.
    expect(thrownBy(() => redisBus({ client: ioredis })).code).toBe('invalid-options')
  })

  describe('close() of redisBus()', () => {
    it('ends its own connection and keeps the host’s connection open', async () => {
      const { client, bus, listening } = replicaOf(await connect({ name: 'closed' }))
      await listening('closing')
      await bus.close()
      await untilSubscribers(client, 'whatsapp-pairing:closing', 0)
      expect(await connectionsOf('closed')).toBe(1)
      expect(await client.ping()).toBe('PONG')
    })

    it('leaves nothing behind while a connection is being opened', async () => {
      const { bus, errors, listen } = replicaOf(await connect({ name: 'hasty' }))
      listen('hasty')
      await Promise.all([bus.close(), bus.close()])
      expect(await connectionsOf('hasty')).toBe(1)
      expect(errors).toEqual([])
    })

    it('leaves nothing behind while a connection is being reopened', async () => {
      const client = await connect({ name: 'again' })
      const duplicates = watchDuplicates(client)
      const { bus, listening } = replicaOf(client)
      await listening('again')
      const closed = new Promise<void>((resolve) => {
        duplicates.latest.on('reconnecting', () => resolve(bus.close()))
      })
      await killListeners(client)
      await closed
      expect(await connectionsOf('again')).toBe(1)
    })

    it('finishes although node-redis emits an extra "reconnecting", as version 4.6 does', async () => {
      const client = await connect()
      const duplicates = watchDuplicates(client)
      const { bus, listening } = replicaOf(client)
      await listening('chatty')
      duplicates.latest.emit('reconnecting')
      await bus.close()
      expect(duplicates.latest.isOpen).toBe(false)
    })

    it('finishes while Redis is unreachable', async () => {
      const server = await ownRedis()
      const client = await connect({ url: server.url })
      const duplicates = watchDuplicates(client)
      const { bus, errors, listen } = replicaOf(client)
      await server.stop()
      listen('away')
      await vi.waitFor(() => expect(errors).toHaveLength(1), eventually)
      await bus.close()
      expect(duplicates.latest.isOpen).toBe(false)
    })

    it('finishes if node-redis gave up before its first connection', async () => {
      const server = await ownRedis()
      const client = await connect({ url: server.url, socket: { reconnectStrategy: false } })
      const { bus, errors, listen } = replicaOf(client)
      await server.stop()
      listen('never')
      await vi.waitFor(() => expect(errors).toHaveLength(1), eventually)
      await expect(bus.close()).resolves.toBeUndefined()
    })

    it('does not report the errors that it causes', async () => {
      const { client, bus, errors } = await replica()
      const sent = bus.publish('closing', 'message')
      await bus.close()
      client.destroy()
      await sent
      expect(errors).toEqual([])
    })

    it('stops the bus: it sends and receives nothing afterwards', async () => {
      const client = await connect()
      const duplicates = watchDuplicates(client)
      const { bus, listen } = replicaOf(client)
      const other = await replica()
      const witness = other.listen('silent')
      const early = listen('silent')
      listen('another')
      await untilSubscribers(client, 'whatsapp-pairing:silent', 2)
      await bus.close()
      const late = listen('silent')
      await bus.publish('silent', 'from the closed one')
      await other.bus.publish('silent', 'from the other')
      await untilHeard(witness, ['from the other'])
      early.end()
      late.end()
      expect({ early: early.heard, late: late.heard }).toEqual({ early: [], late: [] })
      expect(duplicates.made).toBe(1)
    })
  })
})

/** Another user, who needs no password. */
function guestUrl(): string {
  const url = new URL(redis.url)
  url.username = 'guest'
  return url.href
}
