'use client'

import { type ReactElement, useState } from 'react'
import { PairingDialogCloseButton } from './parts/dialog-close-button.js'
import { WhatsAppPairing, type WhatsAppPairingProps } from './whatsapp-pairing.js'

/** Props of {@link WhatsAppPairingDialog}: those of the component, and when it is open. */
export interface WhatsAppPairingDialogProps extends Omit<WhatsAppPairingProps, 'as' | 'children' | 'open'> {
  /** Whether it is open, where the host controls that. */
  readonly open?: boolean | undefined
  /** @default false */
  readonly defaultOpen?: boolean | undefined
  /** Called with `false` when the user closes it: by its button, by Escape, or beside it. */
  readonly onOpenChange?: ((open: boolean) => void) | undefined
  /** Closes at the moment of `onLinked`; else it shows who was linked until somebody closes it. @default false */
  readonly closeOnLinked?: boolean | undefined
}

/**
 * `<WhatsAppPairing>` in the platform's modal dialog: what is behind it is inert, and the focus goes back where it was.
 * While it is closed nothing is requested; opened again soon after, it goes on where it was.
 *
 * @example
 * ```tsx
 * <button onClick={() => setOpen(true)}>Connect WhatsApp</button>
 * <WhatsAppPairingDialog open={isOpen} onOpenChange={setOpen} provider={provider} appName="Acme Inbox" />
 * ```
 */
export function WhatsAppPairingDialog({
  open,
  defaultOpen = false,
  onOpenChange,
  closeOnLinked = false,
  onLinked,
  ...props
}: WhatsAppPairingDialogProps): ReactElement | null {
  const [ownOpen, setOwnOpen] = useState(defaultOpen)
  if (!(open ?? ownOpen)) return null
  const close = () => {
    setOwnOpen(false)
    onOpenChange?.(false)
  }
  return (
    <WhatsAppPairing
      {...props}
      as="dialog"
      onLinked={(account) => {
        onLinked?.(account)
        if (closeOnLinked) close()
      }}
    >
      <PairingDialogCloseButton onClose={close} />
    </WhatsAppPairing>
  )
}
