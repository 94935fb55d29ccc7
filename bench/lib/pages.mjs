import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { createParser } from 'eventsource-parser'

/**
 * The number of connections that are opened simultaneously. The system refuses more than its queue can store.
 */
const OPENING = 100

/**
 * @typedef {object} Page
 * @property {string} sessionId
 * @property {(status: string) => number | undefined} shownAt the time of the first update with this status, by `performance.now()`
 * @property {() => void} forget resets the times, so that each status counts as new
 */

/**
 * Pages that watch, each over a separate connection, as in browsers.
 *
 * @param {string} url of the server
 */
export function createPages(url) {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  /** @type {Page[]} */
  const pages = []

  /** @param {string} sessionId */
  async function open(sessionId) {
    /** @type {Map<string, number>} */
    const shownFrom = new Map()
    const parser = createParser({
      onEvent({ event, data }) {
        const { status } = JSON.parse(data)
        if (event === 'update' && !shownFrom.has(status)) shownFrom.set(status, performance.now())
      },
    })
    const request = get(`${url}/${sessionId}?events`, { agent, headers: { accept: 'text/event-stream' } })
    const [response] = await once(request, 'response')
    if (response.statusCode !== 200) throw new Error(`A page got HTTP ${response.statusCode}.`)
    response.setEncoding('utf8')
    response.on('data', (/** @type {string} */ text) => parser.feed(text))
    // Closed pages cause this error.
    response.on('error', () => {})
    pages.push({ sessionId, shownAt: (status) => shownFrom.get(status), forget: () => shownFrom.clear() })
  }

  return {
    all: pages,
    /**
     * Opens one page per id, and resolves when the server has begun to respond to all of them.
     *
     * @param {readonly string[]} sessionIds
     */
    async open(sessionIds) {
      for (let first = 0; first < sessionIds.length; first += OPENING) {
        await Promise.all(sessionIds.slice(first, first + OPENING).map(open))
      }
    },
    /** @param {string} status */
    showing: (status) => pages.filter(({ shownAt }) => shownAt(status) !== undefined).length,
    forget() {
      for (const page of pages) page.forget()
    },
    /** Closes all connections, as closing all browsers would. */
    close: () => agent.destroy(),
  }
}
