import type { PairingErrorCode } from './errors.js'

/** They pass by themselves, or the user deals with them. */
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

/** Whether an app in good order meets this error too. Any other one is for the developer to see. */
export function isExpected(code: PairingErrorCode): boolean {
  return expected.includes(code)
}
