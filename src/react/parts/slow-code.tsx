'use client'

import { ActionButton } from './action-button.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'

/**
 * Offers another code, or the QR code, to a user who has not entered the code after half a minute. WhatsApp does not report that
 * it refused a code.
 */
export const PairingSlowCode: PartComponent<'div'> = forwardPart(function PairingSlowCode(props, ref) {
  const { pairing, messages, part } = usePairingContext()
  const { session } = pairing
  if (session.status !== 'awaiting-code' || !session.isSlow) return null
  const { phoneNumber, methods } = session
  return (
    <div {...props} ref={ref} {...part('slow-code', props.className)}>
      <span>{`${messages.slowCode} `}</span>
      {phoneNumber && (
        <ActionButton part="new-code-button" action={() => pairing.requestPairingCode(phoneNumber)}>
          {messages.newCode}
        </ActionButton>
      )}
      {methods.includes('qr') && (
        <ActionButton part="switch-method-button" action={() => pairing.setMethod('qr')}>
          {messages.useQrCode}
        </ActionButton>
      )}
    </div>
  )
})
