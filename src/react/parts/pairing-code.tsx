'use client'

import type { ComponentPropsWithoutRef, ReactElement } from 'react'
import { usePairingContext } from './pairing-context.js'

/**
 * The pairing code, `ABCD-1234`, one box for each character. Kept left to right and away from translators: in an
 * Arabic page the halves would change places, and a translated code is no code.
 */
export function PairingCodeText(props: ComponentPropsWithoutRef<'div'>): ReactElement | null {
  const { pairing, messages } = usePairingContext()
  const { session } = pairing
  if (session.status !== 'awaiting-code') return null
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups form controls; this is text to be read.
    <div
      role="group"
      aria-label={messages.pairingCodeLabel}
      {...props}
      dir="ltr"
      translate="no"
      data-part="pairing-code"
    >
      {Array.from(session.pairingCode.formatted, (character, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the place of a character is what it is.
        <span key={index} data-part={character === '-' ? 'pairing-code-dash' : 'pairing-code-character'}>
          {character}
        </span>
      ))}
    </div>
  )
}
