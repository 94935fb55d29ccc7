'use client'

import type { ReactElement } from 'react'
import { usePairingContext } from './pairing-context.js'

interface PasskeyCodeProps {
  readonly code: string
  /** The purpose of the code, for screen readers. */
  readonly label: string
}

/**
 * A code of a passkey ceremony, in two groups. It is not a pairing code, and WhatsApp has no field for it. Screen readers get it
 * letter by letter.
 */
export function PasskeyCode({ code, label }: PasskeyCodeProps): ReactElement {
  const { part } = usePairingContext()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups form controls; this is text to be read.
    <div role="group" aria-label={label}>
      <p dir="ltr" translate="no" aria-hidden="true" {...part('passkey-code')}>
        {code}
      </p>
      <span dir="ltr" translate="no" {...part('pairing-code-spelled')}>
        {Array.from(code.replaceAll('-', '')).join(', ')}
      </span>
    </div>
  )
}
