'use client'

import { useEffect, useRef } from 'react'
import type { PairingError } from '../core/errors.js'
import { isSame } from '../core/is-same.js'
import type { PairingAccount } from '../core/provider.js'
import { type PairingEvent, reportOf } from '../core/session-report.js'
import type { PairingSession } from '../core/session-state.js'
import type { PairingTarget } from './query-options.js'

/** What the host wants to be told. */
export interface PairingCallbacks {
  /**
   * The phone is linked. Called once for a link, whatever is mounted, remounted or mounted twice; a page that is loaded
   * again tells of a link that was there before, so what you do must bear being done twice.
   */
  readonly onLinked?: ((account: PairingAccount) => void) | undefined
  /** The session failed. Called once for a failure. */
  readonly onError?: ((error: PairingError) => void) | undefined
  /** Each step of the session, for statistics. Called once for a step, however many components show the session. */
  readonly onEvent?: ((event: PairingEvent) => void) | undefined
}

// All components with one session see the same object, so the first to tell of it is the only one.
const told = new WeakSet<PairingSession>()
const reported = new WeakSet<PairingSession>()

/** Calls the host back when the session changes. */
export function useSessionCallbacks(
  session: PairingSession,
  callbacks: PairingCallbacks,
  { id, sessionId }: PairingTarget,
): void {
  const latest = useRef(callbacks)
  const last = useRef<object | undefined>(undefined)
  useEffect(() => {
    latest.current = callbacks
  })
  useEffect(() => {
    const { onLinked, onError, onEvent } = latest.current
    const report = reportOf(session)
    // A session may change without a step: another method chosen after a failure, an error beside the same field.
    const step = { ...report, method: undefined, id, sessionId }
    const isStep = !isSame(step, last.current)
    last.current = step
    // Asked in this order: a session that is no step here is none for a copy that mounts later either.
    if (onEvent && isFirst(reported, session) && isStep) onEvent(report)
    if (session.status === 'linked' && onLinked && isFirst(told, session) && isStep) onLinked(session.account)
    if (session.status === 'failed' && onError && isFirst(told, session) && isStep) onError(session.error)
  }, [session, id, sessionId])
}

function isFirst(sessions: WeakSet<PairingSession>, session: PairingSession): boolean {
  const first = !sessions.has(session)
  sessions.add(session)
  return first
}
