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
  PairingSymptom,
  PluralForms,
} from './core/messages.js'
export { normalizePairingCode, type PairingCode } from './core/pairing-code.js'
export type { ExpiredReason, PairingEvent, PairingEventType } from './core/pairing-event.js'
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
export type { SessionNotice } from './core/session-notice.js'
export type {
  PairingRefreshMode,
  PairingSession,
  PairingStatus,
  SessionPairingCode,
  SessionQrCode,
} from './core/session-state.js'
export type { PairingCallbacks } from './react/pairing-callbacks.js'
export type { PairingClassNames, PairingElementName } from './react/parts/element-names.js'
export type { PairingPartName, PairingParts } from './react/parts/part.js'
export {
  type PairingMode,
  type PairingSessionQueryInput,
  pairingSessionQueryOptions,
  pairingStatusQueryOptions,
} from './react/query-options.js'
export type { SessionCell } from './react/session-cell.js'
export { type PairingQueryKey, type PairingTarget, pairingSessionQueryKey } from './react/shared-session.js'
export {
  type UsePairingSessionOptions,
  type UsePairingSessionResult,
  usePairingSession,
} from './react/use-pairing-session.js'
export { WhatsAppPairing, type WhatsAppPairingProps } from './react/whatsapp-pairing.js'
export { WhatsAppPairingDialog, type WhatsAppPairingDialogProps } from './react/whatsapp-pairing-dialog.js'
