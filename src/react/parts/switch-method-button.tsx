'use client'

import { ActionButton } from './action-button.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'

/** Offers the other method after the current one has ended. */
export const PairingSwitchMethodButton: PartComponent<'button'> = forwardPart(
  function PairingSwitchMethodButton(props, ref) {
    const { pairing, messages } = usePairingContext()
    const { status, method, methods } = pairing.session
    if (status !== 'expired' || methods.length < 2) return null
    const isQr = method === 'qr'
    return (
      <ActionButton
        {...props}
        ref={ref}
        part="switch-method-button"
        action={() => pairing.setMethod(isQr ? 'phone-code' : 'qr')}
      >
        {props.children ?? (isQr ? messages.usePhoneNumber : messages.useQrCode)}
      </ActionButton>
    )
  },
)
