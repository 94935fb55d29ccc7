import '../dialogs/dialogs.css'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { WhatsAppPairing, WhatsAppPairingDialog } from 'whatsapp-pairing'
import { dialogs } from '../dialogs/index.js'
import { makeProvider } from '../provider.js'

const library = new URLSearchParams(location.search).get('library')
const HostDialog = lazy(dialogs[library])
const queryClient = new QueryClient()
const inCard = makeProvider('card').provider
const inDialog = makeProvider('dialog').provider

/** The card in a library's dialog. The package's own dialog opens from inside that dialog or next to it. */
export function Page() {
  const [isOpen, setOpen] = useState(false)
  const [own, setOwn] = useState('closed')
  const close = () => setOwn('closed')
  const ownDialog = (
    <WhatsAppPairingDialog open onOpenChange={close} provider={inDialog} appName="Acme Inbox" theme="light" />
  )
  return (
    <QueryClientProvider client={queryClient}>
      <main>
        <h1>The host’s own page</h1>
        <button type="button" onClick={() => setOpen(true)}>
          Settings
        </button>
        <Suspense>
          <HostDialog isOpen={isOpen} onOpenChange={setOpen}>
            <label>
              Name <input />
            </label>
            {new URLSearchParams(location.search).get('content') === 'button' ? (
              <p>
                <button type="button" onClick={() => setOwn('within')}>
                  Link within
                </button>
              </p>
            ) : (
              <WhatsAppPairing provider={inCard} appName="Acme Inbox" theme="light" defaultCountry="BR" />
            )}
            {own === 'within' && ownDialog}
          </HostDialog>
        </Suspense>
        <output data-host={isOpen ? 'open' : 'closed'} data-own={own} />
      </main>
    </QueryClientProvider>
  )
}
