'use client'

import { useCallback, useState } from 'react'
import type { PairingSession } from '../core/pairing-session.js'
import { isQrText } from '../core/qr-payload.js'

/** The text of the QR code on screen, and what finds it where the provider sent a picture. */
export interface QrText {
  /** `undefined` without a code, and for a picture that was not read, or not yet. */
  readonly qrText: string | undefined
  /** Reads a picture that has loaded; for `onLoad`. */
  readonly readQrImage: (image: HTMLImageElement) => void
}

/** The reader is loaded with the first picture. Until it is there, and where it finds nothing, the picture is shown. */
export function useQrText(session: PairingSession): QrText {
  const [read, setRead] = useState<{ readonly src: string; readonly text: string | undefined }>()
  const readQrImage = useCallback((image: HTMLImageElement) => {
    // As it was written, and not as the browser spells it.
    const src = image.getAttribute('src') ?? ''
    Promise.all([import('./decode-qr-image.js'), import('qr/decode.js')]).then(
      ([{ decodeQrImage }, { default: decodeQr }]) => {
        // Another code may have arrived while the decoder was loading.
        if (!image.isConnected || image.getAttribute('src') !== src) return
        const text = decodeQrImage(image, decodeQr)
        // Only WhatsApp's text is redrawn.
        setRead({ src, text: text && isQrText(text) ? text : undefined })
      },
      () => {},
    )
  }, [])
  const payload = session.status === 'awaiting-scan' ? session.qrCode.payload : undefined
  const qrText =
    payload?.kind === 'image' ? (read?.src === payload.src ? read.text : undefined) : payload?.value
  return { qrText, readQrImage }
}
