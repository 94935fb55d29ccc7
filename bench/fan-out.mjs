// Measures an event to 5,000 pages that watch one process, with the handler of this package, better-sse and Hono's `streamSSE` in
// the same run. `--watchers 1000` sets the number of pages.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { availableParallelism, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { numberOptions } from './lib/number-options.mjs'
import { requireOpenFiles } from './lib/open-files.mjs'
import { count, kilobytes, milliseconds, quantile, report } from './lib/table.mjs'
import { until } from './lib/wait.mjs'

const EVENTS = 20
const EVENT_GAP_MS = 1_000
const OPENING = 200
const ARRIVED_LIMIT_MS = 30_000

/** After this time, code is compiled and garbage is collected. */
const SETTLED_MS = 3_000

/** Allows for the noise of a busy machine. */
const RATIO_LIMIT = 2

const SERVERS = 'better-sse / Hono streamSSE / whatsapp-pairing'

const option = numberOptions({ watchers: 5_000 })
const watchers = option('watchers')
const [loadBefore = 0] = loadavg()
requireOpenFiles(watchers + 100)

/** As long as an update of the handler. @param {number} index */
const updateOf = (index) => ({
  v: 1,
  session: 'SmNqlwNIfvu_tBL8tqReIF',
  origin: '7cf2ff07-556b-4381-8110-56177a029ec1',
  seq: index,
  at: Date.now(),
  provider: 'fan-out',
  methods: ['qr', 'phone-code'],
  abilities: ['unlink', 'reset'],
  timing: {
    qrLifetimeMs: 60_000,
    qrIntervalMs: 600_000,
    qrMinIntervalMs: 1,
    statusIntervalMs: 600_000,
    pairingCodeLifetimeMs: 160_000,
    requestTimeoutMs: 30_000,
  },
  status: 'qr',
  qrCode: {
    kind: 'text',
    value: `2@event-${String(index).padStart(4, '0')},${'x'.repeat(180)},identity,adv,1`,
  },
  codeId: `7cf2ff07-556b-4381-8110-56177a029ec1-${index}`,
  hideInMs: 60_000,
  expiresInMs: 60_000,
  nextInMs: 600_000,
})

/** Matches each event in the output of each server. */
const MARK = /2@event-(\d{4}),/g
const MARK_LENGTH = '2@event-0000,'.length

/** @param {number} port */
function openWatcher(port) {
  /** When each event came. @type {Map<number, number>} */
  const arrivedAt = new Map()
  const socket = connect(port, '127.0.0.1')
  let [bytes, rest] = [0, '']
  socket.setEncoding('latin1')
  socket.on('data', (/** @type {string} */ text) => {
    bytes += text.length
    const known = rest + text
    for (const [, index] of known.matchAll(MARK)) arrivedAt.set(Number(index), performance.now())
    rest = known.slice(1 - MARK_LENGTH)
  })
  // Closed pages cause this error.
  socket.on('error', () => {})
  socket.write('GET /?events HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/event-stream\r\n\r\n')
  return { socket, arrivedAt, isOpen: () => bytes > 0, bytes: () => bytes }
}

