export { pairingLinkToken, takePairingLinkToken } from './client/pairing-link-token.js'
export { type ProxyOptions, proxy } from './client/proxy.js'
export * from './core/common-exports.js'
export type {
  PairingActOptions,
  PairingConnection,
  PairingProxy,
  PairingRead,
  PairingSource,
  PairingStream,
  PasskeyBody,
} from './core/connection.js'
export { pairingErrorCodes } from './core/errors.js'
export type { PairingLinkReason, PairingLinkStatus } from './core/link-status.js'
export type {
  PairingErrorText,
  PairingLinkMessages,
  PairingLocale,
  PairingMessages,
  PairingMessagesOverride,
  PairingShareMessages,
  PairingSymptom,
  PluralForms,
} from './core/messages.js'
export type { ExpiredReason, PairingEvent, PairingEventType, PairingUserStep } from './core/pairing-event.js'
export type {
  PairingNotice,
  PairingRefreshMode,
  PairingSession,
  PairingSessionStatus,
  PasskeyDeed,
  PreparingReason,
  SessionPairingCode,
  SessionPasskey,
  SessionQrCode,
} from './core/pairing-session.js'
export type { PairingClassNames, PairingElementName } from './react/parts/element-names.js'
export type { PairingPartName, PairingParts } from './react/parts/part.js'
export type { PairingCallbacks } from './react/session/pairing-callbacks.js'
export type { PasskeyActions, SignPasskey } from './react/session/passkey-actions.js'
export {
  firstSession,
  type PairingMode,
  type PairingSessionQueryInput,
  pairingSessionQueryKey,
  pairingSessionQueryOptions,
} from './react/session/query-options.js'
export type { SessionCell } from './react/session/session-cell.js'
export type { PairingQueryKey, PairingTarget } from './react/session/session-stores.js'
export {
  type UsePairingSessionOptions,
  type UsePairingSessionResult,
  usePairingSession,
} from './react/session/use-pairing-session.js'
export { PairingStatus, type PairingStatusProps } from './react/status/pairing-status.js'
export type {
  PairingStatusElementName,
  PairingStatusPartProps,
  PairingStatusParts,
} from './react/status/status-parts.js'
export { pairingStatusQueryOptions } from './react/status/status-query.js'
export {
  type UsePairingStatusOptions,
  type UsePairingStatusResult,
  usePairingStatus,
} from './react/status/use-pairing-status.js'
export { WhatsAppPairing, type WhatsAppPairingProps } from './react/whatsapp-pairing.js'
export { WhatsAppPairingDialog, type WhatsAppPairingDialogProps } from './react/whatsapp-pairing-dialog.js'
