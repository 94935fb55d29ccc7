'use client'

import { type RefCallback, useCallback, useRef } from 'react'
import { showModal } from './show-modal.js'
import { useLatest } from './use-latest.js'

/**
 * A ref that shows a `<dialog>` as a modal one for as long as it is mounted. Other elements are left alone.
 *
 * @param onClose The user wants it closed, by Escape or by a press beside it.
 */
export function useModal(onClose: (() => void) | undefined): RefCallback<HTMLElement> {
  const latest = useLatest(onClose)
  const hide = useRef<() => void>(undefined)
  return useCallback(
    (element: HTMLElement | null) => {
      // React takes the ref back before it takes the element out: in time for the dialog to give the focus back.
      hide.current?.()
      hide.current = element && isDialog(element) ? showModal(element, () => latest.current?.()) : undefined
    },
    [latest],
  )
}

const isDialog = (element: HTMLElement): element is HTMLDialogElement => element.localName === 'dialog'
