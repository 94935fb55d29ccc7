'use client'

import type { ComponentPropsWithoutRef, ReactElement } from 'react'
import { PairingIcon } from './icon.js'
import { usePairingContext } from './pairing-context.js'
import { RichText } from './rich-text.js'

/** Who is being linked, and the warning: pages that imitate this one link a stranger's device. */
export function PairingSafetyNote(props: ComponentPropsWithoutRef<'footer'>): ReactElement {
  const { messages, app } = usePairingContext()
  return (
    <footer {...props} data-part="safety-note">
      <PairingIcon name="lock" size={16} />
      <p>
        <RichText text={messages.safety} values={{ app }} />
      </p>
    </footer>
  )
}
