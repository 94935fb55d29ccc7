'use client'

import type { QueryClient } from '@tanstack/react-query'
import { type RefObject, useEffect } from 'react'
import type { PairingProvider } from '../core/provider.js'
import { oncePerSession } from './once-per-session.js'
import type { PairingTarget } from './query-options.js'

/**
 * Lets others tell the session what it would have to ask for: the provider, where it can push, and the other tabs of this
 * browser. What that takes is loaded beside the first question; without it, the session asks.
 */
export function useLive(
  client: QueryClient,
  { id, sessionId }: PairingTarget,
  latest: RefObject<{ readonly provider: PairingProvider }>,
): void {
  useEffect(() => {
    const target = { id, sessionId }
    return oncePerSession(client, target, 'live', () => goLive(client, target, () => latest.current.provider))
  }, [client, id, sessionId, latest])
}

function goLive(client: QueryClient, target: PairingTarget, provider: () => PairingProvider): () => void {
  let isGone = false
  const stops: (() => void)[] = []
  const start = (begin: () => () => void) => void (isGone || stops.push(begin()))
  const failed = () => {}
  import('./share-tabs.js').then(({ shareTabs }) => start(() => shareTabs(client, target)), failed)
  if (provider().subscribe)
    import('./watch-push.js').then(
      ({ watchPush }) => start(() => watchPush(client, target, provider)),
      failed,
    )
  return () => {
    isGone = true
    for (const stop of stops) stop()
  }
}
