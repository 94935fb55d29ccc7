import { PairingError } from '../core/errors.js'

/**
 * Refuses a change that a page of another site makes with the customer's cookies. Browsers send `Origin` with every
 * POST; a client without it is no browser, and carries no cookies it was not given.
 *
 * @throws {@link PairingError} `forbidden`
 */
export function checkOrigin(request: Request, allowedOrigins: readonly string[]): void {
  const origin = request.headers.get('origin')
  if (origin !== null && allowedOrigins.includes(origin)) return
  const site = request.headers.get('sec-fetch-site')
  const sameOrigin =
    origin === null
      ? site === null || site === 'same-origin'
      : site === 'same-origin' || origin === new URL(request.url).origin
  // `Sec-Fetch-Site` cannot be set by a page, so it also speaks where a gateway has changed the host name.
  if (sameOrigin && (site === null || site === 'same-origin')) return
  throw new PairingError(
    'forbidden',
    'The request comes from a page of another origin. Add it to allowedOrigins if it is yours.',
  )
}
