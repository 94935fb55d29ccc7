import { PairingError } from '../core/errors.js'
import { normalizePairingCode } from '../core/pairing-code.js'
import { normalizePhoneNumber } from '../core/phone-number.js'
import type { PairingMethod } from '../core/provider.js'
import { normalizeQrPayload } from '../core/qr-payload.js'
import type { PairingSession, PairingStatus } from '../core/session-state.js'
import { qrTextOf } from './emulated-codes.js'

/** The states that a method can be in. */
export type PairingStates = Readonly<
  Record<PairingMethod, Readonly<Partial<Record<PairingStatus, PairingSession>>>>
>

const methods = ['qr', 'phone-code'] as const
const phoneNumber = normalizePhoneNumber('5511987654321')
const account = { phoneNumber, name: 'Ana Souza' }

/**
 * A session in each state that each method can be in, for stories and screenshots:
 * `pairingStates().qr['awaiting-scan']`. The codes in them are made up.
 *
 * @param now Epoch milliseconds: the codes were shown six seconds before.
 */
export function pairingStates(now: number = Date.now()): PairingStates {
  const shownAt = now - 6_000
  const common = (method: PairingMethod): Partial<Record<PairingStatus, PairingSession>> => ({
    idle: { method, methods, status: 'idle' },
    linking: { method, methods, status: 'linking' },
    linked: { method, methods, status: 'linked', account },
    'passkey-required': {
      method,
      methods,
      status: 'passkey-required',
      helpUrl: 'https://example.com/passkey',
    },
    failed: {
      method,
      methods,
      status: 'failed',
      error: new PairingError('unauthorized', 'The provider refuses these credentials.'),
    },
  })
  return {
    qr: {
      ...common('qr'),
      preparing: { method: 'qr', methods, status: 'preparing', since: shownAt },
      'awaiting-scan': {
        method: 'qr',
        methods,
        status: 'awaiting-scan',
        qrCode: {
          payload: normalizeQrPayload(qrTextOf(1, 1, 2)),
          number: 2,
          of: 3,
          shownAt,
          expiresAt: shownAt + 20_000,
        },
      },
      expired: { method: 'qr', methods, status: 'expired', reason: 'unscanned' },
    },
    'phone-code': {
      ...common('phone-code'),
      'awaiting-number': { method: 'phone-code', methods, status: 'awaiting-number' },
      'requesting-code': { method: 'phone-code', methods, status: 'requesting-code', phoneNumber },
      'awaiting-code': {
        method: 'phone-code',
        methods,
        status: 'awaiting-code',
        phoneNumber,
        pairingCode: { ...normalizePairingCode('8RBZDSEK'), shownAt, expiresAt: shownAt + 160_000 },
      },
      expired: { method: 'phone-code', methods, status: 'expired', reason: 'code-not-entered' },
    },
  }
}
