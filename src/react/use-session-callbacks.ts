'use client'

import type { QueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { PairingSession } from '../core/session-state.js'
import type { PairingCallbacks } from './pairing-callbacks.js'
import { type PairingTarget, pairingSessionQueryKey } from './query-options.js'
import { recordSteps } from './record-steps.js'
import { SessionCell } from './session-cell.js'

/** What has been told of a session: its end, by the moment it came. All copies of a component share it. */
const told = new WeakMap<QueryClient, Map<string, string>>()

/** Calls the host back when the session comes to an end, and, where it wants to know, at each step. */
export function useSessionCallbacks(
  client: QueryClient,
  { id, sessionId }: PairingTarget,
  session: PairingSession,
  callbacks: PairingCallbacks,
): void {
  const latest = useRef(callbacks)
  useEffect(() => {
    latest.current = callbacks
  })
  useEffect(() => {
    const { onLinked, onError } = latest.current
    const once = (tell: () => void) => {
      if (isFirst(client, { id, sessionId })) tell()
    }
    if (session.status === 'linked' && onLinked) once(() => unharmed(() => onLinked(session.account)))
    if (session.status === 'failed' && onError) once(() => unharmed(() => onError(session.error)))
  }, [client, id, sessionId, session])
  const wantsSteps = callbacks.onEvent !== undefined
  useEffect(
    () =>
      wantsSteps
        ? recordSteps(client, { id, sessionId }, (event) => unharmed(() => latest.current.onEvent?.(event)))
        : undefined,
    [client, id, sessionId, wantsSteps],
  )
}

/** Calls the host. A mistake of its own must not cost the user the link: it is reported as what nobody caught. */
function unharmed(call: () => void): void {
  try {
    call()
  } catch (error) {
    if (typeof reportError === 'function') reportError(error)
    else void Promise.reject(error)
  }
}

/** Whether nobody has told of this end yet. */
function isFirst(client: QueryClient, target: PairingTarget): boolean {
  const queryKey = pairingSessionQueryKey(target)
  const { facts } = SessionCell.stateIn(client.getQueryData(queryKey)) ?? {}
  const ends = told.get(client) ?? new Map<string, string>()
  told.set(client, ends)
  const key = JSON.stringify(queryKey)
  const end = `${facts?.attemptSeed} ${facts?.attempt} ${facts?.phase} ${facts?.since}`
  const first = ends.get(key) !== end
  ends.set(key, end)
  return first
}
