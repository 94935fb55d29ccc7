'use client'

import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import { usePairingContext } from './pairing-context.js'

// React 18 warns about layout effects on a server, where they could not run anyway.
const useBrowserLayoutEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect

/**
 * For parts that go away when they are used, like Retry: whoever had the focus in one is put on the panel instead
 * of being thrown to the top of the page. Nobody else's focus is touched.
 */
export function useFocusHandover<Element extends HTMLElement>(): RefObject<Element | null> {
  const ref = useRef<Element>(null)
  const { panel } = usePairingContext()
  useBrowserLayoutEffect(() => {
    const element = ref.current
    const target = panel
    return () => {
      if (element?.contains(element.ownerDocument.activeElement))
        target.current?.focus({ preventScroll: true })
    }
  }, [panel])
  return ref
}
