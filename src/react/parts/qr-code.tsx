'use client'

import { type ComponentPropsWithoutRef, type ReactElement, useSyncExternalStore } from 'react'
import { usePairingContext } from './pairing-context.js'
import type { QrSvg } from './qr-svg.js'

let Svg: typeof QrSvg | undefined

// The encoder is a third of the drop-in and is needed only once a code has arrived: a chunk of its
// own, which loads beside the first request instead of before it.
const loaded = import('./qr-svg.js').then(
  (module) => {
    Svg = module.QrSvg
  },
  // Without it the box stays empty; pictures, and the phone number, still work.
  () => {},
)

function subscribe(changed: () => void): () => void {
  let isGone = false
  void loaded.then(() => isGone || changed())
  return () => {
    isGone = true
  }
}

/** The QR code of this moment; nothing where there is no live one. */
export function PairingQrCode(props: ComponentPropsWithoutRef<'div'>): ReactElement | null {
  const { pairing, messages } = usePairingContext()
  const Encoder = useSyncExternalStore(
    subscribe,
    () => Svg,
    () => Svg,
  )
  const { session } = pairing
  if (session.status !== 'awaiting-scan') return null
  const { payload } = session.qrCode
  return (
    <div {...props} data-part="qr-code" data-kind={payload.kind}>
      {payload.kind === 'image' ? (
        <img
          src={payload.src}
          alt={messages.qrCodeLabel}
          width={256}
          height={256}
          draggable={false}
          onError={pairing.reportBrokenImage}
        />
      ) : (
        Encoder && <Encoder text={payload.value} label={messages.qrCodeLabel} />
      )}
    </div>
  )
}
