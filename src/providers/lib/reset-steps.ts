import type { PairingMemory, RequestOptions } from '../../core/provider.js'

/** Remembers the resets of a session, so that the next one does not repeat a call that did not help. */
export interface ResetSteps<Step extends string> {
  /** The last step, if nothing has helped since. */
  last(options: RequestOptions): Step | undefined
  /** The step of this reset: the mildest, or the one after the last. After the strongest step it starts over. */
  next(options: RequestOptions, steps: readonly [Step, ...Step[]]): Step
  /** Records that the provider has performed this step. */
  taken(options: RequestOptions, step: Step): void
  /** Records that a code or a link has arrived. */
  succeeded(options: RequestOptions): void
}

/**
 * Stores the resets of one adapter in `RequestOptions.memory`, for adapters that are created for each request, or in the adapter
 * without it.
 *
 * @param all - Every step that the adapter has.
 */
export function createResetSteps<Step extends string>(all: readonly Step[]): ResetSteps<Step> {
  const own: PairingMemory = {}
  const last = ({ memory = own }: RequestOptions): Step | undefined =>
    all.find((step) => step === memory.lastReset)
  return {
    last,
    next(options, steps) {
      const before = last(options)
      const index = before === undefined ? -1 : steps.indexOf(before)
      return steps[index + 1] ?? steps[0]
    },
    taken({ memory = own }, step) {
      memory.lastReset = step
    },
    succeeded({ memory = own }) {
      delete memory.lastReset
    },
  }
}
