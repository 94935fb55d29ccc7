import { setTimeout as sleep } from 'node:timers/promises'
import { startRedisServer } from '../../test/server/redis-server.mjs'
import { openFailoverPage } from './failover-page.mjs'
import { startPhonesProvider } from './phones-provider.mjs'
import { startReplica } from './start-replica.mjs'
import { until } from './wait.mjs'

/** The lifetime of a stream. A page then opens it again, at its own replica if that runs. */
const STREAM_LIFETIME_MS = 30_000

/**
 * How long the phone waits before a scan, and how long it stays linked after every page has shown the link.
 */
const SCAN_AFTER_MS = /** @type {const} */ ([500, 20_000])
const LINKED_FOR_MS = /** @type {const} */ ([500, 5_000])

/**
 * If a replica is killed while it reports a link, another replica reports it at its next request after one
 * minute.
 */
const SEEN_LIMIT_MS = 90_000

const CHECK_INTERVAL_MS = 250

/** The number of pages that open simultaneously. */
const OPENING = 50

/**
 * An outage of Redis has effects for this time after its end, because connections return and late messages
 * arrive.
 */
const AFTER_OUTAGE_MS = 3_000

/** How long a replica waits for a reply from Redis. */
const REPLY_LIMIT_MS = 1_000

/** The tolerance for two clocks that are read in sequence, in whole milliseconds. */
const CLOCK_MS = 5

/**
 * A linked phone, and how the pages and the app reported the link.
 *
 * @typedef {object} Scan
 * @property {number} linkedAt
 * @property {number[]} shownAfter milliseconds, one number per page that showed it
 * @property {number[]} reportedAt the times of `onLinked`
 * @property {boolean} isOver true when no page waits for it
 */

/**
 * Starts two replicas with one Redis, phones that are linked and unlinked at a provider, and pages that
 * watch.
 *
 * @param {object} options
 * @param {number} options.sessions
 * @param {number} options.pagesPerSession
 * @param {number} options.faultChance
 * @param {import('./random.mjs').Random} options.random
 */
