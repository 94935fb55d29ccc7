import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useState } from 'react'
import { proxy, WhatsAppPairing, WhatsAppPairingDialog } from 'whatsapp-pairing'
import { ptBR } from 'whatsapp-pairing/locales/pt-BR'

const queryClient = new QueryClient()

/** An ordinary page with the card and a button that opens the dialog. */
export function Page({ params }) {
  const [isOpen, setOpen] = useState(false)
  const [isDone, setDone] = useState(false)
  const pairing = {
    provider: proxy({ url: '/api/pairing', live: false }),
    appName: 'Padaria São José',
    theme: 'light',
    maxRefreshes: 1,
    ...(params.get('locale') === 'pt-BR' && { locale: ptBR }),
    onDone: () => setDone(true),
  }
  return (
    <QueryClientProvider client={queryClient}>
      <main>
        <button type="button" onClick={() => setOpen(true)}>
          Open the dialog
        </button>
        {isDone ? <h1>The host’s next page</h1> : <WhatsAppPairing {...pairing} />}
        {isOpen && <WhatsAppPairingDialog {...pairing} open onOpenChange={setOpen} />}
      </main>
    </QueryClientProvider>
  )
}
