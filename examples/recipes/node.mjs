// @ts-check
/** @import { PairingHandler } from 'whatsapp-pairing/server' */
import { createServer } from 'node:http'
import { toNodeListener } from 'whatsapp-pairing/server'

/** @param {PairingHandler} handler made once, by createPairingHandler() */
export function createApp(handler) {
  const listener = toNodeListener(handler)
  return createServer((request, response) => {
    if (/^\/api\/pairing(\/|\?|$)/.test(request.url ?? '')) return void listener(request, response)
    response.writeHead(404).end()
  })
}
