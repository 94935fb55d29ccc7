export * from './core/common-exports.js'
export type { PairingBus } from './core/pairing-bus.js'
export type { PollerEvent } from './poller/poller-host.js'
export type { Authorization, Authorize } from './server/check-authorized.js'
export { createPairingHandler, type PairingHandler } from './server/handler.js'
export type {
  PairingHandlerOptions,
  SingleProviderOptions,
  TenantProviderOptions,
} from './server/handler-options.js'
export type { LinkedEvent, UnlinkedEvent } from './server/link-reports.js'
export type { PairingErrorPlace, PairingLogEntry, PairingLogger, PairingLogTarget } from './server/log.js'
export { type NodeRequest, type NodeResponse, toNodeListener } from './server/node.js'
export {
  type CreatePairingLinkOptions,
  createPairingLink,
  type PairingLinkOptions,
  type RedeemedPairingLink,
  type RedeemPairingLinkOptions,
  redeemPairingLink,
  type VerifyPairingLinkOptions,
  verifyPairingLink,
} from './server/pairing-link.js'
export type { PairingLinkClaims } from './server/pairing-link-token.js'
export type { PairingErrorListener } from './server/report.js'
export type {
  PairingServerEvent,
  PairingServerListener,
  RefusedRequest,
  ServerEventSession,
} from './server/server-events.js'
export type { WebhookSecret } from './server/webhook.js'
