import { once } from 'node:events'
import { get, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createParser } from 'eventsource-parser'
import { expiryOf } from './phones-provider.mjs'

/** A stream without data for this time counts as broken, as in the browser. */
const SILENCE_MS = 25_000

/** The pauses before a page reopens its stream, and before it retries a failed start. */
const RETRY_MS = /** @type {const} */ ([200, 1_000])
const START_AGAIN_MS = 3_000

/**
 * @typedef {object} FailoverPage
 * @property {() => string | undefined} code the code that it shows now
 * @property {() => string | undefined} linkedNumber
 * @property {() => void} close
 */

/**
 * Opens a page that watches a session and shows its code. It sends a start if one is needed, and uses another replica while its
 * own is down.
 *
 * @param {object} options
 * @param {string} options.session
 * @param {readonly import('./start-replica.mjs').Replica[]} options.replicas the first one is the page's own
 * @param {import('./random.mjs').Random} options.random
 * @param {(session: string, phoneNumber: string) => void} options.onLinked
 * @param {(overdueMs: number) => void} options.onCode called when a code leaves the screen, with the time since it expired; negative if it has not
 * @returns {FailoverPage}
 */
export function openFailoverPage({ session, replicas, random, onLinked, onCode }) {
  let isClosed = false
  let status = ''
  let revision = 0
  /** @type {string | undefined} */
  let linkedNumber
  /** @type {{ text: string, id: string, shownUntil: number } | undefined} */
  let shown
  /** @type {{ destroy(): void } | undefined} */
  let stream
  let isStarting = false

  const url = () => replicas.map((replica) => replica.url()).find((one) => one !== undefined)

  /** @param {number} at */
  function hide(at) {
    if (!shown) return
    onCode(Math.min(shown.shownUntil, at) - expiryOf(shown.text))
    shown = undefined
  }

  /** @param {import('../../src/core/update.js').PairingUpdate} update */
  function apply(update) {
    // The update is from a replica that has not received the last change yet. A page keeps the later state.
    if ((update.revision ?? revision) < revision) return
    revision = update.revision ?? revision
    const { codeId, qrCode, hideInMs = 0, expiresInMs = 0 } = update
    const text = qrCode?.kind === 'text' ? qrCode.value : shown?.id === codeId ? shown?.text : undefined
    status = update.status
    if (status === 'qr' && text !== undefined && codeId !== undefined) {
      if (shown?.text !== text) hide(Date.now())
      shown = { text, id: codeId, shownUntil: update.at + Math.min(hideInMs, expiresInMs) }
    } else hide(Date.now())
    linkedNumber = status === 'linked' ? update.account?.phoneNumber : undefined
    if (linkedNumber !== undefined) onLinked(session, linkedNumber)
    if (status === 'stopped') void start()
  }

  async function start() {
    if (isStarting) return
    isStarting = true
    while (!isClosed && status === 'stopped') {
      await act('start')
      await sleep(START_AGAIN_MS)
    }
    isStarting = false
  }

  /** @param {string} action */
  async function act(action) {
    const base = url()
    if (base === undefined) return
    const headers = { 'content-type': 'application/json' }
    const sent = request(`${base}/${session}`, { method: 'POST', headers, agent: false })
    sent.end(JSON.stringify({ action, method: 'qr' }))
    try {
      const [response] = await once(sent, 'response')
      response.resume()
      await once(response, 'end')
    } catch {
      // The replica was killed: the next attempt uses another one.
    }
  }

  async function watch() {
    const base = url()
    if (base === undefined) return
    const has = shown ? `&has=${encodeURIComponent(shown.id)}` : ''
    const opened = get(`${base}/${session}?events&method=qr${has}`, { agent: false })
    stream = opened
    const [response] = await once(opened, 'response')
    const parser = createParser({
      onEvent: ({ event, data }) => void (event === 'update' && apply(JSON.parse(data))),
    })
    response.setEncoding('utf8')
    response.setTimeout(SILENCE_MS, () => opened.destroy())
    response.on('data', (/** @type {string} */ text) => parser.feed(text))
    await once(response, 'close')
  }

  async function keepWatching() {
    while (!isClosed) {
      // The end of a replica causes an error of the connection.
      await watch().catch(() => {})
      if (!isClosed) await sleep(random.between(...RETRY_MS))
    }
  }

  void keepWatching()
  return {
    code: () => (shown && Date.now() < shown.shownUntil ? shown.text : undefined),
    linkedNumber: () => linkedNumber,
    close() {
      isClosed = true
      hide(Date.now())
      stream?.destroy()
    },
  }
}
