// What a page loads of this package until the first QR code is painted, in an app that Vite has built for production.

import { chromium } from 'playwright'
import { chromiumLaunchOptions } from '../test/chromium.mjs'
import { buildApp, gzippedBytes } from './lib/first-code-app.mjs'
import { openFirstCode } from './lib/first-code-page.mjs'
import { count, kilobytes, report } from './lib/table.mjs'

/** These limits are in no other place. Bytes: JavaScript, minified and gzipped, without React and TanStack Query. */
const LIMITS = { screenBytes: 25_300, hookBytes: 11_300, chunks: 1, reads: 1 }

/**
 * What a built app loads of this package.
 *
 * @typedef {object} Loaded
 * @property {number} bytes JavaScript, minified and gzipped, without React and TanStack Query
 * @property {number} chunks scripts in addition to the app's own; if Vite splits that one, the second part counts too
 * @property {number} onDemand scripts that the HTML does not name, so that code has requested them
 * @property {number} reads
 */

const withoutUs = await buildApp('without us')
const bytesWithoutUs = gzippedBytes(withoutUs, withoutUs.atOnce)
const browser = await chromium.launch(await chromiumLaunchOptions())

/**
 * @param {import('./lib/first-code-app.mjs').AppName} name
 * @param {boolean} hasCode
 * @returns {Promise<Loaded>}
 */
async function measure(name, hasCode) {
  const app = await buildApp(name)
  const paths = await openFirstCode(browser, app, hasCode)
  const scripts = [...new Set(paths.filter((path) => path.endsWith('.js')))]
  return {
    bytes: gzippedBytes(app, scripts) - bytesWithoutUs,
    chunks: scripts.length - 1,
    onDemand: scripts.filter((path) => !app.atOnce.includes(path)).length,
    reads: paths.filter((path) => path === '/api/pairing').length,
  }
}

const screen = await measure('screen', true)
const imported = await measure('import', false)
const closed = await measure('closed dialog', false)
const hook = await measure('hook', false)
await browser.close()

/**
 * @param {string} what
 * @param {number} measured
 * @param {number} limit
 * @returns {import('./lib/table.mjs').Row}
 */
const atMost = (what, measured, limit) => ({
  what,
  measured: count(measured),
  limit: limit === 0 ? 'none' : `≤ ${count(limit)}`,
  holds: measured <= limit,
})

/**
 * @param {string} what
 * @param {number} measured
 * @param {number} limit
 * @returns {import('./lib/table.mjs').Row}
 */
const bytesAtMost = (what, measured, limit) => ({
  what,
  measured: kilobytes(measured),
  limit: `≤ ${kilobytes(limit)}`,
  holds: measured <= limit,
})

report('first code: what an app loads of this package, gzipped, above React and TanStack Query', [
  bytesAtMost('JavaScript until the first text QR code is painted', screen.bytes, LIMITS.screenBytes),
  atMost('chunks until then, after the app itself', screen.chunks, LIMITS.chunks),
  atMost('reads until then', screen.reads, LIMITS.reads),
  atMost('chunks that importing the component loads', imported.onDemand, 0),
  atMost('chunks that a closed dialog loads', closed.onDemand, 0),
  bytesAtMost('JavaScript of usePairingSession and proxy', hook.bytes, LIMITS.hookBytes),
])
