'use client'

import type { ComponentPropsWithoutRef, ReactElement } from 'react'
import { sessionStatusText } from '../session-texts.js'
import { usePairingContext } from './pairing-context.js'

/** The state in words. Always there, so that screen readers announce each change once, without interrupting. */
export function PairingStatus(props: ComponentPropsWithoutRef<'p'>): ReactElement {
  const { pairing, messages } = usePairingContext()
  return (
    <p {...props} role="status" data-part="status">
      {sessionStatusText(pairing.session, messages)}
    </p>
  )
}
