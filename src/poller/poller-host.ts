import type { PairingErrorCode } from '../core/errors.js'
import type { PairingProvider, PairingSnapshot } from '../core/provider.js'
import type { PairingAction, PairingWant } from '../core/update.js'

/** A method of the provider, or what a provider pushes. */
export type ProviderCall = 'getStatus' | 'getQrCode' | 'requestPairingCode' | 'reset' | 'unlink' | 'subscribe'

/** A fact about a poller, for a log. Holds no secret. */
export type PollerEvent =
  | {
      /** The provider was called. */
      readonly event: 'upstream'
      readonly call: PairingWant | PairingAction
      readonly durationMs: number
      /** Why it failed, where it did. */
      readonly code?: PairingErrorCode | undefined
    }
  | {
      /** The number of pages that watch the session changed. */
      readonly event: 'watchers'
      readonly watchers: number
    }

/** What one replica sends to the others about a session. */
export type ReplicaMessage =
  | { readonly type: 'snapshot'; readonly snapshot: PairingSnapshot }
  /** Something was changed at the provider at this moment (epoch milliseconds): the state from before is invalid. */
  | { readonly type: 'changed'; readonly revision: number }

/** The connection of one session to the other replicas. Never throws. */
export interface Replicas {
  publish(message: ReplicaMessage): void
  /** Receives from the other replicas until {@link Replicas.close}. A second call changes nothing. */
  open(): void
  close(): void
}

/** A session at a provider, and whose it is. */
export interface PolledSession {
  readonly tenant: string
  readonly provider: PairingProvider
}

/** What surrounds a poller: a server handler, or a page that uses an adapter directly. */
export interface PollerHost {
  readonly log: (event: PollerEvent, provider: { readonly id: string; readonly sessionId: string }) => void
  /** Reports an error that the developer can repair. */
  readonly report: (error: unknown, call: ProviderCall) => void
  /** Takes each response and push of the provider; messages of other replicas are none. */
  readonly observe: (session: PolledSession, snapshot: PairingSnapshot) => void
  /** Connects a session, by its tag, to the other replicas. */
  readonly connect: (session: string, receive: (message: ReplicaMessage) => void) => Replicas
}
