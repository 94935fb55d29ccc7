import { PairingError } from '../core/errors.js'
import { normalizeQrPayload } from '../core/normalize-qr-payload.js'
import { normalizePairingCode } from '../core/pairing-code.js'
import type { PairingSession, PairingSessionStatus, SessionPasskey } from '../core/pairing-session.js'
import type { PasskeyStep } from '../core/passkey-step.js'
import { normalizePhoneNumber } from '../core/phone-number.js'
import type { PairingMethod } from '../core/provider.js'
import { qrTextOf } from './emulated-codes.js'

type CommonStatus = 'idle' | 'preparing' | 'expired' | 'linking' | 'linked' | 'passkey-required' | 'failed'

/** Any status can be read; the named ones always exist. */
type StatesOf<Status extends PairingSessionStatus> = Readonly<
  Partial<Record<PairingSessionStatus, PairingSession>>
> & {
  readonly [Key in Status]: Extract<PairingSession, { status: Key }>
}

/** A session for each state that a method can be in. */
export interface PairingStates {
  readonly qr: StatesOf<CommonStatus | 'awaiting-scan'>
  readonly 'phone-code': StatesOf<CommonStatus | 'awaiting-number' | 'requesting-code' | 'awaiting-code'>
  /**
   * The steps of a passkey ceremony: the app signs (`sign`, `signing`, and `notUsed` after the user cancelled), the provider has
   * its own procedure (`handOff`: a code for its extension or a link), the answer was sent (`submitted`, and `silent` after 30
   * seconds), and the codes are compared (`confirm`).
   */
  readonly passkey: Readonly<Record<PasskeyLook, Ceremony>>
}

type Ceremony = Extract<PairingSession, { status: 'passkey-required' }> & { readonly passkey: SessionPasskey }

type PasskeyLook =
  | 'sign'
  | 'signing'
  | 'notUsed'
  | 'handOff'
  | 'extensionCode'
  | 'link'
  | 'submitted'
  | 'silent'
  | 'confirm'

const methods = ['qr', 'phone-code'] as const
const phoneNumber = normalizePhoneNumber('5511987654321')
const account = { phoneNumber, name: 'Ana Souza' }

/**
 * A session in each state that each method can be in, for stories and screenshots: `pairingStates().qr['awaiting-scan']`. The
 * codes in them are fictitious.
 *
 * @param now Epoch milliseconds: the codes were shown six seconds before.
 */
export function pairingStates(now: number = Date.now()): PairingStates {
  const shownAt = now - 6_000
  const common = (method: PairingMethod): StatesOf<CommonStatus> => ({
    idle: { method, methods, status: 'idle' },
    // With a pairing code, this state occurs during the last poll before `expired`.
    preparing: { method, methods, status: 'preparing', since: shownAt },
    expired: {
      method,
      methods,
      status: 'expired',
      reason: method === 'qr' ? 'unscanned' : 'code-not-entered',
    },
    linking: { method, methods, status: 'linking', since: shownAt },
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
  const ceremony = (
    step: PasskeyStep,
    details?: Partial<SessionPasskey>,
  ): PairingStates['passkey']['sign'] => ({
    method: 'qr',
    methods,
    status: 'passkey-required',
    phoneNumber,
    canStartOver: true,
    passkey: {
      step,
      since: shownAt,
      expiresAt: shownAt + 600_000,
      canAnswer: true,
      canConfirm: true,
      canHandOff: false,
      ...details,
    },
  })
  const handOff = { canAnswer: false, canHandOff: true }
  return {
    passkey: {
      sign: ceremony('assert'),
      signing: ceremony('assert', { busy: 'sign' }),
      notUsed: ceremony('assert', { isCancelled: true }),
      handOff: ceremony('assert', handOff),
      extensionCode: ceremony('assert', {
        ...handOff,
        handoff: {
          kind: 'code',
          code: 'FA48-HS63',
          expiresAt: shownAt + 300_000,
          installUrl: 'https://example.com/extension',
        },
      }),
      link: ceremony('assert', {
        ...handOff,
        handoff: { kind: 'link', url: 'https://web.whatsapp.com/#wapk=emulated' },
      }),
      submitted: ceremony('submitted'),
      silent: ceremony('submitted', { isSlow: true }),
      confirm: ceremony('confirm', { code: '7KTP-3VXN' }),
    },
    qr: {
      ...common('qr'),
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
        lastDigits: phoneNumber.slice(-4),
        pairingCode: { ...normalizePairingCode('8RBZDSEK'), shownAt, expiresAt: shownAt + 160_000 },
      },
    },
  }
}