/** @param {'betterSse' | 'hono' | 'pairingHandler'} kind */
async function measure(kind) {
  const child = fork(new URL('./lib/fan-out-server.mjs', import.meta.url), [kind], {
    execArgv: ['--expose-gc'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const [{ port }] = await once(child, 'message')
  /** @param {'usage' | 'cpu'} what */
  const request = async (what) => {
    child.send(what)
    const [value] = await once(child, 'message')
    return value
  }
  const cpuMs = async () => {
    const { user, system } = await request('cpu')
    return (user + system) / 1_000
  }
  // The code that the first watcher loads does not count as its cost.
  const first = openWatcher(port)
  await until(first.isOpen, ARRIVED_LIMIT_MS)
  /** @type {import('./lib/usage.mjs').Usage} */
  const empty = await request('usage')

  const all = [first]
  const openedFrom = performance.now()
  while (all.length < watchers) {
    const next = Array.from({ length: Math.min(OPENING, watchers - all.length) }, () => openWatcher(port))
    all.push(...next)
    await until(() => next.every(({ isOpen }) => isOpen()), ARRIVED_LIMIT_MS)
  }
  const openedMs = performance.now() - openedFrom
  await sleep(SETTLED_MS)
  /** @type {import('./lib/usage.mjs').Usage} */
  const full = await request('usage')

  const bytesBefore = all.reduce((sum, { bytes }) => sum + bytes(), 0)
  const cpuBefore = await cpuMs()
  /** @type {number[]} */
  const delays = []
  /** @type {number[]} */
  const lastOfEvent = []
  for (let index = 0; index < EVENTS; index += 1) {
    const sentAt = performance.now()
    child.send(updateOf(index))
    await until(() => all.every(({ arrivedAt }) => arrivedAt.has(index)), ARRIVED_LIMIT_MS)
    const times = all.flatMap(({ arrivedAt }) => arrivedAt.get(index) ?? []).map((at) => at - sentAt)
    // The first ones are slow, because code is compiled for them.
    if (index >= EVENTS / 4) {
      delays.push(...times)
      lastOfEvent.push(Math.max(...times))
    }
    await sleep(Math.max(EVENT_GAP_MS - (performance.now() - sentAt), 0))
  }
  const cpu = (await cpuMs()) - cpuBefore
  const arrived = all.reduce((sum, { arrivedAt }) => sum + arrivedAt.size, 0)
  const bytes = all.reduce((sum, one) => sum + one.bytes(), 0) - bytesBefore

  for (const { socket } of all) socket.destroy()
  await sleep(SETTLED_MS)
  /** @type {import('./lib/usage.mjs').Usage} */
  const after = await request('usage')
  child.disconnect()
  return {
    openedMs,
    arrived,
    heap: (full.used - empty.used) / watchers,
    rss: (full.rss - empty.rss) / watchers,
    left: (after.used - empty.used) / watchers,
    cpuEach: (cpu * 1_000) / (EVENTS * watchers),
    bytesEach: bytes / (EVENTS * watchers),
    delays,
    last: quantile(lastOfEvent, 0.5),
  }
}

const others = [await measure('betterSse'), await measure('hono')]
const own = await measure('pairingHandler')
const due = EVENTS * watchers

/**
 * One figure of all three servers. The handler's figure may be at most `RATIO_LIMIT` times the larger one of the others.
 *
 * @param {string} what
 * @param {(measured: Awaited<ReturnType<typeof measure>>) => number} of
 * @param {(value: number) => string} format
 * @param {boolean} [isLimited]
 * @returns {import('./lib/table.mjs').Row}
 */
function compared(what, of, format, isLimited = false) {
  const limit = RATIO_LIMIT * Math.max(...others.map(of))
  return {
    what,
    measured: [...others, own].map((one) => format(of(one))).join(' / '),
    ...(isLimited && { limit: `≤ ${format(limit)}`, holds: of(own) <= limit }),
  }
}

/** @param {number} value */
const microseconds = (value) => `${value.toFixed(1)} µs`

report(`fan-out: ${count(watchers)} watchers of one process, ${EVENTS} events to each: ${SERVERS}`, [
  {
    ...compared('events that arrived', ({ arrived }) => arrived, count),
    limit: `all ${count(due)}`,
    holds: own.arrived === due,
  },
  compared('bytes of an event on the line', ({ bytesEach }) => Math.round(bytesEach), count),
  compared('heap and buffers of a watcher', ({ heap }) => heap, kilobytes, true),
  compared('memory of a watcher as the system sees it (RSS)', ({ rss }) => rss, kilobytes),
  compared('left of that heap after all have left', ({ left }) => left, kilobytes),
  compared('processor time of an event, for each watcher', ({ cpuEach }) => cpuEach, microseconds, true),
  compared('median time until a watcher has an event', ({ delays }) => quantile(delays, 0.5), milliseconds),
  compared('95 of 100 have it after', ({ delays }) => quantile(delays, 0.95), milliseconds),
  compared('until the last watcher has it, in the median', ({ last }) => last, milliseconds, true),
  compared('until all had opened', ({ openedMs }) => openedMs, milliseconds),
])

report('this machine', [
  { what: 'Node', measured: process.version },
  { what: 'cores', measured: count(availableParallelism()) },
  { what: 'load before / after', measured: `${loadBefore.toFixed(1)} / ${(loadavg()[0] ?? 0).toFixed(1)}` },
])
