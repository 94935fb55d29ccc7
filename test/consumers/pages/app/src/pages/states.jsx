import { useEffect, useState } from 'react'
import { PairingCard } from 'whatsapp-pairing/parts'
import { enterHost } from '../hosts.js'
import { differences, measure } from '../measure.js'
import { states, stillPairing, variants } from '../sessions.js'

// Variants with elements that do not depend on the status alone.
const withMore = [
  'phone-code awaiting-code, slow',
  'phone-code awaiting-number, cooling down',
  'qr failed, another phone',
]
const all = Object.entries({
  ...states,
  ...Object.fromEntries(withMore.map((name) => [name, variants[name]])),
})

/** The card in every state, or one of them in a dialog. */
export function Page({ params }) {
  const theme = params.get('theme') ?? 'light'
  useEffect(() => {
    window.statesPage = { enterHost, measure, differences }
  }, [])
  const width = Number(params.get('width') ?? 760)
  if (params.has('dialog')) return <InDialog theme={theme} />
  return (
    <main className="site">
      {all.map(([name, session]) => (
        <div key={name} data-state={name} style={{ display: 'block', width }}>
          <Card session={session} theme={theme} />
        </div>
      ))}
    </main>
  )
}

function Card({ session, theme, ...props }) {
  return (
    <PairingCard
      pairing={stillPairing(session)}
      appName="Acme Inbox"
      theme={theme}
      defaultPhoneNumber="+55 11 98765-4321"
      {...props}
    />
  )
}

function InDialog({ theme }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <main className="site">
      <button type="button" onClick={() => setOpen(true)}>
        Open
      </button>
      {isOpen && (
        <Card as="dialog" onClose={() => setOpen(false)} session={states['qr awaiting-scan']} theme={theme} />
      )}
    </main>
  )
}
