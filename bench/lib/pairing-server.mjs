// The process under test: a server as in the README. Its parent requests its memory usage.

import { createServer } from 'node:http'
import { greenApi } from 'whatsapp-pairing/providers/green-api'
import { createPairingHandler, toNodeListener } from 'whatsapp-pairing/server'
import { measureUsage } from './usage.mjs'

const [, , apiUrl = '', apiTokenInstance = '', webhookSecret = ''] = process.argv

/** @type {Map<string, import('whatsapp-pairing/server').PairingProvider>} */
const providers = new Map()

/** @param {string} idInstance */
function makeProvider(idInstance) {
  // Removes the push, so that everything is polled. Every provider supports polling, and polling costs the
  // most.
  const { subscribe: _, ...provider } = greenApi({ idInstance, apiTokenInstance, apiUrl })
  providers.set(idInstance, provider)
  return provider
}

const handler = createPairingHandler({
  provider: ({ url }) => {
    const idInstance = new URL(url).pathname.split('/')[1] ?? ''
    return providers.get(idInstance) ?? makeProvider(idInstance)
  },
  tenant: ({ url }) => new URL(url).pathname.split('/')[1] || 'none',
  authorize: () => true,
  webhookSecret,
})

const server = createServer(toNodeListener(handler)).listen(0, '127.0.0.1', () => {
  process.send?.(server.address())
})
process.on('message', async () => process.send?.(await measureUsage()))
process.on('disconnect', () => process.exit())
