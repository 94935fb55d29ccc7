'use client'

import type { ReactElement } from 'react'
import { PairingEnlargeButton } from './enlarge-button.js'
import { PairingOpenInWhatsAppLink } from './open-in-whatsapp-link.js'

/** The content of `PairingQrActions`: a chunk of its own, since the code itself must not wait for it. */
export function QrActionButtons(): ReactElement {
  return (
    <>
      <PairingEnlargeButton />
      <PairingOpenInWhatsAppLink />
    </>
  )
}
