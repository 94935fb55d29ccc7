'use client'

import type { PairingSession } from '../../core/pairing-session.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'
import { Part } from './part.js'
import { useLaterParts } from './use-later-parts.js'

/** The other actions for a QR code. Their space is reserved from the start, so that the layout does not shift. */
export const PairingQrActions: PartComponent<'div'> = forwardPart(function PairingQrActions(props, ref) {
  const { pairing, part } = usePairingContext()
  const later = useLaterParts()
  if (!hasQrCode(pairing.session)) return null
  return (
    <div {...props} ref={ref} {...part('qr-actions', props.className)}>
      {props.children ?? (
        <>
          <Part name="EnlargeButton" own={later?.PairingEnlargeButton} />
          <Part name="OpenInWhatsApp" own={later?.PairingOpenInWhatsApp} />
        </>
      )}
    </div>
  )
})

/** Whether a QR code is on screen, was on screen, or will follow soon. In a long wait there is nothing to enlarge. */
export function hasQrCode(session: PairingSession): boolean {
  const { method, status } = session
  if (status === 'preparing') return method === 'qr' && !session.isSlow
  return method === 'qr' && (status === 'awaiting-scan' || status === 'expired')
}
