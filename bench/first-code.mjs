// What a page loads of this package until the first QR code is painted, in an app that Vite has built.

import { buildApp, gzippedBytes } from './lib/first-code-app.mjs'
import { requestsOf } from './lib/first-code-page.mjs'
import { count, kilobytes, report } from './lib/table.mjs'

/** The only place with these limits. Bytes are gzipped JavaScript above React and TanStack Query. */
const LIMITS = {
  screenBytes: 22_000,
  hookBytes: 9_500,
  chunks: 1,
  reads: 1,
}

const isQuiet = process.argv.includes('--quiet')

const withoutUs = await buildApp('without us')
const theirBytes = gzippedBytes(withoutUs, withoutUs.atOnce)

/**
 * @param {import('./lib/first-code-app.mjs').AppName} name
 * @param {boolean} hasCode
 */
async function measure(name, hasCode) {
  const app = await buildApp(name)
  const paths = await requestsOf(app, { hasCode })
  const scripts = new Set(paths.filter((path) => path.endsWith('.js')))
  const chunks = [...scripts].filter((path) => path !== app.atOnce[0])
  return {
    bytes: gzippedBytes(app, scripts) - theirBytes,
    chunks,
    reads: paths.filter((path) => path === '/api/pairing').length,
    sizes: chunks.map((path) => `${path} ${gzippedBytes(app, [path])}`),
  }
}
