// @ts-check
/** @import { PairingHandler } from 'whatsapp-pairing/server' */
import Koa from 'koa'
import { toNodeListener } from 'whatsapp-pairing/server'

/** @param {PairingHandler} handler made once, by createPairingHandler() */
export function createApp(handler) {
  const app = new Koa()
  const listener = toNodeListener(handler)
  // Before koa-body and other body parsers: the handler reads the body itself.
  app.use(async (context, next) => {
    if (!/^\/api\/pairing(\/|$)/.test(context.path)) return next()
    context.respond = false
    await listener(context.req, context.res)
  })
  return app
}
