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

/** Of all instances; the emulated provider is reached from this machine only. */
export const API_TOKEN = 'token-of-the-bench'

/** What GREEN-API responds about a linked instance, to both requests. */
const SAYS_LINKED = /"(?:authorized|alreadyLogged)"/

/**
 * GREEN-API on this machine: the mock servers of `whatsapp-pairing/testing` behind HTTP, so that the server under test does the
 * same work as with a real provider: connections, JSON, pictures of 7 kB.
 *
 * @param {{ onLinkedResponse: (idInstance: string) => void }} options `onLinkedResponse`: called when a response with the link is
 * sent.
 */
export async function startProvider({ onLinkedResponse }) {
  /** @type {Map<string, (request: Request) => Promise<string>>} */
  const faces = new Map()

  /** @type {(request: Request) => Promise<Response>} */
  async function answer(request) {
    const idInstance = /\/waInstance(\d+)\//.exec(request.url)?.[1] ?? ''
    const text = await faces.get(idInstance)?.(request)
    if (text === undefined) return new Response(null, { status: 403 })
    if (SAYS_LINKED.test(text)) onLinkedResponse(idInstance)
    return jsonAnswer(text)
  }

  const server = createServer(toNodeListener(answer)).listen(0, '127.0.0.1')
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
      // Linked at once: what the bench measures begins where the provider knows.
      const emulator = createEmulator({ linkingMs: 0, seed: id })
      emulator.start()
      const { face, requestedAt } = createFace(idInstance, emulator)
      faces.set(idInstance, face)
      return { idInstance, emulator, requestedAt }
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/**
 * The mock server of an instance, which draws each picture once: that is the provider's work, and would take time from the
 * server here.
 *
 * @param {string} idInstance
 * @param {Emulator} emulator
 */
function createFace(idInstance, emulator) {
  /** @type {{ code: string | undefined, text: string }} */
  let drawn = { code: undefined, text: '' }
  const shownCode = () => (emulator.state.status === 'pairing' ? emulator.state.qrText : undefined)
  const isDrawn = () => drawn.code !== undefined && drawn.code === shownCode()
  const mockServer = mockGreenApi(emulator, {
    idInstance,
    apiTokenInstance: API_TOKEN,
    intercept: (path) => (path === '/qr' && isDrawn() ? jsonAnswer(drawn.text) : undefined),
  })
  return {
    requestedAt: () => mockServer.requests.map(({ at }) => at),
    /** @param {Request} request */
    async face(request) {
      const code = shownCode()
      const text = await (await mockServer(request)).text()
      if (text.includes('"qrCode"') && code === shownCode()) drawn = { code, text }
      return text
    },
  }
}

/** @param {string} text */
function jsonAnswer(text) {
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
