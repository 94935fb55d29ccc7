'use client'

import { QueryClient, QueryClientContext } from '@tanstack/react-query'
import { useContext, useEffect, useState } from 'react'

let shared: QueryClient | undefined

/** The given client, that of the app's provider, or a private one that all components without a provider share. */
export function usePairingClient(given: QueryClient | undefined): QueryClient {
  const host = useContext(QueryClientContext)
  // On a server a shared client would mix the sessions of different visitors.
  const [own] = useState(() => ((given ?? host) ? undefined : ownClient()))
  const client = given ?? host ?? own ?? ownClient()
  useEffect(() => {
    // Mounting makes the client listen for focus and network changes. It counts its mounts, so a second one is harmless.
    client.mount()
    return () => client.unmount()
  }, [client])
  return client
}

function ownClient(): QueryClient {
  if (typeof document === 'undefined') return new QueryClient()
  shared ??= new QueryClient()
  return shared
}
