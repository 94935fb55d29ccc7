import { createPairingHandler, PairingError } from 'whatsapp-pairing/server'
import { providerFrom } from '../provider'
import { userOf } from '../session'

// Answers belong to one customer and one moment: none may be made while the app is built.
export const dynamic = 'force-dynamic'

// One process has to keep the provider and the streams; on `edge` each request may meet another one.
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

// Ends live events when the process stops, so that Next.js need not wait for each page that watches. A development server
// loads this module again and again.
if (process.env.NODE_ENV === 'production') process.once('SIGTERM', () => void handler.close())

// Wrapped, because Next.js gives a route more than the request.
export const GET = (request: Request): Promise<Response> => handler(request)
export const POST = (request: Request): Promise<Response> => handler(request)
