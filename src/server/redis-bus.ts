import { PairingError, toPairingError } from '../core/errors.js'
import type { PairingBus } from '../core/pairing-bus.js'
import { printError } from '../core/print-error.js'
import { keepSubscribed, type RedisSubscriber, type RedisSubscriptions } from './redis-subscriptions.js'

export type { PairingBus } from '../core/pairing-bus.js'
export type { RedisSubscriber } from './redis-subscriptions.js'

/**
 * The used parts of node-redis's client, as `createClient()` of `redis` 4.6, 5 and 6 returns it. They are typed here, so this
 * module does not need `redis` at run time. Clusters, pools and sentinels do not fit.
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
   * A client that your app has created and connected, and will close. Keep Redis in your own network: every client that may
   * subscribe there sees the codes.
   */
  readonly client: RedisPublisher
  /**
   * The prefix of each channel and key. Handlers with the same prefix and Redis share their messages, even in different
   * databases. Keys are stored in the database of the client.
   * @default 'whatsapp-pairing:'
   */
  readonly prefix?: string | undefined
  /**
   * Called with the code `network` for each command that failed, for each subscription that Redis refused, and once for each
   * outage of the subscribed connection. Called with `unknown` if a listener throws. The error contains no text of Redis, such as
   * its URL.
   * @default nothing is reported
   */
  readonly onError?: ((error: PairingError) => void) | undefined
}

// `network` and not `provider-unavailable`, because the other replicas cannot be reached, not the provider.
const NOT_SENT =
  'Other replicas miss a message: Redis is away, or does not let its user publish. Look at the Redis client.'
const NOT_SHARED =
  'Replicas share no limits and no record for now: Redis is away, or does not let its user SET, GET and DEL. Look at the Redis client.'

/** Result of {@link redisBus}. */
export interface RedisBus extends PairingBus {
  /** Resolves when Redis has the message, or after `onError` was called because it has not. Never rejects. */
  publish(channel: string, message: string, keepMs?: number): Promise<void>
  take(key: string, ttlMs: number): Promise<boolean | undefined>
  last(channel: string): Promise<string | undefined>
  /** Closes the connections of the bus, but never your client. After that, nothing is sent or received. */
  close(): Promise<void>
}

/** One call of `subscribe`. The same listener may be subscribed twice. */
interface Subscription {
  readonly listener: (message: string) => void
}

/**
 * A {@link PairingBus} over [Redis Pub/Sub](https://redis.io/docs/latest/develop/pubsub/). It sends through your client, and
 * subscribes on a duplicate of it, because a subscribed connection can do little else. The duplicate is created with the first
 * `subscribe`, which takes effect when it is connected. It reconnects and resubscribes like your client; messages from the time
 * in between are lost. A refused subscription is retried with the next one, and after a reconnect.
 *
 * While Redis is unreachable, messages are dropped and not queued, because a late code is useless. `take` and `last` then resolve
 * with `undefined`.
 *
 * @throws {@link PairingError} `invalid-options` if `client` is not a client of node-redis.
 *
 * @example
 * const client = createClient({ url: process.env.REDIS_URL })
 * client.on('error', (error) => log.error(error))
 * await client.connect()
 * const bus = redisBus({ client, onError: (error) => log.warn(error.message) })
 */
export function redisBus({ client, prefix = 'whatsapp-pairing:', onError }: RedisBusOptions): RedisBus {
  // JavaScript checks no types: a client of ioredis looks similar, but would never send anything.
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
    // Errors after `close()` are expected.
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
    // A copy, so that a subscription that a listener adds does not receive this message. Ended subscriptions receive none.
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

  /** The reply of Redis; `undefined` if there is none, which is reported. */
  async function send(run: () => Promise<unknown>, failure: string): Promise<unknown> {
    if (closed) return undefined
    try {
      // Otherwise node-redis would keep the command, and send it when it is old.
      if (client.isReady) return await run()
    } catch {
      // The command was lost or refused, which counts as not sent.
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
      // SET returns `OK` or null; DEL returns a number.
      return reply === undefined ? undefined : ttlMs <= 0 || reply !== null
    },

    async last(channel) {
      const reply = await send(() => client.sendCommand(['GET', keyOf(channel)]), NOT_SHARED)
      // The app's client may be configured to return bytes.
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

/** Redis accepts only whole milliseconds. */
function milliseconds(ms: number): string {
  return String(Math.ceil(ms))
}
