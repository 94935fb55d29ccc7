import { fn } from 'storybook/test'
import type { UsePairingSessionResult } from '../src/index.js'

/** Actions without effect, for stories that show a session in one fixed state. */
export const stillActions = {
  start: fn(),
  retry: fn(),
  startOver: fn(),
  cancel: fn(),
  setMethod: fn(),
  requestPairingCode: fn(),
  changeNumber: fn(),
  showOtherCode: fn(),
  confirmNumber: fn(),
  signWithPasskey: fn(),
  cancelPasskey: fn(),
  requestPasskeyHandoff: fn(),
  confirmPasskey: fn(),
  reportBrokenImage: fn(),
  report: fn(),
  unlink: fn(),
} satisfies Omit<UsePairingSessionResult, 'session'>
