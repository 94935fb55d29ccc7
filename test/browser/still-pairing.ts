import type { PairingSession, UsePairingSessionResult } from '../../src/index.js'
import { pairingStates } from '../../src/testing.js'

const nothing = async (): Promise<void> => {}

/** A session that stays as it is, for the look of a state. */
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

/** Once linking, a session looks the same whichever way it came. */
const ALIKE = ['linking', 'linked', 'passkey-required', 'failed']

/** Every state that looks different, by its method and status. */
export function differentStates(now?: number): readonly (readonly [string, PairingSession])[] {
  const { qr, 'phone-code': phoneCode } = pairingStates(now)
  return [
    ...Object.values(qr),
    ...Object.values(phoneCode).filter(({ status }) => !ALIKE.includes(status)),
  ].map((session) => [`${session.method} ${session.status}`, session])
}
