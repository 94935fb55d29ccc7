// @ts-check
/** @import { PairingProvider } from 'whatsapp-pairing/server' */
import { Hono } from 'hono'
import { createPairingHandler, PairingError } from 'whatsapp-pairing/server'
import { userOf } from './session.mjs'

/**
 * @param {object} options
 * @param {PairingProvider} options.provider
 * @param {string | undefined} [options.webhookSecret] Without it, webhooks are refused.
 */
export function createApp({ provider, webhookSecret }) {
  const handler = createPairingHandler({
    provider,
    authorize(request) {
      const user = userOf(request.headers.get('cookie'))
      if (!user) throw new PairingError('sign-in-required')
      return user.mayLinkPhones
    },
    webhookSecret,
  })
  const app = new Hono()
  // The address itself, and `/webhook` below it. compress() may run first: it does not change live events, because they are
  // marked `no-transform`.
  app.all('/api/pairing/*', (context) => handler(context.req.raw))
  return { app, handler }
}
