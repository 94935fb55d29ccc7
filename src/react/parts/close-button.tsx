'use client'

import { type ComponentPropsWithoutRef, type ReactElement, useCallback, useEffect, useRef } from 'react'
import { showModal } from '../show-modal.js'
import { PairingIcon } from './icon.js'
import { usePairingContext } from './pairing-context.js'

/** Props of {@link PairingCloseButton} beside those of a `button`. */
export interface PairingCloseButtonProps extends ComponentPropsWithoutRef<'button'> {
  /** Somebody wants the dialog closed: by this button, by Escape, or by a press beside it. Render it no more. */
  readonly onClose: () => void
}

/** Closes the dialog around it, which it shows, as a modal one, for as long as it is there itself. */
export function PairingCloseButton({
  onClose,
  onClick,
  children,
  ...props
}: PairingCloseButtonProps): ReactElement {
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
    <button
      type="button"
      aria-label={messages.close}
      {...props}
      ref={attach}
      data-part="close-button"
      onClick={(event) => {
        onClick?.(event)
        if (!event.defaultPrevented) onClose()
      }}
    >
      {children ?? <PairingIcon name="close" size={22} />}
    </button>
  )
}
