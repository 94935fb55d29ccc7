import type { PairingErrorCode } from '../core/errors.js'
import type { PasskeyAction } from '../core/passkey.js'
import type { PairingMemory, PairingProvider, PairingSnapshot } from '../core/provider.js'
import type { PairingAction, PairingWant } from '../core/update.js'
import type { IssuedCode } from './poll-state.js'

/** A method of the provider, or what a provider pushes. */
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

/** A fact about a poller, for a log. Holds no secret. */
export type PollerEvent =
  | {
      /** The provider was called. */
      readonly event: 'upstream'
      readonly call: PairingWant | PairingAction | PasskeyAction
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
  /** `requestedAt`: by the clock of this process (epoch milliseconds), so that durations in it are not counted from its arrival. */
  | { readonly type: 'snapshot'; readonly snapshot: PairingSnapshot; readonly requestedAt: number }
  /** Something was changed at the provider at this moment (epoch milliseconds): the state from before is invalid. */
  | { readonly type: 'changed'; readonly revision: number }

/** What all replicas know of a session, and the provider does not report. Times are epoch milliseconds. */
export interface SessionRecord {
  /** Orders records: a later one counts. */
  readonly savedAt: number
  /** Time of the last change; 0 where there was none. */
  readonly revision: number
  /** What the last change was. */
  readonly action: PairingAction | undefined
  /** When a start was sent; 0 where the session was awake since, or none was sent. */
  readonly startedAt: number
  /** The user started the pairing, so a request for a code may start one at the provider. */
  readonly isStarted: boolean
  /** The pairing code that may be entered. Of its phone number, the last four digits. */
  readonly issued: IssuedCode | undefined
  /** See {@link PairingMemory}. */
  readonly memory: PairingMemory
}

/** The connection of one session to the other replicas. Never throws. */
export interface Replicas {
  publish(message: ReplicaMessage): void
  /** Receives from the other replicas until {@link Replicas.close}. A second call changes nothing. */
  open(): void
  close(): void
  /**
   * Takes the turn to change the session, for so many milliseconds: `false` where another replica has it, `undefined` where that is
   * not known; 0 gives it back. Missing where replicas share nothing.
   */
  take?(ttlMs: number): Promise<boolean | undefined>
  /** The record that any replica saved last. Missing where replicas share none. */
  load?(): Promise<SessionRecord | undefined>
  /** Saves the record for all replicas. */
  save?(record: SessionRecord): Promise<void>
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
  /** The text in a provider's picture of a QR code, where the host reads pictures; `undefined` for one that cannot be read. */
  readonly readPicture?: (src: string) => Promise<string | undefined>
  /** Connects a session, by its tag, to the other replicas. */
  readonly connect: (session: string, receive: (message: ReplicaMessage) => void) => Replicas
}
