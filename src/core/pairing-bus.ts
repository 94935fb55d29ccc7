/**
 * Connects the replicas of one handler. A webhook reaches one of them while the user's page reads from another, which
 * gets it over the bus at once, and without a bus at its next read.
 *
 * `publish` and `subscribe` are required, and promise little, so that any broker will do:
 *
 * - A message arrives at most once. One that is sent while no replica is subscribed, or while a connection is down, is lost.
 * - No order is promised between replicas.
 * - A message may be late. Each carries its time, and the handler drops what is older than two seconds.
 * - `publish` may take its time: the handler sends the next message of a channel when the last one has ended.
 * - A replica may receive its own messages.
 *
 * With `take` and `last`, replicas also share limits, never change a session at the same time, keep one record of it, and call
 * `onLinked` once for each link. Without them each process has its own.
 *
 * No call throws or rejects: during an outage each replica works by itself. Where `take` gives no reply, a replica cannot know what the
 * others have just started, so it refuses a start with `provider-unavailable`, for 30 seconds. Then it requests the state, and starts the
 * session if that is still stopped.
 *
 * `redisBus` from `whatsapp-pairing/server/redis-bus` is one for node-redis. `examples/ioredis` in the repository has one for ioredis.
 */
export interface PairingBus {
  /**
   * Sends a message to each replica that is subscribed to the channel. The handler does not wait for the promise.
   *
   * @param keepMs - Where given, the message is also kept for so many milliseconds, for {@link PairingBus.last}. A bus without `last`
   * ignores it.
   */
  publish(channel: string, message: string, keepMs?: number): void | Promise<void>
  /**
   * Calls the listener with each message that is published from now on, or from the moment on at which the bus is connected.
   * Returns the function that ends it, after which the listener is not called again. Calling that twice does no harm.
   */
  subscribe(channel: string, listener: (message: string) => void): () => void
  /**
   * Takes a key for so many milliseconds: `true` for one caller on all replicas, `false` for all others until the time is over;
   * `undefined` where the broker cannot say. With `ttlMs` 0 the caller that has it gives it back. In Redis it is `SET key 1 NX PX ttlMs`,
   * and `DEL key`.
   */
  take?(key: string, ttlMs: number): Promise<boolean | undefined>
  /** The newest message that was published on the channel with `keepMs`; `undefined` where there is none, or after its time. */
  last?(channel: string): Promise<string | undefined>
}
