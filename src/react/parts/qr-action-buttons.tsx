'use client'

import type { ReactElement } from 'react'
import { PairingEnlargeButton } from './enlarge-button.js'
import { PairingOpenInWhatsApp } from './open-in-whatsapp.js'
import { Part } from './part.js'

/** The content of `PairingQrActions`: a chunk of its own, since the code itself must not wait for it. */
export function QrActionButtons(): ReactElement {
  return (
    <>
      <Part name="EnlargeButton" own={PairingEnlargeButton} />
      <Part name="OpenInWhatsApp" own={PairingOpenInWhatsApp} />
    </>
  )
}
