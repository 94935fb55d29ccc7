// @ts-check
import { serve } from '@hono/node-server'
import { createApp } from './app.mjs'
import { providerFrom } from './provider.mjs'

const { PORT = '3000', PAIRING_WEBHOOK_SECRET } = process.env
const { app, handler } = createApp({
  provider: providerFrom(process.env),
  webhookSecret: PAIRING_WEBHOOK_SECRET,
})

// Only for this machine: on a network, others could get the cookies of the example.
const server = serve({ fetch: app.fetch, port: Number(PORT), hostname: '127.0.0.1' }, ({ port }) => {
  console.log(`Pairing at http://127.0.0.1:${port}/api/pairing`)
})

// Ends live events first. Otherwise the server would wait for each page that watches.
process.once('SIGTERM', () => {
  void handler.close()
  server.close()
})
