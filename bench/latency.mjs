// Runs test/react/link-latency, and prints how long after a scan the page shows it. The clock is a fake.

import { startVitest } from 'vitest/node'
import { count, quantile, report } from './lib/table.mjs'

const vitest = await startVitest('test', ['test/react/link-latency'], {
  watch: false,
  project: ['dom'],
  // No reporter, because the table shows all results.
  reporters: [{}],
})

const pages = vitest.state.getTestModules().flatMap((module) =>
  [...module.children.allTests()].flatMap((test) => {
    const { latency } = test.meta()
    return latency ? [{ ...latency, holds: test.ok() }] : []
  }),
)
const failed = vitest.state.getCountOfFailedTests()
await vitest.close()

/** How long the emulated phone takes from the scan to the link. */
const LINKING_MS = 2_000

/** @param {readonly number[]} values */
const medianAndLast = (values) =>
  [0.5, 1].map((share) => (quantile(values, share) / 1_000).toFixed(1)).join(' / ')

report('latency: seconds from a scan until a first sign and until linked, median / last of seven scans', [
  ...pages.map(({ provider, way, statusIntervalMs, scans, holds }) => {
    const linked = scans.map(({ linkedMs }) => linkedMs)
    const intervals = (quantile(linked, 1) - LINKING_MS) / statusIntervalMs
    const firstSign = medianAndLast(scans.map(({ firstSignMs }) => firstSignMs))
    return {
      what: `${provider}, ${way}`,
      measured: `${firstSign}   ${medianAndLast(linked)}   ${intervals.toFixed(2)} intervals after the provider knew`,
      limit: '≤ 1 interval',
      holds,
    }
  }),
  {
    what: 'tests that failed',
    measured: count(failed),
    limit: 'none',
    holds: failed === 0 && pages.length > 0,
  },
])
