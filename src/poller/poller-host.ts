import type { PairingErrorCode } from '../core/errors.js'
import type { PasskeyAction } from '../core/passkey.js'
import type { PairingMemory, PairingProvider, PairingSnapshot } from '../core/provider.js'
import type { PairingAction, PairingWant } from '../core/update.js'
import type { IssuedCode } from './poll-state.js'

/** A method of the provider, or its push. */
export type ProviderCall =
  | 'getStatus'
  | 'getQrCode'
  | 'requestPairingCode'
  | 'reset'
  | 'unlink'
  | 'subscribe'
  | 'getPasskeyChallenge'
  | 'answerPasskey'
  | 'confirmPasskey'
  | 'getPasskeyHandoff'

/** An event of a poller, for a log. Contains no secret. */
export type PollerEvent =
  | {
      /** The provider was called. */
      readonly event: 'upstream'
      readonly call: PairingWant | PairingAction | PasskeyAction
      readonly durationMs: number
      /** Why it failed, if it did. */
      readonly code?: PairingErrorCode | undefined
    }
  | {
      /** The number of pages that watch the session changed. */
      readonly event: 'watchers'
      readonly watchers: number
    }

/** A message of one replica to the others about a session. */
export type ReplicaMessage =
  /** `requestedAt`: the time of the request on the clock of this process (epoch milliseconds), from which its durations count. */
  | { readonly type: 'snapshot'; readonly snapshot: PairingSnapshot; readonly requestedAt: number }
  /** The session was changed at the provider at this time (epoch milliseconds), so earlier states are invalid. */
  | { readonly type: 'changed'; readonly revision: number }

/** The shared record of a session: facts that the provider does not report. Times are epoch milliseconds. */
export interface SessionRecord {
  /** Orders records: the latest one is used. */
  readonly savedAt: number
  /** Time of the last change; 0 where there was none. */
  readonly revision: number
  /** The action of the last change. */
  readonly action: PairingAction | undefined
  /** When a start was sent; 0 if none was sent, or the session has been running since. */
  readonly startedAt: number
  /** The user started the pairing, so a request for a code may start one at the provider. */
  readonly isStarted: boolean
  /** The live pairing code, with the last four digits of its phone number. */
  readonly issued: IssuedCode | undefined
  /** See {@link PairingMemory}. */
  readonly memory: PairingMemory
}

/** The connection of one session to the other replicas. Never throws. */
export interface Replicas {
  publish(message: ReplicaMessage): void
  /** Receives messages of the other replicas until {@link Replicas.close}. A second call has no effect. */
  open(): void
  close(): void
  /**
   * Takes the turn to change the session for `ttlMs` milliseconds. Resolves with `false` if another replica has it, and with
   * `undefined` if that is unknown. 0 releases it. Missing if replicas share nothing.
   */
  take?(ttlMs: number): Promise<boolean | undefined>
  /** Reads the record that any replica saved last. Missing if replicas share none. */
  load?(): Promise<SessionRecord | undefined>
  /** Saves the record for all replicas. */
  save?(record: SessionRecord): Promise<void>
}

/** A session at a provider, and its tenant. */
export interface PolledSession {
  readonly tenant: string
  readonly provider: PairingProvider
}

/** The environment of a poller: a server handler, or a page that uses an adapter directly. */
export interface PollerHost {
  readonly log: (event: PollerEvent, provider: { readonly id: string; readonly sessionId: string }) => void
  /** Reports an error that the developer can repair. */
  readonly report: (error: unknown, call: ProviderCall) => void
  /** Called with each response and push of the provider, but not with messages of other replicas. */
  readonly observe: (session: PolledSession, snapshot: PairingSnapshot) => void
  /** Decodes a provider's picture of a QR code, if the host supports that. Resolves with `undefined` if it cannot be decoded. */
  readonly readPicture?: (src: string) => Promise<string | undefined>
  /** Connects a session, by its tag, to the other replicas. */
  readonly connect: (session: string, receive: (message: ReplicaMessage) => void) => Replicas
}
