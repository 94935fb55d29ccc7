import type { PairingSnapshot } from '../core/provider.js'
import type { PairingAction, UpdateReason } from '../core/update.js'

/** When a session was changed at the provider last, and why: a response from before says nothing about now. */
export interface SessionChanges {
  /** Time of the last change; `undefined` where this process knows of none. */
  readonly revision: number | undefined
  /** What it was; `undefined` where it failed, or where that is not known. */
  readonly action: PairingAction | undefined
  /** The same, where pages are notified. */
  readonly reason: UpdateReason | undefined
  /** Notes a change of another replica. Returns `false` where it, or a later one, is known. */
  receive(revision: number, action?: PairingAction): boolean
  /** Notes a change of this process, which may have failed, and returns its revision. */
  make(action: PairingAction, isDone: boolean): number
  /** When a start was sent (epoch milliseconds); 0 where none was, or the session was awake since. */
  readonly startedAt: number
  /** A start was sent, here or by another replica; with 0, the session was awake since. */
  start(at: number): void
  /** Takes the state that the provider reports. */
  observe(snapshot: PairingSnapshot): void
  /** Whether a start would be another one: several pages that see a sleeping session start it once. */
  readonly mayStart: boolean
}

/** Starts of several pages within this time (milliseconds) are one. */
export const START_TOGETHER_MS = 30_000

const reasons: Readonly<Record<PairingAction, UpdateReason | undefined>> = {
  start: undefined,
  reset: 'reset',
  unlink: 'disconnected',
  'request-pairing-code': 'code-replaced',
}

/** Makes the record of one session. */
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
      // A message says when, and the record that follows it says what.
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
