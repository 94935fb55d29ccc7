'use client'

import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'
import { Part } from './part.js'
import { PairingQrCode } from './qr-code.js'
import { PairingRetryButton } from './retry-button.js'
import { PairingStartButton } from './start-button.js'
import { useLaterParts } from './use-later-parts.js'

/** A box of constant size for the code and its replacements, so that the layout does not shift. */
export const PairingTile: PartComponent<'div'> = forwardPart(function PairingTile(props, ref) {
  const { pairing, messages, part } = usePairingContext()
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
      {later ? (
        <later.TileMark />
      ) : (
        later === null &&
        session.status === 'expired' && <p {...part('expired-note')}>{messages.expiredTitle}</p>
      )}
      <Part name="Account" own={later?.PairingAccount} />
      <Part name="Passkey" own={later?.PairingPasskey} />
      <Part name="SupportLink" own={later?.PairingSupportLink} />
      <Part name="StartButton" own={PairingStartButton} />
      <Part name="RetryButton" own={PairingRetryButton} />
    </div>
  )
})
