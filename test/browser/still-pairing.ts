import type { PairingSession, UsePairingSessionResult } from '../../src/index.js'
import { pairingStates } from '../../src/testing.js'

const nothing = async (): Promise<void> => {}

/** A session that stays in one state, for tests of its look. */
export function stillPairing(session: PairingSession): UsePairingSessionResult {
  return {
    session,
    start: nothing,
    retry: nothing,
    startOver: nothing,
    cancel: nothing,
    setMethod: nothing,
    requestPairingCode: nothing,
    changeNumber: nothing,
    showOtherCode: nothing,
    confirmNumber: nothing,
    signWithPasskey: nothing,
    cancelPasskey: nothing,
    requestPasskeyHandoff: nothing,
    confirmPasskey: nothing,
    reportBrokenImage: nothing,
    report: nothing,
    unlink: nothing,
  }
}

/** From linking on, a session looks the same for both methods. */
const ALIKE = ['linking', 'linked', 'passkey-required', 'failed']

/** Every state with a different look, by its method and status. */
export function differentStates(now?: number): readonly (readonly [string, PairingSession])[] {
  const { qr, 'phone-code': phoneCode } = pairingStates(now)
  return [
    ...Object.values(qr),
    ...Object.values(phoneCode).filter(({ status }) => !ALIKE.includes(status)),
  ].map((session) => [`${session.method} ${session.status}`, session])
}
