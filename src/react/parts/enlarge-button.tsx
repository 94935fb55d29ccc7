'use client'

import { useState } from 'react'
import { ActionButton } from './action-button.js'
import { PairingEnlargedCode } from './enlarged-code.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { hasQrCode } from './has-qr-code.js'
import { usePairingContext } from './pairing-context.js'
import { Part } from './part.js'

/** Opens the QR code over the whole screen, for a phone that is far away or does not focus. */
export const PairingEnlargeButton: PartComponent<'button'> = forwardPart(
  function PairingEnlargeButton(props, ref) {
    const { session } = usePairingContext().pairing
    // The view stays while one code follows the other, and goes when there is something else to look at.
    return hasQrCode(session) ? <Enlarge {...props} ref={ref} /> : null
  },
)

const Enlarge = forwardPart<'button'>(function Enlarge(props, ref) {
  const { pairing, messages } = usePairingContext()
  const [isOpen, setOpen] = useState(false)
  const { status } = pairing.session
  const isShown = status === 'awaiting-scan'
  return (
    <>
      {/* Between two codes it stays, and is not `disabled`: either would take the focus from whoever is on it. */}
      {status !== 'expired' && (
        <ActionButton
          {...props}
          ref={ref}
          part="enlarge-button"
          aria-haspopup="dialog"
          aria-disabled={!isShown}
          action={() => isShown && setOpen(true)}
        >
          {props.children ?? messages.enlarge}
        </ActionButton>
      )}
      {isOpen && (
        <Part name="EnlargedCode" own={PairingEnlargedCode} props={{ onClose: () => setOpen(false) }} />
      )}
    </>
  )
})
