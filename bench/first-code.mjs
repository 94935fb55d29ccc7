// What a page loads of this package until the first QR code is painted, in an app that Vite has built for production.

import { measureFirstCode } from './lib/measure-first-code.mjs'
import { count, kilobytes, report } from './lib/table.mjs'

/** These limits are in no other place. Bytes: JavaScript, minified and gzipped, without React and TanStack Query. */
const LIMITS = { screenBytes: 25_300, hookBytes: 11_300, chunks: 1, reads: 1 }

const { screen, imported, closed, hook } = await measureFirstCode()

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
