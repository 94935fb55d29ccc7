'use client'

import { ActionButton } from './action-button.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'

/** Lets the user confirm that the linked number, which is probably the expected one, is the right one. */
export const PairingNumberCheck: PartComponent<'div'> = forwardPart(function PairingNumberCheck(props, ref) {
  const { pairing, messages, part } = usePairingContext()
  if (pairing.session.status !== 'confirming-number') return null
  return (
    <div {...props} ref={ref} {...part('number-check', props.className)}>
      <ActionButton part="confirm-number-button" action={() => pairing.confirmNumber(true)}>
        {messages.numberIsMine}
      </ActionButton>
      <ActionButton part="deny-number-button" action={() => pairing.confirmNumber(false)}>
        {messages.numberIsOther}
      </ActionButton>
    </div>
  )
})
