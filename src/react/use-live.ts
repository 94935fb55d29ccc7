'use client'

import type { QueryClient } from '@tanstack/react-query'
import { type RefObject, useEffect } from 'react'
import type { PairingProvider } from '../core/provider.js'
import { onceLoaded } from './once-loaded.js'
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
    const stops = [
      oncePerSession(client, target, 'tabs', () =>
        onceLoaded(import('./share-tabs.js'), ({ shareTabs }) => shareTabs(client, target)),
      ),
    ]
    if (latest.current.provider.subscribe)
      stops.push(
        oncePerSession(client, target, 'push', () =>
          onceLoaded(import('./watch-push.js'), ({ watchPush }) =>
            watchPush(client, target, () => latest.current.provider),
          ),
        ),
      )
    return () => {
      for (const stop of stops) stop()
    }
  }, [client, id, sessionId, latest])
}
