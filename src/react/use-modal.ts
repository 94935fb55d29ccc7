'use client'

import { type RefCallback, useCallback, useRef } from 'react'
import { showModal } from './show-modal.js'
import { useLatest } from './use-latest.js'

/**
 * A ref that shows a `<dialog>` modally as long as it is mounted. It does not change other elements.
 *
 * @param onClose Called when the user wants to close it, with Escape or a click outside.
 */
export function useModal(onClose: (() => void) | undefined): RefCallback<HTMLElement> {
  const latest = useLatest(onClose)
  const hide = useRef<() => void>(undefined)
  return useCallback(
    (element: HTMLElement | null) => {
      // React clears the ref before it removes the element, so the dialog can still return the focus.
      hide.current?.()
      hide.current = element && isDialog(element) ? showModal(element, () => latest.current?.()) : undefined
    },
    [latest],
  )
}

const isDialog = (element: HTMLElement): element is HTMLDialogElement => element.localName === 'dialog'
