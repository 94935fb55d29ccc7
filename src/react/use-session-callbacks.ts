'use client'

import type { QueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { PairingError } from '../core/errors.js'
import { printOnce } from '../core/print-error.js'
import type { PairingSession } from '../core/session-state.js'
import type { PairingCallbacks } from './pairing-callbacks.js'
import { type PairingTarget, pairingSessionQueryKey } from './query-options.js'
import { recordSteps } from './record-steps.js'
import { SessionCell } from './session-cell.js'

declare const process: { readonly env: { readonly NODE_ENV?: string | undefined } }

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
    if (session.status === 'linked' && onLinked)
      once(() => callHost('onLinked', () => onLinked(session.account), onError))
    if (session.status === 'failed' && onError) once(() => callHost('onError', () => onError(session.error)))
  }, [client, id, sessionId, session])
  const wantsSteps = callbacks.onEvent !== undefined
  useEffect(
    () =>
      wantsSteps
        ? recordSteps(client, { id, sessionId }, (event) => {
            const { onEvent, onError } = latest.current
            callHost('onEvent', () => onEvent?.(event), onError)
          })
        : undefined,
    [client, id, sessionId, wantsSteps],
  )
}

/**
 * Calls a callback of the host's. An exception in it must not cost the user the link: it goes to `onError`, to the console,
 * and to whatever the page has for uncaught exceptions.
 */
export function callHost(
  name: 'onLinked' | 'onError' | 'onEvent' | 'onMethodChange' | 'onOpenChange',
  call: () => unknown,
  onError?: PairingCallbacks['onError'],
): void {
  const failed = (exception: unknown): void => {
    if (process.env.NODE_ENV !== 'production')
      printOnce(name, `${name} failed with an exception. The pairing goes on.`, exception)
    if (typeof reportError === 'function') reportError(exception)
    else void Promise.reject(exception)
    const error = new PairingError('unknown', `${name} of the app failed with an exception.`)
    error.cause = exception
    if (onError) callHost('onError', () => onError(error, { in: name }))
  }
  try {
    // An asynchronous one rejects. Typed as `void`, it may still return a promise.
    Promise.resolve(call()).catch(failed)
  } catch (exception) {
    failed(exception)
  }
}

/** Whether nobody has told of this end yet. */
function isFirst(client: QueryClient, target: PairingTarget): boolean {
  const queryKey = pairingSessionQueryKey(target)
  const { facts } = SessionCell.stateIn(client.getQueryData(queryKey)) ?? {}
  const ends = told.get(client) ?? new Map<string, string>()
  told.set(client, ends)
  const key = JSON.stringify(queryKey)
  const end = `${facts?.setup.attemptSeed} ${facts?.attempt} ${facts?.phase.name} ${facts?.since}`
  const first = ends.get(key) !== end
  ends.set(key, end)
  return first
}
