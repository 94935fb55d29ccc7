'use client'

import type { ComponentPropsWithoutRef, ReactElement } from 'react'
import { Icon } from './icons.js'
import { usePairingContext } from './pairing-context.js'

/** The code of the error, for whoever is asked for help. What to do about it stands in the instructions. */
export function PairingErrorCodeText(props: ComponentPropsWithoutRef<'div'>): ReactElement | null {
  const { pairing, messages } = usePairingContext()
  const { session } = pairing
  if (session.status !== 'failed') return null
  return (
    <div {...props} data-part="error" data-code={session.error.code}>
      <Icon name="warning" size={40} />
      <p>
        {messages.errorLabel}: <code translate="no">{session.error.code}</code>
      </p>
    </div>
  )
}
