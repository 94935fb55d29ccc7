'use client'

import type { ReactElement } from 'react'
import { expiredReasonText } from '../session-texts.js'
import { Icon } from './icon.js'
import { usePairingContext } from './pairing-context.js'

/** The content of the tile without a code: a note that it has expired, or an icon for the state. */
export function TileMark(): ReactElement | null {
  const { pairing, messages, part } = usePairingContext()
  const { session } = pairing
  switch (session.status) {
    case 'expired':
      // The status line says the same to screen readers.
      return (
        <p aria-hidden="true" {...part('expired-note')}>
          <strong>{messages.expiredTitle}</strong>
          <span>{` ${expiredReasonText(session, messages)}`}</span>
        </p>
      )
    case 'linking':
      return (
        <div {...part('spinner')}>
          <Icon name="phone" size={32} />
        </div>
      )
    case 'failed':
      return <Icon name="warning" size={40} />
    default:
      return null
  }
}
