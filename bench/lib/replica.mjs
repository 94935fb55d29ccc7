// One of several processes of an app that share a Redis. It sends each link that `onLinked` reports to its
// parent.

import { createServer } from 'node:http'
import { createClient } from 'redis'
import { ownServer } from 'whatsapp-pairing/providers/own-server'
import { createPairingHandler, toNodeListener } from 'whatsapp-pairing/server'
import { redisBus } from 'whatsapp-pairing/server/redis-bus'
import { measureUsage } from './usage.mjs'

const [, , providerUrl = '', redisUrl = '', streamLifetimeMs = ''] = process.argv

/** The intervals of hosted providers. The time limit is short because some responses never arrive. */
const timing = {
  qrLifetimeMs: 20_000,
  qrIntervalMs: 5_000,
  qrMinIntervalMs: 2_000,
  statusIntervalMs: 3_000,
  requestTimeoutMs: 5_000,
}

const client = createClient({ url: redisUrl })
client.on('error', () => {})
// The process does not wait for the connection. If Redis is down at the start, it works without Redis.
void client.connect().catch(() => {})

/** @param {Request} request */
const sessionOf = ({ url }) => new URL(url).pathname.slice(1)

/** @type {Map<string, import('whatsapp-pairing/server').PairingProvider>} */
const providers = new Map()

/** @param {string} session */
function makeProvider(session) {
  const provider = ownServer({ url: `${providerUrl}/${session}`, timing })
  providers.set(session, provider)
  return provider
}

const handler = createPairingHandler({
  provider: (request) => providers.get(sessionOf(request)) ?? makeProvider(sessionOf(request)),
  tenant: sessionOf,
  authorize: () => true,
  bus: redisBus({ client }),
  streamLifetimeMs: Number(streamLifetimeMs),
  onLinked: ({ account: { phoneNumber } }) => void process.send?.({ linked: phoneNumber }),
  // Outages of Redis and of the provider are part of this bench.
  onError: (_, { in: place }) => void (place === 'bus' && process.send?.({ busFailed: true })),
})

const server = createServer(toNodeListener(handler)).listen(0, '127.0.0.1', () => {
  process.send?.({ address: server.address() })
})
process.on('message', async () => process.send?.({ usage: await measureUsage() }))
process.once('SIGTERM', () => {
  const closed = handler.close()
  server.close(() => void closed.then(() => process.exit()))
})
process.on('disconnect', () => process.exit())
