import type { ReplicaMessage, Replicas, SessionRecord } from '../poller/poller-host.js'
import { decodeBusMessage, encodeBusMessage } from './bus-message.js'
import type { GuardedBus } from './guarded-bus.js'
import { decodeRecord, encodeRecord } from './record-message.js'

/** Options of {@link createBusLink}. */
export interface BusLinkOptions {
  readonly bus: GuardedBus | undefined
  /** The name of the session. Replicas with the same name receive each other's messages. */
  readonly name: string
  readonly receive: (message: ReplicaMessage) => void
}

/** Longer than the life of a pairing code, and than the pause between two reads of a page. In milliseconds. */
const KEEP_RECORD_MS = 600_000

/**
 * Connects a session to the bus. Each message contains the time of the last change. A message from before the last known change
 * is dropped. A message from after a missed change also reports that change.
 */
export function createBusLink({ bus, name, receive }: BusLinkOptions): Replicas {
  // Distinguishes the messages of this replica from those of others.
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
      receive(message)
    }
  }

  if (!bus) return { publish: () => {}, open: () => {}, close: () => {} }
  const { last, take: takeKey, keep } = bus
  const recordChannel = `record:${name}`
  return {
    ...(takeKey && { take: (ttlMs: number) => takeKey(`change:${name}`, ttlMs) }),
    ...(last && {
      load: async () => decodeRecord(await last(recordChannel), Date.now()),
      save: (record: SessionRecord) => keep(recordChannel, encodeRecord(record), KEEP_RECORD_MS),
    }),
    publish(message) {
      const sentAt = Date.now()
      if (message.type === 'changed') revision = Math.max(message.revision, revision)
      void bus.publish(name, encodeBusMessage(self, message, { sentAt, revision }))
    },
    open() {
      if (end) return
      // Set before subscribing, because a bus may deliver immediately.
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
