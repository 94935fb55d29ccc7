import { httpStatusOf, isPairingErrorCode, type PairingError } from '../core/errors.js'
import { asAmount } from '../core/json.js'

// Codes are credentials: nothing on the way may keep them, and no browser may take them for a script or a page.
const PRIVATE_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  vary: 'origin, cookie',
}

/** A snapshot as JSON. */
export function snapshotAnswer(json: string): Response {
  return new Response(json, { headers: { ...PRIVATE_HEADERS, 'content-type': 'application/json' } })
}

/** Done, nothing to say. */
export function noContent(): Response {
  return new Response(null, { status: 204, headers: PRIVATE_HEADERS })
}

/** An error as problem+json (RFC 9457): our code, the time to wait, and not a word of the provider's. */
export function problem(error: PairingError, expectedStatus?: number): Response {
  // Errors of another version of the package, or of a host's own provider, may hold anything.
  const code = isPairingErrorCode(error.code) ? error.code : 'unknown'
  const retryAfterMs = asAmount(error.retryAfterMs)
  const status = expectedStatus ?? httpStatusOf(code)
  // The table's 499 is for logs; `Response` takes it, but no client is left to read it.
  return new Response(JSON.stringify({ type: 'about:blank', title: code, status, code, retryAfterMs }), {
    status,
    headers: {
      ...PRIVATE_HEADERS,
      'content-type': 'application/problem+json',
      ...(retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
      ...(status === 405 && { allow: 'GET, POST' }),
    },
  })
}
