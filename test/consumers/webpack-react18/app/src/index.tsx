import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { WhatsAppPairing, WhatsAppPairingDialog } from 'whatsapp-pairing'
import { greenApi } from 'whatsapp-pairing/providers/green-api'
import { createEmulator, mockGreenApi } from 'whatsapp-pairing/testing'
import 'whatsapp-pairing/styles.css'

const phone = createEmulator()
const instance = { idInstance: '1101000001', apiTokenInstance: 'emulated' }
const provider = greenApi({
  ...instance,
  fetch: mockGreenApi(phone, instance).fetch,
  dangerouslyAllowBrowser: true,
})

function App() {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Link a phone
      </button>
      <button type="button" onClick={() => phone.scan()}>
        Scan
      </button>
      <WhatsAppPairing provider={provider} appName="Acme Inbox" />
      <WhatsAppPairingDialog open={isOpen} onOpenChange={setOpen} provider={provider} appName="Acme Inbox" />
    </>
  )
}

const root = document.getElementById('root')
if (root)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
