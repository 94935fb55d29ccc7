import { PairingError, toPairingError } from '../core/errors.js'
import type { PairingBus } from '../core/pairing-bus.js'
import { printError } from '../core/print-error.js'
import { keepSubscribed, type RedisSubscriber, type RedisSubscriptions } from './redis-subscriptions.js'

export type { PairingBus } from '../core/pairing-bus.js'
export type { RedisSubscriber } from './redis-subscriptions.js'

/**
 * The parts of node-redis's client that are used, typed here so that this module needs no `redis` at run time: what
 * `createClient()` of `redis` 4.6, 5 and 6 returns. Clusters, pools and sentinels are not like it.
 */
export interface RedisPublisher {
  readonly isReady: boolean
  publish(channel: string, message: string): Promise<unknown>
  sendCommand(command: string[]): Promise<unknown>
  duplicate(): RedisSubscriber
}

/** Options of {@link redisBus}. */
export interface RedisBusOptions {
  /**
   * A client that the host has made and connected, and closes. Redis belongs in the host's own network: every client
   * that may subscribe there sees the codes.
   */
  readonly client: RedisPublisher
  /**
   * Comes before the name of each channel and key. Handlers with one prefix and one Redis share what they publish, whichever of its
   * databases they use; keys are kept in the database of the client.
   * @default 'whatsapp-pairing:'
   */
  readonly prefix?: string | undefined
  /**
   * Called with the code `network` for each command that was not carried out, for each subscription that Redis refused, and
   * once for each outage of the connection that listens; with `unknown` for a listener that throws. Holds nothing of
   * Redis's, such as its URL.
   * @default nothing is reported
   */
  readonly onError?: ((error: PairingError) => void) | undefined
}

// `network` and not `provider-unavailable`: the provider is well, it is the other replicas that cannot be reached.
const NOT_SENT =
  'Other replicas miss a message: Redis is away, or does not let its user publish. Look at the Redis client.'
const NOT_SHARED =
  'Replicas share no limits and no record for now: Redis is away, or does not let its user SET, GET and DEL. Look at the Redis client.'

/** What {@link redisBus} returns. */
export interface RedisBus extends PairingBus {
  /** Resolves when Redis has the message, or when `onError` was called because it has not; never rejects. */
  publish(channel: string, message: string, keepMs?: number): Promise<void>
  take(key: string, ttlMs: number): Promise<boolean | undefined>
  last(channel: string): Promise<string | undefined>
  /** Ends what the bus has opened, never the host's client. From then on nothing is sent or received. */
  close(): Promise<void>
}

/** One call of `subscribe`: the same listener may come twice. */
interface Subscription {
  readonly listener: (message: string) => void
}

/**
 * A {@link PairingBus} over [Redis Pub/Sub](https://redis.io/docs/latest/develop/pubsub/). Sends through the host's
 * client, and listens on a duplicate of it, since a connection that is subscribed can do little else. The duplicate is
 * made with the first `subscribe`, which takes effect when it is connected. It reconnects as the host's client does,
 * and is subscribed again by then; what was published in between is lost. A subscription that Redis refuses is tried
 * again with the next one, and after a reconnect.
 *
 * A message is dropped, and not kept, while Redis is away: a code is worth nothing afterwards. `take` and `last` resolve with
 * `undefined` then.
 *
 * @throws {@link PairingError} `invalid-options` where `client` is not node-redis's.
 *
 * @example
 * const client = createClient({ url: process.env.REDIS_URL })
 * client.on('error', (error) => log.error(error))
 * await client.connect()
 * const bus = redisBus({ client, onError: (error) => log.warn(error.message) })
 */
export function redisBus({ client, prefix = 'whatsapp-pairing:', onError }: RedisBusOptions): RedisBus {
  // From JavaScript, where no compiler checks: ioredis looks alike, and would never send anything.
  if (typeof client?.isReady !== 'boolean' || typeof client.duplicate !== 'function') {
    throw new PairingError(
      'invalid-options',
      'redisBus() needs a "client" made by createClient() of the package "redis", version 4.6 or later. A client of "ioredis" is ' +
        'none: its PairingBus is examples/ioredis/ioredis-bus.mjs in the repository.',
    )
  }
  const subscriptionsOf = new Map<string, Set<Subscription>>()
  let connection: RedisSubscriptions | undefined
  let closed: Promise<void> | undefined

  function report(error: PairingError): void {
    // What breaks because the bus was closed is meant to.
    if (closed) return
    try {
      onError?.(error)
    } catch (failure) {
      // Thrown into an event of a socket, it would end the process.
      printError('onError of redisBus() failed with an exception.', failure)
    }
  }

  function deliver(message: string, channel: string): void {
    const subscriptions = subscriptionsOf.get(channel)
    // A copy: a subscription that a listener adds receives the next message first. One that was ended receives none.
    for (const subscription of [...(subscriptions ?? [])]) {
      if (!subscriptions?.has(subscription)) continue
      try {
        subscription.listener(message)
      } catch (error) {
        // The other listeners receive the message too; node-redis would stop at the first that throws.
        printError('A listener on the bus failed with an exception.', error)
        report(toPairingError(error))
      }
    }
  }

  function update(): void {
    if (connection?.isOpen) connection.update()
    else if (subscriptionsOf.size > 0)
      connection = keepSubscribed({
        subscriber: client.duplicate(),
        wanted: subscriptionsOf,
        onMessage: deliver,
        onError: report,
      })
  }

  /** The reply of Redis; `undefined` where there is none, which is reported. */
  async function send(run: () => Promise<unknown>, failure: string): Promise<unknown> {
    if (closed) return undefined
    try {
      // Otherwise node-redis would keep the command, and send it when it is old.
      if (client.isReady) return await run()
    } catch {
      // Lost on the way, or refused: as good as not sent.
    }
    report(new PairingError('network', failure))
    return undefined
  }

  const keyOf = (channel: string): string => `${prefix}last:${channel}`

  return {
    async publish(channel, message, keepMs = 0) {
      await send(async () => {
        const commands = [client.publish(prefix + channel, message)]
        if (keepMs > 0)
          commands.push(client.sendCommand(['SET', keyOf(channel), message, 'PX', milliseconds(keepMs)]))
        await Promise.all(commands)
      }, NOT_SENT)
    },

    async take(name, ttlMs) {
      const key = `${prefix}taken:${name}`
      const command = ttlMs > 0 ? ['SET', key, '1', 'NX', 'PX', milliseconds(ttlMs)] : ['DEL', key]
      const reply = await send(() => client.sendCommand(command), NOT_SHARED)
      // `OK` or null of SET; a number of DEL.
      return reply === undefined ? undefined : ttlMs <= 0 || reply !== null
    },

    async last(channel) {
      const reply = await send(() => client.sendCommand(['GET', keyOf(channel)]), NOT_SHARED)
      // A client of the host may be set up to give bytes.
      return reply === undefined || reply === null ? undefined : String(reply)
    },

    subscribe(name, listener) {
      if (closed) return () => {}
      const channel = prefix + name
      const subscription = { listener }
      const subscriptions = subscriptionsOf.get(channel) ?? new Set()
      subscriptionsOf.set(channel, subscriptions.add(subscription))
      update()
      return () => {
        if (!subscriptions.delete(subscription) || subscriptions.size > 0) return
        subscriptionsOf.delete(channel)
        update()
      }
    },

    close() {
      subscriptionsOf.clear()
      closed ??= connection?.end() ?? Promise.resolve()
      return closed
    },
  }
}

/** Redis takes whole milliseconds. */
function milliseconds(ms: number): string {
  return String(Math.ceil(ms))
}
