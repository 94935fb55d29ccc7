// Measures the cost of one session on a page with many sessions, and whether all due requests are sent.

import { setTimeout as sleep } from 'node:timers/promises'
import { between, startMeasuredPages } from './lib/measured-pages.mjs'
import { count, quantile, report, seconds } from './lib/table.mjs'

/** The kinds are measured in turn, so that other load on the machine affects all of them. */
const KINDS = /** @type {const} */ (['hook', 'drop-in', 'bare'])
/** The number of sessions on the page, and how often it is measured. The two numbers with a limit are measured more often. */
const RUNS = /** @type {const} */ ([
  [1, 1],
  [10, 3],
  [100, 1],
  [500, 3],
])
const SESSIONS = RUNS.map(([sessions]) => sessions)

/** Five intervals of three seconds. */
const MEASURED_MS = 15_000
const INTERVAL_MS = 3_000
const DUE = MEASURED_MS / INTERVAL_MS

/** The limit for drawing 500 codes, also on two busy cores. */
const SHOWN_LIMIT_MS = 60_000

/** Work that a page does once after its last code must not count as the cost of a session. */
const SETTLE_MS = 2_500

const RATIO_LIMIT = 1.5

/**
 * @typedef {object} Run
 * @property {number} scriptMs of a session
 * @property {readonly number[]} requests of each session
 */

const pages = await startMeasuredPages({})

/**
 * @param {string} kind
 * @param {number} sessions
 * @returns {Promise<Run>}
 */
async function measure(kind, sessions) {
  const { page, metrics, close } = await pages.open({ kind, sessions: String(sessions) })
  const code = kind === 'drop-in' ? "[data-part='qr-code'] svg" : 'svg'
  await page.waitForFunction(
    ([selector, wanted]) => document.querySelectorAll(selector).length >= wanted,
    /** @type {const} */ ([code, sessions]),
    { timeout: SHOWN_LIMIT_MS },
  )
  await sleep(SETTLE_MS)
  const read = () => page.evaluate(() => [...window.measured.requests])
  const [before, requestsBefore] = [await metrics(), await read()]
  await sleep(MEASURED_MS)
  const [after, requestsAfter] = [await metrics(), await read()]
  await close()
  return {
    scriptMs: between(before, after).scriptMs / sessions,
    requests: requestsAfter.map((requests, index) => requests - (requestsBefore[index] ?? 0)),
  }
}

/** @type {Map<string, Run[]>} */
const measured = new Map()
/**
 * @param {string} kind
 * @param {number} sessions
 */
const runsOf = (kind, sessions) => measured.get(`${kind} ${sessions}`) ?? []

for (let run = 0; run < 3; run += 1)
  for (const [sessions, runs] of RUNS)
    if (run < runs)
      for (const kind of KINDS)
        measured.set(`${kind} ${sessions}`, [...runsOf(kind, sessions), await measure(kind, sessions)])

await pages.close()

/**
 * @param {string} kind
 * @param {number} sessions
 */
const costOf = (kind, sessions) =>
  quantile(
    runsOf(kind, sessions).map(({ scriptMs }) => scriptMs),
    0.5,
  )

/** @param {readonly number[]} values */
const range = (values) => `${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}`

report(
  `sessions: script of a session in ${seconds(MEASURED_MS)}, milliseconds, median (range) of interleaved runs`,
  KINDS.flatMap((kind) =>
    SESSIONS.map((sessions) => ({
      what: `${kind}, ${sessions} on the page`,
      measured: `${costOf(kind, sessions).toFixed(2)} (${range(runsOf(kind, sessions).map(({ scriptMs }) => scriptMs))})`,
    })),
  ),
)

report('sessions: cost of one of 500 to that of one of 10', [
  ...KINDS.map((kind) => {
    const ratio = costOf(kind, 500) / costOf(kind, 10)
    const row = { what: kind, measured: ratio.toFixed(2) }
    return kind === 'bare' ? row : { ...row, limit: `≤ ${RATIO_LIMIT}`, holds: ratio <= RATIO_LIMIT }
  }),
])

report(`sessions: requests of a session in ${seconds(MEASURED_MS)}, of ${count(DUE)} due`, [
  ...KINDS.flatMap((kind) =>
    SESSIONS.map((sessions) => {
      const requests = runsOf(kind, sessions).flatMap((run) => run.requests)
      const [fewest, most] = [Math.min(...requests), Math.max(...requests)]
      const mean = requests.reduce((sum, each) => sum + each, 0) / requests.length
      const row = {
        what: `${kind}, ${sessions} on the page: fewest / mean / most`,
        measured: `${fewest} / ${mean.toFixed(1)} / ${most}`,
      }
      return kind === 'bare'
        ? row
        : { ...row, limit: `${DUE} ± 1`, holds: fewest >= DUE - 1 && most <= DUE + 1 }
    }),
  ),
])
