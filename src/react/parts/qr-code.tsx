'use client'

import type { ComponentPropsWithoutRef, ReactElement } from 'react'
import { lazyPart } from './lazy-part.js'
import { usePairingContext } from './pairing-context.js'

// The encoder is a third of the drop-in and is needed only once a code has arrived: a chunk of its own. Without it
// the box stays empty; pictures, and the phone number, still work.
const useQrSvg = lazyPart(import('./qr-svg.js').then(({ QrSvg }) => QrSvg))

/** The QR code of this moment; nothing where there is no live one. */
export function PairingQrCode(props: ComponentPropsWithoutRef<'div'>): ReactElement | null {
  const { pairing, messages, qrText, readQrImage } = usePairingContext()
  const Encoder = useQrSvg()
  const { session } = pairing
  if (session.status !== 'awaiting-scan') return null
  const { payload } = session.qrCode
  return (
    // The key lets each code fade in anew. The one before is gone by then: it must not be read any more.
    <div {...props} key={session.qrCode.number} data-part="qr-code" data-kind={payload.kind}>
      {Encoder && qrText ? (
        <Encoder text={qrText} label={messages.qrCodeLabel} />
      ) : (
        payload.kind === 'image' && (
          <img
            src={payload.src}
            alt={messages.qrCodeLabel}
            width={256}
            height={256}
            draggable={false}
            onLoad={({ currentTarget }) => readQrImage(currentTarget)}
            onError={pairing.reportBrokenImage}
          />
        )
      )}
    </div>
  )
}
