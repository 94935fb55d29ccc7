import { QRCodeSVG } from 'qrcode.react'
import type { ReactElement } from 'react'

/** WhatsApp's scanner needs four empty modules around a code, although camera apps do not. */
const QUIET_ZONE_MODULES = 4

// Always these two colours, because scanners do not read inverted codes in dark themes.
const DARK = '#111b21'
const LIGHT = '#ffffff'

/** WhatsApp's text as a QR code. */
export function QrSvg({ text, label }: { text: string; label: string }): ReactElement {
  return (
    <QRCodeSVG
      value={text}
      // Level L: the text fills 61 modules instead of 65, and larger modules are read more easily than repaired.
      level="L"
      marginSize={QUIET_ZONE_MODULES}
      fgColor={DARK}
      bgColor={LIGHT}
      size={256}
      role="img"
      aria-label={label}
    />
  )
}
