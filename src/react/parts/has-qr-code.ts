import type { PairingSession } from '../../core/pairing-session.js'

/** Whether a QR code is on screen, was on screen, or will follow soon. In a long wait there is nothing to enlarge. */
export function hasQrCode(session: PairingSession): boolean {
  const { method, status } = session
  if (status === 'preparing') return method === 'qr' && !session.isSlow
  return method === 'qr' && (status === 'awaiting-scan' || status === 'expired')
}
