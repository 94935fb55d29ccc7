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
 * @param {string} options.pageUrl The page with `<WhatsAppPairing>`, where pairing links lead.
 * @param {string | undefined} [options.webhookSecret] Without it no webhooks are taken.
 * @param {number} [options.linkGraceMs] Links end so long after a phone was linked: until then, their pages show that too.
 */
export function createApp({ provider, linkSecret, pageUrl, webhookSecret, linkGraceMs = 30_000 }) {
  // By id. With several processes: a table of your database.
  /** @type {Set<string>} */
  const openLinks = new Set()
  /** @type {Set<string>} */
  const endedLinks = new Set()

  /** @param {Request} request */
  async function authorize(request) {
    // A customer with a pairing link, who has no account here. The link opens the session it was made for, no other.
    if (request.headers.has('authorization')) {
      const claims = await verifyPairingLink(request, {
        secret: linkSecret,
        isRevoked: ({ id }) => endedLinks.has(id),
      })
      // The claims themselves, so that live events end with the link.
      return claims.sessionId === provider.sessionId && claims
    }
    const user = userOf(request.headers.get('cookie'))
    if (!user) throw new PairingError('sign-in-required')
    return user.mayLinkPhones
  }

  /** A link is for one pairing: it must not link another phone, or end this link, later on. */
  function onLinked() {
    const ids = [...openLinks]
    openLinks.clear()
    setTimeout(() => {
      for (const id of ids) endedLinks.add(id)
    }, linkGraceMs).unref()
  }

  const handler = createPairingHandler({ provider, authorize, webhookSecret, onLinked })
  const app = express()

  // Takes a body that express.json() has read, and one that was not read yet. compression() may stand in front: it
  // leaves live events alone, because they are marked `no-transform`.
  app.use('/api/pairing', toNodeListener(handler))

  // What to send to the phone's owner: a picture of the QR code would expire before it is opened.
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
