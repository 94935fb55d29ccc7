'use client'

import {
  type ForwardedRef,
  type RefCallback,
  useCallback,
  useEffect,
  useInsertionEffect,
  useRef,
} from 'react'

const nothing = (): void => {}

/**
 * Combines our ref to an element with the app's. It stays the same function when the app's ref changes, as an arrow function does
 * on every render. Otherwise `own` would be called as if the element had been removed.
 *
 * @param own Called with the element, and with `null` before React removes it. Keep it stable.
 */
export function useMergedRef<Element>(
  own: RefCallback<Element>,
  host: ForwardedRef<Element>,
): RefCallback<Element> {
  const latest = useRef(host)
  const attached = useRef<{ element: Element; host: ForwardedRef<Element>; detach: () => void }>(undefined)
  // Before React attaches refs, so that an element that appears in this commit goes to the ref of this commit.
  useInsertionEffect(() => {
    latest.current = host
  })
  // Not a layout effect: React 18 warns about those when it renders to a string.
  useEffect(() => {
    const { current } = attached
    if (!current || current.host === host) return
    current.detach()
    attached.current = { ...current, host, detach: attach(host, current.element) }
  }, [host])
  return useCallback(
    (element: Element | null) => {
      attached.current?.detach()
      attached.current = undefined
      own(element)
      const { current } = latest
      if (element) attached.current = { element, host: current, detach: attach(current, element) }
    },
    [own],
  )
}

/** Sets a ref of any kind to the element; returns the function that clears it. */
function attach<Element>(ref: ForwardedRef<Element>, element: Element): () => void {
  if (typeof ref === 'function') {
    // In React 19 a ref callback may return a clean-up function.
    const cleanUp = ref(element)
    return typeof cleanUp === 'function' ? cleanUp : () => void ref(null)
  }
  if (!ref) return nothing
  ref.current = element
  return () => {
    ref.current = null
  }
}
