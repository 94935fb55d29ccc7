// @ts-check
/** @import { PairingHandler } from 'whatsapp-pairing/server' */
import Fastify from 'fastify'
import { toNodeListener } from 'whatsapp-pairing/server'

/** @param {PairingHandler} handler made once, by createPairingHandler() */
export function createApp(handler) {
  const app = Fastify()
  const listener = toNodeListener(handler)
  app.register(async (pairing) => {
    // The handler reads the body itself. Fastify's parsers would consume it, and the signature of a webhook could not be checked.
    pairing.removeAllContentTypeParsers()
    pairing.addContentTypeParser('*', (_request, _body, done) => done(null))
    pairing.all('/api/pairing', send)
    pairing.all('/api/pairing/*', send) // for webhooks
  })
  app.addHook('preClose', () => handler.close())
  return app

  /**
   * @param {import('fastify').FastifyRequest} request
   * @param {import('fastify').FastifyReply} reply
   */
  async function send(request, reply) {
    reply.hijack()
    await listener(request.raw, reply.raw)
  }
}
