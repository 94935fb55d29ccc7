import type { PairingSession, UsePairingSessionResult } from '../../src/index.js'

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
