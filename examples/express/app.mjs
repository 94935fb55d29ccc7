// @ts-check
/** @import { PairingProvider } from 'whatsapp-pairing/server' */
import { randomUUID } from 'node:crypto'
import express from 'express'
import {
  createPairingHandler,
  createPairingLink,
  PairingError,
  toNodeListener,
  verifyPairingLink,
} from 'whatsapp-pairing/server'
import { userOf } from './session.mjs'

/**
 * @param {object} options
 * @param {PairingProvider} options.provider
 * @param {string} options.linkSecret Signs pairing links: at least 32 characters.
 * @param {string} options.pageUrl The page with `<WhatsAppPairing>`, which pairing links open.
 * @param {string | undefined} [options.webhookSecret] Without it, webhooks are refused.
 * @param {number} [options.linkGraceMs] How long links stay valid after a phone was linked, so that their pages can show the
 * result.
 */
export function createApp({ provider, linkSecret, pageUrl, webhookSecret, linkGraceMs = 30_000 }) {
  // The links, by id. With several processes, use a table of your database.
  /** @type {Set<string>} */
  const openLinks = new Set()
  /** @type {Set<string>} */
  const endedLinks = new Set()

  /** @param {Request} request */
  async function authorize(request) {
    // A customer with a pairing link, who has no account here. The link opens only its own session.
    if (request.headers.has('authorization')) {
      const claims = await verifyPairingLink(request, {
        secret: linkSecret,
        isRevoked: ({ id }) => endedLinks.has(id),
      })
      // Returns the claims, so that live events end with the link.
      return claims.sessionId === provider.sessionId && claims
    }
    const user = userOf(request.headers.get('cookie'))
    if (!user) throw new PairingError('sign-in-required')
    return user.mayLinkPhones
  }

  /** A link is for one pairing: later it must not link another phone, or unlink this one. */
  function onLinked() {
    const ids = [...openLinks]
    openLinks.clear()
    setTimeout(() => {
      for (const id of ids) endedLinks.add(id)
    }, linkGraceMs).unref()
  }

  const handler = createPairingHandler({ provider, authorize, webhookSecret, onLinked })
  const app = express()

  // Accepts a body that express.json() has read, and one that was not read yet. compression() may run first: it does not change
  // live events, because they are marked `no-transform`.
  app.use('/api/pairing', toNodeListener(handler))

  // Makes the link for the phone's owner. A picture of the QR code would expire before it is opened.
  app.post('/pairing-links', async (request, response) => {
    if (!userOf(request.headers.cookie)?.mayLinkPhones) {
      response.sendStatus(403)
      return
    }
    const id = randomUUID()
    openLinks.add(id)
    const link = await createPairingLink({
      secret: linkSecret,
      url: pageUrl,
      sessionId: provider.sessionId,
      id,
    })
    response.status(201).json({ link })
  })

  return { app, handler }
}
