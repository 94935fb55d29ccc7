/**
 * Connects the replicas of one handler. A webhook reaches one of them while the user's page reads from another, which
 * gets it over the bus at once, and without a bus at its next read.
 *
 * `publish` and `subscribe` are required. Their guarantees are weak, so that any broker can provide them:
 *
 * - A message arrives at most once. One that is sent while no replica is subscribed, or while a connection is down, is lost.
 * - No order is promised between replicas.
 * - A message may be late. Each contains its time, and the handler drops messages older than two seconds.
 * - `publish` may be slow: the handler sends the next message of a channel when the last call has ended.
 * - A replica may receive its own messages.
 *
 * With `take` and `last`, replicas also share limits, never change a session at the same time, keep one record of it, and call
 * `onLinked` once for each link. Without them, each process has its own limits and record.
 *
 * No call throws or rejects: during an outage each replica works alone. If `take` gives no reply, a replica does not know what
 * the others have just started. So it refuses a start with `provider-unavailable`, for 30 seconds. Then it reads the state, and
 * starts the session if it is still stopped.
 *
 * `redisBus` from `whatsapp-pairing/server/redis-bus` is one for node-redis. `examples/ioredis` in the repository has one for ioredis.
 */
export interface PairingBus {
  /**
   * Sends a message to each replica that is subscribed to the channel. The handler does not wait for the promise.
   *
   * @param keepMs - If set, the message is also stored for this many milliseconds, for {@link PairingBus.last}. A bus without
   * `last` ignores it.
   */
  publish(channel: string, message: string, keepMs?: number): void | Promise<void>
  /**
   * Calls the listener with each message that is published from now on, or from the moment the bus is connected. Returns a
   * function that ends the subscription. It may be called twice, and the listener is not called after it.
   */
  subscribe(channel: string, listener: (message: string) => void): () => void
  /**
   * Takes a key for `ttlMs` milliseconds. Resolves with `true` for one caller on all replicas, and with `false` for all others
   * until the time is over. Resolves with `undefined` if the broker does not reply. With `ttlMs` 0, the caller that has the key
   * releases it. In Redis this is `SET key 1 NX PX ttlMs`, and `DEL key`.
   */
  take?(key: string, ttlMs: number): Promise<boolean | undefined>
  /** The newest message that was published on the channel with `keepMs`; `undefined` if there is none, or if its time is over. */
  last?(channel: string): Promise<string | undefined>
}
