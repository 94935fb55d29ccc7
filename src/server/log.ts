import type { PairingErrorCode } from '../core/errors.js'
import type { PollerEvent, ProviderCall } from '../poller/poller-host.js'

/** The session of a {@link PairingLogEntry}. Session ids are not secret. */
export interface PairingLogTarget {
  /** `id` of the provider. */
  readonly provider: string
  readonly sessionId: string
}

/**
 * Where an error happened: an option of `createPairingHandler`, a method of the provider, or `request` for an error of the
 * request itself, such as a body that was already read.
 */
export type PairingErrorPlace =
  | 'authorize'
  | 'provider'
  | 'tenant'
  | 'webhookSecret'
  | 'origin'
  | 'expectedPhoneNumber'
  | 'onLinked'
  | 'onUnlinked'
  | 'onEvent'
  | 'bus'
  | 'log'
  | ProviderCall
  | 'readWebhook'
  | 'request'

/** An entry for your log. Contains no header, URL, body, phone number, code or token. */
export type PairingLogEntry =
  | {
      /** A request was refused or failed. `cross-origin`: a page of another origin sent it. */
      readonly event: 'refused'
      readonly status: number
      readonly code: PairingErrorCode | 'cross-origin'
    }
  | (PollerEvent & PairingLogTarget)
  | ({
      /** A webhook of the provider arrived and contains a state of the session. */
      readonly event: 'webhook'
    } & PairingLogTarget)
  | {
      /** The bus failed, or accepted no message for 5 seconds: this replica continues alone. Once for each outage. */
      readonly event: 'bus-failed'
    }
  | {
      /**
       * An error that the people who run the app can repair: `onError` got the error itself. The log entry omits its text, which
       * may contain a secret.
       */
      readonly event: 'error'
      /** The option, or the method of the provider, in which it happened. */
      readonly in: PairingErrorPlace
      readonly code: PairingErrorCode
      /** The class of the thrown value: `ReferenceError`. */
      readonly error: string
      /** What happened and what to do, in a fixed text of this package. */
      readonly message: string
    }

/** Called with each log entry. Its exceptions do not affect the handler. */
export type PairingLogger = (entry: PairingLogEntry) => void
