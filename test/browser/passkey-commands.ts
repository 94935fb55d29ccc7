import { generateKeyPairSync } from 'node:crypto'
import type { BrowserContext, CDPSession, Page } from 'playwright'
import type { BrowserCommand } from 'vitest/node'

/** A page of WhatsApp Web in a separate tab. Its authenticator has the passkey of an account. */
interface WhatsAppWeb {
  readonly page: Page
  readonly devtools: CDPSession
  readonly authenticatorId: string
}

let open: WhatsAppWeb | undefined

const ORIGIN = 'https://web.whatsapp.com'

/** Opens the page, which this command serves, and returns the public key of the passkey. */
const openWhatsAppWeb: BrowserCommand<[]> = async ({ context }) => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  open = await openPage(context)
  const { devtools, authenticatorId } = open
  await devtools.send('WebAuthn.addCredential', {
    authenticatorId,
    credential: {
      credentialId: Buffer.from('credential-1').toString('base64'),
      isResidentCredential: true,
      rpId: 'whatsapp.com',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
      userHandle: Buffer.from('user-1').toString('base64'),
      signCount: 1,
    },
  })
  return publicKey.export({ type: 'spki', format: 'der' }).toString('base64url')
}

async function openPage(context: BrowserContext): Promise<WhatsAppWeb> {
  const page = await context.newPage()
  await page.route(`${ORIGIN}/**`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>WhatsApp Web</title>' }),
  )
  await page.goto(`${ORIGIN}/`)
  const devtools = await context.newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return { page, devtools, authenticatorId }
}

/** Requests the passkey on that page. With `isRefused`, the user does not confirm their identity. */
const signOnWhatsAppWeb: BrowserCommand<
  [PublicKeyCredentialRequestOptionsJSON, { isRefused?: boolean }]
> = async (_, options, { isRefused = false } = {}) => {
  if (!open) throw new Error('There is no page of WhatsApp Web.')
  const { page, devtools, authenticatorId } = open
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: !isRefused })
  await page.bringToFront()
  return page.evaluate(async (json) => {
    try {
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(json)
      const credential = await navigator.credentials.get({ publicKey })
      return { assertion: credential instanceof PublicKeyCredential ? credential.toJSON() : undefined }
    } catch (error) {
      return { error: error instanceof DOMException ? error.name : String(error) }
    }
  }, options)
}

const closeWhatsAppWeb: BrowserCommand<[]> = async () => {
  await open?.page.close()
  open = undefined
}

/** For the `commands` of the browser tests: see `virtual-passkey.ts`. */
export const passkeyCommands = {
  openWhatsAppWeb,
  signOnWhatsAppWeb,
  closeWhatsAppWeb,
}
