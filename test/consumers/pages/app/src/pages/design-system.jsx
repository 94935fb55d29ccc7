import { PairingCard } from 'whatsapp-pairing/parts'
import { states, stillPairing } from '../sessions.js'

/** The card in the theme of its page. */
export function Page() {
  return <PairingCard pairing={stillPairing(states['qr expired'])} appName="Acme Inbox" theme="inherit" />
}
