'use client'

import { forwardPart, type PartComponent } from './forward-part.js'
import { Icon } from './icon.js'
import { usePairingContext } from './pairing-context.js'

/** The code of the error, for whoever is asked for help. What to do about it stands in the instructions. */
export const PairingErrorCode: PartComponent<'div'> = forwardPart(function PairingErrorCode(props, ref) {
  const { pairing, messages, part } = usePairingContext()
  const { session } = pairing
  if (session.status !== 'failed') return null
  return (
    <div {...props} ref={ref} {...part('error-code', props.className)} data-code={session.error.code}>
      <Icon name="warning" size={40} />
      <p>
        <span>{`${messages.errorLabel}: `}</span>
        <code translate="no">{session.error.code}</code>
      </p>
    </div>
  )
})
