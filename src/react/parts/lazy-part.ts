'use client'

import { useSyncExternalStore } from 'react'

/**
 * A hook that gives what is loaded beside the first request instead of before it; nothing until then, and nothing where it
 * does not load.
 */
export function lazyPart<Part>(loading: Promise<Part>): () => Part | undefined {
  let part: Part | undefined
  const loaded = loading.then(
    (loadedPart) => {
      part = loadedPart
    },
    () => {},
  )
  const subscribe = (changed: () => void) => {
    let isGone = false
    void loaded.then(() => isGone || changed())
    return () => {
      isGone = true
    }
  }
  const read = () => part
  // What the server has loaded by then, the browser may not have.
  const readOnServer = () => undefined
  return () => useSyncExternalStore(subscribe, read, readOnServer)
}
