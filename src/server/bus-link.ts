import type { ReplicaMessage, Replicas } from '../poller/poller-host.js'
import type { PairingBus } from './bus.js'
import { decodeBusMessage, encodeBusMessage } from './bus-message.js'
import type { PairingLogger } from './log.js'
import type { Report } from './report.js'

/** What {@link createBusLink} needs. */
export interface BusLinkOptions {
  readonly bus: PairingBus | undefined
  /** Names the session among replicas. */
  readonly session: string
  readonly log: PairingLogger
  readonly report: Report
  readonly receive: (message: ReplicaMessage) => void
}

/** Connects a session to the other replicas. Without a bus, or while it fails, this replica goes on by itself. */
export function createBusLink({ bus, session, log, report, receive }: BusLinkOptions): Replicas {
  const self = crypto.randomUUID()
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

  if (!bus) return { publish: () => {}, open: () => {}, close: () => {} }
  return {
    publish: (message) => void attempt(() => bus.publish(session, encodeBusMessage(self, message))),
    open() {
      end = attempt(() =>
        bus.subscribe(session, (text) => {
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
