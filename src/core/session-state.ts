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

/** What the app says about the session. */
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
  /** An update has said in which state the session is: neither an error nor `preparing` does. */
  readonly hasState: boolean
  /** The smallest difference of this clock to that of the server, in milliseconds: an event that takes longer is late. */
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
  /** Names it in reads, so that it is not sent again. */
  readonly id: string | undefined
  /** It was there before the page looked: shown for a moment only, it does not count. */
  readonly isJoined: boolean
  /** 1 for the first code of the round; 0 for a code of an earlier round that no update of this round has named yet. */
  readonly number: number
  readonly shownAt: number
  /** It leaves the screen then, unless another update confirms it. */
  readonly hideAt: number
  readonly expiresAt: number
}

/** The QR codes of a round. */
export interface QrRound {
  /** `held`: the next code waits for the user. `spent`: the allowed codes have passed. */
  readonly display: 'waiting' | 'visible' | 'held' | 'spent'
  /** The last code, also when it is not visible. */
  readonly code: QrCodeOnScreen | undefined
  /** Codes that were shown in this round. */
  readonly shown: number
  /** Pictures in a row that could not be drawn. */
  readonly broken: number
  /** Of `refreshMode: 'manual'`: the codes that the user requested. */
  readonly wanted: number
  /** Keys of codes that were replaced: they are never shown again. */
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

/** A live pairing code, and whose phone takes it. */
export interface IssuedTo {
  readonly code: SessionPairingCode
  readonly lastDigits: string
  /** Missing where another page sent it. */
  readonly phoneNumber?: PhoneNumber | undefined
}

/** What a session is doing. An error lives inside `failed`, an account inside `linked`. */
export type Phase =
  | { readonly name: 'idle' | 'active' | 'linking' }
  | {
      readonly name: 'linked'
      readonly account: PairingAccount
      readonly syncProgress?: number | undefined
      /** One update said that the link has ended; a second one confirms it. */
      readonly unlinkSuspected: boolean
      /** The number is only probably the expected one, and the user has not said yet whether it is. */
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
  /** Missing where the provider only says that a passkey is wanted. */
  readonly step?: PasskeyStep | undefined
  readonly code?: string | undefined
  readonly expiresAt: number
  readonly handoff?: PasskeyHandoff | undefined
  readonly deed?: PasskeyDeed | undefined
  readonly problem?: PairingError | 'cancelled' | undefined
  /** This page has sent an answer: an update that still waits for one is late. */
  readonly isAnswered?: boolean | undefined
  /** The code that this page has confirmed. */
  readonly confirmedCode?: string | undefined
  /** An answer was sent, and nothing has happened since for so long that a way out is offered. */
  readonly isSlow: boolean
  /** When it changes by time alone. */
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
  /** Since when nothing could be shown. */
  waitingSince: number
  /** Nothing could be shown for so long that a way out is offered. */
  isSlow: boolean
  now: number
  attempt: number
  departures: number
  /** The action that is due at the provider before the round goes on. Each is sent once per round: then it is `started` or `done`. */
  reset: 'none' | 'start' | 'reset' | 'unlink' | 'started' | 'done'
  /** A code has expired: one more read of the state is due, and others while the provider is between two states. */
  isLastLook: boolean
  source: UpdateSource | undefined
  poll: SessionPoll
  qr: QrRound
  code: CodeStep
  /** A live code that this page does not show: of another page, or given up with its number. */
  otherCode: IssuedTo | undefined
  codeQuietUntil: number
  /** The linked number that was compared last with the expected one. */
  judged: { readonly phoneNumber: string | undefined; readonly result: PhoneComparison } | undefined
  notice: PairingNotice | undefined
  /** Since when the page is hidden or offline; `undefined` while it is watched. */
  unwatchedAt: number | undefined
  /** When the last component left; an update after the next mount has to confirm the session before it is shown. */
  leftAt: number | undefined
  isConfirmed: boolean
}

/** What the cache keeps. */
export interface SessionState {
  readonly facts: SessionFacts
  readonly session: PairingSession
}

/** An update of the poller. */
export type UpdatedEvent = Extract<SessionEvent, { type: 'updated' }>

/** What an update means for the session depends on these. */
export interface UpdateContext {
  /** The same statement of the provider as in the update before. */
  readonly isRepeated: boolean
  readonly wasLastLook: boolean
}

/** The rules that no session needs before its first QR code: an app loads them after it. They change the facts. */
export interface LaterRules {
  /** The user, or the response to an action. */
  apply(facts: SessionFacts, event: SessionEvent): void
  /** Another page or another user changed the session, or a component came back to one that failed. */
  prepare(facts: SessionFacts, event: UpdatedEvent): void
  /** A state beyond the wait for the scan of a QR code. */
  takeState(facts: SessionFacts, event: UpdatedEvent, context: UpdateContext): void
  /** The request for a pairing code is over, with or without one. */
  endCodeRequest(facts: SessionFacts): void
  /** What time alone does to pairing codes and passkey ceremonies. */
  settle(facts: SessionFacts, at: number): void
  /** The clock was set back: no age is known any more. */
  forgetTimes(facts: SessionFacts, at: number): void
  /** How a session looks beyond the wait for the scan of a QR code. */
  view(facts: SessionFacts): SessionView
}

type OwnFields<Session> = Session extends unknown ? Omit<Session, 'method' | 'methods' | 'notice'> : never

/** {@link PairingSession}, but for what all states have. */
export type SessionView = OwnFields<PairingSession>
