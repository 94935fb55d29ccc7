'use client'

import type { QueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { PairingTarget } from './query-options.js'
import { type PairingCallbacks, watchSteps } from './watch-steps.js'

/** Calls the host back when the session goes a step further. */
export function useSessionCallbacks(
  client: QueryClient,
  { id, sessionId }: PairingTarget,
  callbacks: PairingCallbacks,
): void {
  const latest = useRef(callbacks)
  useEffect(() => {
    latest.current = callbacks
  })
  useEffect(() => watchSteps(client, { id, sessionId }, () => latest.current), [client, id, sessionId])
}
