import type { PairingSession } from '../../core/session-state.js'

/** Whether a QR code is on screen, was there, or is about to be. */
export function hasQrCode({ method, status }: PairingSession): boolean {
  return method === 'qr' && (status === 'preparing' || status === 'awaiting-scan' || status === 'expired')
}
