import { RETRY_AFTER_LONGEST_MS } from '../core/backoff.js'
import { isPairingErrorCode, type PairingError, type PairingErrorCode } from '../core/errors.js'
import { asAmount } from '../core/json.js'

// Codes are credentials: no cache may store them, and no browser may treat them as a script or a page.
const PRIVATE_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  vary: 'origin, cookie',
}

/** A kept-alive connection would delay the end of the process, because Node waits five seconds for its next request. */
const LAST_ON_CONNECTION = { connection: 'close' }

/** An update, or another reply, as JSON. */
export function jsonResponse(json: string): Response {
  return new Response(json, { headers: { ...PRIVATE_HEADERS, 'content-type': 'application/json' } })
}

/** Live events. No cache, compressor or proxy may buffer them. */
export function eventStream(body: ReadableStream<Uint8Array>): Response {
  return new Response(body, {
    headers: {
      ...PRIVATE_HEADERS,
      'cache-control': 'no-store, no-transform',
      'content-type': 'text/event-stream',
      // Otherwise nginx buffers responses.
      'x-accel-buffering': 'no',
      ...LAST_ON_CONNECTION,
    },
  })
}

/** The response to an accepted webhook. Some providers resend it after any other status than 200, even after 204. */
export function received(): Response {
  return new Response('', { headers: PRIVATE_HEADERS })
}

/** The fields of an error that may leave the server. */
export interface PublicError {
  readonly code: PairingErrorCode
  readonly retryAfterMs: number | undefined
}

/** An error of another version of the package, or of the app's own provider, may contain anything. */
export function publicError({ code, retryAfterMs }: PairingError): PublicError {
  const waitMs = asAmount(retryAfterMs)
  return {
    code: isPairingErrorCode(code) ? code : 'unknown',
    retryAfterMs: waitMs && Math.min(waitMs, RETRY_AFTER_LONGEST_MS),
  }
}

/** An error as problem+json (RFC 9457): our code, the time to wait, and no text of the provider. */
export function problem(error: PairingError, expectedStatus?: number): Response {
  const { code, retryAfterMs } = publicError(error)
  const status = expectedStatus ?? httpStatusOf(code)
  // The 499 of the table is only for logs, because no client is left to read it.
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

// If a provider refuses the app's key, that is an upstream error (502) and not a 401, because the user's sign-in is valid.
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

/** The HTTP status of the handler's response. */
export function httpStatusOf(code: PairingErrorCode): number {
  return httpStatuses[code]
}
