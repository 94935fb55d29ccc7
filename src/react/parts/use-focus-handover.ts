'use client'

import { type ForwardedRef, type RefCallback, useCallback, useRef } from 'react'
import { useMergedRef } from '../use-merged-ref.js'
import { usePairingContext } from './pairing-context.js'

/**
 * A ref for parts that go away when they are used, like Retry: focus that was in one moves to the panel instead of the
 * top of the page, or into the phone field where that is what comes next. Focus elsewhere stays where it is.
 *
 * @param host The ref of the host, which gets the element too.
 */
export function useFocusHandover<Element extends HTMLElement>(
  host: ForwardedRef<Element>,
): RefCallback<Element> {
  const { panel } = usePairingContext()
  const element = useRef<Element | null>(null)
  const own = useCallback(
    (next: Element | null) => {
      // React takes the ref back before it takes the element out: the focus is still where it was.
      const previous = element.current
      if (next === null && previous?.contains(previous.ownerDocument.activeElement)) handOver(panel.current)
      element.current = next
    },
    [panel],
  )
  return useMergedRef(own, host)
}

function handOver(panel: HTMLElement | null): void {
  panel?.focus({ preventScroll: true })
  // What takes the place of the part is there in a moment.
  queueMicrotask(() => {
    if (panel && panel.ownerDocument.activeElement === panel)
      panel.querySelector<HTMLElement>('[data-part="phone-input"]:not([readonly])')?.focus()
  })
}
