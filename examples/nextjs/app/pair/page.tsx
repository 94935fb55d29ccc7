'use client'

import { type ReactElement, useState } from 'react'
import { type PairingError, proxy, WhatsAppPairing } from 'whatsapp-pairing'
import 'whatsapp-pairing/styles.css'

export default function PairPage(): ReactElement {
  const [error, setError] = useState<PairingError>()
  if (error?.code === 'sign-in-required') {
    return (
      <form action="/sign-in" method="post">
        <button type="submit">Sign in</button>
      </form>
    )
  }
  return <WhatsAppPairing provider={proxy({ url: '/api/pairing' })} appName="Acme Inbox" onError={setError} />
}
