import { PAIRING_LINK_PARAMETER } from '../core/pairing-link.js'

// Matches the characters of a token only, so that the result is always a valid header value. The last match counts,
// because `createPairingLink` appends its parameter to an existing hash.
const TOKEN = new RegExp(`^[^#]*#(?:.*[?&])?${PAIRING_LINK_PARAMETER}=([\\w.-]+)`)

/** The parameter, also several in a row, with the separator before it and the one behind it, of which one stays. */
const PARAMETERS = new RegExp(
  `(^#|[?&])(?:${PAIRING_LINK_PARAMETER}=[^&]*&)*?${PAIRING_LINK_PARAMETER}=[^&]*(&(?!${PAIRING_LINK_PARAMETER}=)|$)`,
  'g',
)

const STORED_AS = 'whatsapp-pairing:link'

/** If the browser denies storage, the token is kept as long as the page. */
let taken: string | undefined

/**
 * The token of the pairing link that opened this page: the value of `#pairing=`, also among other parameters or after the route
 * of a hash router. `undefined` if there is none. The server decides whether it is valid.
 *
 * It leaves the token in the address bar; {@link takePairingLinkToken} does not.
 *
 * @param url - The address of the page, or its hash alone.
 */
export function pairingLinkToken(url: string | URL): string | undefined {
  return TOKEN.exec(String(url))?.[1]
}

/**
 * Returns the token of the pairing link that opened this page, and removes it from the address bar, so that it is in no bookmark,
 * screenshot or copied address. The tab keeps it in `sessionStorage`: a second call, or one after a reload, returns the same
 * token until another link is opened in this tab. `undefined` without a link, and on a server.
 *
 * Call it once, when your module loads and before error reporting or statistics read `location.href`.
 *
 * @example
 * const headers = { authorization: `Bearer ${takePairingLinkToken() ?? ''}` }
 */
export function takePairingLinkToken(): string | undefined {
  if (typeof location === 'undefined') return undefined
  const token = pairingLinkToken(location.href)
  if (token === undefined) return stored() ?? taken
  taken = token
  store(token)
  // Keeps the state of the app's router.
  history.replaceState(history.state, '', withoutToken(location.href))
  return token
}

function withoutToken(href: string): string {
  const url = new URL(href)
  url.hash = url.hash.replace(PARAMETERS, (_, before: string, behind: string) =>
    behind === '' ? '' : before,
  )
  return url.href
}

function stored(): string | undefined {
  try {
    return sessionStorage.getItem(STORED_AS) ?? undefined
  } catch {
    return undefined
  }
}

function store(token: string): void {
  try {
    sessionStorage.setItem(STORED_AS, token)
  } catch {
    // `taken` has it.
  }
}
