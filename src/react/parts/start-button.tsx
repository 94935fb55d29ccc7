'use client'

import { ActionButton } from './action-button.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'

/** Begins the first round, where `autoStart` is false. */
export const PairingStartButton: PartComponent<'button'> = forwardPart(
  function PairingStartButton(props, ref) {
    const { pairing, messages } = usePairingContext()
    if (pairing.session.status !== 'idle') return null
    return (
      <ActionButton {...props} ref={ref} part="start-button" action={pairing.start}>
        {props.children ?? messages.start}
      </ActionButton>
    )
  },
)
