import { QR_LONGEST_LIFETIME_MS } from '../../core/qr-lifetime.js'

/** WhatsApp's times: the first code of a round lives for a minute, and each of the five others for 20 seconds. */
export const QR_LIFETIME_MS = 20_000
const CODES_OF_A_ROUND = 6

/** After this time WhatsApp requires a new registration, and the pairing code of the round expires. */
export const ROUND_MS: number = QR_LONGEST_LIFETIME_MS + (CODES_OF_A_ROUND - 1) * QR_LIFETIME_MS

/**
 * How long a code of a round is shown.
 *
 * @param qrTimeout Baileys' option of this name, which applies to the first code and to the others.
 */
export function qrLifetimeMs(number: number, qrTimeout: number | undefined): number {
  return qrTimeout ?? (number === 1 ? QR_LONGEST_LIFETIME_MS : QR_LIFETIME_MS)
}

/** How long a pairing code is valid that is requested with the first QR code. */
export function pairingCodeLifetimeMs(qrTimeout: number | undefined): number {
  return qrTimeout === undefined ? ROUND_MS : Math.min(qrTimeout * CODES_OF_A_ROUND, ROUND_MS)
}
