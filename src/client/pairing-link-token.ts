import { PAIRING_LINK_PARAMETER } from '../core/pairing-link.js'

// Matches the characters of a token only, so that the result is always a valid header value. The last match counts,
// because `createPairingLink` appends its parameter to an existing hash.
const TOKEN = new RegExp(`^[^#]*#(?:.*[?&])?${PAIRING_LINK_PARAMETER}=([\\w.-]+)`)

/**
 * The token of the pairing link that opened this page: what stands behind `#pairing=`, also among other parameters or
 * behind the route of a hash router. `undefined` where there is none. Whether it is any good, the server says.
 *
 * @param url - The address of the page, or its hash alone.
 *
 * @example
 * const token = pairingLinkToken(location.href)
 * const provider = proxy({ url: '/api/pairing', headers: { authorization: `Bearer ${token}` } })
 */
export function pairingLinkToken(url: string | URL): string | undefined {
  return TOKEN.exec(String(url))?.[1]
}
