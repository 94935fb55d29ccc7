import type { PairingMemory, RequestOptions } from '../../core/provider.js'

/** What the resets of a session did so far: a call that did not help is not sent again by the next press. */
export interface ResetSteps<Step extends string> {
  /** The last step, while nothing has helped since. */
  last(options: RequestOptions): Step | undefined
  /** The step of this reset: the mildest one, or the one after the last. After the strongest one it begins anew. */
  next(options: RequestOptions, steps: readonly [Step, ...Step[]]): Step
  /** The provider has answered this step. */
  taken(options: RequestOptions, step: Step): void
  /** A code or a link is there. */
  helped(options: RequestOptions): void
}

/**
 * Remembers the resets of one adapter in `RequestOptions.memory`, so that an adapter that is made anew for each request knows
 * them too; without that, in the adapter.
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
    helped({ memory = own }) {
      delete memory.lastReset
    },
  }
}
