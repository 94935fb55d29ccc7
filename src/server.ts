export {
  PairingError,
  type PairingErrorAction,
  type PairingErrorCode,
  type PairingErrorOptions,
} from './core/errors.js'
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
export { createPairingHandler, type PairingHandler, type PairingHandlerOptions } from './server/handler.js'
export { type NodeRequest, type NodeResponse, toNodeListener } from './server/node.js'
