'use client'

import { useSyncExternalStore } from 'react'

/** A hook that gives what is loaded on demand: `undefined` until it is there, `null` where it did not load. */
export interface LazyPart<Loaded> {
  (): Loaded | null | undefined
  /** Begins to load, before the first use or once more after a failure. */
  readonly load: () => void
}

/**
 * Loads when the hook is first used, and at a later use again where that failed: a network comes back, and a chunk that is
 * gone after a deployment must not be gone until somebody loads the page anew.
 */
export function lazyPart<Loaded>(load: () => Promise<Loaded>): LazyPart<Loaded> {
  let loaded: Loaded | null | undefined
  let isLoading = false
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
    load().then(end, () => end(null))
  }
  const subscribe = (changed: () => void) => {
    listeners.add(changed)
    begin()
    return () => {
      listeners.delete(changed)
    }
  }
  const read = () => loaded
  // What the server has loaded by then, the browser may not have.
  const readOnServer = () => undefined
  return Object.assign(() => useSyncExternalStore(subscribe, read, readOnServer), {
    load: () => {
      // What stands in its place goes while it loads, and is told of anew if it comes back.
      if (loaded === null) become(undefined)
      begin()
    },
  })
}
