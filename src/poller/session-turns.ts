import type { PairingAction } from '../core/update.js'
import { createExclusive, type Exclusive } from './exclusive.js'
import type { Replicas } from './poller-host.js'
import { retryRefused } from './refusals.js'
import type { SessionChanges } from './session-changes.js'
import type { SharedRecord } from './shared-record.js'

/** Runs the changes of a session: one at a time on all replicas, and none that another page has just made. */
export interface SessionTurns extends Pick<Exclusive, 'runOrElse'> {
  /** Whether a change runs or waits for its turn. */
  readonly isBusy: boolean
  /**
   * Runs a change when it has the turn, and records it, even if it fails. Resolves with `false` if another page has just made it.
   *
   * @throws {@link PairingError} as {@link Exclusive.run}, and the errors of `call`
   */
  change(action: PairingAction, signal: AbortSignal, call: () => Promise<void>): Promise<boolean>
}

/** Options of {@link createSessionTurns}. */
export interface SessionTurnsOptions {
  readonly replicas: Replicas
  /** How long a change may take at the provider. */
  readonly callMs: number
  readonly changes: SessionChanges
  readonly record: SharedRecord
  /** Whether only a start brings a code. */
  readonly isInactive: (signal: AbortSignal) => Promise<boolean>
  /** Called after a change was sent, which may have failed. */
  readonly onChange: (action: PairingAction, isDone: boolean) => void
  /** Called when a change has ended. */
  readonly onEnd: () => void
}

/** How much longer than its calls a turn to change the session is kept, in milliseconds. */
const TURN_SLACK_MS = 5_000

/** Creates the turns of one session. */
export function createSessionTurns({
  replicas,
  callMs,
  changes,
  record,
  isInactive,
  onChange,
  onEnd,
}: SessionTurnsOptions): SessionTurns {
  const exclusive = createExclusive(replicas, callMs + TURN_SLACK_MS)
  let underWay = 0

  async function send(action: PairingAction, signal: AbortSignal, call: () => Promise<void>): Promise<void> {
    if (action === 'start') changes.start(Date.now())
    let isDone = false
    try {
      // A refused call has changed nothing, so it can be retried.
      await retryRefused(call, signal)
      isDone = true
    } finally {
      onChange(action, isDone)
      if (replicas.save) await record.save()
    }
  }

  return {
    get isBusy() {
      return underWay > 0
    },
    async change(action, signal, call) {
      underWay += 1
      try {
        // Changes that are known now are older than the user's action.
        if (replicas.load) await record.load()
        const isStart = action === 'start'
        if (isStart && !changes.mayStart) return false
        const before = changes.revision
        return await exclusive.run(signal, isStart, async () => {
          if (replicas.load) await record.load()
          // Another start or a link happened while this one waited for its turn, even if the response to that start was lost.
          if (isStart && (!changes.mayStart || !(await isInactive(signal)))) return false
          const isMade = changes.revision !== before && changes.action === action
          if (isMade && !isStart && action !== 'request-pairing-code') return false
          await send(action, signal, call)
          return true
        })
      } finally {
        underWay -= 1
        onEnd()
      }
    },
    runOrElse: exclusive.runOrElse,
  }
}
