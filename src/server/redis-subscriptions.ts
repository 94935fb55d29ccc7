import { PairingError } from '../core/errors.js'

/** The used parts of a node-redis connection, which are equal in versions 4.6 to 6. */
export interface RedisSubscriber {
  readonly isOpen: boolean
  readonly isReady: boolean
  connect(): Promise<unknown>
  disconnect(): Promise<unknown>
  subscribe(channels: string[], listener: (message: string, channel: string) => void): Promise<unknown>
  unsubscribe(channels: string[], listener: (message: string, channel: string) => void): Promise<unknown>
  on(event: 'ready' | 'reconnecting' | 'error', listener: () => void): unknown
}

interface RedisSubscriptionsOptions {
  /** A connection that is not connected yet and that nothing else uses. */
  readonly subscriber: RedisSubscriber
  /** Its keys are the channels to subscribe to. */
  readonly wanted: ReadonlyMap<string, unknown>
  readonly onMessage: (message: string, channel: string) => void
  /** Called once for each outage, and for each subscription that Redis refuses. */
  readonly onError: (error: PairingError) => void
}

export interface RedisSubscriptions {
  /** False once node-redis has given up, because the app's `reconnectStrategy` said so. */
  readonly isOpen: boolean
  /** The wanted channels have changed. */
  update(): void
  /** Closes the connection. */
  end(): Promise<void>
}

// Fixed texts, because an error of Redis may contain the URL and its password.
const UNREACHABLE =
  'No messages of other replicas arrive while Redis is away. Look at the `error` events of the Redis client.'
const REFUSED =
  'Redis refused a subscription, so no messages arrive there. Let the user of the Redis client subscribe.'

/**
 * Connects, and keeps the subscriptions in Redis equal to the wanted ones. One command runs at a time. If a channel is no longer
 * wanted during its SUBSCRIBE, it is unsubscribed afterwards.
 */
export function keepSubscribed({
  subscriber,
  wanted,
  onMessage,
  onError,
}: RedisSubscriptionsOptions): RedisSubscriptions {
  /** The subscriptions of node-redis, which it restores automatically after a reconnect. */
  const subscribed = new Set<string>()
  let isUpdating = false
  let isConnecting = true
  let isOutageReported = false
  let onAttemptOver = (): void => {}

  async function update(): Promise<void> {
    if (isUpdating) return
    isUpdating = true
    // Waits until the caller is done, so that leaving and re-entering a channel costs nothing.
    await undefined
    try {
      for (let change = nextChange(); change; change = nextChange()) await change()
    } catch {
      // A lost connection was reported by its `error` event, and updates after it has reconnected.
      if (subscriber.isReady) onError(new PairingError('network', REFUSED))
    }
    isUpdating = false
  }

  function nextChange(): (() => Promise<void>) | undefined {
    // Depending on the app's options, node-redis would queue or refuse the command.
    if (!subscriber.isReady) return undefined
    const missing = [...wanted.keys()].filter((channel) => !subscribed.has(channel))
    if (missing.length > 0)
      return async () => {
        await subscriber.subscribe(missing, onMessage)
        for (const channel of missing) subscribed.add(channel)
      }
    const left = [...subscribed].filter((channel) => !wanted.has(channel))
    if (left.length > 0)
      return async () => {
        await subscriber.unsubscribe(left, onMessage)
        for (const channel of left) subscribed.delete(channel)
      }
    return undefined
  }

  function attemptOver(): void {
    isConnecting = false
    onAttemptOver()
  }

  subscriber.on('ready', () => {
    isOutageReported = false
    attemptOver()
    void update()
  })
  // Version 4.6 emits this event after `ready` too.
  subscriber.on('reconnecting', () => {
    isConnecting = !subscriber.isReady
  })
  // Without a listener the event would end the process.
  subscriber.on('error', () => {
    attemptOver()
    if (isOutageReported) return
    isOutageReported = !subscriber.isReady
    onError(new PairingError('network', UNREACHABLE))
  })
  // The `error` event reports it.
  subscriber.connect().catch(() => {})

  return {
    get isOpen() {
      return subscriber.isOpen
    },
    update: () => void update(),
    async end() {
      // A disconnect does not stop a running attempt to connect. Its socket would stay open and keep the process alive.
      if (isConnecting)
        await new Promise<void>((resolve) => {
          onAttemptOver = resolve
        })
      if (subscriber.isOpen) await subscriber.disconnect()
    },
  }
}
