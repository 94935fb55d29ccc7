'use client'

import type { ReactElement } from 'react'
import type { PairingSession } from '../../core/session-state.js'
import { expiredReasonText } from '../session-texts.js'
import { PairingErrorCode } from './error-code.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { Icon } from './icon.js'
import { usePairingContext } from './pairing-context.js'
import { Part } from './part.js'
import { PairingQrCode } from './qr-code.js'
import { PairingRetryButton } from './retry-button.js'
import { PairingStartButton } from './start-button.js'
import { useLaterParts } from './use-later-parts.js'

/** One box of one size for the code and for all that takes its place, so that nothing jumps. */
export const PairingTile: PartComponent<'div'> = forwardPart(function PairingTile(props, ref) {
  const { pairing, part } = usePairingContext()
  const { session } = pairing
  const later = useLaterParts()
  return (
    <div
      {...props}
      ref={ref}
      aria-busy={session.status === 'preparing' || session.status === 'linking'}
      {...part('tile', props.className)}
    >
      <Part name="QrCode" own={PairingQrCode} />
      {session.status === 'expired' && <ExpiredNote session={session} />}
      {session.status === 'linking' && (
        <div {...part('spinner')}>
          <Icon name="phone" size={32} />
        </div>
      )}
      <Part name="Account" own={later?.PairingAccount} />
      <Part name="ErrorCode" own={PairingErrorCode} />
      <Part name="Passkey" own={later?.PairingPasskey} />
      <Part name="SupportLink" own={later?.PairingSupportLink} />
      <Part name="StartButton" own={PairingStartButton} />
      <Part name="RetryButton" own={PairingRetryButton} />
    </div>
  )
})

function ExpiredNote({ session }: { session: Extract<PairingSession, { status: 'expired' }> }): ReactElement {
  const { messages, part } = usePairingContext()
  // The status line says the same to screen readers.
  return (
    <p aria-hidden="true" {...part('expired-note')}>
      <strong>{messages.expiredTitle}</strong>
      <span>{` ${expiredReasonText(session, messages)}`}</span>
    </p>
  )
}
