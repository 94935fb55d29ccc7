'use client'

import { type ForwardedRef, forwardRef, useEffect, useRef, useState } from 'react'
import type { ComponentWithRef } from './parts/forward-part.js'
import { usePairingContext } from './parts/pairing-context.js'
import { callHost } from './session/call-host.js'
import { WhatsAppPairing, type WhatsAppPairingProps } from './whatsapp-pairing.js'

/** Props of {@link WhatsAppPairingDialog}: those of the component, and when it is open. */
export interface WhatsAppPairingDialogProps
  extends Omit<WhatsAppPairingProps, 'as' | 'children' | 'onClose' | 'open'> {
  /** Whether it is open, where the host controls that. */
  readonly open?: boolean | undefined
  /** Whether it is open at first, where the host does not control that. @default false */
  readonly defaultOpen?: boolean | undefined
  /** Called with `false` when the user closes it: by its button, by Escape, or beside it. */
  readonly onOpenChange?: ((open: boolean) => void) | undefined
  /**
   * Closes by itself when a phone was linked; else it shows the linked account until the user closes it. @default false
   */
  readonly closeOnLinked?: boolean | undefined
}

/**
 * `<WhatsAppPairing>` in the platform's modal dialog: what is behind it is inert, and the focus goes back where it was.
 * While it is closed nothing is requested. Opened again, it begins a new round after `expired` and after a transient failure;
 * otherwise it goes on where it was.
 *
 * @example
 * ```tsx
 * <button onClick={() => setOpen(true)}>Connect WhatsApp</button>
 * <WhatsAppPairingDialog open={isOpen} onOpenChange={setOpen} provider={provider} appName="Acme Inbox" />
 * ```
 */
export const WhatsAppPairingDialog: ComponentWithRef<WhatsAppPairingDialogProps, HTMLDialogElement> =
  forwardRef(function WhatsAppPairingDialog(
    { open, defaultOpen = false, onOpenChange, closeOnLinked = false, ...props }: WhatsAppPairingDialogProps,
    ref: ForwardedRef<HTMLDialogElement>,
  ) {
    const [ownOpen, setOwnOpen] = useState(defaultOpen)
    if (!(open ?? ownOpen)) return null
    const close = () => {
      setOwnOpen(false)
      onOpenChange?.(false)
    }
    return (
      <WhatsAppPairing {...props} ref={ref} as="dialog" onClose={close}>
        {closeOnLinked && <CloseOnLinked close={close} />}
      </WhatsAppPairing>
    )
  })

/** By the state and not by `onLinked`, which is called once for all copies of a session, and maybe in another one. */
function CloseOnLinked({ close }: { close: () => void }): null {
  const { status } = usePairingContext().pairing.session
  const before = useRef(status)
  useEffect(() => {
    if (status === 'linked' && before.current !== status) callHost('onOpenChange', close)
    before.current = status
  })
  return null
}
