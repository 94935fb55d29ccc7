// Mounts a page and shows codes, in a separate process, so that no other code uses the same heap.

import { builtinEnvironments } from 'vitest/runtime'

const [mounts = 0, rotations = 0] = process.argv.slice(2).map(Number)

await builtinEnvironments.jsdom.setup(globalThis, {})

// Imported after jsdom was set up, because React checks for a window when it loads.
const { createElement } = await import('react')
const { createRoot } = await import('react-dom/client')
const { QueryClient } = await import('@tanstack/react-query')
const { WhatsAppPairing } = await import('whatsapp-pairing')

let codes = 0
/** @returns {import('whatsapp-pairing').PairingSnapshot} */
function nextCode() {
  codes += 1
  const src = `data:image/png;base64,iVBORw0KGgoA${String(codes).padStart(12, '0')}`
  return { status: 'qr', qrCode: { kind: 'image', src } }
}

/** @type {import('whatsapp-pairing').PairingProvider} */
const provider = {
  id: 'bench',
  sessionId: 'main',
  timing: {
    qrLifetimeMs: 60_000,
    qrIntervalMs: 60_000,
    qrMinIntervalMs: 1_000,
    statusIntervalMs: 1_000,
    pairingCodeLifetimeMs: 1_000,
    requestTimeoutMs: 1_000,
  },
  getStatus: async () => ({ status: 'unlinked' }),
  getQrCode: async () => nextCode(),
  // The codes are pushed. A page reads at most four times a second, so 10,000 codes would take an hour.
  subscribe(listener) {
    const timer = setInterval(() => listener(nextCode()), 1)
    return () => clearInterval(timer)
  },
}
const queryClient = new QueryClient()
const place = document.body.appendChild(document.createElement('main'))
const turn = () => new Promise((resolve) => setTimeout(resolve, 1))
const component = createElement(WhatsAppPairing, {
  provider,
  queryClient,
  maxRefreshes: Number.POSITIVE_INFINITY,
})

async function heap() {
  for (let index = 0; index < 5; index += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    globalThis.gc?.()
  }
  return process.memoryUsage().heapUsed
}

/** @param {number} count */
async function mount(count) {
  for (let index = 0; index < count; index += 1) {
    const root = createRoot(place)
    root.render(component)
    await turn()
    root.unmount()
  }
  return heap()
}

/** @param {number} count */
async function rotate(count) {
  const until = codes + count
  const root = createRoot(place)
  root.render(component)
  while (codes < until) await turn()
  root.unmount()
  return heap()
}

// Code and caches that are loaded once do not count as the cost of a mount.
await mount(mounts / 10)
await rotate(rotations / 10)
process.send?.({
  mounts: [await heap(), await mount(mounts / 2), await mount(mounts / 2)],
  rotations: [await heap(), await rotate(rotations / 2), await rotate(rotations / 2)],
})
process.exit()
