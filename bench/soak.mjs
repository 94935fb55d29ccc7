// Runs 500 sessions with 4 pages each on two replicas. Meanwhile the provider fails, a replica is ended and started again, and
// Redis stalls and restarts. `--minutes 30` sets the duration, and `--sessions` the number of sessions.

import { availableParallelism, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { numberOptions } from './lib/number-options.mjs'
import { phoneRows } from './lib/phone-rows.mjs'
import { startPhones } from './lib/phones.mjs'
import { createRandom } from './lib/random.mjs'
import { count, kilobytes, megabytes, report, seconds } from './lib/table.mjs'

const PAGES_PER_SESSION = 4
const FAULT_CHANCE = 0.03
const SHOWN_LIMIT_MS = 30_000

/** What happens in each minute, in milliseconds from its beginning. */
const REPLICA_ENDS_MS = 3_000
const PROVIDER_DOWN_MS = /** @type {const} */ ([12_000, 3_000])
const REDIS_STALLS_MS = /** @type {const} */ ([22_000, 4_000])
const REDIS_RESTARTS_MS = /** @type {const} */ ([32_000, 2_000])
const MINUTE_MS = 60_000

/** The first part of the run is not counted, because code is compiled and caches are filled in it. */
const WARM_UP_SHARE = 0.25

/** With fewer samples the slope is noise: garbage and running requests differ by a megabyte. */
const ENOUGH_SAMPLES = 10
const SLOPE_LIMIT = 100_000

const option = numberOptions({ minutes: 1, sessions: 500, seed: 1 })
const [minutes, sessions, seed] = /** @type {const} */ ([
  option('minutes'),
  option('sessions'),
  option('seed'),
])
const [loadBefore = 0] = loadavg()
const random = createRandom(seed)

const phones = await startPhones({
  sessions,
  pagesPerSession: PAGES_PER_SESSION,
  faultChance: FAULT_CHANCE,
  random,
})
await phones.untilShown(SHOWN_LIMIT_MS)

/** One replica runs all the time, and its memory is measured. The other one is ended once a minute. */
const [lasting, restarted] = phones.replicas
/** @type {import('./lib/usage.mjs').Usage[]} */
const samples = [await lasting.measure()]
const stops = { killed: 0, ended: 0, longestMs: 0 }

/** @param {number} startedAt @param {number} ms */
const sleepUntil = (startedAt, ms) => sleep(Math.max(startedAt + ms - performance.now(), 0))

/** @param {number} minute */
async function disturb(minute) {
  const startedAt = performance.now()
  await sleepUntil(startedAt, REPLICA_ENDS_MS)
  if (minute % 2 === 0) {
    stops.killed += 1
    await phones.kill(restarted)
  } else {
    stops.ended += 1
    stops.longestMs = Math.max(stops.longestMs, await restarted.end('SIGTERM'))
    await restarted.start()
  }
  await sleepUntil(startedAt, PROVIDER_DOWN_MS[0])
  phones.provider.setDown(true)
  await sleep(PROVIDER_DOWN_MS[1])
  phones.provider.setDown(false)
  await sleepUntil(startedAt, REDIS_STALLS_MS[0])
  await phones.stallRedis(REDIS_STALLS_MS[1])
  await sleepUntil(startedAt, REDIS_RESTARTS_MS[0])
  await phones.restartRedis(REDIS_RESTARTS_MS[1])
  await sleepUntil(startedAt, MINUTE_MS)
}

for (let minute = 0; minute < minutes; minute += 1) {
  await disturb(minute)
  samples.push(await lasting.measure())
}
await phones.end()

/** Bytes for each minute, by least squares. @param {readonly number[]} values */
function slope(values) {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const [above, below] = values.reduce(
    ([products, squares], value, index) => [
      products + (index - middle) * (value - mean),
      squares + (index - middle) ** 2,
    ],
    [0, 0],
  )
  return above / below
}

const used = samples.map((sample) => sample.used)
const counted = used.slice(Math.ceil(used.length * WARM_UP_SHARE))
const hasSlope = counted.length >= ENOUGH_SAMPLES
const faults = [...phones.provider.faults].map(([fault, times]) => `${count(times)} × ${fault}`)

report(
  `soak: ${count(sessions)} sessions, ${PAGES_PER_SESSION} pages each, two replicas, ${count(minutes)} min, seed ${seed}`,
  phoneRows(phones.figures(), PAGES_PER_SESSION),
)

report('what disturbed it', [
  { what: 'a replica was killed', measured: count(stops.killed) },
  { what: 'a replica got the signal to end', measured: count(stops.ended) },
  { what: 'the longest end', measured: seconds(Math.round(stops.longestMs)) },
  { what: 'Redis stood still or restarted without its data', measured: count(phones.figures().outages) },
  { what: 'a replica got no reply of Redis in time', measured: count(phones.figures().lateReplies) },
  { what: 'requests to the provider', measured: count(phones.provider.counts.requests) },
  ...faults.map((fault) => ({ what: 'of these failed', measured: fault })),
])

report('memory of the replica that ran all the time: heap and buffers in use after a garbage collection', [
  { what: 'samples, one for each minute', measured: count(used.length) },
  {
    what: 'first / largest / last',
    measured: [used[0], Math.max(...used), used.at(-1)].map((bytes) => megabytes(bytes ?? 0)).join(' / '),
  },
  {
    what: 'growth for each minute after the warm-up',
    measured: counted.length > 1 ? kilobytes(slope(counted)) : 'too few samples',
    ...(hasSlope && { limit: `≤ ${kilobytes(SLOPE_LIMIT)}`, holds: slope(counted) <= SLOPE_LIMIT }),
  },
  {
    what: 'as the system sees it (RSS), first / last',
    measured: [samples[0], samples.at(-1)].map((sample) => megabytes(sample?.rss ?? 0)).join(' / '),
  },
])

report('this machine', [
  { what: 'Node', measured: process.version },
  { what: 'cores', measured: count(availableParallelism()) },
  { what: 'load before / after', measured: `${loadBefore.toFixed(1)} / ${(loadavg()[0] ?? 0).toFixed(1)}` },
])
