'use client'

import type { ComponentPropsWithoutRef, CSSProperties, ReactElement } from 'react'
import { usePairingContext } from './pairing-context.js'

/**
 * The pairing code, `ABCD-1234`, as one text that can be found, selected and read out; the boxes behind its characters
 * are decoration. Kept left to right and away from translators: in an Arabic page the halves would change places, and
 * a translated code is no code.
 */
export function PairingCodeText(props: ComponentPropsWithoutRef<'div'>): ReactElement | null {
  const { pairing, messages } = usePairingContext()
  const { session } = pairing
  if (session.status !== 'awaiting-code') return null
  const { formatted } = session.pairingCode
  const style: CSSProperties & Record<`--${string}`, number> = {
    ...props.style,
    '--whatsapp-pairing-code-length': formatted.length,
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups form controls; this is text to be read.
    <div
      role="group"
      aria-label={messages.pairingCodeLabel}
      {...props}
      style={style}
      dir="ltr"
      translate="no"
      data-part="pairing-code"
    >
      <span aria-hidden="true" data-part="pairing-code-boxes">
        {Array.from(formatted, (character, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a box is its place.
          <span key={index} data-part={character === '-' ? 'pairing-code-gap' : 'pairing-code-box'} />
        ))}
      </span>
      {formatted}
    </div>
  )
}
