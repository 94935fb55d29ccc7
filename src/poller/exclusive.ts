import { abortedError, PairingError } from '../core/errors.js'
import type { Replicas } from './poller-host.js'
import { START_TOGETHER_MS } from './session-changes.js'

/** Runs one change of a session at a time, because WhatsApp disconnects one of two processes that start a pairing. */
export interface Exclusive {
  /**
   * Runs the work when no other change is running, here or on other replicas. While the bus does not reply, a start is refused
   * for 30 seconds, because another replica may have started the session.
   *
   * @throws {@link PairingError} `provider-unavailable` if another replica does not finish, or a start is refused; `aborted` if
   * `signal` is aborted
   */
  run<Value>(signal: AbortSignal, isStart: boolean, work: () => Promise<Value>): Promise<Value>
  /** Runs the work immediately if a start may be sent and no other change is running. Otherwise runs the alternative. */
  runOrElse<Value>(work: () => Promise<Value>, instead: () => Promise<Value>): Promise<Value>
}

/** The pause between attempts to take a key that another replica has. */
const RETRY_MS = 250

/** The longest wait, because a user waits for the result. */
const WAIT_LIMIT_MS = 15_000
const RETRY_AFTER_MS = 5_000

/** Creates the turns of one session. If a replica is killed, its turn ends after `longestMs`. */
export function createExclusive(replicas: Pick<Replicas, 'take'>, longestMs: number): Exclusive {
  let last: Promise<unknown> = Promise.resolve()
  /** How many changes run or wait in this process. */
  let count = 0

  /** The first and the last time that the bus did not reply. */
  let silence: { readonly since: number; readonly at: number } | undefined

  /**
   * Returns `true` also without a bus or a reply: then each process works alone. Returns `undefined` for a start while the bus
   * gives no reply, because another replica may have sent one.
   */
  async function take(isStart: boolean): Promise<boolean | undefined> {
    const isTaken = replicas.take ? await replicas.take(longestMs) : true
    if (isTaken !== undefined) {
      silence = undefined
      return isTaken
    }
    const now = Date.now()
    // If two calls are far apart, the bus may have replied to others in between.
    const since = silence && Math.abs(now - silence.at) < START_TOGETHER_MS ? silence.since : now
    silence = { since, at: now }
    return !isStart || now - since >= START_TOGETHER_MS || undefined
  }

  async function untilTaken(signal: AbortSignal, isStart: boolean): Promise<void> {
    for (const startedAt = Date.now(); ; ) {
      const isTaken = await take(isStart)
      if (isTaken) return
      if (isTaken === undefined) {
        throw new PairingError(
          'provider-unavailable',
          'The bus does not reply, so another process may have started this session just now. Try again in a few seconds.',
          { retryAfterMs: RETRY_AFTER_MS },
        )
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      if (signal.aborted) throw abortedError()
      if (Date.now() - startedAt < WAIT_LIMIT_MS) continue
      throw new PairingError(
        'provider-unavailable',
        'Another process is changing this session and has not ended. Try again in a few seconds.',
        { retryAfterMs: RETRY_AFTER_MS },
      )
    }
  }

  async function holding<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      return await work()
    } finally {
      // Not awaited, because that would take a second during an outage.
      void replicas.take?.(0)
    }
  }

  function enqueue<Value>(run: (before: Promise<unknown>) => Promise<Value>): Promise<Value> {
    const running = run(last)
    count += 1
    const ended = (): void => {
      count -= 1
    }
    last = running.then(ended, ended)
    return running
  }

  return {
    run: (signal, isStart, work) =>
      enqueue(async (before) => {
        await before
        if (signal.aborted) throw abortedError()
        await untilTaken(signal, isStart)
        return holding(work)
      }),
    runOrElse(work, instead) {
      if (count > 0) return instead()
      return enqueue(async () => ((await take(true)) ? holding(work) : instead()))
    },
  }
}
