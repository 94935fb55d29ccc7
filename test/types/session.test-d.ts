// `npm run types` checks this file. Nothing in it runs.
import { describe, expectTypeOf, it } from 'vitest'
import type {
  PairingAccount,
  PairingError,
  PairingErrorAction,
  PairingErrorCode,
  PairingSession,
  PairingSessionStatus,
  PhoneNumber,
  QrPayload,
} from 'whatsapp-pairing'
import { normalizePhoneNumber, pairingErrorCodes } from 'whatsapp-pairing'

type In<Status extends PairingSessionStatus> = Extract<PairingSession, { status: Status }>

/** Compiles only if every status was handled before. */
declare function unreachable(session: never): never

describe('PairingSession', () => {
  it('has exactly these statuses', () => {
    expectTypeOf<PairingSessionStatus>().toEqualTypeOf<
      | 'idle'
      | 'preparing'
      | 'awaiting-scan'
      | 'awaiting-number'
      | 'requesting-code'
      | 'awaiting-code'
      | 'confirming-number'
      | 'expired'
      | 'linking'
      | 'linked'
      | 'passkey-required'
      | 'failed'
    >()
  })

  it('is narrowed by its status', () => {
    const title = (session: PairingSession): string => {
      switch (session.status) {
        case 'awaiting-scan':
          return `${session.qrCode.number} of ${session.qrCode.of}`
        case 'awaiting-code':
          return session.pairingCode.formatted
        case 'expired':
          return session.reason
        case 'failed':
          return session.error.code
        case 'linked':
        case 'confirming-number':
          return session.account.phoneNumber ?? ''
        case 'idle':
        case 'preparing':
        case 'awaiting-number':
        case 'requesting-code':
        case 'linking':
        case 'passkey-required':
          return session.method
        default:
          return unreachable(session)
      }
    }
    expectTypeOf(title).returns.toBeString()
  })

  it('has each value only in the status that it belongs to', () => {
    expectTypeOf<In<'awaiting-scan'>['qrCode']['payload']>().toEqualTypeOf<QrPayload>()
    expectTypeOf<In<'linked'>['account']>().toEqualTypeOf<PairingAccount>()
    expectTypeOf<In<'failed'>['error']>().toEqualTypeOf<PairingError>()
    expectTypeOf<In<'preparing'>['error']>().toEqualTypeOf<PairingError | undefined>()
    expectTypeOf<In<'expired'>['reason']>().toEqualTypeOf<'unscanned' | 'code-not-entered' | 'refresh-due'>()
    expectTypeOf<In<'idle'>>().not.toHaveProperty('error')
    expectTypeOf<In<'expired'>>().not.toHaveProperty('qrCode')
    expectTypeOf<In<'linked'>>().not.toHaveProperty('pairingCode')
  })

  it('cannot be changed by the app', () => {
    const change = (session: In<'awaiting-scan'>) => {
      // @ts-expect-error: a status is read-only.
      session.status = 'awaiting-scan'
      // @ts-expect-error: a code is read-only.
      session.qrCode.expiresAt = 0
    }
    expectTypeOf(change).toBeFunction()
  })
})

describe('PairingError', () => {
  it('has an error code from the table and one of four actions', () => {
    expectTypeOf<PairingError>().toExtend<Error>()
    expectTypeOf<PairingError['code']>().toEqualTypeOf<PairingErrorCode>()
    expectTypeOf<PairingError['action']>().toEqualTypeOf<PairingErrorAction>()
    expectTypeOf<PairingErrorAction>().toEqualTypeOf<
      'retry' | 'start-over' | 'edit-number' | 'contact-host'
    >()
    expectTypeOf(pairingErrorCodes).toEqualTypeOf<readonly PairingErrorCode[]>()
    expectTypeOf<'rate-limited' | 'session-stale'>().toExtend<PairingErrorCode>()
    expectTypeOf<'no-such-code'>().not.toExtend<PairingErrorCode>()
  })
})

describe('PhoneNumber', () => {
  it('accepts only the result of normalizePhoneNumber(), not any string', () => {
    expectTypeOf(normalizePhoneNumber).returns.toExtend<PhoneNumber | undefined>()
    expectTypeOf<PhoneNumber>().toExtend<string>()
    expectTypeOf<string>().not.toExtend<PhoneNumber>()
    expectTypeOf<string>().not.toExtend<QrPayload>()
  })
})
