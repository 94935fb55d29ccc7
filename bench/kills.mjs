// Kills a replica with `kill -9` at random moments, while pages watch and phones scan. `--kills 50` sets the number of kills, and
// `--seed` selects other moments.

import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { numberOptions } from './lib/number-options.mjs'
import { phoneRows } from './lib/phone-rows.mjs'
import { startPhones } from './lib/phones.mjs'
import { createRandom } from './lib/random.mjs'
import { count, report } from './lib/table.mjs'

const SESSIONS = 25
const PAGES_PER_SESSION = 4
const SHOWN_LIMIT_MS = 20_000
const NEXT_KILL_MS = /** @type {const} */ ([200, 4_000])

const option = numberOptions({ kills: 10, seed: 1 })
const [kills, seed] = /** @type {const} */ ([option('kills'), option('seed')])
const [loadBefore = 0] = loadavg()
const random = createRandom(seed)

const phones = await startPhones({
  sessions: SESSIONS,
  pagesPerSession: PAGES_PER_SESSION,
  faultChance: 0,
  random,
})
await phones.untilShown(SHOWN_LIMIT_MS)
for (let kill = 0; kill < kills; kill += 1) {
  await sleep(random.between(...NEXT_KILL_MS))
  const replica = phones.replicas[random.happens(0.5) ? 0 : 1]
  await phones.kill(replica)
}
await phones.end()

const figures = phones.figures()
report(
  `kills: a replica of two is killed ${count(kills)} times, ${SESSIONS} sessions, ${PAGES_PER_SESSION} pages each, seed ${seed}`,
  [
    { what: 'kills', measured: count(figures.kills) },
    ...phoneRows(figures, PAGES_PER_SESSION),
    { what: 'load before / after', measured: `${loadBefore.toFixed(1)} / ${(loadavg()[0] ?? 0).toFixed(1)}` },
  ],
)
