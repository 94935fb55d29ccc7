'use client'

import { callHost } from '../session/call-host.js'
import { ActionButton } from './action-button.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'

/** Ends the screen after a phone was linked: there where the host gives `onDone`. */
export const PairingDoneButton: PartComponent<'button'> = forwardPart(function PairingDoneButton(props, ref) {
  const { pairing, messages, onDone, reportFailure } = usePairingContext()
  const { session } = pairing
  if (!onDone || session.status !== 'linked') return null
  const { account } = session
  return (
    <ActionButton
      {...props}
      ref={ref}
      part="done-button"
      action={() => callHost('onDone', () => onDone(account), reportFailure)}
    >
      {props.children ?? messages.done}
    </ActionButton>
  )
})
