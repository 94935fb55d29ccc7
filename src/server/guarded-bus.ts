import { PairingError } from '../core/errors.js'
import type { PairingBus } from '../core/pairing-bus.js'
import { MAX_MESSAGE_AGE_MS } from './bus-message.js'
import type { PairingLogger } from './log.js'
import type { Report } from './report.js'

/** A broker in the same network needs milliseconds. */
const PUBLISH_LIMIT_MS = 5_000

/** A request to the provider waits this long for the broker. */
const REPLY_LIMIT_MS = 1_000

/** After this time a call counts as lost: the bus may never settle its promise. */
const GIVE_UP_MS = 60_000

/** A bus that never throws or rejects, does not queue messages, and replies within a second or not at all. */
export interface GuardedBus extends PairingBus {
  /** Publishes, and resolves when this message or a newer one was sent or dropped; after a second at the latest. */
  keep(channel: string, message: string, keepMs: number): Promise<void>
  /** Drops waiting messages. */
  close(): void
}

interface Message {
  readonly text: string
  readonly keepMs: number | undefined
  readonly at: number
}

interface Sending {
  /** The newest message, sent after the current one. It replaces older waiting messages. */
  newest?: Message | undefined
  /** The callbacks that wait for the newest message. */
  waiting: (() => void)[]
}

/**
 * Guards the bus of a handler. For each channel, one message is sent at a time and only the newest waits. Otherwise, during an
 * outage, the broker's client would keep every message in memory and deliver all of them late. While a reply is overdue, no other
 * one is requested. Each outage is reported once.
 */
export function createGuardedBus(
  bus: PairingBus,
  { log, report }: { readonly log: PairingLogger; readonly report: Report },
): GuardedBus {
  const sendings = new Map<string, Sending>()
  const timers = new Set<ReturnType<typeof setTimeout>>()
  let isDown = false
  /** Replies that are overdue and still missing. */
  let overdue = 0

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

  function send(channel: string, { text, keepMs }: Message, sent: readonly (() => void)[]): void {
    const sending: Sending = { waiting: [] }
    sendings.set(channel, sending)
    let cancels: readonly (() => void)[] = []
    const ended = (): void => {
      for (const cancel of cancels) cancel()
      for (const resolve of sent) resolve()
      if (sendings.get(channel) !== sending) return
      sendings.delete(channel)
      const { newest, waiting } = sending
      if (newest && Date.now() - newest.at <= MAX_MESSAGE_AGE_MS) send(channel, newest, waiting)
      else for (const resolve of waiting) resolve()
    }
    try {
      const publishing: unknown = bus.publish(channel, text, ...(keepMs === undefined ? [] : [keepMs]))
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

  /** The reply of the broker; `undefined` if none arrives in time. */
  function reply<Value>(
    request: () => Promise<Value | undefined>,
    isNeeded = false,
  ): Promise<Value | undefined> {
    if (overdue > 0 && !isNeeded) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      let isLate = false
      const cancelLimit = after(REPLY_LIMIT_MS, () => {
        isLate = true
        overdue += 1
        failed(overdueError())
        resolve(undefined)
      })
      const end = (): void => {
        cancelLimit()
        cancelGiveUp()
        if (isLate) overdue -= 1
        isLate = false
      }
      const cancelGiveUp = after(GIVE_UP_MS, end)
      // An async function, because a bus may throw synchronously.
      const pending = (async () => request())()
      pending
        .then(
          (value) => {
            isDown = false
            return value
          },
          (error: unknown) => {
            failed(error)
            return undefined
          },
        )
        .then((value) => {
          end()
          resolve(value)
        })
    })
  }

  function publish(channel: string, text: string, keepMs?: number, sent?: () => void): void {
    const message: Message = { text, keepMs, at: Date.now() }
    const sending = sendings.get(channel)
    if (sending) {
      sending.newest = message
      if (sent) sending.waiting.push(sent)
    } else send(channel, message, sent ? [sent] : [])
  }

  return {
    publish,
    keep(channel, text, keepMs) {
      return new Promise((resolve) => {
        const cancel = after(REPLY_LIMIT_MS, resolve)
        publish(channel, text, keepMs, () => {
          cancel()
          resolve()
        })
      })
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
    ...(bus.take && {
      take: async (key, ttlMs) => {
        // A key that is not released stays taken for its whole time.
        const isTaken: unknown = await reply(async () => bus.take?.(key, ttlMs), ttlMs === 0)
        return typeof isTaken === 'boolean' ? isTaken : undefined
      },
    }),
    ...(bus.last && {
      last: async (channel) => {
        const text: unknown = await reply(async () => bus.last?.(channel))
        return typeof text === 'string' ? text : undefined
      },
    }),
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
    'The bus does not reply in time, so replicas work each for itself. Look at its broker.',
  )
}
