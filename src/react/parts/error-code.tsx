'use client'

import { forwardPart, type PartComponent } from './forward-part.js'
import { PairingIcon } from './icon.js'
import { usePairingContext } from './pairing-context.js'

/** The code of the error, for whoever is asked for help. What to do about it stands in the instructions. */
export const PairingErrorCode: PartComponent<'div'> = forwardPart(function PairingErrorCode(props, ref) {
  const { pairing, messages } = usePairingContext()
  const { session } = pairing
  if (session.status !== 'failed') return null
  return (
    <div {...props} ref={ref} data-part="error-code" data-code={session.error.code}>
      <PairingIcon name="warning" size={40} />
      <p>
        <span>{`${messages.errorLabel}: `}</span>
        <code translate="no">{session.error.code}</code>
      </p>
    </div>
  )
})
