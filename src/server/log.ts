import type { PairingErrorCode } from '../core/errors.js'
import type { WireAction } from '../core/wire.js'
import type { ReadQuestion } from './knowledge.js'

/** Which session a {@link PairingLogEntry} is about. Session ids are no secrets. */
export interface PairingLogTarget {
  /** `id` of the provider. */
  readonly provider: string
  readonly sessionId: string
}

/** A fact for the host's log. Holds no header, URL, body, phone number, code or token. */
export type PairingLogEntry =
  | {
      /** A request was refused or failed. */
      readonly event: 'refused'
      readonly status: number
      readonly code: PairingErrorCode
    }
  | ({
      /** The provider was called. */
      readonly event: 'upstream'
      readonly call: ReadQuestion | WireAction
      readonly durationMs: number
      /** Why it failed, where it did. */
      readonly code?: PairingErrorCode | undefined
    } & PairingLogTarget)
  | ({
      /** Somebody began or ceased to watch a session. */
      readonly event: 'watchers'
      /** How many watch now. */
      readonly watchers: number
    } & PairingLogTarget)
  | ({
      /** A webhook of the provider's arrived and says something about the session. */
      readonly event: 'webhook'
    } & PairingLogTarget)
  | {
      /** The bus failed: this replica goes on by itself. */
      readonly event: 'bus-failed'
    }

/** Takes what happens in the handler. Whatever it throws is ignored. */
export type PairingLogger = (entry: PairingLogEntry) => void
