import { PairingError } from '../core/errors.js'

/**
 * Refuses what a page of another site does with the customer's cookies. It could not read an answer, but a change
 * needs no reading, and a question too has the provider make a code. A client that names no origin is no browser, or
 * asks its own server.
 *
 * @throws {@link PairingError} `forbidden`
 */
export function checkOrigin({ url, headers, method }: Request, allowedOrigins: readonly string[]): void {
  const origin = headers.get('origin')
  if (origin !== null && allowedOrigins.includes(origin)) return
  // Cannot be set by a page, so it also speaks where a gateway has changed the host name.
  const site = headers.get('sec-fetch-site')
  if (site === 'same-origin') return
  // `none` is the address bar, which only reads.
  const isUnmarked = site === null || (site === 'none' && method === 'GET')
  if (isUnmarked && (origin === null || origin === new URL(url).origin)) return
  throw new PairingError(
    'forbidden',
    'The request comes from a page of another origin. Add it to allowedOrigins if it is yours.',
  )
}
