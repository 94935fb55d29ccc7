// @ts-check

/**
 * A bus over ioredis, for apps that use it already. For node-redis, `redisBus` of `whatsapp-pairing/server/redis-bus` does the same.
 *
 * @param {import('ioredis').Redis} client one that your app has made and closes
 * @param {string} [prefix] keeps apps on one Redis apart
 * @returns {Required<import('whatsapp-pairing/server').PairingBus> & { close(): void }}
 */
export function ioredisBus(client, prefix = 'whatsapp-pairing:') {
  /** @type {Map<string, Set<(message: string) => void>>} */
  const listeners = new Map()
  // A connection that is subscribed can do little else. It reconnects and subscribes again by itself.
  const subscriber = client.duplicate()
  subscriber.on('error', () => {})
  subscriber.on('message', (channel, message) => {
    for (const listener of [...(listeners.get(channel) ?? [])]) listener(message)
  })

  /**
   * The reply, or `undefined` during an outage. Otherwise ioredis would keep the command, and send it when it is old.
   *
   * @template Reply
   * @param {() => Promise<Reply>} run
   */
  const send = async (run) => (client.status === 'ready' ? run().catch(() => undefined) : undefined)

  return {
    async publish(channel, message, keepMs = 0) {
      const keep = async () =>
        keepMs > 0 ? client.set(`${prefix}last:${channel}`, message, 'PX', Math.ceil(keepMs)) : 'OK'
      await send(() => Promise.all([client.publish(prefix + channel, message), keep()]))
    },

    subscribe(name, listener) {
      const channel = prefix + name
      const added = listeners.get(channel) ?? new Set()
      listeners.set(channel, added.add(listener))
      // Refused, or closed: this replica reads by itself.
      if (added.size === 1) subscriber.subscribe(channel).catch(() => {})
      return () => {
        if (!added.delete(listener) || added.size > 0) return
        listeners.delete(channel)
        subscriber.unsubscribe(channel).catch(() => {})
      }
    },

    take: (key, ttlMs) =>
      send(async () => {
        const name = `${prefix}taken:${key}`
        if (ttlMs > 0) return (await client.set(name, '1', 'PX', Math.ceil(ttlMs), 'NX')) === 'OK'
        await client.del(name)
        return true
      }),

    last: (channel) => send(async () => (await client.get(`${prefix}last:${channel}`)) ?? undefined),

    close: () => subscriber.disconnect(),
  }
}
