import type { PairingSnapshot } from '../core/provider.js'
import type { PairingAction, UpdateReason } from '../core/update.js'

/** When a session was changed at the provider last, and why: a response from before says nothing about now. */
export interface SessionChanges {
  /** Time of the last change; `undefined` where this process has seen none. */
  readonly revision: number | undefined
  /** What it was, where pages are told. */
  readonly reason: UpdateReason | undefined
  /** Notes a change of another replica. Returns `false` where a later one is known. */
  receive(revision: number): boolean
  /** Notes a change of this process, and returns its revision. */
  make(action: PairingAction): number
  /** A start is sent: further ones are not, until the session was awake. */
  start(): void
  /** Takes the state that the provider reports. */
  observe(snapshot: PairingSnapshot): void
  /** Whether a start would be another one: several pages that see a sleeping session start it once. */
  readonly mayStart: boolean
}

/** Starts of several pages within this time (milliseconds) are one. */
const START_TOGETHER_MS = 30_000

const reasons: Readonly<Record<PairingAction, UpdateReason | undefined>> = {
  start: undefined,
  reset: 'reset',
  unlink: 'unlinked',
  'request-pairing-code': 'code-replaced',
}

/** Makes the record of one session. */
export function createSessionChanges(): SessionChanges {
  let revision: number | undefined
  let reason: UpdateReason | undefined
  let startedAt = Number.NEGATIVE_INFINITY
  /** The session was awake after the last start. */
  let wasAwake = true

  return {
    get revision() {
      return revision
    },
    get reason() {
      return reason
    },
    receive(at) {
      if (revision !== undefined && at <= revision) return false
      revision = at
      reason = undefined
      return true
    },
    make(action) {
      revision = Math.max(Date.now(), (revision ?? 0) + 1)
      reason = reasons[action]
      return revision
    },
    start() {
      startedAt = Date.now()
      wasAwake = false
    },
    observe({ status }) {
      if (status !== 'stopped' && status !== 'preparing') wasAwake = true
    },
    get mayStart() {
      return wasAwake || Date.now() - startedAt >= START_TOGETHER_MS
    },
  }
}
