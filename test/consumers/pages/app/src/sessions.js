import { PairingError } from 'whatsapp-pairing'
import { pairingStates } from 'whatsapp-pairing/testing'

const nothing = async () => {}

/** The result of the hook for a session that does not change. */
export const stillPairing = (session) => ({
  session,
  start: nothing,
  retry: nothing,
  cancel: nothing,
  setMethod: nothing,
  requestPairingCode: nothing,
  changeNumber: nothing,
  showOtherCode: nothing,
  confirmNumber: nothing,
  reportBrokenImage: nothing,
  report: nothing,
  unlink: nothing,
})

const { qr: qrStates, 'phone-code': codeStates } = pairingStates()

/**
 * After eight seconds, a first wait says that it may take longer, and a later wait starts again. A start in
 * the future prevents this.
 */
const since = Date.now() + 3_600_000
const qr = { ...qrStates, preparing: { ...qrStates.preparing, since } }
const phoneCode = { ...codeStates, preparing: { ...codeStates.preparing, since } }

const error = (code) => new PairingError(code, 'Made up for this page.')
const failed = (code, rest = {}) => ({ ...qr.failed, error: error(code), ...rest })

/** Every status of both methods, by name. */
export const states = Object.fromEntries(
  [...Object.values(qr), ...Object.values(phoneCode)].map((session) => [
    `${session.method} ${session.status}`,
    session,
  ]),
)

/** The optional data of a status. */
export const variants = {
  'qr preparing, resetting': { ...qr.preparing, isResetting: true },
  'qr preparing, with an error': { ...qr.preparing, error: error('network') },
  'qr awaiting-scan, without an end': {
    ...qr['awaiting-scan'],
    qrCode: { ...qr['awaiting-scan'].qrCode, of: Number.POSITIVE_INFINITY },
  },
  'qr expired, refresh due': { ...qr.expired, reason: 'refresh-due' },
  'qr failed, start over': failed('session-stale'),
  'qr failed, another phone': failed('wrong-phone-number', { account: qr.linked.account }),
  'qr failed, blocked': failed('account-blocked'),
  'qr failed, not signed in': failed('sign-in-required'),
  'qr linked, without a name': { ...qr.linked, account: { phoneNumber: qr.linked.account.phoneNumber } },
  'qr linked, without a number': { ...qr.linked, account: {} },
  'qr passkey-required, at Z-API': { ...qr['passkey-required'], provider: 'z-api', helpUrl: undefined },
  'phone-code awaiting-number, refused': { ...phoneCode['awaiting-number'], error: error('code-refused') },
  'phone-code awaiting-number, cooling down': {
    ...phoneCode['awaiting-number'],
    error: error('rate-limited'),
    retryAt: Date.now() + 3_600_000,
  },
  'phone-code awaiting-code, slow': { ...phoneCode['awaiting-code'], isSlow: true },
  'phone-code awaiting-code, one method': { ...phoneCode['awaiting-code'], methods: ['phone-code'] },
}
