'use client'

import { type ReactElement, useCallback, useEffect, useRef } from 'react'
import { showModal } from '../show-modal.js'
import { Icon } from './icons.js'
import { usePairingContext } from './pairing-context.js'

/** Closes the dialog around it, which is shown as long as this button is there. */
export function PairingDialogCloseButton({ onClose }: { onClose: () => void }): ReactElement {
  const { messages } = usePairingContext()
  const latestOnClose = useRef(onClose)
  const release = useRef<() => void>(undefined)
  useEffect(() => {
    latestOnClose.current = onClose
  })
  const attach = useCallback((button: HTMLButtonElement | null) => {
    const dialog = button?.closest('dialog')
    // React takes the ref back before it takes the element out: in time for the dialog to give the focus back.
    if (dialog) release.current = showModal(dialog, () => latestOnClose.current())
    else release.current?.()
  }, [])
  return (
    <button type="button" ref={attach} data-part="close-button" aria-label={messages.close} onClick={onClose}>
      <Icon name="close" size={22} />
    </button>
  )
}
