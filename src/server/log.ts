import type { PairingErrorCode } from '../core/errors.js'
import type { PollerEvent, ProviderCall } from '../poller/poller-host.js'

/** Which session a {@link PairingLogEntry} is about. Session ids are no secrets. */
export interface PairingLogTarget {
  /** `id` of the provider. */
  readonly provider: string
  readonly sessionId: string
}

/**
 * Where an error happened: an option of `createPairingHandler`, a method of the provider, or `request` for one that no
 * handler could take, such as a request whose body was read before.
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

/** A fact for the host's log. Holds no header, URL, body, phone number, code or token. */
export type PairingLogEntry =
  | {
      /** A request was refused or failed. `cross-origin`: a page of another origin sent it. */
      readonly event: 'refused'
      readonly status: number
      readonly code: PairingErrorCode | 'cross-origin'
    }
  | (PollerEvent & PairingLogTarget)
  | ({
      /** A webhook of the provider's arrived and says something about the session. */
      readonly event: 'webhook'
    } & PairingLogTarget)
  | {
      /** The bus failed, or took no message for 5 seconds: this replica goes on by itself. Once for each outage. */
      readonly event: 'bus-failed'
    }
  | {
      /**
       * Something failed that the people who run the app can mend: `onError` got the error itself. Here is nothing of its
       * text, which may hold a secret.
       */
      readonly event: 'error'
      /** The option, or the method of the provider, in which it happened. */
      readonly in: PairingErrorPlace
      readonly code: PairingErrorCode
      /** The class of what was thrown: `ReferenceError`. */
      readonly error: string
      /** What happened and what to do, in a text of this package. */
      readonly message: string
    }

/** Takes what happens in the handler. Whatever it throws is ignored. */
export type PairingLogger = (entry: PairingLogEntry) => void
