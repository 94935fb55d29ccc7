import type { PhoneComparison } from './compare-digits.js'
import type { PairingError } from './errors.js'
import type {
  PairingNotice,
  PairingRefreshMode,
  PairingSession,
  PasskeyDeed,
  SessionPairingCode,
} from './pairing-session.js'
import type { PasskeyHandoff } from './passkey.js'
import type { PasskeyStep } from './passkey-step.js'
import type { PhoneNumber } from './phone-number.js'
import type { PairingAccount, PairingMethod, ProviderTiming } from './provider.js'
import type { QrPayload } from './qr-payload.js'
import type { SessionEvent } from './session-event.js'
import type { PairingAbility } from './update.js'

/** The settings of the app for the session. */
export interface SessionSetup {
  readonly attemptSeed: string
  /** In any spelling. */
  readonly expectedPhoneNumber: string | undefined
  readonly clearsLeftovers: boolean
  readonly maxRefreshes: number
  readonly refreshMode: PairingRefreshMode
}

/** What the provider offers. */
export interface SessionOffer {
  readonly provider: string
  readonly methods: readonly PairingMethod[]
  readonly abilities: readonly PairingAbility[]
  readonly timing: ProviderTiming | undefined
}

/** Where the last update came from. */
export interface UpdateSource {
  readonly session: string
  readonly revision: number | undefined
  readonly origin: string
  readonly seq: number
  /** An update has reported the state. Neither an error nor `preparing` counts as a state. */
  readonly hasState: boolean
  /**
   * The smallest difference seen between this clock and the server's, in milliseconds. An event with a larger difference is late.
   */
  readonly clockOffsetMs: number
}

/** The next read, and how the last ones went. */
export interface SessionPoll {
  /** Epoch milliseconds. */
  readonly dueAt: number
  /** Failures in a row. */
  readonly failures: number
  /** Why the last request failed. */
  readonly error: PairingError | undefined
}

/** A QR code of a session. Times are epoch milliseconds. */
export interface QrCodeOnScreen {
  readonly payload: QrPayload
  /** Its id in reads, so that the server does not send it again. */
  readonly id: string | undefined
  /** It was live before the page opened: if it is shown only for a moment, it does not count. */
  readonly isJoined: boolean
  /** 1 for the first code of the round; 0 for a code of an earlier round that no update of this round has named yet. */
  readonly number: number
  readonly shownAt: number
  /** The time at which it leaves the screen, unless another update confirms it. */
  readonly hideAt: number
  readonly expiresAt: number
}

/** The QR codes of a round. */
export interface QrRound {
  /** `held`: the next code waits for the user. `spent`: all allowed codes have expired. */
  readonly display: 'waiting' | 'visible' | 'held' | 'spent'
  /** The last code, also when it is not visible. */
  readonly code: QrCodeOnScreen | undefined
  /** Codes that were shown in this round. */
  readonly shown: number
  /** Pictures in a row that could not be drawn. */
  readonly broken: number
  /** Of `refreshMode: 'manual'`: the codes that the user requested. */
  readonly wanted: number
  /** Keys of replaced codes, which are never shown again. */
  readonly replaced: readonly string[]
}

/** The pairing code, step by step. */
export type CodeStep =
  | {
      readonly name: 'number'
      readonly phoneNumber?: PhoneNumber | undefined
      readonly error?: PairingError | undefined
    }
  | { readonly name: 'requesting'; readonly phoneNumber: PhoneNumber }
  | ({ readonly name: 'live'; readonly isSlow: boolean } & IssuedTo)
  | { readonly name: 'spent'; readonly phoneNumber?: PhoneNumber | undefined }

/** A live pairing code, and the phone that accepts it. */
export interface IssuedTo {
  readonly code: SessionPairingCode
  readonly lastDigits: string
  /** Missing where another page sent it. */
  readonly phoneNumber?: PhoneNumber | undefined
}

/** The phase of a session. Only `failed` has an error, and only `linked` needs an account. */
export type Phase =
  | { readonly name: 'idle' | 'active' | 'linking' }
  | {
      readonly name: 'linked'
      readonly account: PairingAccount
      readonly syncProgress?: number | undefined
      /** One update reported that the link has ended. A second one confirms it. */
      readonly unlinkSuspected: boolean
      /** The number is probably the expected one, but the user has not confirmed it yet. */
      readonly isUnsure?: boolean | undefined
    }
  | PasskeyPhase
  | {
      readonly name: 'failed'
      readonly error: PairingError
      readonly account?: PairingAccount | undefined
    }

