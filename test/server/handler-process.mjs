import { createServer } from 'node:http'
import { createPairingHandler, toNodeListener } from 'whatsapp-pairing/server'

// A process of an app: a handler for a provider at PROVIDER_URL. It prints its address, and ends when its parent does.

const providerUrl = process.env.PROVIDER_URL
/**
 * @param {string} path
 * @param {import('whatsapp-pairing/server').RequestOptions} options
 */
const call = async (path, { signal }) => {
  const response = await fetch(`${providerUrl}${path}`, signal ? { signal } : {})
  return response.json()
}

/** @type {import('whatsapp-pairing/server').PairingProvider} */
const provider = {
  id: 'test-provider',
  sessionId: 'main',
  timing: {
    qrLifetimeMs: 1_500,
    qrIntervalMs: 300,
    qrMinIntervalMs: 100,
    statusIntervalMs: 250,
    pairingCodeLifetimeMs: 150_000,
    requestTimeoutMs: 5_000,
  },
  getStatus: (options) => call('/state', options),
  getQrCode: (options) => call('/code', options),
  reset: (options) => call('/start', options),
}

const handler = createPairingHandler({ provider, authorize: () => true })
const server = createServer(toNodeListener(handler)).listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') process.stdout.write(`http://127.0.0.1:${address.port}\n`)
})
process.stdin.resume().on('end', () => process.exit())
setTimeout(() => process.exit(), 30_000).unref()
