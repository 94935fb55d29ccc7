'use client'

import { type ForwardedRef, type RefCallback, useCallback, useRef } from 'react'
import { focusInTree } from '../focus-in-tree.js'
import { useMergedRef } from '../use-merged-ref.js'
import { usePairingContext } from './pairing-context.js'

/**
 * A ref for parts that are removed when they are used, such as Retry. Their focus moves to the panel, or to the phone field if
 * that comes next, instead of the top of the page. A focus elsewhere is not moved.
 *
 * @param host The app's ref, which gets the element too.
 */
export function useFocusHandover<Element extends HTMLElement>(
  host: ForwardedRef<Element>,
): RefCallback<Element> {
  const { panel } = usePairingContext()
  const element = useRef<Element | null>(null)
  const own = useCallback(
    (next: Element | null) => {
      // React clears the ref before it removes the element, so the focus is still in it.
      const previous = element.current
      if (next === null && previous?.contains(focusInTree(previous))) handOver(panel.current)
      element.current = next
    },
    [panel],
  )
  return useMergedRef(own, host)
}

function handOver(panel: HTMLElement | null): void {
  panel?.focus({ preventScroll: true })
  // After this commit, the replacement of the part exists.
  queueMicrotask(() => {
    if (panel && focusInTree(panel) === panel)
      panel.querySelector<HTMLElement>('[data-part="phone-input"]:not([readonly])')?.focus()
  })
}
