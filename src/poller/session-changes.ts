import type { PairingSnapshot } from '../core/provider.js'
import type { PairingAction, UpdateReason } from '../core/update.js'

/** The last change of a session at the provider, because earlier responses are outdated. */
export interface SessionChanges {
  /** Time of the last change; `undefined` if this process knows of none. */
  readonly revision: number | undefined
  /** Its action; `undefined` if it failed or is unknown. */
  readonly action: PairingAction | undefined
  /** The same as a reason for pages, if they are notified. */
  readonly reason: UpdateReason | undefined
  /** Records a change of another replica. Returns `false` if this or a later one is already known. */
  receive(revision: number, action?: PairingAction): boolean
  /** Records a change of this process, which may have failed, and returns its revision. */
  make(action: PairingAction, isDone: boolean): number
  /** When a start was sent (epoch milliseconds); 0 if none was sent, or the session has been running since. */
  readonly startedAt: number
  /** Records a start, here or on another replica; with 0, the session has been running since. */
  start(at: number): void
  /** Handles the state that the provider reports. */
  observe(snapshot: PairingSnapshot): void
  /** Whether a start is not a repetition: several pages that see a stopped session start it once. */
  readonly mayStart: boolean
}

/** Starts of several pages within this time (milliseconds) count as one. */
export const START_TOGETHER_MS = 30_000

const reasons: Readonly<Record<PairingAction, UpdateReason | undefined>> = {
  start: undefined,
  reset: 'reset',
  unlink: 'disconnected',
  'request-pairing-code': 'code-replaced',
}

/** Creates the record of one session. */
export function createSessionChanges(): SessionChanges {
  let revision: number | undefined
  let action: PairingAction | undefined
  let reason: UpdateReason | undefined
  let startedAt = 0

  return {
    get revision() {
      return revision
    },
    get action() {
      return action
    },
    get reason() {
      return reason
    },
    receive(at, made) {
      // The message has the time of a change, and the record after it has the action.
      if (at === revision) action ??= made
      if (revision !== undefined && at <= revision) return false
      revision = at
      action = made
      reason = undefined
      return true
    },
    make(made, isDone) {
      revision = Math.max(Date.now(), (revision ?? 0) + 1)
      action = isDone ? made : undefined
      reason = reasons[made]
      return revision
    },
    get startedAt() {
      return startedAt
    },
    start(at) {
      startedAt = at
    },
    observe({ status }) {
      if (status !== 'stopped' && status !== 'preparing') startedAt = 0
    },
    get mayStart() {
      return Date.now() - startedAt >= START_TOGETHER_MS
    },
  }
}
