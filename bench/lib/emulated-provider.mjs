import { once } from 'node:events'
import { createServer } from 'node:http'
import { toNodeListener } from 'whatsapp-pairing/server'
import { createEmulator, mockGreenApi } from 'whatsapp-pairing/testing'

/**
 * @typedef {import('whatsapp-pairing/testing').Emulator} Emulator
 *
 * @typedef {object} Instance
 * @property {string} idInstance
 * @property {Emulator} emulator
 * @property {() => readonly number[]} requestedAt when a request about it arrived, in epoch milliseconds
 */

/** The token of all instances. The emulated provider is reached only from this machine. */
export const API_TOKEN = 'token-of-the-bench'

/** Matches GREEN-API's response for a linked instance, to both requests. */
const LINKED = /"(?:authorized|alreadyLogged)"/

/**
 * Serves the mock servers of GREEN-API over HTTP, so that the server under test does the same work as with a real provider:
 * connections, JSON, and pictures of 7 kB.
 *
 * @param {{ onLinkedResponse: (idInstance: string) => void }} options `onLinkedResponse`: called when a response with the link is
 * sent.
 */
export async function startProvider({ onLinkedResponse }) {
  /** @type {Map<string, (request: Request) => Promise<string>>} */
  const mockServers = new Map()

  /** @type {(request: Request) => Promise<Response>} */
  async function respond(request) {
    const idInstance = /\/waInstance(\d+)\//.exec(request.url)?.[1] ?? ''
    const text = await mockServers.get(idInstance)?.(request)
    if (text === undefined) return new Response(null, { status: 403 })
    if (LINKED.test(text)) onLinkedResponse(idInstance)
    return jsonResponse(text)
  }

  const server = createServer(toNodeListener(respond)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The provider has no port.')

  return {
    url: `http://127.0.0.1:${address.port}`,
    /**
     * @param {number} id
     * @returns {Instance}
     */
    add(id) {
      const idInstance = String(id)
      // The link takes no time, because the bench measures from the moment at which the provider reports it.
      const emulator = createEmulator({ linkingMs: 0, seed: id })
      emulator.start()
      const { respond: mockServer, requestedAt } = createInstance(idInstance, emulator)
      mockServers.set(idInstance, mockServer)
      return { idInstance, emulator, requestedAt }
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/**
 * The mock server of an instance. It draws each picture once, because drawing is the provider's work, and would use the
 * processor of the server under test.
 *
 * @param {string} idInstance
 * @param {Emulator} emulator
 */
function createInstance(idInstance, emulator) {
  /** @type {{ code: string | undefined, text: string }} */
  let drawn = { code: undefined, text: '' }
  const shownCode = () => (emulator.state.status === 'pairing' ? emulator.state.qrText : undefined)
  const isDrawn = () => drawn.code !== undefined && drawn.code === shownCode()
  const mockServer = mockGreenApi(emulator, {
    idInstance,
    apiTokenInstance: API_TOKEN,
    intercept: (path) => (path === '/qr' && isDrawn() ? jsonResponse(drawn.text) : undefined),
  })
  return {
    requestedAt: () => mockServer.requests.map(({ at }) => at),
    /** @param {Request} request */
    async respond(request) {
      const code = shownCode()
      const text = await (await mockServer(request)).text()
      if (text.includes('"qrCode"') && code === shownCode()) drawn = { code, text }
      return text
    },
  }
}

/** @param {string} text */
function jsonResponse(text) {
  return new Response(text, { headers: { 'content-type': 'application/json; charset=utf-8' } })
}

/**
 * The body of a `stateInstanceChanged` webhook.
 *
 * @param {Instance} instance
 */
export function webhookOf({ idInstance, emulator }) {
  const { state } = emulator
  const isLinked = state.status === 'linked'
  return JSON.stringify({
    typeWebhook: 'stateInstanceChanged',
    instanceData: {
      idInstance: Number(idInstance),
      wid: isLinked ? `${state.account.phoneNumber}@c.us` : '',
      typeInstance: 'whatsapp',
    },
    timestamp: Math.floor(emulator.now() / 1_000),
    stateInstance: isLinked ? 'authorized' : 'notAuthorized',
  })
}
