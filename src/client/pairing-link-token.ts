import { PAIRING_LINK_PARAMETER } from '../core/pairing-link.js'

// Only what a token is made of, so that it fits into a header whatever somebody put behind the hash. The last one
// counts, because `createPairingLink` adds its own behind what is there.
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
