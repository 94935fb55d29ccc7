import type { PairingErrorCode } from './errors.js'
import type { PairingMethod } from './provider.js'
import type { ExpiredReason, PairingSession } from './session-state.js'

/** What happened to a session, for the host's own statistics. Holds no code, number or name. */
export type PairingEvent = { readonly method: PairingMethod } & (
  | { readonly type: 'qr-code-shown'; readonly number: number; readonly of: number }
  | { readonly type: 'pairing-code-requested' }
  | { readonly type: 'pairing-code-shown' }
  | { readonly type: 'expired'; readonly reason: ExpiredReason }
  | { readonly type: 'linking' }
  | { readonly type: 'linked' }
  | { readonly type: 'passkey-required' }
  | { readonly type: 'failed'; readonly code: PairingErrorCode }
)

/** The event that lies between two sessions, if any. */
export function eventBetween(
  previous: PairingSession | undefined,
  next: PairingSession,
): PairingEvent | undefined {
  const { method, status } = next
  switch (status) {
    case 'awaiting-scan': {
      const { number, of } = next.qrCode
      // The same code comes back after a moment off screen, when its confirmation was late: not news.
      const isSame = previous?.status === 'awaiting-scan' && previous.qrCode.number === number
      return isSame ? undefined : { method, type: 'qr-code-shown', number, of }
    }
    case 'requesting-code':
      return previous?.status === status ? undefined : { method, type: 'pairing-code-requested' }
    case 'awaiting-code':
      return previous?.status === status ? undefined : { method, type: 'pairing-code-shown' }
    case 'expired':
      return previous?.status === status ? undefined : { method, type: 'expired', reason: next.reason }
    case 'failed':
      return previous?.status === status ? undefined : { method, type: 'failed', code: next.error.code }
    case 'linking':
    case 'linked':
    case 'passkey-required':
      return previous?.status === status ? undefined : { method, type: status }
    default:
      return undefined
  }
}
