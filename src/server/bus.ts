/**
 * How several replicas of one handler tell each other what they learn. A webhook reaches one of them, the customer's
 * page asks another: without a bus that page waits for its own next question.
 *
 * What is promised is little, so that any broker will do:
 *
 * - A message arrives at most once. One that is sent while nobody listens, or while a connection is down, is gone.
 * - No order is promised between replicas.
 * - A message may be late. Each carries its time, and the handler drops what is older than two seconds.
 * - `publish` may take its time: the handler sends the next message of a channel when the last one has ended.
 * - A replica may hear its own messages.
 * - Neither call ever throws or rejects. Whoever uses a bus must do without it: a replica that hears nothing asks the
 *   provider itself, as one that is alone does.
 *
 * `redisBus` from `whatsapp-pairing/server/redis-bus` is one; write another for NATS, Postgres or what you run.
 */
export interface PairingBus {
  /** Tells whoever is subscribed to the channel at this moment. Nobody needs to wait for the promise. */
  publish(channel: string, message: string): void | Promise<void>
  /**
   * Hears what is published from now on, or from the moment on at which the bus is connected. Returns at once: the
   * function that ends it, after which the listener is not called again. Calling that twice does no harm.
   */
  subscribe(channel: string, listener: (message: string) => void): () => void
}
