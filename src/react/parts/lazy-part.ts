'use client'

import { useEffect, useSyncExternalStore } from 'react'
import { usePairingContext } from './pairing-context.js'

/** A hook that returns a module that is loaded on demand: `undefined` until it has loaded, `null` if it failed to load. */
export interface LazyPart<Loaded> {
  (): Loaded | null | undefined
  /** The same hook, outside `PairingRoot`; another component reports a failure. */
  readonly unreported: () => Loaded | null | undefined
  /** Starts loading, before the first use or again after a failure. */
  readonly load: () => void
}

/**
 * Loads when the hook is first used, and retries at a later use if that failed, because the network may be back.
 *
 * @param isLoadedByUse If `false`, only `load` loads it.
 */
export function lazyPart<Loaded>(load: () => Promise<Loaded>, isLoadedByUse = true): LazyPart<Loaded> {
  let loaded: Loaded | null | undefined
  let isLoading = false
  /** Why it did not load, until that is reported. */
  let failure: { readonly cause: unknown } | undefined
  const listeners = new Set<() => void>()
  const become = (next: Loaded | null | undefined) => {
    loaded = next
    for (const changed of listeners) changed()
  }
  const begin = () => {
    if (loaded || isLoading) return
    isLoading = true
    const end = (result: Loaded | null) => {
      isLoading = false
      become(result)
    }
    load().then(end, (cause: unknown) => {
      failure = { cause }
      end(null)
    })
  }
  const subscribe = (changed: () => void) => {
    listeners.add(changed)
    if (isLoadedByUse) begin()
    return () => {
      listeners.delete(changed)
    }
  }
  const read = () => loaded
  // The server may have loaded the module while the browser has not.
  const readOnServer = () => undefined
  const useFound = () => useSyncExternalStore(subscribe, read, readOnServer)
  const useLazyPart = () => {
    const { reportFailure } = usePairingContext()
    const found = useFound()
    useEffect(() => {
      if (found !== null || !failure) return
      const { cause } = failure
      // Reported once, for all parts that wait for it.
      failure = undefined
      reportFailure(cause)
    }, [found, reportFailure])
    return found
  }
  return Object.assign<() => Loaded | null | undefined, Pick<LazyPart<Loaded>, 'load' | 'unreported'>>(
    useLazyPart,
    {
      unreported: useFound,
      load: () => {
        // Its placeholder is removed during loading, so that it is announced again after another failure.
        if (loaded === null) become(undefined)
        begin()
      },
    },
  )
}
