'use client'

import { callHost } from '../session/call-host.js'
import { ActionButton } from './action-button.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'

/** The next step after a link: calls `onDone` of the app, or closes the dialog around it. */
export const PairingDoneButton: PartComponent<'button'> = forwardPart(function PairingDoneButton(props, ref) {
  const { pairing, messages, onDone, close, reportFailure } = usePairingContext()
  const { session } = pairing
  if (!(onDone ?? close) || session.status !== 'linked') return null
  const { account } = session
  return (
    <ActionButton
      {...props}
      ref={ref}
      part="done-button"
      action={() => (onDone ? callHost('onDone', () => onDone(account), reportFailure) : close?.())}
    >
      {props.children ?? messages.done}
    </ActionButton>
  )
})
