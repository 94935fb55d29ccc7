'use client'

import { useEffect, useRef } from 'react'
import type { PairingError } from '../core/errors.js'
import { isSame } from '../core/is-same.js'
import type { PairingAccount } from '../core/provider.js'
import { type PairingEvent, reportOf } from '../core/session-report.js'
import type { PairingSession } from '../core/session-state.js'

/** What the host wants to be told. */
export interface PairingCallbacks {
  /** The phone is linked. Called once for a link, whatever is mounted, remounted or mounted twice. */
  readonly onLinked?: ((account: PairingAccount) => void) | undefined
  /** The session failed. Called once for a failure. */
  readonly onError?: ((error: PairingError) => void) | undefined
  /** Each step of the session, for statistics. */
  readonly onEvent?: ((event: PairingEvent) => void) | undefined
}

// All components with one session see the same object, so the first to tell of it is the only one.
const told = new WeakSet<PairingSession>()

/** Calls the host back when the session changes. */
export function useSessionCallbacks(session: PairingSession, callbacks: PairingCallbacks): void {
  const latest = useRef(callbacks)
  const reported = useRef<PairingEvent | undefined>(undefined)
  useEffect(() => {
    latest.current = callbacks
  })
  useEffect(() => {
    const { onLinked, onError, onEvent } = latest.current
    const report = reportOf(session)
    // A session may change without a step: a longer life of the same code, another error beside the same field.
    if (!isSame(report, reported.current)) onEvent?.(report)
    reported.current = report
    if (session.status === 'linked' && onLinked && isFirst(session)) onLinked(session.account)
    if (session.status === 'failed' && onError && isFirst(session)) onError(session.error)
  }, [session])
}

function isFirst(session: PairingSession): boolean {
  const first = !told.has(session)
  told.add(session)
  return first
}
