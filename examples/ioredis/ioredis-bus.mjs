// @ts-check

/**
 * A bus over ioredis, for apps that already use it. For node-redis, `redisBus` of `whatsapp-pairing/server/redis-bus` does the
 * same.
 *
 * @param {import('ioredis').Redis} client a client that your app creates and closes
 * @param {string} [prefix] separates apps that use one Redis
 * @returns {Required<import('whatsapp-pairing/server').PairingBus> & { close(): void }}
 */
export function ioredisBus(client, prefix = 'whatsapp-pairing:') {
  /** @type {Map<string, Set<(message: string) => void>>} */
  const listeners = new Map()
  // A subscribed connection can do little else. It reconnects and resubscribes automatically.
  const subscriber = client.duplicate()
  subscriber.on('error', () => {})
  subscriber.on('message', (channel, message) => {
    for (const listener of [...(listeners.get(channel) ?? [])]) listener(message)
  })

  /**
   * The reply, or `undefined` during an outage. Otherwise ioredis would queue the command, and send it too late.
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
      // The subscription was refused, or the client is closed: this replica polls alone.
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
