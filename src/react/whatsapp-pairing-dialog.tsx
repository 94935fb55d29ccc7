'use client'

import { type ForwardedRef, forwardRef, useEffect, useRef, useState } from 'react'
import type { ComponentWithRef } from './parts/forward-part.js'
import { usePairingContext } from './parts/pairing-context.js'
import { callHost } from './session/call-host.js'
import { WhatsAppPairing, type WhatsAppPairingProps } from './whatsapp-pairing.js'

/** Props of {@link WhatsAppPairingDialog}: those of the component, and its open state. */
export interface WhatsAppPairingDialogProps
  extends Omit<WhatsAppPairingProps, 'as' | 'children' | 'onClose' | 'open'> {
  /** The controlled open state. */
  readonly open?: boolean | undefined
  /** Whether it is open at first, if that is not controlled. @default false */
  readonly defaultOpen?: boolean | undefined
  /** Called with `false` when the user closes it, with its button, Escape or a click outside. */
  readonly onOpenChange?: ((open: boolean) => void) | undefined
  /** Closes the dialog when a phone was linked. Otherwise it shows the linked account until the user closes it. @default false */
  readonly closeOnLinked?: boolean | undefined
}

/**
 * `<WhatsAppPairing>` in the platform's modal dialog: the page behind it is inert, and the focus returns to its previous element.
 * While it is closed, no request is sent. When it is opened again after `expired` or a transient failure, it begins a new round.
 * Otherwise it continues in the same state.
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

/** Uses the state and not `onLinked`, which is called for only one of the components with this session. */
function CloseOnLinked({ close }: { close: () => void }): null {
  const { status } = usePairingContext().pairing.session
  const before = useRef(status)
  useEffect(() => {
    if (status === 'linked' && before.current !== status) callHost('onOpenChange', close)
    before.current = status
  })
  return null
}
