import { fork } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { API_TOKEN } from './emulated-provider.mjs'

const WEBHOOK_SECRET = 'webhook-secret-of-the-bench'

/** @typedef {import('./usage.mjs').Usage} Usage */

/**
 * Starts the server under test in a separate process.
 *
 * @param {string} apiUrl of the provider
 */
export async function startPairingServer(apiUrl) {
  const child = fork(new URL('./pairing-server.mjs', import.meta.url), [apiUrl, API_TOKEN, WEBHOOK_SECRET], {
    execArgv: ['--expose-gc'],
  })
  const [{ port }] = await once(child, 'message')
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    /** @returns {Promise<Usage>} */
    async measure() {
      child.send('measure')
      const [usage] = await once(child, 'message')
      return usage
    },
    /**
     * Sends a webhook without waiting for its effect, because the pages show the effect.
     *
     * @param {string} idInstance
     * @param {string} body
     */
    sendWebhook(idInstance, body) {
      const headers = { authorization: `Bearer ${WEBHOOK_SECRET}`, 'content-type': 'application/json' }
      // Each webhook uses a new connection, because a connection would not stay open until the next scan.
      const options = { method: 'POST', agent: false, headers }
      request(`${url}/${idInstance}/webhook`, options, (response) => response.resume()).end(body)
    },
    close: () => child.disconnect(),
  }
}
