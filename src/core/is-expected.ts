import type { PairingErrorCode } from './errors.js'

/** These errors are temporary, or the user can resolve them. */
const expected: readonly PairingErrorCode[] = [
  'aborted',
  'timeout',
  'provider-unavailable',
  'rate-limited',
  'session-stale',
  'code-refused',
  'wrong-phone-number',
  'passkey-refused',
  'passkey-expired',
  'passkey-mismatch',
  'invalid-phone-number',
  'sign-in-required',
  'forbidden',
]

/** Whether this error also occurs in a correctly configured app. All other errors are reported to the developer. */
export function isExpected(code: PairingErrorCode): boolean {
  return expected.includes(code)
}
