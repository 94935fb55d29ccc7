import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { ownServer } from 'whatsapp-pairing/providers/own-server'
import { createPairingHandler, toNodeListener } from 'whatsapp-pairing/server'
import { createEmulator, mockOwnServer } from 'whatsapp-pairing/testing'

/** @typedef {import('./first-code-app.mjs').BuiltApp} BuiltApp */

/** Within this time, a page without a code has loaded everything that it loads without an action of the user. */
const SETTLED_MS = 1_000

const PAINTED = '/painted'

/** Runs in the page: requests {@link PAINTED} when the first QR code was painted, with the milliseconds since the page was opened. */
function reportPaint() {
  const observer = new MutationObserver(() => {
    if (!document.querySelector('[data-part="qr-code"] svg path')) return
    observer.disconnect()
    requestAnimationFrame(() => {
      // A message that is sent in a frame arrives after the frame was painted.
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => void fetch(`/painted?${performance.now()}`)
      port2.postMessage(undefined)
    })
  })
  observer.observe(document, { subtree: true, childList: true })
}

/**
 * What a page did until the first QR code was painted. A page without one only has `paths`, and all of them.
 *
 * @typedef {object} Opened
 * @property {readonly string[]} paths that it requested, in order
 * @property {number} paintedMs from the navigation on
 * @property {number} taskMs processor time of its main thread
 */

/**
 * Opens a built app in a new page, with a pairing handler and a mock server behind it.
 *
 * @param {import('playwright').Browser} browser
 * @param {BuiltApp} app
 * @param {{ hasCode: boolean, cpuSlowdown?: number }} options `cpuSlowdown`: 6 for a cheap phone
 * @returns {Promise<Opened>}
 */
export async function openFirstCode(browser, { files }, { hasCode, cpuSlowdown = 1 }) {
  const emulator = createEmulator({ seed: 1 })
  emulator.start()
  const options = { url: 'https://engine.example/pairing', headers: { authorization: 'Bearer of-the-bench' } }
  const handler = createPairingHandler({
    provider: ownServer({ ...options, fetch: mockOwnServer(emulator, options).fetch }),
    authorize: () => true,
  })
  const pairing = toNodeListener(handler)
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/api/pairing') {
      pairing(request, response)
      return
    }
    const file = files.get(pathname === '/' ? '/index.html' : pathname)
    const type = pathname.endsWith('.js')
      ? 'text/javascript'
      : pathname.endsWith('.css')
        ? 'text/css'
        : 'text/html'
    response.writeHead(file ? 200 : 204, { 'content-type': type }).end(file)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The app has no port.')
  const page = await browser.newPage()
  try {
    const devTools = await page.context().newCDPSession(page)
    // Counts only the time of this thread, without other work of the machine.
    await devTools.send('Performance.enable', { timeDomain: 'threadTicks' })
    await devTools.send('Emulation.setCPUThrottlingRate', { rate: cpuSlowdown })
    /** @type {string[]} */
    const paths = []
    page.on('request', (request) => paths.push(new URL(request.url()).pathname))
    const painted = page.waitForRequest((request) => new URL(request.url()).pathname === PAINTED, {
      timeout: 30_000,
    })
    // If the page has no code, no caller waits for this promise.
    painted.catch(() => {})
    await page.addInitScript(reportPaint)
    await page.goto(`http://127.0.0.1:${address.port}/`, { waitUntil: 'load' })
    if (!hasCode) {
      await sleep(SETTLED_MS)
      return { paths, paintedMs: Number.NaN, taskMs: Number.NaN }
    }
    const message = await painted
    const { metrics } = await devTools.send('Performance.getMetrics')
    const taskSeconds = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
    return {
      paths: paths.slice(0, paths.indexOf(PAINTED)),
      paintedMs: Number(new URL(message.url()).search.slice(1)),
      taskMs: taskSeconds * 1_000,
    }
  } finally {
    await page.close()
    // Handlers in one process share the poller of a session. The next page gets its own, with a new emulator.
    await handler.close()
    server.closeAllConnections()
    server.close()
  }
}
