// Runs the matrix of test/faults, and prints the end state of each fault for three providers and both methods.

import { startVitest } from 'vitest/node'
import { faultTable } from './lib/fault-table.mjs'
import { count, report } from './lib/table.mjs'

/** @typedef {import('./lib/fault-table.mjs').Cell} Cell */

// Includes the faults of apps and browsers at each provider.
process.env.TEST_RUNS = 'long'

const vitest = await startVitest('test', ['test/faults/matrix'], {
  watch: false,
  project: ['node'],
  // No reporter, because the table shows all results.
  reporters: [{}],
})

/** @type {readonly Cell[]} */
const cells = vitest.state.getTestModules().flatMap((module) =>
  [...module.children.allTests()].flatMap((test) => {
    const { fault } = test.meta()
    return fault ? [{ ...fault, holds: test.ok() }] : []
  }),
)
const counts = vitest.state.getCountOfFailedTests()
await vitest.close()

console.log(`\n${faultTable(cells)}\n`)
console.log(
  '✗ failed, with its error · form: the phone number again · – does not apply · (!) not as documented',
)

const faults = new Set(cells.map(({ name, when }) => `${when}: ${name}`))
report('faults: each ends in its documented state, the phone links afterwards, and nothing is left behind', [
  { what: 'faults', measured: count(faults.size) },
  {
    what: 'faults × providers × methods that are as documented',
    measured: count(cells.filter(({ holds }) => holds).length),
    limit: `all ${count(cells.length)}`,
    holds: counts === 0 && cells.length > 0 && cells.every(({ holds }) => holds),
  },
])
