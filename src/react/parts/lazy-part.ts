'use client'

import { useEffect, useSyncExternalStore } from 'react'
import { usePairingContext } from './pairing-context.js'

/** A hook that gives what is loaded on demand: `undefined` until it is there, `null` where it did not load. */
export interface LazyPart<Loaded> {
  (): Loaded | null | undefined
  /** The same hook, outside `PairingRoot`; another component reports a failure. */
  readonly unreported: () => Loaded | null | undefined
  /** Begins to load, before the first use or once more after a failure. */
  readonly load: () => void
}

/**
 * Loads when the hook is first used, and at a later use again where that failed: a network comes back, and a chunk that
 * a deployment removed must be tried again without a reload of the page.
 *
 * @param isLoadedByUse Otherwise only `load` loads it.
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
  // What the server has loaded by then, the browser may not have.
  const readOnServer = () => undefined
  const useFound = () => useSyncExternalStore(subscribe, read, readOnServer)
  const useLazyPart = () => {
    const { reportFailure } = usePairingContext()
    const found = useFound()
    useEffect(() => {
      if (found !== null || !failure) return
      const { cause } = failure
      // Once, however many parts wait for it.
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
        // Its placeholder is removed while it loads, and announced again if it comes back.
        if (loaded === null) become(undefined)
        begin()
      },
    },
  )
}
