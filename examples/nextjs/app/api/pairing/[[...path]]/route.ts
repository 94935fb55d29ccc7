import { createPairingHandler, PairingError } from 'whatsapp-pairing/server'
import { providerFrom } from '../provider'
import { userOf } from '../session'

// Each response is for one user and one time, so none may be prerendered during the build.
export const dynamic = 'force-dynamic'

// One process has to keep the provider and the streams. On `edge`, each request may reach another one.
export const runtime = 'nodejs'

const handler = createPairingHandler({
  provider: providerFrom(process.env),
  authorize(request) {
    const user = userOf(request)
    if (!user) throw new PairingError('sign-in-required')
    return user.mayLinkPhones
  },
  webhookSecret: process.env.PAIRING_WEBHOOK_SECRET,
})

// Ends live events when the process stops, so that Next.js need not wait for each page that watches. Only in production, because
// a development server loads this module repeatedly.
if (process.env.NODE_ENV === 'production') process.once('SIGTERM', () => void handler.close())

// Wrapped, because Next.js passes more arguments than the request.
export const GET = (request: Request): Promise<Response> => handler(request)
export const POST = (request: Request): Promise<Response> => handler(request)
