// A server that sends each event to all watchers, in a separate process: the pairing handler, better-sse or Hono.

import { createServer } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { createChannel, createSession } from 'better-sse'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { createPairingHandler, toNodeListener } from 'whatsapp-pairing/server'
import { measureUsage } from './usage.mjs'

/** @typedef {import('whatsapp-pairing/server').PairingSnapshot} PairingSnapshot */
/** @typedef {{ server: import('node:net').Server, broadcast: (update: { qrCode: { value: string } }) => void }} Sender */

const LONG_MS = 600_000

/** A session whose provider pushes its codes: nothing is polled, and each code goes to all pages. */
function pairingHandler() {
  /** @type {(snapshot: PairingSnapshot) => void} */
  let push = () => {}
  /** @param {string} value @returns {PairingSnapshot} */
  const snapshotOf = (value) => ({ status: 'qr', qrCode: { kind: 'text', value }, nextInMs: LONG_MS })
  const first = async () => snapshotOf('2@first,noise,identity,adv,1')
  const handler = createPairingHandler({
    provider: {
      id: 'fan-out',
      sessionId: 'one',
      timing: {
        qrLifetimeMs: 60_000,
        qrIntervalMs: LONG_MS,
        qrMinIntervalMs: 1,
        statusIntervalMs: LONG_MS,
        pairingCodeLifetimeMs: 160_000,
        requestTimeoutMs: 30_000,
      },
      getStatus: first,
      getQrCode: first,
      requestPairingCode: first,
      reset: async () => {},
      unlink: async () => {},
      subscribe(listener) {
        push = listener
        return () => {}
      },
    },
    authorize: () => true,
    maxWatchersPerSession: Number.MAX_SAFE_INTEGER,
  })
  return {
    server: createServer(toNodeListener(handler)),
    /** @param {{ qrCode: { value: string } }} update */
    broadcast: ({ qrCode }) => push(snapshotOf(qrCode.value)),
  }
}

function betterSse() {
  const channel = createChannel()
  return {
    server: createServer(async (request, response) =>
      channel.register(await createSession(request, response)),
    ),
    /** @param {object} update */
    broadcast: (update) => void channel.broadcast(update, 'update'),
  }
}

function hono() {
  /** @type {Set<import('hono/streaming').SSEStreamingApi>} */
  const streams = new Set()
  const app = new Hono().get('/', (context) =>
    streamSSE(context, async (stream) => {
      streams.add(stream)
      await stream.write(':\n\n')
      await new Promise((resolve) => stream.onAbort(() => resolve(undefined)))
      streams.delete(stream)
    }),
  )
  return {
    server: createAdaptorServer({ fetch: app.fetch }),
    /** @param {object} update */
    broadcast(update) {
      const data = JSON.stringify(update)
      for (const stream of streams) void stream.writeSSE({ event: 'update', data })
    },
  }
}

/** @type {Readonly<Record<string, () => Sender>>} */
const kinds = { pairingHandler, betterSse, hono }
const make = kinds[process.argv[2] ?? '']
if (!make) throw new Error(`Name one of ${Object.keys(kinds).join(', ')}.`)
const { server, broadcast } = make()

server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => process.send?.(server.address()))
process.on('message', async (/** @type {'usage' | 'cpu' | { qrCode: { value: string } }} */ message) => {
  if (message === 'usage') return process.send?.(await measureUsage())
  // Without a garbage collection, which would count as work of the events.
  if (message === 'cpu') return process.send?.(process.cpuUsage())
  return broadcast(message)
})
process.on('disconnect', () => process.exit())
