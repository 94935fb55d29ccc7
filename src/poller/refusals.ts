import { type PairingError, toPairingError } from '../core/errors.js'
import { pause } from '../lib/pause.js'

// A provider refuses also for some seconds while it is deployed, and until an instance that was just created is ready. So a refusal is
// final only after some tries; until then it is a transient error.

/** The pauses before the second and the third attempt, in milliseconds. */
const PAUSES: readonly number[] = [5_000, 10_000]

/** The pause before the next attempt after this many refusals in a row; `undefined` if the last one is final. */
export function pauseAfterRefusal(refusals: number): number | undefined {
  return PAUSES[refusals - 1]
}

/** Whether an error is a refusal that may disappear after a retry. */
export function isRefusal({ code, isFinal }: PairingError): boolean {
  return !isFinal && (code === 'unauthorized' || code === 'session-not-found')
}

/** Calls the provider, and retries after refusals. */
export async function retryRefused<Value>(run: () => Promise<Value>, signal: AbortSignal): Promise<Value> {
  for (let refusals = 1; ; refusals += 1) {
    try {
      return await run()
    } catch (error) {
      const pauseMs = isRefusal(toPairingError(error)) ? pauseAfterRefusal(refusals) : undefined
      if (pauseMs === undefined) throw error
      await pause(pauseMs, signal)
      if (signal.aborted) throw error
    }
  }
}
