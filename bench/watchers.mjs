// Opens 2,000 pages that watch 200 sessions. Measures the requests to the provider, the memory of the server, and how fast the
// pages show a scan.

import { availableParallelism, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { startProvider, webhookOf } from './lib/emulated-provider.mjs'
import { requireOpenFiles } from './lib/open-files.mjs'
import { createPages } from './lib/pages.mjs'
import { startPairingServer } from './lib/start-pairing-server.mjs'
import { count, kilobytes, megabytes, milliseconds, quantile, report, seconds } from './lib/table.mjs'
import { until } from './lib/wait.mjs'

const SESSIONS = 200
const PAGES_PER_SESSION = 10
const PAGES = SESSIONS * PAGES_PER_SESSION

/**
 * A session's requests are due 3, 5 and 8 seconds after its first one, and on a busy machine many are late. This time is just
 * before the third one, so that a late second request still counts.
 */
const COUNTED_MS = 7_900

/** GREEN-API's pace: the longest time between two requests while a code is shown. */
const LONGEST_INTERVAL_MS = 5_000

/** The server drops the state of a session 60 seconds after the last page has left. */
const STATE_KEPT_MS = 61_000

/** The state is polled every 3 seconds, so a page that shows no scan after this time has missed it. */
const SHOWN_LIMIT_MS = 8_000

/** 100 scans a second, each on 10 pages. */
const SCAN_GAP_MS = 10

const RATIO_LIMIT = 1.05
const MEDIAN_LIMIT_MS = 250

/** The rest is memory of this bench, which keeps its providers, and of compiled code. */
const RETURNED_SHARE = 0.9

/** @typedef {import('./lib/emulated-provider.mjs').Instance} Instance */

// One connection for each page, and some for each session to the provider.
requireOpenFiles(PAGES + 3 * SESSIONS)
const [loadBefore = 0] = loadavg()

/** @type {Map<string, number>} */
const knownAt = new Map()
const provider = await startProvider({
  onLinkedResponse: (idInstance) => {
    if (!knownAt.has(idInstance)) knownAt.set(idInstance, performance.now())
  },
})
const server = await startPairingServer(provider.url)

/** @param {number} firstId */
const addInstances = (firstId) =>
  Array.from({ length: SESSIONS }, (_, index) => provider.add(firstId + index))

/**
 * Opens this number of pages on each session, and waits until all show a code.
 *
 * @param {readonly Instance[]} instances
 * @param {number} pagesPerSession
 */
async function openPages(instances, pagesPerSession) {
  const pages = createPages(server.url)
  const ids = instances.map(({ idInstance }) => idInstance)
  await pages.open(Array.from({ length: pagesPerSession }, () => ids).flat())
  await until(() => pages.showing('qr') === pages.all.length, SHOWN_LIMIT_MS)
  return pages
}

/**
 * The number of requests that reached the provider. Each session is counted for the same time after its first request.
 *
 * @param {readonly Instance[]} instances
 */
function requestsOf(instances) {
  return instances
    .map(({ requestedAt }) => requestedAt())
    .map((times) => times.filter((at) => at < (times[0] ?? 0) + COUNTED_MS).length)
    .reduce((sum, requests) => sum + requests, 0)
}

/**
 * For each page, the time from the first response of the provider with the link until the page shows it.
 *
 * @param {ReturnType<typeof createPages>} pages
 */
function delaysOf({ all }) {
  return all.flatMap(({ sessionId, shownAt }) => {
    const [known, shown] = [knownAt.get(sessionId), shownAt('linked')]
    return known === undefined || shown === undefined ? [] : [shown - known]
  })
}

// The first responses are slow, because code is loaded and compiled. These pages are not measured.
const firstPages = await openPages(addInstances(500), 1)
firstPages.close()

const fewInstances = addInstances(1_000)
const fewPages = await openPages(fewInstances, 1)
await sleep(COUNTED_MS)
const few = await server.measure()
fewPages.close()

// Measured after the first pages, so that code and connections that are loaded once do not count.
await sleep(STATE_KEPT_MS)
const empty = await server.measure()

const instances = addInstances(2_000)
const pages = await openPages(instances, PAGES_PER_SESSION)
const shown = pages.showing('qr')
await sleep(COUNTED_MS)
const many = await server.measure()
const requests = { few: requestsOf(fewInstances), many: requestsOf(instances) }

/**
 * Scans all codes. Returns the delays of {@link delaysOf}.
 *
 * @param {{ byWebhook: boolean, gapMs: number }} how
 */
async function scanAll({ byWebhook, gapMs }) {
  pages.forget()
  knownAt.clear()
  for (const instance of instances) {
    instance.emulator.scan()
    if (byWebhook) {
      knownAt.set(instance.idInstance, performance.now())
      server.sendWebhook(instance.idInstance, webhookOf(instance))
    }
    if (gapMs > 0) await sleep(gapMs)
  }
  await until(() => pages.showing('linked') === PAGES, SHOWN_LIMIT_MS)
  return delaysOf(pages)
}

/** Ends all links on the phones, and waits until all pages show codes again. */
async function unlinkAll() {
  pages.forget()
  for (const instance of instances) {
    instance.emulator.disconnect()
    server.sendWebhook(instance.idInstance, webhookOf(instance))
  }
  await until(() => pages.showing('qr') === PAGES, SHOWN_LIMIT_MS)
}

const byPoll = await scanAll({ byWebhook: false, gapMs: 0 })
await unlinkAll()
const byWebhook = await scanAll({ byWebhook: true, gapMs: SCAN_GAP_MS })
await unlinkAll()
const atOnce = await scanAll({ byWebhook: true, gapMs: 0 })
await unlinkAll()

const leftAt = Date.now()
pages.close()
// In this time, each session would send one more request, and the server drops the states.
await sleep(STATE_KEPT_MS)
const afterwards = await server.measure()
/** @param {number} ms */
const requestedLaterThan = (ms) =>
  [...fewInstances, ...instances].flatMap(({ requestedAt }) => requestedAt()).filter((at) => at > leftAt + ms)
    .length

server.close()
provider.close()

/**
 * @param {string} how
 * @param {readonly number[]} delays
 * @returns {import('./lib/table.mjs').Row}
 */
const shownRow = (how, delays) => ({
  what: `pages that show the scan, ${how}`,
  measured: count(delays.length),
  limit: `all ${count(PAGES)}`,
  holds: delays.length === PAGES,
})

/**
 * @param {string} how
 * @param {readonly number[]} delays
 */
const delayRow = (how, delays) => ({
  what: `median / 95 of 100 / last, ${how}`,
  measured: [0.5, 0.95, 1].map((share) => milliseconds(quantile(delays, share))).join(' / '),
})

/** @param {readonly number[]} delays */
const medianLimit = (delays) => ({
  limit: `median < ${milliseconds(MEDIAN_LIMIT_MS)}`,
  holds: quantile(delays, 0.5) < MEDIAN_LIMIT_MS,
})

const BY_POLL = 'by the next poll'
const BY_WEBHOOK = `by webhook, ${1_000 / SCAN_GAP_MS} scans a second`
const AT_ONCE = `by webhook, ${SESSIONS} scans at once`

const ratio = requests.many / requests.few
const returned = (many.used - afterwards.used) / (many.used - empty.used)
const requested = { after: requestedLaterThan(0), late: requestedLaterThan(LONGEST_INTERVAL_MS) }

report(`watchers: ${count(PAGES)} pages on ${SESSIONS} sessions, one server process`, [
  {
    what: 'pages that show a code',
    measured: count(shown),
    limit: `all ${count(PAGES)}`,
    holds: shown === PAGES,
  },
  { what: `requests in ${seconds(COUNTED_MS)}, 1 page a session`, measured: count(requests.few) },
  {
    what: `requests in ${seconds(COUNTED_MS)}, ${PAGES_PER_SESSION} pages a session`,
    measured: count(requests.many),
  },
  { what: 'ratio', measured: ratio.toFixed(3), limit: `≤ ${RATIO_LIMIT}`, holds: ratio <= RATIO_LIMIT },
  shownRow(BY_POLL, byPoll),
  shownRow(BY_WEBHOOK, byWebhook),
  shownRow(AT_ONCE, atOnce),
  { what: 'requests after all pages have left', measured: count(requested.after) },
  {
    what: `requests later than ${seconds(LONGEST_INTERVAL_MS)} after`,
    measured: count(requested.late),
    limit: 'none',
    holds: requested.late === 0,
  },
])

report('from the moment at which the provider knew of a scan until a page showed it', [
  { ...delayRow(BY_POLL, byPoll), ...medianLimit(byPoll) },
  { ...delayRow(BY_WEBHOOK, byWebhook), ...medianLimit(byWebhook) },
  delayRow(AT_ONCE, atOnce),
])

report('memory of the server: heap and buffers in use after a garbage collection', [
  {
    what: 'an idle page, its share of a session included',
    measured: kilobytes((many.used - empty.used) / PAGES),
  },
  { what: 'one more page on a session', measured: kilobytes((many.used - few.used) / (PAGES - SESSIONS)) },
  { what: 'an idle page as the system sees it (RSS)', measured: kilobytes((many.rss - empty.rss) / PAGES) },
  { what: 'without pages', measured: megabytes(empty.used) },
  { what: `with ${count(PAGES)} pages`, measured: megabytes(many.used) },
  {
    what: 'a minute after they have left',
    measured: megabytes(afterwards.used),
    limit: `${RETURNED_SHARE * 100} % returned`,
    holds: returned >= RETURNED_SHARE,
  },
])

report('this machine', [
  { what: 'Node', measured: process.version },
  { what: 'cores', measured: count(availableParallelism()) },
  { what: 'load before the bench', measured: loadBefore.toFixed(1) },
  {
    what: `processor time for ${count(PAGES)} pages: opened, ${seconds(COUNTED_MS)} of waiting`,
    measured: milliseconds(many.cpuMs - empty.cpuMs),
  },
])
