import { PairingError, toPairingError } from '../core/errors.js'
import { printError } from '../core/print-error.js'
import type { PairingBus } from './bus.js'
import { keepSubscribed, type RedisSubscriber, type RedisSubscriptions } from './redis-subscriptions.js'

export type { PairingBus } from './bus.js'
export type { RedisSubscriber } from './redis-subscriptions.js'

/**
 * The parts of node-redis's client that are used, typed here so that this module needs no `redis` at run time: what
 * `createClient()` of `redis` 4.6, 5 and 6 returns. Clusters, pools and sentinels are not like it.
 */
export interface RedisPublisher {
  readonly isReady: boolean
  publish(channel: string, message: string): Promise<unknown>
  duplicate(): RedisSubscriber
}

/** Options of {@link redisBus}. */
export interface RedisBusOptions {
  /**
   * A client that the host has made and connected, and closes. Redis belongs in the host's own network: whoever may
   * subscribe there sees the codes.
   */
  readonly client: RedisPublisher
  /**
   * Comes before the name of each channel. Handlers with one prefix and one Redis hear each other, whichever of its
   * databases they use.
   * @default 'whatsapp-pairing:'
   */
  readonly prefix?: string | undefined
  /**
   * Told, with the code `network`, of each message that was not sent, of each subscription that Redis refused, and
   * once of each outage of the connection that listens; with `unknown`, of a listener that throws. Holds nothing of
   * Redis's, such as its URL.
   * @default nobody is told
   */
  readonly onError?: ((error: PairingError) => void) | undefined
}

// `network` and not `provider-unavailable`: the provider is well, it is the other replicas that nobody can reach.
const NOT_SENT =
  'Other replicas miss a message: Redis is away, or does not let its user publish. Look at the Redis client.'

/** What {@link redisBus} returns. */
export interface RedisBus extends PairingBus {
  /** Resolves when Redis has the message, or when `onError` was told that it has not; never rejects. */
  publish(channel: string, message: string): Promise<void>
  /** Ends what the bus has opened, never the host's client. From then on nothing is sent or heard. */
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
 * A message is dropped, and not kept, while Redis is away: news of a code is worth nothing afterwards.
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
  // From JavaScript, where nobody checks: ioredis looks alike, and would never send anything.
  if (typeof client?.isReady !== 'boolean' || typeof client.duplicate !== 'function') {
    throw new PairingError(
      'invalid-options',
      'redisBus() needs a "client" made by createClient() of the package "redis", version 4.6 or later. A client of "ioredis" is ' +
        'none: write a PairingBus for it, which is two functions.',
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
    // A copy: whoever subscribes in a listener hears the next message. Whoever has left hears none.
    for (const subscription of [...(subscriptions ?? [])]) {
      if (!subscriptions?.has(subscription)) continue
      try {
        subscription.listener(message)
      } catch (error) {
        // The other listeners are to hear the message too; node-redis would stop at the first that throws.
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

  return {
    async publish(channel, message) {
      if (closed) return
      try {
        // Otherwise node-redis would keep the message, and send it when it is old.
        if (client.isReady) return void (await client.publish(prefix + channel, message))
      } catch {
        // Lost on the way, or refused: as good as not sent.
      }
      report(new PairingError('network', NOT_SENT))
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
