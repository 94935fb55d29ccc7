// Measures how long an app takes until the first QR code is painted, and the load on the main thread, compared with a page that a
// developer would write by hand. The processor is slowed down to that of a cheap phone. `--runs 40` sets the number of runs.

import { chromium } from 'playwright'
import { chromiumLaunchOptions } from '../test/chromium.mjs'
import { buildApp } from './lib/first-code-app.mjs'
import { openFirstCode } from './lib/first-code-page.mjs'
import { numberOptions } from './lib/number-options.mjs'
import { count, quantile, report } from './lib/table.mjs'

const CPU_SLOWDOWN = 6

/** The second bare page measures the noise: it is equal to the first one. */
const KINDS = /** @type {const} */ ({
  'bare page': 'bare page',
  'bare page, again': 'bare page',
  '<WhatsAppPairing> with its stylesheet': 'styled screen',
})

const runs = numberOptions({ runs: 15 })('runs')
const apps = await Promise.all(
  Object.entries(KINDS).map(async ([kind, name]) => ({ kind, app: await buildApp(name) })),
)
const browser = await chromium.launch(await chromiumLaunchOptions())

/** @type {Map<string, import('./lib/first-code-page.mjs').Opened[]>} */
const opened = new Map(apps.map(({ kind }) => [kind, []]))
// Runs one of each repeatedly, so that the load of the machine affects all equally. The first run of each is slower, because it
// compiles the code.
for (let run = 0; run <= runs; run += 1)
  for (const { kind, app } of apps) {
    const page = await openFirstCode(browser, app, { hasCode: true, cpuSlowdown: CPU_SLOWDOWN })
    if (run > 0) opened.get(kind)?.push(page)
  }
await browser.close()

for (const [what, key] of /** @type {const} */ ([
  ['until the first QR code is painted', 'paintedMs'],
  ['of the main thread until then', 'taskMs'],
])) {
  /** @param {string} kind */
  const valuesOf = (kind) => (opened.get(kind) ?? []).map((page) => page[key])
  const bare = quantile(valuesOf('bare page'), 0.5)
  report(
    `first paint: milliseconds ${what}, median (quarter to three quarters) of ${count(runs)} interleaved runs, processor ${CPU_SLOWDOWN} × slower`,
    Object.keys(KINDS).map((kind) => {
      const [low, median, high] = [0.25, 0.5, 0.75].map((share) => quantile(valuesOf(kind), share).toFixed(0))
      const ratio = quantile(valuesOf(kind), 0.5) / bare
      return { what: kind, measured: `${median} (${low}–${high}), ${ratio.toFixed(2)} × the bare page` }
    }),
  )
}
