'use client'

import { QRCodeSVG } from 'qrcode.react'
import type { ComponentPropsWithoutRef, ReactElement } from 'react'
import { usePairingContext } from './pairing-context.js'

/** The four empty modules around a code that WhatsApp's scanner needs, though camera apps do without. */
const QUIET_ZONE_MODULES = 4

// Always these two: inverted codes, as dark themes make them, are not read.
const DARK = '#111b21'
const LIGHT = '#ffffff'

/** The QR code of this moment; nothing where there is no live one. */
export function PairingQrCode(props: ComponentPropsWithoutRef<'div'>): ReactElement | null {
  const { pairing, messages } = usePairingContext()
  const { session } = pairing
  if (session.status !== 'awaiting-scan') return null
  const { payload } = session.qrCode
  return (
    <div {...props} data-part="qr-code" data-kind={payload.kind}>
      {payload.kind === 'text' ? (
        // Level L: the text fills 61 modules instead of 65, and larger modules are read more easily than repaired.
        <QRCodeSVG
          value={payload.value}
          level="L"
          marginSize={QUIET_ZONE_MODULES}
          fgColor={DARK}
          bgColor={LIGHT}
          size={256}
          role="img"
          aria-label={messages.qrCodeLabel}
        />
      ) : (
        <img
          src={payload.src}
          alt={messages.qrCodeLabel}
          width={256}
          height={256}
          draggable={false}
          onError={pairing.reportBrokenImage}
        />
      )}
    </div>
  )
}
