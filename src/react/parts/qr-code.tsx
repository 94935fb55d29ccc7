'use client'

import type { ComponentPropsWithoutRef, ReactElement } from 'react'
import type { QrPayload } from '../../core/qr-payload.js'
import { lazyPart } from './lazy-part.js'
import { MissingPart } from './missing-part.js'
import { usePairingContext } from './pairing-context.js'

// The encoder is a third of the drop-in and is needed only once a code has arrived: a chunk of its own. Without it
// pictures, and the phone number, still work.
const useQrSvg = lazyPart(() => import('./qr-svg.js').then(({ QrSvg }) => QrSvg))
useQrSvg.load()

/** The QR code of this moment; nothing where there is no live one. */
export function PairingQrCode(props: ComponentPropsWithoutRef<'div'>): ReactElement | null {
  const { session } = usePairingContext().pairing
  // The key lets each code fade in anew. The one before is gone by then: it must not be read any more.
  return session.status === 'awaiting-scan' ? (
    <Code {...props} key={session.qrCode.number} payload={session.qrCode.payload} />
  ) : null
}

function Code({ payload, ...props }: ComponentPropsWithoutRef<'div'> & { payload: QrPayload }): ReactElement {
  const { pairing, messages, qrText, readQrImage } = usePairingContext()
  const Encoder = useQrSvg()
  if (Encoder === null && payload.kind === 'text') return <MissingPart load={useQrSvg.load} />
  return (
    <div {...props} data-part="qr-code" data-kind={payload.kind}>
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
