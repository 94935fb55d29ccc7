import type { ReplicaMessage, Replicas } from '../poller/poller-host.js'
import type { PairingBus } from './bus.js'
import { decodeBusMessage, encodeBusMessage } from './bus-message.js'

/** What {@link createBusLink} needs. */
export interface BusLinkOptions {
  /** One that never throws. */
  readonly bus: PairingBus | undefined
  /** Names the session: replicas with the same name receive each other's messages. */
  readonly name: string
  readonly receive: (message: ReplicaMessage) => void
}

/**
 * Makes a session's end of the bus. Each message carries the time of the last change: one from before the last change that this
 * replica knows of is dropped, and one from after a change that this replica has missed brings the change along.
 */
export function createBusLink({ bus, name, receive }: BusLinkOptions): Replicas {
  // Tells the messages of this replica from those of others.
  const self = crypto.randomUUID()
  let end: (() => void) | undefined
  let revision = 0

  function take(text: string): void {
    const message = end && decodeBusMessage(text, self, Date.now())
    if (!message) return
    const isMissed = message.revision > revision
    revision = Math.max(revision, message.revision)
    if (message.type === 'changed') receive(message)
    else if (message.revision === revision) {
      if (isMissed) receive({ type: 'changed', revision })
      receive({ type: 'snapshot', snapshot: message.snapshot })
    }
  }

  if (!bus) return { publish: () => {}, open: () => {}, close: () => {} }
  return {
    publish(message) {
      const sentAt = Date.now()
      if (message.type === 'changed') revision = Math.max(message.revision, revision)
      void bus.publish(name, encodeBusMessage(self, message, { sentAt, revision }))
    },
    open() {
      if (end) return
      // Set before, because a bus may deliver at once.
      end = () => {}
      end = bus.subscribe(name, take)
    },
    close() {
      const ended = end
      end = undefined
      ended?.()
    },
  }
}
