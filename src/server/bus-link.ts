import type { PairingBus } from './bus.js'
import { type BusMessage, decodeBusMessage, encodeBusMessage } from './bus-message.js'

/** One session's end of the bus. */
export interface BusLink {
  publish(message: BusMessage): void
  /** Listens to the other replicas until {@link BusLink.close}. */
  open(): void
  close(): void
}

/** What {@link createBusLink} needs. */
export interface BusLinkOptions {
  /** One that never throws. */
  readonly bus: PairingBus | undefined
  /** Names the session: replicas with the same name receive each other's messages. */
  readonly name: string
  /** Tells this replica's messages from those of others. */
  readonly self: string
  readonly receive: (message: BusMessage) => void
}

/**
 * Makes a session's end of the bus. Each message carries the time of the last change: one from before the last change that this
 * replica knows of is dropped, and one from after a change that this replica has missed brings the change along.
 */
export function createBusLink({ bus, name, self, receive }: BusLinkOptions): BusLink {
  let end: (() => void) | undefined
  let revision = 0

  function take(text: string): void {
    const message = end && decodeBusMessage(text, self, Date.now())
    if (!message) return
    const isMissed = message.revision > revision
    revision = Math.max(revision, message.revision)
    if (message.type === 'changed') receive({ type: 'changed' })
    else if (message.revision === revision) {
      if (isMissed) receive({ type: 'changed' })
      receive({ type: 'snapshot', snapshot: message.snapshot })
    }
  }

  if (!bus) return { publish: () => {}, open: () => {}, close: () => {} }
  return {
    publish(message) {
      const sentAt = Date.now()
      if (message.type === 'changed') revision = Math.max(sentAt, revision + 1)
      void bus.publish(name, encodeBusMessage(self, message, { sentAt, revision }))
    },
    open() {
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
