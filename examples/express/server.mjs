// @ts-check
/** @import { AddressInfo } from 'node:net' */
import { randomBytes } from 'node:crypto'
import { createApp } from './app.mjs'
import { providerFrom } from './provider.mjs'

const {
  PORT = '3000',
  // Links from before a restart are then invalid.
  PAIRING_LINK_SECRET = randomBytes(32).toString('base64'),
  PAIRING_PAGE_URL = 'http://localhost:3000/pair',
  PAIRING_WEBHOOK_SECRET,
} = process.env

const { app, handler } = createApp({
  provider: providerFrom(process.env),
  linkSecret: PAIRING_LINK_SECRET,
  pageUrl: PAIRING_PAGE_URL,
  webhookSecret: PAIRING_WEBHOOK_SECRET,
})

// Only for this machine: on a network, others could get the cookies of the example.
const server = app.listen(Number(PORT), '127.0.0.1', (error) => {
  if (error) throw error
  const { port } = /** @type {AddressInfo} */ (server.address())
  console.log(`Pairing at http://127.0.0.1:${port}/api/pairing`)
})

// Ends live events first. Otherwise the server would wait for each page that watches.
process.once('SIGTERM', () => {
  void handler.close()
  server.close()
})
