'use client'

import { formatMessage } from '../../core/messages.js'
import { ActionButton } from './action-button.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'

/** A button that shows the live pairing code of another page of this session, of whose number this page knows four digits. */
export const PairingOtherCode: PartComponent<'button'> = forwardPart(function PairingOtherCode(props, ref) {
  const { pairing, messages } = usePairingContext()
  const { session } = pairing
  if (session.status !== 'awaiting-number' || !session.otherCode) return null
  return (
    <ActionButton {...props} ref={ref} part="other-code" action={pairing.showOtherCode}>
      {props.children ?? formatMessage(messages.showCodeFor, { digits: session.otherCode.lastDigits })}
    </ActionButton>
  )
})
