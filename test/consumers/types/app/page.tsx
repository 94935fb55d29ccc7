import type { ReactElement } from 'react'
import {
  type PairingError,
  proxy,
  usePairingSession,
  WhatsAppPairing,
  WhatsAppPairingDialog,
} from 'whatsapp-pairing'
import { PairingTitle } from 'whatsapp-pairing/parts'

const provider = proxy({ url: '/api/pairing', sessionId: 'main' })

export function Page({ onError }: { readonly onError: (error: PairingError) => void }): ReactElement {
  return (
    <WhatsAppPairing
      className="card"
      data-testid="pairing"
      provider={provider}
      appName="Acme Inbox"
      onLinked={(account) => console.log(account.phoneNumber?.length)}
      onError={onError}
      parts={{ Title: () => <PairingTitle>Connect your shop</PairingTitle> }}
    />
  )
}

export function Dialog({ isOpen }: { readonly isOpen: boolean }): ReactElement {
  return (
    <WhatsAppPairingDialog open={isOpen} onOpenChange={(open) => console.log(open)} provider={provider} />
  )
}

export function Bare(): ReactElement | null {
  const { session, retry } = usePairingSession({ provider })
  if (session.status === 'expired')
    return (
      <button type="button" onClick={retry}>
        {session.reason}
      </button>
    )
  return session.status === 'awaiting-code' ? <output>{session.pairingCode.formatted}</output> : null
}
