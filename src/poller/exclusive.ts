import { abortedError, PairingError } from '../core/errors.js'
import type { Replicas } from './poller-host.js'

/** Lets one change of a session run at a time: two that start a pairing throw each other out at WhatsApp. */
export interface Exclusive {
  /**
   * Runs when no other one is under way, here and on other replicas.
   *
   * @throws {@link PairingError} `provider-unavailable` where another replica does not end, `aborted` when `signal` is
   */
  run<Value>(signal: AbortSignal, work: () => Promise<Value>): Promise<Value>
  /** Runs at once where no other one is under way, and otherwise what stands in for it. */
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

  /** `true` also where there is no bus, or it gives no reply: each process is for itself then. */
  const isTaken = async (): Promise<boolean> => (await replicas.take?.(longestMs)) !== false

  async function untilTaken(signal: AbortSignal): Promise<void> {
    for (const startedAt = Date.now(); !(await isTaken()); ) {
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

  async function next<Value>(before: Promise<unknown>, signal: AbortSignal, work: () => Promise<Value>) {
    await before
    if (signal.aborted) throw abortedError()
    await untilTaken(signal)
    return holding(work)
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
    run: (signal, work) => enqueue((before) => next(before, signal, work)),
    runOrElse(work, instead) {
      if (count > 0) return instead()
      return enqueue(async () => ((await isTaken()) ? holding(work) : instead()))
    },
  }
}
