import { normalizePhoneNumber } from 'whatsapp-pairing'
import { pairingStates } from 'whatsapp-pairing/testing'

const { payload } = pairingStates().qr['awaiting-scan'].qrCode

/**
 * A custom provider as documented. `phone.snapshot` replaces its response for states other than a code.
 *
 * @param {string} sessionId
 */
export function makeProvider(sessionId) {
  const phone = { snapshot: undefined }
  const provider = {
    id: 'pages',
    sessionId,
    timing: {
      qrLifetimeMs: 60_000,
      qrIntervalMs: 500,
      qrMinIntervalMs: 100,
      statusIntervalMs: 500,
      pairingCodeLifetimeMs: 160_000,
      requestTimeoutMs: 30_000,
    },
    getStatus: async () => phone.snapshot ?? { status: 'unlinked' },
    getQrCode: async () => phone.snapshot ?? { status: 'qr', qrCode: payload },
    requestPairingCode: async () => ({ status: 'pairing-code', pairingCode: '8RBZDSEK' }),
  }
  return { phone, provider }
}

export const linkedAccount = { phoneNumber: normalizePhoneNumber('5511987654321'), name: 'Ana Souza' }
