export { pairingLinkToken } from './client/pairing-link-token.js'
export { type ProxyOptions, proxy } from './client/proxy.js'
export {
  PairingError,
  type PairingErrorAction,
  type PairingErrorCode,
  type PairingErrorOptions,
  pairingErrorCodes,
} from './core/errors.js'
export type {
  PairingErrorText,
  PairingLocale,
  PairingMessages,
  PairingMessagesOverride,
} from './core/messages.js'
export { normalizePairingCode, type PairingCode } from './core/pairing-code.js'
export { normalizePhoneNumber, type PhoneNumber } from './core/phone-number.js'
export type {
  PairingAccount,
  PairingMethod,
  PairingProvider,
  PairingSnapshot,
  ProviderTiming,
  RequestOptions,
  SnapshotDetails,
  SubscribeOptions,
} from './core/provider.js'
export { normalizeQrPayload, type QrPayload } from './core/qr-payload.js'
export type { PairingEvent } from './core/session-report.js'
export type {
  ExpiredReason,
  PairingSession,
  PairingStatus,
  SessionPairingCode,
  SessionQrCode,
} from './core/session-state.js'
export {
  type PairingQueryKey,
  type PairingSessionQueryInput,
  type PairingTarget,
  pairingSessionQueryKey,
  pairingSessionQueryOptions,
  pairingStatusQueryOptions,
} from './react/query-options.js'
export type { SessionCell } from './react/session-cell.js'
export {
  type UsePairingSessionOptions,
  type UsePairingSessionResult,
  usePairingSession,
} from './react/use-pairing-session.js'
export type { PairingCallbacks } from './react/use-session-callbacks.js'
export { WhatsAppPairing, type WhatsAppPairingProps } from './react/whatsapp-pairing.js'
