import { RETRY_AFTER_LONGEST_MS } from '../core/backoff.js'
import { isPairingErrorCode, type PairingError, type PairingErrorCode } from '../core/errors.js'
import { asAmount } from '../core/json.js'

// Codes are credentials: nothing on the way may keep them, and no browser may take them for a script or a page.
const PRIVATE_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  vary: 'origin, cookie',
}

/** A connection that the client kept would hold up the end of the process: Node waits five seconds for its next request. */
const LAST_ON_CONNECTION = { connection: 'close' }

/** An update, or another reply, as JSON. */
export function jsonResponse(json: string): Response {
  return new Response(json, { headers: { ...PRIVATE_HEADERS, 'content-type': 'application/json' } })
}

/** Live events. Neither a cache nor a compressor nor a proxy may hold them back. */
export function eventStream(body: ReadableStream<Uint8Array>): Response {
  return new Response(body, {
    headers: {
      ...PRIVATE_HEADERS,
      'cache-control': 'no-store, no-transform',
      'content-type': 'text/event-stream',
      // nginx buffers whole responses otherwise.
      'x-accel-buffering': 'no',
      ...LAST_ON_CONNECTION,
    },
  })
}

/** A webhook was taken in. Some providers send it again after anything but a 200, a 204 included. */
export function received(): Response {
  return new Response('', { headers: PRIVATE_HEADERS })
}

/** What of an error may leave the server. */
export interface PublicError {
  readonly code: PairingErrorCode
  readonly retryAfterMs: number | undefined
}

/** An error of another version of the package, or of a host's own provider, may hold anything. */
export function publicError({ code, retryAfterMs }: PairingError): PublicError {
  const waitMs = asAmount(retryAfterMs)
  return {
    code: isPairingErrorCode(code) ? code : 'unknown',
    retryAfterMs: waitMs && Math.min(waitMs, RETRY_AFTER_LONGEST_MS),
  }
}

/** An error as problem+json (RFC 9457): our code, the time to wait, and not a word of the provider's. */
export function problem(error: PairingError, expectedStatus?: number): Response {
  const { code, retryAfterMs } = publicError(error)
  const status = expectedStatus ?? httpStatusOf(code)
  // The table's 499 is for logs; `Response` takes it, but no client is left to read it.
  return new Response(JSON.stringify({ type: 'about:blank', title: code, status, code, retryAfterMs }), {
    status,
    headers: {
      ...PRIVATE_HEADERS,
      'content-type': 'application/problem+json',
      ...(retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
      ...(status === 405 && { allow: 'GET, POST' }),
      ...(status === 503 && LAST_ON_CONNECTION),
    },
  })
}

// A provider that refuses *our* key is an upstream fault (502), not a 401: the customer's own sign-in is fine.
const httpStatuses: Readonly<Record<PairingErrorCode, number>> = {
  unauthorized: 502,
  'session-not-found': 502,
  'subscription-expired': 502,
  'account-blocked': 409,
  'session-stale': 409,
  'wrong-phone-number': 409,
  'passkey-refused': 409,
  'passkey-expired': 409,
  'passkey-mismatch': 409,
  'code-refused': 409,
  'invalid-phone-number': 422,
  'rate-limited': 429,
  'not-supported': 501,
  'invalid-answer': 502,
  'provider-unavailable': 503,
  network: 503,
  timeout: 504,
  'sign-in-required': 401,
  forbidden: 403,
  'invalid-request': 400,
  'server-only': 500,
  'invalid-options': 500,
  aborted: 499,
  'component-failed': 500,
  unknown: 500,
}

/** The status the server handler answers with. */
export function httpStatusOf(code: PairingErrorCode): number {
  return httpStatuses[code]
}