/** A passkey is wanted. Times are epoch milliseconds. */
export interface PasskeyPhase {
  readonly name: 'passkey-required'
  readonly helpUrl: string | undefined
  /** Missing if the provider reports only the demand. */
  readonly step?: PasskeyStep | undefined
  readonly code?: string | undefined
  readonly expiresAt: number
  readonly handoff?: PasskeyHandoff | undefined
  readonly deed?: PasskeyDeed | undefined
  readonly problem?: PairingError | 'cancelled' | undefined
  /** This page has sent an answer: an update that still waits for one is late. */
  readonly hasResponded?: boolean | undefined
  /** The code that this page has confirmed. */
  readonly confirmedCode?: string | undefined
  /** An answer was sent a while ago without a response, so a way out is offered. */
  readonly isSlow: boolean
  /** When it changes next without an event. */
  readonly nextAt: number
}

/** All facts of a session; {@link PairingSession} is derived from them. Times are epoch milliseconds. */
export interface SessionFacts {
  setup: SessionSetup
  offer: SessionOffer
  method: PairingMethod
  phase: Phase
  since: number
  roundSince: number
  /** The start of the wait without anything to show. */
  waitingSince: number
  /** The wait is so long that a way out is offered. */
  isSlow: boolean
  now: number
  attempt: number
  abandoned: number
  /**
   * The action that is due at the provider before the round continues. Each is sent once per round: then it is `started` or
   * `done`.
   */
  reset: 'none' | 'start' | 'reset' | 'unlink' | 'started' | 'done'
  /** A code has expired: one more read of the state is due, and further reads while the provider is between two states. */
  isLastRead: boolean
  source: UpdateSource | undefined
  poll: SessionPoll
  qr: QrRound
  code: CodeStep
  /** A live code that this page does not show: another page requested it, or the user went back to the number. */
  otherCode: IssuedTo | undefined
  codeQuietUntil: number
  /** The last comparison of the linked number with the expected one. */
  comparison: { readonly phoneNumber: string | undefined; readonly result: PhoneComparison } | undefined
  notice: PairingNotice | undefined
  /** Since when the page is hidden or offline; `undefined` while it is watched. */
  unwatchedAt: number | undefined
  /** When the last component was unmounted. After the next mount, an update has to confirm the session before it is shown. */
  leftAt: number | undefined
  isConfirmed: boolean
}

/** The cached state. */
export interface SessionState {
  readonly facts: SessionFacts
  readonly session: PairingSession
}

/** An update of the poller. */
export type UpdatedEvent = Extract<SessionEvent, { type: 'updated' }>

/** The context in which an update is applied. */
export interface UpdateContext {
  /** The update repeats the last response of the provider. */
  readonly isRepeated: boolean
  readonly wasLastRead: boolean
}

/** The rules that no session needs before its first QR code: an app loads them after it. They change the facts. */
export interface LaterRules {
  /** The user, or the response to an action. */
  apply(facts: SessionFacts, event: SessionEvent): void
  /** Another page or another user changed the session, or a component came back to one that failed. */
  prepare(facts: SessionFacts, event: UpdatedEvent): void
  /** Applies a state beyond the wait for a scan. */
  applyState(facts: SessionFacts, event: UpdatedEvent, context: UpdateContext): void
  /** The request for a pairing code has ended, with or without a code. */
  endCodeRequest(facts: SessionFacts): void
  /** Applies the passing of time to pairing codes and passkey ceremonies. */
  settle(facts: SessionFacts, at: number): void
  /** The clock was set back: all ages are unknown. */
  forgetTimes(facts: SessionFacts, at: number): void
  /** The view of a session beyond the wait for a scan. */
  view(facts: SessionFacts): SessionView
}

type OwnFields<Session> = Session extends unknown ? Omit<Session, 'method' | 'methods' | 'notice'> : never

/** {@link PairingSession} without the fields that all states have. */
export type SessionView = OwnFields<PairingSession>