export async function startPhones({ sessions, pagesPerSession, faultChance, random }) {
  const redis = await startRedisServer()
  const provider = await startPhonesProvider({ random, faultChance })
  /** The scans by phone number. Each phone is linked once. @type {Map<string, Scan>} */
  const scans = new Map()
  /**
   * The outages of Redis and the times at which a replica was killed. @type {{ from: number, until: number
   * }[]}
   */
  const outages = []
  /** @type {{ from: number, until: number }[]} */
  const lateReplies = []
  /** @type {number[]} */
  const kills = []
  /** @type {number[]} */
  const overdue = []
  /** The times at which a page showed a code that the provider refused. @type {number[]} */
  const refusedScans = []
  let [codes, repeats] = [0, 0]
  let isEnding = false

  /** @param {string} phoneNumber */
  const onLinked = (phoneNumber) => void scans.get(phoneNumber)?.reportedAt.push(Date.now())
  const replicaOptions = {
    providerUrl: provider.url,
    redisUrl: redis.url,
    streamLifetimeMs: STREAM_LIFETIME_MS,
    onLinked,
    // On a busy machine, Redis may be late without an outage from this bench.
    onBusFailed() {
      const at = Date.now()
      lateReplies.push({ from: at - REPLY_LIMIT_MS, until: at + AFTER_OUTAGE_MS })
    },
  }
  const replicas = await Promise.all([startReplica(replicaOptions), startReplica(replicaOptions)])

  /** @type {Map<string, Set<number>>} */
  const seenBy = new Map()
  /** @type {import('./failover-page.mjs').FailoverPage[]} */
  const pages = []
  /** @type {Promise<void>[]} */
  const phones = []

  /** @param {string} id @param {number} index */
  const openPage = (id, index) =>
    openFailoverPage({
      session: id,
      replicas: index % 2 === 0 ? replicas : replicas.toReversed(),
      random,
      onLinked(_, phoneNumber) {
        const seen = seenBy.get(phoneNumber)
        const scan = scans.get(phoneNumber)
        if (!seen || !scan || seen.has(index)) return
        seen.add(index)
        scan.shownAfter.push(Date.now() - scan.linkedAt)
      },
      onCode(overdueMs) {
        codes += 1
        if (overdueMs > CLOCK_MS) overdue.push(overdueMs)
      },
    })

  /**
   * Repeatedly scans the code of a page, waits until all pages show the link, and unlinks.
   *
   * @param {import('./phones-provider.mjs').ProviderSession} session
   * @param {readonly import('./failover-page.mjs').FailoverPage[]} watching
   */
  async function scanAndUnlink(session, watching) {
    while (!isEnding) {
      await sleep(random.between(...SCAN_AFTER_MS))
      const code = watching.map((page) => page.code()).find((one) => one !== undefined)
      if (code === undefined || isEnding) continue
      const phoneNumber = `49151${String(10_000_000 + scans.size)}`
      const linkedAt = session.scan(code, phoneNumber)
      if (linkedAt === undefined) {
        refusedScans.push(Date.now())
        continue
      }
      /** @type {Scan} */
      const scan = { linkedAt, shownAfter: [], reportedAt: [], isOver: false }
      scans.set(phoneNumber, scan)
      seenBy.set(phoneNumber, new Set())
      const isComplete = () => scan.shownAfter.length === watching.length && scan.reportedAt.length > 0
      const giveUpAt = Date.now() + SEEN_LIMIT_MS
      while (!isComplete() && Date.now() < giveUpAt) await sleep(CHECK_INTERVAL_MS)
      await sleep(random.between(...LINKED_FOR_MS))
      session.unlink()
      seenBy.delete(phoneNumber)
      scan.isOver = true
    }
  }

  for (let index = 0; index < sessions; index += 1) {
    const session = provider.add(`phone-${index}`)
    const watching = Array.from({ length: pagesPerSession }, (_, page) => openPage(session.id, page))
    pages.push(...watching)
    phones.push(scanAndUnlink(session, watching))
    if (pages.length % OPENING === 0) await sleep(CHECK_INTERVAL_MS)
  }

  /** @param {() => Promise<void>} whileAway */
  async function outage(whileAway) {
    const from = Date.now()
    await whileAway()
    outages.push({ from, until: Date.now() + AFTER_OUTAGE_MS })
  }

  /**
   * Whether Redis was down or a replica was killed between these times. @param {number} from @param {number}
   * to
   */
  const isDisturbed = (from, to) =>
    [...outages, ...lateReplies].some((one) => one.from <= to && one.until >= from) ||
    kills.some((at) => at >= from && at <= to)

  return {
    replicas,
    provider,
    pages,
    /** Keeps connections open but sends no reply. @param {number} ms */
    stallRedis: (ms) =>
      outage(async () => {
        redis.pause()
        await sleep(ms)
        redis.resume()
      }),
    /** Restarts Redis with its stored data. @param {number} ms */
    restartRedis: (ms) =>
      outage(async () => {
        await redis.stop()
        await sleep(ms)
        await redis.start()
      }),
    /** @param {import('./start-replica.mjs').Replica} replica */
    async kill(replica) {
      kills.push(Date.now())
      await replica.end('SIGKILL')
      await replica.start()
    },
    /** Waits until all pages show the linked phones, then ends everything. */
    async end() {
      isEnding = true
      await Promise.race([Promise.all(phones), sleep(SEEN_LIMIT_MS + LINKED_FOR_MS[1])])
      for (const page of pages) page.close()
      await Promise.all(replicas.map((replica) => replica.end('SIGTERM')))
      provider.close()
      await redis.stop()
    },
    /** Returns the results. */
    figures() {
      const all = [...scans.values()]
      const repeated = all.filter(({ reportedAt }) => reportedAt.length > 1)
      const isFree = (/** @type {Scan} */ { linkedAt, reportedAt }) =>
        !isDisturbed(linkedAt - 1_000, reportedAt.at(-1) ?? linkedAt)
      const isOutside = (/** @type {number} */ at) =>
        ![...outages, ...lateReplies].some((one) => one.from <= at && one.until >= at)
      repeats = repeated.length
      return {
        scans: all.length,
        shown: all.reduce((sum, { shownAfter }) => sum + shownAfter.length, 0),
        shownAfter: all.flatMap(({ shownAfter }) => shownAfter),
        unreported: all.filter(({ reportedAt }) => reportedAt.length === 0).length,
        repeats,
        undisturbedRepeats: repeated.filter(isFree).length,
        codes,
        overdue,
        refusedScans: refusedScans.length,
        undisturbedRefusals: refusedScans.filter(isOutside).length,
        starts: provider.counts.starts,
        secondStarts: provider.secondStarts.length,
        undisturbedSecondStarts: provider.secondStarts.filter(isOutside).length,
        kills: kills.length,
        outages: outages.length,
        lateReplies: lateReplies.length,
      }
    },
    /** Whether all pages show a code or a link. */
    untilShown: (/** @type {number} */ limitMs) =>
      until(
        () => pages.every((page) => page.code() !== undefined || page.linkedNumber() !== undefined),
        limitMs,
      ),
  }
}
