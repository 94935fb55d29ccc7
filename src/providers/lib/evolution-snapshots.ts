import { normalizeAccount } from '../../core/account.js'
import { normalizeQrPayload } from '../../core/normalize-qr-payload.js'
import { normalizePairingCode } from '../../core/pairing-code.js'
import type { PairingSnapshot } from '../../core/provider.js'

// What Evolution API reports, in responses and in events alike.

/** A link, from the fields of its account. */
export function linkedTo(id: unknown, name: unknown, avatarUrl: unknown): PairingSnapshot {
  return { status: 'linked', account: normalizeAccount({ phoneNumber: id, name, avatarUrl, id }) }
}

/** A QR code, as text or picture; throws `invalid-answer` for anything else. */
export function fromQrCode(content: string, expiresInMs?: number): PairingSnapshot {
  return { status: 'qr', qrCode: normalizeQrPayload(content), expiresInMs }
}

/** A pairing code; throws `invalid-answer` for anything else. */
export function fromPairingCode(text: string, expiresInMs?: number): PairingSnapshot {
  return {
    status: 'pairing-code',
    pairingCode: normalizePairingCode(text, 'evolution-api').value,
    expiresInMs,
  }
}
