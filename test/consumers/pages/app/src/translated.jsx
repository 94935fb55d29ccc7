import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode, useState } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import { WhatsAppPairing } from 'whatsapp-pairing'
import { PairingCard } from 'whatsapp-pairing/parts'
import 'whatsapp-pairing/styles.css'
import { makeProvider } from './provider.js'
import { states, stillPairing, variants } from './sessions.js'
import { original, startTranslator } from './translator.js'

// After the scan or the code entry, a session looks the same with both methods.
const alike = /^phone-code (?:linking|linked|passkey-required|failed)/
const all = Object.fromEntries(
  Object.entries({ ...states, ...variants }).filter(([name]) => !alike.test(name)),
)
const isLive = new URLSearchParams(location.search).has('live')
const { phone, provider } = makeProvider('translated')
const queryClient = new QueryClient()
let showState
let showFresh

function Still({ name }) {
  return (
    <PairingCard
      pairing={stillPairing(all[name])}
      appName="Acme Inbox"
      theme="light"
      defaultPhoneNumber="+55 11 98765-4321"
    />
  )
}

function Page() {
  const [name, setName] = useState('qr awaiting-scan')
  const [isFresh, setFresh] = useState(!isLive)
  showState = (next) => flushSync(() => setName(next))
  showFresh = (next) => flushSync(() => setFresh(next))
  return (
    <>
      <h1>The host’s own page</h1>
      <div id="translated">
        {isLive ? (
          <WhatsAppPairing provider={provider} appName="Acme Inbox" theme="light" />
        ) : (
          <Still name={name} />
        )}
      </div>
      {/* The same state without a previous state and without a translator. */}
      <div id="fresh" translate="no">
        {isFresh && <Still key={name} name={name} />}
      </div>
    </>
  )
}

/** All text of a part of the page, for display and for screen readers, without the translator's changes. */
function readable(id) {
  const root = document.getElementById(id)
  const elements = [...root.querySelectorAll('*')]
  const attributes = elements.flatMap((element) =>
    ['title', 'placeholder', 'alt', 'aria-label'].flatMap((name) =>
      element.hasAttribute(name)
        ? [`${element.localName} ${name}: ${original(element.getAttribute(name))}`]
        : [],
    ),
  )
  const parts = elements
    // Timed announcements do not appear on both sides simultaneously.
    .filter((element) => element.dataset.part && element.dataset.part !== 'announcement')
    .map((element) => `${element.dataset.part}: ${textOf(element)}`)
  return [...attributes, ...parts]
}

function textOf(element) {
  const copy = element.cloneNode(true)
  for (const announcement of copy.querySelectorAll('[data-part="announcement"]')) announcement.remove()
  return original(copy.textContent).replace(/\s+/g, ' ').trim()
}

/** Waits for React's later work, and for the translator, which is notified after it. */
const settled = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = resolve
    port2.postMessage(undefined)
  })

/** Walks from each status to each other one, and between these statuses and each variant. */
const HUBS = ['qr awaiting-scan', 'phone-code awaiting-number', 'qr linked']

function pairs() {
  const statuses = Object.keys(all).filter((name) => name in states)
  const ofVariants = Object.keys(variants).flatMap((variant) => HUBS.map((hub) => [hub, variant]))
  return [
    ...statuses.flatMap((from, index) => statuses.slice(index + 1).map((to) => [from, to])),
    ...ofVariants,
  ]
}

/** Finds text of the previous state that is still readable. */
async function walk() {
  const expected = {}
  // The second pass runs with all lazy modules loaded.
  for (const name of [...Object.keys(all), ...Object.keys(all)]) {
    showState(name)
    await new Promise((resolve) => setTimeout(resolve, 150))
    expected[name] = readable('fresh').join('\n')
  }
  showFresh(false)
  const wrong = []
  const go = async (from, to) => {
    showState(to)
    await settled()
    await settled()
    const seen = readable('translated')
    if (seen.length > 0 && seen.join('\n') === expected[to]) return
    const stale = seen.find((line) => !expected[to].includes(line))
    wrong.push(`${from} → ${to}: ${stale ?? 'a text is missing'}`)
  }
  for (const [from, to] of pairs()) {
    showState(from)
    await settled()
    await go(from, to)
    await go(to, from)
    if (!document.querySelector('h1')) return [...wrong, `${from} → ${to}: the page is gone`]
  }
  return wrong
}

window.translatedPage = {
  show: (name) => showState(name),
  walk,
  readable,
  startTranslator,
  phone,
}
createRoot(document.getElementById('root')).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Page />
    </QueryClientProvider>
  </StrictMode>,
)
