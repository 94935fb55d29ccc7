import type { PairingAction } from '../core/update.js'
import type { Exclusive } from './exclusive.js'
import type { SessionChanges } from './session-changes.js'
import type { SharedRecord } from './shared-record.js'

/** The changes of a session: one runs at a time, on all replicas, and none that another page has just made. */
export interface SessionTurns {
  /** A change runs, or waits for its turn. */
  readonly isBusy: boolean
  /**
   * Runs a change when it is its turn. Resolves with `false` where another page has made it in the meantime.
   *
   * @throws {@link PairingError} as {@link Exclusive.run}, and whatever `work` throws
   */
  run(action: PairingAction, signal: AbortSignal, work: () => Promise<void>): Promise<boolean>
}

/** What {@link createSessionTurns} needs. */
export interface SessionTurnsOptions {
  readonly exclusive: Exclusive
  readonly changes: SessionChanges
  /** Takes in what other replicas have changed, where that is kept. */
  readonly load: SharedRecord['load'] | undefined
  /** Whether only a start brings a code. */
  readonly isAsleep: (signal: AbortSignal) => Promise<boolean>
  /** Called when a change has ended. */
  readonly onEnd: () => void
}

/** Makes the turns of one session. */
export function createSessionTurns({
  exclusive,
  changes,
  load,
  isAsleep,
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
        // Changes that are known by now are from before the user's press.
        if (load) await load()
        const isStart = action === 'start'
        if (isStart && !changes.mayStart) return false
        const before = changes.revision
        return await exclusive.run(signal, isStart, async () => {
          if (load) await load()
          // A start or a link has come about while this one waited for its turn, also where the response to that start was lost.
          if (isStart && (!changes.mayStart || !(await isAsleep(signal)))) return false
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
