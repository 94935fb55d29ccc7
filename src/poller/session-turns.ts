import type { PairingAction } from '../core/update.js'
import type { Exclusive } from './exclusive.js'
import type { SessionChanges } from './session-changes.js'
import type { SharedRecord } from './shared-record.js'

/** Runs the changes of a session: one at a time on all replicas, and none that another page has just made. */
export interface SessionTurns {
  /** Whether a change runs or waits for its turn. */
  readonly isBusy: boolean
  /**
   * Runs a change when it has the turn. Resolves with `false` if another page has just made it.
   *
   * @throws {@link PairingError} as {@link Exclusive.run}, and the errors of `work`
   */
  run(action: PairingAction, signal: AbortSignal, work: () => Promise<void>): Promise<boolean>
}

/** Options of {@link createSessionTurns}. */
export interface SessionTurnsOptions {
  readonly exclusive: Exclusive
  readonly changes: SessionChanges
  /** Loads the changes of other replicas, if they share a record. */
  readonly load: SharedRecord['load'] | undefined
  /** Whether only a start brings a code. */
  readonly isInactive: (signal: AbortSignal) => Promise<boolean>
  /** Called when a change has ended. */
  readonly onEnd: () => void
}

/** Creates the turns of one session. */
export function createSessionTurns({
  exclusive,
  changes,
  load,
  isInactive,
  onEnd,
}: SessionTurnsOptions): SessionTurns {
  let underWay = 0

  return {
    get isBusy() {
      return underWay > 0
    },
    async run(action, signal, work) {
      underWay += 1
      try {
        // Changes that are known now are older than the user's action.
        if (load) await load()
        const isStart = action === 'start'
        if (isStart && !changes.mayStart) return false
        const before = changes.revision
        return await exclusive.run(signal, isStart, async () => {
          if (load) await load()
          // Another start or a link happened while this one waited for its turn, even if the response to that start was lost.
          if (isStart && (!changes.mayStart || !(await isInactive(signal)))) return false
          const isMade = changes.revision !== before && changes.action === action
          if (isMade && !isStart && action !== 'request-pairing-code') return false
          await work()
          return true
        })
      } finally {
        underWay -= 1
        onEnd()
      }
    },
  }
}
