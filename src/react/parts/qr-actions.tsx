'use client'

import type { ReactElement } from 'react'
import { forwardPart, type PartComponent } from './forward-part.js'
import { hasQrCode } from './has-qr-code.js'
import { lazyPart } from './lazy-part.js'
import { usePairingContext } from './pairing-context.js'

const useButtons = lazyPart(() =>
  import('./qr-action-buttons.js').then(({ QrActionButtons }) => QrActionButtons),
)

/** What can be done with a QR code beside scanning it. The room is kept from the start, so that nothing jumps. */
export const PairingQrActions: PartComponent<'div'> = forwardPart(function PairingQrActions(props, ref) {
  const { pairing, part } = usePairingContext()
  if (!hasQrCode(pairing.session)) return null
  return (
    <div {...props} ref={ref} {...part('qr-actions', props.className)}>
      {props.children ?? <Buttons />}
    </div>
  )
})

function Buttons(): ReactElement | null {
  const Loaded = useButtons()
  return Loaded ? <Loaded /> : null
}
