// The exports that the page's entry and the server's entry share.

export {
  PairingError,
  type PairingErrorAction,
  type PairingErrorCode,
  type PairingErrorOptions,
} from './errors.js'
export { normalizeQrPayload } from './normalize-qr-payload.js'
export { normalizePairingCode, type PairingCode } from './pairing-code.js'
export type {
  PasskeyAction,
  PasskeyAssertion,
  PasskeyChallenge,
  PasskeyHandoff,
  PasskeyHandoffReply,
  PasskeyReply,
  PasskeyRequestOptions,
} from './passkey.js'
export type { PasskeyStep } from './passkey-step.js'
export { normalizePhoneNumber, type PhoneNumber } from './phone-number.js'
export type {
  PairingAccount,
  PairingMemory,
  PairingMethod,
  PairingProvider,
  PairingSnapshot,
  ProviderTiming,
  RequestOptions,
  SnapshotDetails,
  SubscribeOptions,
} from './provider.js'
export type { QrPayload } from './qr-payload.js'
export type {
  PairingAbility,
  PairingAction,
  PairingUpdate,
  PairingWant,
  UpdateError,
  UpdatePairingCode,
  UpdatePasskey,
  UpdateReason,
} from './update.js'
