'use client'

import { type RefCallback, useCallback, useRef } from 'react'
import { openEscapeLayer } from './open-escape-layer.js'
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

/**
 * Shows a dialog and reports when the user wants to close it, with Escape or a click outside. The caller decides whether to close
 * it, with the returned function.
 */
function showModal(dialog: HTMLDialogElement, onClose: () => void): () => void {
  const listeners = new AbortController()
  let pressed: EventTarget | null = null
  const on = (type: string, listener: (event: Event) => void): void =>
    dialog.addEventListener(type, listener, { signal: listeners.signal })
  on('pointerdown', ({ target }) => {
    pressed = target
  })
  on('click', ({ target }) => {
    // Both press and release must be outside: a user who selects text may release outside the card.
    if (target === dialog && pressed === dialog) onClose()
  })
  on('cancel', (event) => {
    if (event.target !== dialog) return
    event.preventDefault()
    onClose()
  })
  // A browser closes the dialog at the second Escape, even if the page prevents it. Under StrictMode it is already open again.
  on('close', ({ target }) => {
    if (target === dialog && !dialog.open) onClose()
  })
  const closeLayer = openEscapeLayer(
    // The browser's close request follows. Elements of the app in the root may use Escape themselves.
    (event) =>
      event.composedPath().includes(dialog) && (dialog.dataset.part !== 'root' || isAboveAnother(dialog)),
    dialog,
  )
  // The dialog takes the focus itself, so that its heading, which names it, is read first. Without `autofocus` the browser picks
  // the first element that can have it, and scrolls there. Not every browser lets a dialog have the focus without a `tabindex`.
  dialog.tabIndex = -1
  dialog.autofocus = true
  try {
    dialog.showModal()
  } catch {
    // The method is missing (older browsers, jsdom), or the page is not in a window: show the dialog non-modally.
    dialog.setAttribute('open', '')
  }
  // Browsers that do not know `autofocus` of a dialog.
  dialog.focus({ preventScroll: true })
  dialog.scrollTop = 0
  return () => {
    listeners.abort()
    closeLayer()
    dialog.close()
  }
}

/** Whether another dialog of the page is open below this one. */
function isAboveAnother(dialog: HTMLDialogElement): boolean {
  const others = dialog.ownerDocument.querySelectorAll('dialog[open], [role="dialog"], [role="alertdialog"]')
  return Array.from(others).some((other) => !dialog.contains(other))
}
