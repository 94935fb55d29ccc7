'use client'

import { forwardPart, type PartComponent } from './forward-part.js'
import { hasQrCode } from './has-qr-code.js'
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
