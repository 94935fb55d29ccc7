'use client'

import { groupDigits } from '../../core/group-digits.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'
import { RichText } from './rich-text.js'
import { useFocusHandover } from './use-focus-handover.js'

/** The number that the pairing code is for, and a button to change it. */
export const PairingCodeRecipient: PartComponent<'p'> = forwardPart(
  function PairingCodeRecipient(props, ref) {
    const { session } = usePairingContext().pairing
    if (session.status !== 'awaiting-code') return null
    const { phoneNumber, lastDigits } = session
    return (
      <Recipient {...props} ref={ref} number={phoneNumber ? groupDigits(phoneNumber) : `…${lastDigits}`} />
    )
  },
)

const Recipient = forwardPart<'p', { number: string }>(function Recipient({ number, ...props }, hostRef) {
  const { pairing, messages, part } = usePairingContext()
  const ref = useFocusHandover(hostRef)
  return (
    <p {...props} ref={ref} {...part('code-recipient', props.className)}>
      <RichText
        text={`${messages.codeFor} `}
        values={{
          number: (
            <bdi dir="ltr" translate="no">
              {number}
            </bdi>
          ),
        }}
      />
      <button type="button" {...part('change-number-button')} onClick={pairing.changeNumber}>
        {messages.changeNumber}
      </button>
    </p>
  )
})
