'use client'

import type { QueryClient } from '@tanstack/react-query'
import { type RefObject, useEffect } from 'react'
import type { PairingProvider } from '../core/provider.js'
import type { PairingTarget } from './query-options.js'

/** Lets the provider push into the session, where it can. What that takes is loaded beside the first question. */
export function usePush(
  client: QueryClient,
  { id, sessionId }: PairingTarget,
  latest: RefObject<{ readonly provider: PairingProvider }>,
): void {
  useEffect(() => {
    if (!latest.current.provider.subscribe) return
    let isGone = false
    let stop: (() => void) | undefined
    import('./watch-push.js').then(
      ({ watchPush }) => {
        if (!isGone) stop = watchPush(client, { id, sessionId }, () => latest.current.provider)
      },
      // The session asks by itself, as without any push.
      () => {},
    )
    return () => {
      isGone = true
      stop?.()
    }
  }, [client, id, sessionId, latest])
}
