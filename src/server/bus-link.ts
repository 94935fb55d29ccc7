import type { PairingBus } from './bus.js'
import { type BusMessage, decodeBusMessage, encodeBusMessage } from './bus-message.js'
import type { PairingLogger } from './log.js'
import type { Report } from './report.js'

/** One session's end of the bus. Never throws: without the bus a replica goes on by itself. */
export interface BusLink {
  publish(message: BusMessage): void
  /** Listens to the other replicas until {@link BusLink.close}. */
  open(): void
  close(): void
}

/** What {@link createBusLink} needs. */
export interface BusLinkOptions {
  readonly bus: PairingBus | undefined
  /** Names the session: replicas with the same name hear each other. `undefined`: nobody does. */
  readonly name: string | undefined
  /** Tells this replica's messages from those of others. */
  readonly self: string
  readonly log: PairingLogger
  readonly report: Report
  readonly receive: (message: BusMessage) => void
}

/** Makes a session's end of the bus. */
export function createBusLink({ bus, name, self, log, report, receive }: BusLinkOptions): BusLink {
  let end: (() => void) | undefined
  const failed = (error: unknown): void => {
    log({ event: 'bus-failed' })
    report(error, 'bus')
  }

  function attempt<Value>(use: () => Value): Value | undefined {
    try {
      const value = use()
      Promise.resolve(value).catch(failed)
      return value
    } catch (error) {
      failed(error)
      return undefined
    }
  }

  if (!bus || name === undefined) return { publish: () => {}, open: () => {}, close: () => {} }
  return {
    publish: (message) => void attempt(() => bus.publish(name, encodeBusMessage(self, message))),
    open() {
      end = attempt(() =>
        bus.subscribe(name, (text) => {
          const message = decodeBusMessage(text, self)
          if (message) receive(message)
        }),
      )
    },
    close() {
      const ended = end
      end = undefined
      if (ended) attempt(ended)
    },
  }
}
