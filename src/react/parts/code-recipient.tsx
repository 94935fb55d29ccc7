'use client'

import type { ComponentPropsWithoutRef, ReactElement } from 'react'
import { usePairingContext } from './pairing-context.js'
import { RichText } from './rich-text.js'
import { useFocusHandover } from './use-focus-handover.js'

/** Which number the pairing code is for, and the way back to the number. */
export function PairingCodeRecipient(props: ComponentPropsWithoutRef<'p'>): ReactElement | null {
  const { session } = usePairingContext().pairing
  return session.status === 'awaiting-code' ? (
    <Recipient {...props} phoneNumber={session.phoneNumber} />
  ) : null
}

function Recipient({
  phoneNumber,
  ...props
}: ComponentPropsWithoutRef<'p'> & { phoneNumber: string }): ReactElement {
  const { pairing, messages } = usePairingContext()
  const ref = useFocusHandover<HTMLParagraphElement>()
  return (
    <p {...props} ref={ref} data-part="code-recipient">
      <RichText text={messages.codeFor} values={{ number: <bdi dir="ltr">+{phoneNumber}</bdi> }} />{' '}
      <button type="button" data-part="change-number-button" onClick={pairing.changeNumber}>
        {messages.changeNumber}
      </button>
    </p>
  )
}
