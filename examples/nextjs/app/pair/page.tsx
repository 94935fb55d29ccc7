'use client'

import { type ReactElement, Suspense, useState } from 'react'
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
  // With `cacheComponents`, Next.js prerenders no component that reads the clock, unless it is in a `Suspense`.
  return (
    <Suspense>
      <WhatsAppPairing provider={proxy({ url: '/api/pairing' })} appName="Acme Inbox" onError={setError} />
    </Suspense>
  )
}
