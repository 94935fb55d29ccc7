import { abortedError, PairingError } from '../core/errors.js'
import type { Replicas } from './poller-host.js'
import { START_TOGETHER_MS } from './session-changes.js'

/** Lets one change of a session run at a time: two that start a pairing throw each other out at WhatsApp. */
export interface Exclusive {
  /**
   * Runs when no other one is under way, here and on other replicas. A start is refused while the bus does not reply, for
   * 30 seconds: another replica may have started the session in that time.
   *
   * @throws {@link PairingError} `provider-unavailable` where another replica does not end, or a start is refused; `aborted` when
   * `signal` is
   */
  run<Value>(signal: AbortSignal, isStart: boolean, work: () => Promise<Value>): Promise<Value>
  /** Runs at once where a start may be sent and no other change is under way, and otherwise what stands in for it. */
  runOrElse<Value>(work: () => Promise<Value>, instead: () => Promise<Value>): Promise<Value>
}

/** How often a key that another replica has is tried. */
const RETRY_MS = 250

/** A user waits for it. */
const WAIT_LIMIT_MS = 15_000
const RETRY_AFTER_MS = 5_000

/** Makes the turns of one session. A replica that is killed keeps its turn for `longestMs`. */
export function createExclusive(replicas: Pick<Replicas, 'take'>, longestMs: number): Exclusive {
  let last: Promise<unknown> = Promise.resolve()
  /** Those that run here, or wait for their turn. */
  let count = 0

  /** When the bus began to give no reply, and when it gave none last. */
  let silence: { readonly since: number; readonly at: number } | undefined

  /**
   * `true` also where there is no bus, or it gives no reply: each process is for itself then. `undefined` for a start that another
   * replica may have sent while the bus gives none.
   */
  async function take(isStart: boolean): Promise<boolean | undefined> {
    const isTaken = replicas.take ? await replicas.take(longestMs) : true
    if (isTaken !== undefined) {
      silence = undefined
      return isTaken
    }
    const now = Date.now()
    // Between two calls that are far apart, the bus may have replied to others.
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
      // Not waited for: during an outage that would take a second.
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
