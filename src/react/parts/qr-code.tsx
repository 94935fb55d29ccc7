'use client'

import { useEffect } from 'react'
import type { QrPayload } from '../../core/qr-payload.js'
import { drawsWith } from '../first-code.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { lazyPart } from './lazy-part.js'
import { MissingPart } from './missing-part.js'
import { usePairingContext } from './pairing-context.js'

// The encoder is a third of the component's size and is needed only after a code has arrived, so it is a separate chunk. Pictures
// and the phone number work without it.
const useQrSvg = lazyPart(() => drawsWith(import('./qr-svg.js')).then(({ QrSvg }) => QrSvg))

/** The current QR code. Renders nothing without a live one. */
export const PairingQrCode: PartComponent<'div'> = forwardPart(function PairingQrCode(props, ref) {
  const { session } = usePairingContext().pairing
  // Loads during the first request, and not after the code has arrived.
  useEffect(useQrSvg.load, [])
  // The key makes each code fade in. The previous one is removed immediately, because it must not be scanned any more.
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
