'use client'

import { useEffect } from 'react'
import type { QrPayload } from '../../core/qr-payload.js'
import { drawsWith } from '../first-code.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { lazyPart } from './lazy-part.js'
import { MissingPart } from './missing-part.js'
import { usePairingContext } from './pairing-context.js'

// The encoder is a third of the drop-in and is needed only once a code has arrived: a chunk of its own. Without it
// pictures, and the phone number, still work.
const useQrSvg = lazyPart(() => drawsWith(import('./qr-svg.js')).then(({ QrSvg }) => QrSvg))

/** The QR code of this moment; nothing where there is no live one. */
export const PairingQrCode: PartComponent<'div'> = forwardPart(function PairingQrCode(props, ref) {
  const { session } = usePairingContext().pairing
  // Beside the first request, and not when the code is there.
  useEffect(useQrSvg.load, [])
  // The key lets each code fade in anew. The one before is removed by then: it must not be scanned any more.
  return session.status === 'awaiting-scan' ? (
    <Code {...props} ref={ref} key={session.qrCode.number} payload={session.qrCode.payload} />
  ) : null
})

const Code = forwardPart<'div', { payload: QrPayload }>(function Code({ payload, ...props }, ref) {
  const { pairing, messages, qrText, readQrImage, part } = usePairingContext()
  const Encoder = useQrSvg()
  if (Encoder === null && payload.kind === 'text') return <MissingPart load={useQrSvg.load} />
  return (
    <div {...props} ref={ref} {...part('qr-code', props.className)} data-kind={payload.kind}>
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
})
