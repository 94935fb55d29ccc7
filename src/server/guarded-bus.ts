import { PairingError } from '../core/errors.js'
import type { PairingBus } from './bus.js'
import { MAX_MESSAGE_AGE_MS } from './bus-message.js'
import type { PairingLogger } from './log.js'
import type { Report } from './report.js'

/** A broker in the same network needs milliseconds. */
const PUBLISH_LIMIT_MS = 5_000

/** A publish that has not ended by then never will, and a bus may have lost its promise. */
const GIVE_UP_MS = 60_000

/** A bus that never throws, never rejects and never lets messages pile up. */
export interface GuardedBus extends PairingBus {
  /** Forgets what waits. */
  close(): void
}

interface Sending {
  /** Sent when the one under way has ended, in place of those before it. */
  newest?: { readonly message: string; readonly at: number } | undefined
}

/**
 * Guards the bus of a handler. For each channel one message is under way at a time and the newest waits: while a broker
 * stands still, the client of the broker would keep every message in memory, and deliver all of them when they are old. An outage
 * is reported once, whichever channels notice it.
 */
export function createGuardedBus(
  bus: PairingBus,
  { log, report }: { readonly log: PairingLogger; readonly report: Report },
): GuardedBus {
  const sendings = new Map<string, Sending>()
  const timers = new Set<ReturnType<typeof setTimeout>>()
  let isDown = false

  function failed(error: unknown): void {
    if (isDown) return
    isDown = true
    log({ event: 'bus-failed' })
    report(error, 'bus')
  }

  function after(ms: number, run: () => void): () => void {
    const timer = setTimeout(() => {
      timers.delete(timer)
      run()
    }, ms)
    timers.add(timer)
    return () => {
      timers.delete(timer)
      clearTimeout(timer)
    }
  }

  function send(channel: string, message: string): void {
    const sending: Sending = {}
    sendings.set(channel, sending)
    let cancels: readonly (() => void)[] = []
    const ended = (): void => {
      for (const cancel of cancels) cancel()
      if (sendings.get(channel) !== sending) return
      sendings.delete(channel)
      const { newest } = sending
      if (newest && Date.now() - newest.at <= MAX_MESSAGE_AGE_MS) send(channel, newest.message)
    }
    try {
      const publishing: unknown = bus.publish(channel, message)
      if (!isThenable(publishing)) {
        isDown = false
        ended()
        return
      }
      cancels = [after(PUBLISH_LIMIT_MS, () => failed(overdueError())), after(GIVE_UP_MS, ended)]
      Promise.resolve(publishing)
        .then(() => {
          isDown = false
        }, failed)
        .then(ended)
    } catch (error) {
      failed(error)
      ended()
    }
  }

  return {
    publish(channel, message) {
      const sending = sendings.get(channel)
      if (sending) sending.newest = { message, at: Date.now() }
      else send(channel, message)
    },
    subscribe(channel, listener) {
      let end: unknown
      try {
        end = bus.subscribe(channel, listener)
        if (isThenable(end)) Promise.resolve(end).catch(failed)
      } catch (error) {
        failed(error)
      }
      return () => {
        try {
          if (typeof end === 'function') Promise.resolve(end()).catch(failed)
        } catch (error) {
          failed(error)
        }
      }
    },
    close() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      sendings.clear()
    },
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value
}

function overdueError(): PairingError {
  return new PairingError(
    'network',
    'The bus has not taken a message for 5 seconds, so replicas read the provider each for itself. Look at its broker.',
  )
}
