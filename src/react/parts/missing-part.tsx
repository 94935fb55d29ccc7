'use client'

import type { ReactElement } from 'react'
import { ActionButton } from './action-button.js'
import { usePairingContext } from './pairing-context.js'

/** Replaces an essential part that did not load. It says so, and offers a button that loads the part again. */
export function MissingPart({ load }: { readonly load: () => void }): ReactElement {
  const { messages, part } = usePairingContext()
  const { title, advice } = messages.errors.unknown
  return (
    <div role="alert" {...part('missing-part')}>
      <p>
        <strong>{title}</strong>
        <span>{` ${advice}`}</span>
      </p>
      <ActionButton part="retry-button" action={load}>
        {messages.tryAgain}
      </ActionButton>
    </div>
  )
}
