import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

// A provider with known times: when each code expires, and when each phone was linked. It uses the protocol
// that `ownServer` documents.

/** The same as WhatsApp's. */
const CODE_LIFETIME_MS = 20_000

/** The time between a scan and the link. */
const LINKING_MS = 500

/** The minimum and maximum time of a response. */
const LATENCY_MS = /** @type {const} */ ([5, 60])

/** Shorter than the time limit of the replicas. The data in the response is then this old. */
const SLOW_MS = 3_000

const FAULTS = /** @type {const} */ ([
  'HTTP 503',
  'HTTP 429',
  'page of a gateway',
  'cut JSON',
  'cut connection',
  'slow response',
  'no response',
])

/** @typedef {typeof FAULTS[number]} Fault */

/**
 * One session of the provider, and the phone that may link to it.
 *
 * @typedef {object} ProviderSession
 * @property {string} id
 * @property {(code: string, phoneNumber: string) => number | undefined} scan returns when the phone is linked (epoch milliseconds), or `undefined` if the code may not be scanned
 * @property {() => void} unlink on the phone
 */

/**
 * Returns when a code of this provider expires, in epoch milliseconds.
 *
 * @param {string} code
 */
export const expiryOf = (code) => Number(/^2@[\w-]*-(\d+),/.exec(code)?.[1])

/**
 * @param {object} options
 * @param {import('./random.mjs').Random} options.random
 * @param {number} options.faultChance of each request
 */
export async function startPhonesProvider({ random, faultChance }) {
  /** @type {Map<string, (method: string) => object>} */
  const sessions = new Map()
  /** @type {Map<Fault, number>} */
  const faults = new Map()
  /** The number of requests, and of requests that would have disturbed a running pairing. */
  const counts = { requests: 0, starts: 0 }
  /** @type {number[]} */
  const secondStarts = []
  let isDown = false

  /**
   * @param {string} id
   * @returns {ProviderSession}
   */
  function add(id) {
    let startedAt = 0
    let round = 0
    /** @type {{ phoneNumber: string, at: number } | undefined} */
    let link

    function code() {
      const index = Math.floor((Date.now() - startedAt) / CODE_LIFETIME_MS)
      const expiresAt = startedAt + (index + 1) * CODE_LIFETIME_MS
      return {
        text: `2@${id}-${round}-${expiresAt},noise,identity,adv,1`,
        expiresInMs: expiresAt - Date.now(),
      }
    }

    function snapshot() {
      if (link) {
        const { at, phoneNumber } = link
        return Date.now() < at ? { state: 'linking' } : { state: 'linked', account: { phoneNumber } }
      }
      if (startedAt === 0) return { state: 'stopped' }
      const { text, expiresInMs } = code()
      return { state: 'qr', qr: text, expiresInMs }
    }

    sessions.set(id, (method) => {
      if (method !== 'GET' && startedAt > 0) secondStarts.push(Date.now())
      if (method === 'DELETE') {
        startedAt = 0
        link = undefined
      }
      if (method === 'POST' && startedAt === 0) {
        counts.starts += 1
        round += 1
        startedAt = Date.now()
      }
      return snapshot()
    })

    return {
      id,
      scan(scanned, phoneNumber) {
        if (link || startedAt === 0 || scanned !== code().text) return undefined
        link = { phoneNumber, at: Date.now() + LINKING_MS }
        return link.at
      },
      unlink() {
        startedAt = 0
        link = undefined
      },
    }
  }

  function nextFault() {
    if (isDown) return FAULTS[0]
    return random.happens(faultChance) ? FAULTS[Math.floor(random.between(0, FAULTS.length))] : undefined
  }

  const server = createServer(async (request, response) => {
    const respond = sessions.get(request.url?.slice(1) ?? '')
    request.resume()
    const fault = nextFault()
    counts.requests += 1
    if (fault) faults.set(fault, (faults.get(fault) ?? 0) + 1)
    await sleep(random.between(...LATENCY_MS))
    if (fault === 'HTTP 503') return void response.writeHead(503).end()
    if (fault === 'HTTP 429') return void response.writeHead(429, { 'retry-after': '1' }).end()
    if (fault === 'page of a gateway')
      return void response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad Gateway</html>')
    // The request has its effect here, before the response may fail.
    const text = JSON.stringify(respond?.(request.method ?? '') ?? {})
    if (fault === 'slow response') await sleep(SLOW_MS)
    if (fault === 'cut connection') return void request.socket.destroy()
    if (fault === 'no response') return undefined
    response.setHeader('content-type', 'application/json')
    return void response.end(fault === 'cut JSON' ? text.slice(0, text.length / 2) : text)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The provider has no port.')

  return {
    url: `http://127.0.0.1:${address.port}`,
    add,
    counts,
    faults,
    secondStarts,
    /** Makes every request fail, or only random ones. @param {boolean} down */
    setDown(down) {
      isDown = down
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
