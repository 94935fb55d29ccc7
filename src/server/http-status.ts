import type { PairingErrorCode } from '../core/errors.js'

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
