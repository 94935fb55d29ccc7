import { createServer } from 'node:http'
import { createPairingHandler, toNodeListener } from 'whatsapp-pairing/server'

// One process of an app: a handler for a provider at PROVIDER_URL, on a bus if REDIS_URL is set. It prints its address, then a
// line for each call of `onLinked` and `onUnlinked`, and exits with its parent.

const { PROVIDER_URL: providerUrl, REDIS_URL: redisUrl, REQUEST_TIMEOUT_MS = 5_000 } = process.env
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
    requestTimeoutMs: Number(REQUEST_TIMEOUT_MS),
  },
  getStatus: (options) => call('/state', options),
  getQrCode: (options) => call('/code', options),
  reset: (options) => call('/start', options),
  ...(redisUrl && { unlink: (options) => call('/unlink', options) }),
}

async function connectBus() {
  const { createClient } = await import('redis')
  const { redisBus } = await import('whatsapp-pairing/server/redis-bus')
  const client = createClient({ url: redisUrl ?? '' })
  client.on('error', () => {})
  await client.connect()
  return redisBus({ client })
}

/** @param {string} line */
const print = (line) => void process.stdout.write(`${line}\n`)

const handler = createPairingHandler({
  provider,
  authorize: () => true,
  ...(redisUrl && {
    bus: await connectBus(),
    onLinked: ({ linkId }) => print(`linked ${linkId}`),
    onUnlinked: () => print('unlinked'),
    onError: () => {},
  }),
})
const server = createServer(toNodeListener(handler)).listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') print(`http://127.0.0.1:${address.port}`)
})
process.stdin.resume().on('end', () => process.exit())
setTimeout(() => process.exit(), 60_000).unref()
