'use client'

import type { ComponentPropsWithoutRef, ReactElement } from 'react'
import { PairingIcon } from './icon.js'
import { usePairingContext } from './pairing-context.js'

/** The code of the error, for whoever is asked for help. What to do about it stands in the instructions. */
export function PairingErrorCode(props: ComponentPropsWithoutRef<'div'>): ReactElement | null {
  const { pairing, messages } = usePairingContext()
  const { session } = pairing
  if (session.status !== 'failed') return null
  return (
    <div {...props} data-part="error-code" data-code={session.error.code}>
      <PairingIcon name="warning" size={40} />
      <p>
        {messages.errorLabel}: <code translate="no">{session.error.code}</code>
      </p>
    </div>
  )
}
