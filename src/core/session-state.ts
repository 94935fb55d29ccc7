import type { PhoneComparison } from './compare-digits.js'
import type { PairingError } from './errors.js'
import type { PairingCode } from './pairing-code.js'
import type { ExpiredReason } from './pairing-event.js'
import type { PasskeyHandoff } from './passkey.js'
import type { PasskeyStep } from './passkey-step.js'
import type { PhoneNumber } from './phone-number.js'
import type { PairingAccount, PairingMethod, ProviderTiming } from './provider.js'
import type { QrPayload } from './qr-payload.js'
import type { PairingAbility, PairingUpdate } from './update.js'

/** The live QR code of {@link PairingSession} `awaiting-scan`. Times are epoch milliseconds. */
export interface SessionQrCode {
  readonly payload: QrPayload
  /** 1 for the first code of this round. */
  readonly number: number
  /** How many codes may pass unscanned: `maxRefreshes`. */
  readonly of: number
  readonly shownAt: number
  /** The latest moment at which this code may still be on screen. It is replaced as soon as another one is known. */
  readonly expiresAt: number
  /** With `refreshMode: 'manual'`: when this code has passed, the next one waits for the user. */
  readonly isNextManual?: boolean | undefined
}

/** The live pairing code of {@link PairingSession} `awaiting-code`. */
export interface SessionPairingCode extends PairingCode {
  readonly shownAt: number
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

/** What the page is doing in a passkey ceremony. */
export type PasskeyDeed = 'sign' | 'hand-off' | 'confirm'

/** The ceremony of {@link PairingSession} `passkey-required`. Its challenge is not in it. Times are epoch milliseconds. */
export interface SessionPasskey {
  /**
   * `assert`: WhatsApp waits for the passkey. `submitted`: it has got the answer, and says nothing yet. `confirm`: the phone shows
   * `code` too, and the user has to say whether both are the same.
   */
  readonly step: PasskeyStep
  /** When WhatsApp requested the passkey. */
  readonly since: number
  /** When WhatsApp gives up; the session fails with `passkey-expired` then. */
  readonly expiresAt: number
  /** Of `confirm`. */
  readonly code?: string | undefined
  /** The server passes the answer of a passkey on: `signWithPasskey`, where the host has `signPasskey`. */
  readonly canAnswer: boolean
  /** The code can be confirmed from here: `confirmPasskey`. */
  readonly canConfirm: boolean
  /** The provider has a way of its own: `requestPasskeyHandoff`. */
  readonly canHandOff: boolean
  /** That way, as soon as it was requested. A code leaves when it has expired. Of `assert`. */
  readonly handoff?: PasskeyHandoff | undefined
  /** What is under way in this page: the passkey signs, the hand-off or the confirmation is requested. */
  readonly busy?: PasskeyDeed | undefined
  /** The passkey was not used: the user cancelled, or has none on this device. Browsers do not say which. */
  readonly isCancelled?: boolean | undefined
  /** Why the last action failed. It may be tried again. */
  readonly error?: PairingError | undefined
  /** Of `submitted`: nothing has happened for 30 seconds. */
  readonly isSlow?: boolean | undefined
}

/** A wait of more than 30 seconds, in which nothing could be shown: the moment to say what is waited for, and to offer a way out. */
export interface SlowWait {
  readonly isSlow?: boolean | undefined
  /** How long the provider may take, in milliseconds, where that is known. Only with `isSlow`. */
  readonly mayTakeMs?: number | undefined
  /** The provider can be reset, so `startOver` is the way out. Otherwise `retry` is. Only with `isSlow`. */
  readonly canStartOver?: boolean | undefined
}

/** What `preparing` waits for, where it is not the first code. */
export type PreparingReason = 'starting' | 'resetting' | 'retrying'

/**
 * Why the state before this one ended, where the user did not end it, for one sentence: a finished link was ended soon after
 * (`link-ended`) or later (`unlinked-on-phone`), a scan led to no link (`link-not-finished`), or another user requested a
 * pairing code or reset the session, which ended the code on screen (`code-replaced`).
 */
export type PairingNotice = 'link-ended' | 'link-not-finished' | 'unlinked-on-phone' | 'code-replaced'

/** One attempt to link a phone, as the interface sees it. */
export type PairingSession = {
  /** The method the user has chosen. */
  readonly method: PairingMethod
  /** What the provider offers; empty until that is known. */
  readonly methods: readonly PairingMethod[]
  /** Why the state before ended, where that was not the user. */
  readonly notice?: PairingNotice | undefined
} & (
  | { readonly status: 'idle' }
  | ({
      readonly status: 'preparing'
      /** Epoch milliseconds; 0 before the session began, as in the first render. */
      readonly since: number
      readonly reason?: PreparingReason | undefined
      /** Why the last request failed; it is sent again. */
      readonly error?: PairingError | undefined
    } & SlowWait)
  | { readonly status: 'awaiting-scan'; readonly qrCode: SessionQrCode }
  | {
      readonly status: 'awaiting-number'
      /** Why the last number got no code. */
      readonly error?: PairingError | undefined
      /** The cool-down: no code can be requested before this moment, in epoch milliseconds. */
      readonly retryAt?: number | undefined
      /**
       * Another page of this session has requested a pairing code that is still live. `showOtherCode` shows it. Only that page knows
       * the whole number.
       */
      readonly otherCode?: { readonly lastDigits: string; readonly expiresAt: number } | undefined
    }
  | ({ readonly status: 'requesting-code'; readonly phoneNumber: PhoneNumber } & SlowWait)
  | {
      readonly status: 'awaiting-code'
      readonly pairingCode: SessionPairingCode
      /** Whose phone takes the code. Missing where another page requested it. */
      readonly phoneNumber?: PhoneNumber | undefined
      /** The last four digits of that number. */
      readonly lastDigits: string
      /** It has been there for half a minute: the moment to offer another code, or the QR code. */
      readonly isSlow?: boolean | undefined
    }
  | { readonly status: 'expired'; readonly reason: ExpiredReason }
  | ({
      readonly status: 'linking'
      /** Epoch milliseconds. */
      readonly since: number
    } & SlowWait)
  | {
      /** A phone is linked whose number is probably the expected one. The user has to say whether it is: `confirmNumber`. */
      readonly status: 'confirming-number'
      readonly account: PairingAccount
      readonly expectedPhoneNumber: string
    }
  | {
      readonly status: 'linked'
      readonly account: PairingAccount
      /** How much of the account's chats the provider has copied, in percent: 0 to 100. Missing where it does not say. */
      readonly syncProgress?: number | undefined
    }
  | {
      readonly status: 'passkey-required'
      /** The ceremony; missing where the provider only says that a passkey is wanted. */
      readonly passkey?: SessionPasskey | undefined
      readonly helpUrl?: string | undefined
      /** `id` of the provider whose way through it is: that of the server's, behind `proxy`. */
      readonly provider?: string | undefined
      /** Whose account it is, where a pairing code was requested for its number. */
      readonly phoneNumber?: PhoneNumber | undefined
      /** The provider can be reset: `startOver` ends the ceremony, and a new code comes. */
      readonly canStartOver?: boolean | undefined
    }
  | {
      readonly status: 'failed'
      readonly error: PairingError
      /** Of `wrong-phone-number`: who was linked instead. */
      readonly account?: PairingAccount | undefined
    }
)

/** Every value of `status`, in the order of a round. */
export type PairingSessionStatus = PairingSession['status']

/**
 * Who brings the next QR code of a round when one has passed. `manual`: the user, who may need more time; until then the
 * session is `expired`, with the reason `refresh-due`.
 */
export type PairingRefreshMode = 'auto' | 'manual'

/** A request of the page, or of the poller behind it. */
export type SessionRequestKind = 'read' | 'start' | 'reset' | 'unlink' | 'request-pairing-code'

/** All that happens to a session. `at` is epoch milliseconds: `core` has no clock of its own. */
export type SessionEvent = { readonly at: number } & (
  | { readonly type: 'started' }
  /** The user does not want to wait any longer: what the provider keeps is cleared. */
  | { readonly type: 'reset-requested' }
  | { readonly type: 'cancelled' }
  | { readonly type: 'method-chosen'; readonly method: PairingMethod }
  /** In any spelling. */
  | { readonly type: 'number-submitted'; readonly phoneNumber: string }
  | { readonly type: 'number-withdrawn' }
  /** The user wants to see the code that another page requested. */
  | { readonly type: 'other-code-shown' }
  /** The page has submitted this number before it was loaded again; its code may still be live. */
  | { readonly type: 'number-remembered'; readonly phoneNumber: PhoneNumber }
  /** What the app expects of the link; what it leaves out stays as it was. */
  | {
      readonly type: 'expected'
      readonly phoneNumber?: string | undefined
      readonly clearsLeftovers?: boolean | undefined
      readonly refreshMode?: PairingRefreshMode | undefined
    }
  | {
      readonly type: 'updated'
      readonly update: PairingUpdate
      /** When the update was requested, or for one that was pushed, when it was sent: its durations count from there. */
      readonly sentAt: number
      /** Another update comes by itself. */
      readonly isPushed?: boolean | undefined
      /** The update is the response to this action of the page, which changes no more than that action. */
      readonly request?: Exclude<SessionRequestKind, 'read'> | undefined
    }
  /** An action was carried out. */
  | { readonly type: 'request-done'; readonly request: SessionRequestKind }
  | {
      readonly type: 'request-failed'
      /** `rules`: those of the state that comes next did not load. */
      readonly request: SessionRequestKind | 'rules'
      readonly error: PairingError
      /** From 0 to 1, at random: pages that failed at the same moment must not come back together. */
      readonly jitter?: number | undefined
    }
  /** Nothing is pushed any more: the next update has to be read. */
  | { readonly type: 'push-ended' }
  | { readonly type: 'image-broken' }
  /** The user has said whether the linked phone is the expected one. */
  | { readonly type: 'number-judged'; readonly result: PhoneComparison }
  /** The page was hidden or lost its network, or the opposite. */
  | { readonly type: 'watched'; readonly isWatched: boolean }
  /** A component with this session was mounted, when there was none; a dialog because the user opened it. */
  | { readonly type: 'entered'; readonly isReopened?: boolean | undefined }
  /** The last component with this session was unmounted. */
  | { readonly type: 'left' }
  /** The user does something in a passkey ceremony. One thing at a time. */
  | { readonly type: 'passkey-begun'; readonly deed: PasskeyDeed }
  /** Nothing came of it. `cancelled`: by the user, or there is no passkey on this device. */
  | {
      readonly type: 'passkey-failed'
      readonly deed: PasskeyDeed
      readonly problem: PairingError | 'cancelled' | undefined
    }
  /** The answer of the passkey was sent. */
  | { readonly type: 'passkey-answered' }
  /** It was sent that the phone shows this code too. */
  | { readonly type: 'passkey-confirmed'; readonly code: string }
  | { readonly type: 'passkey-handed'; readonly handoff: PasskeyHandoff }
  /** The user says that the phone shows another code. */
  | { readonly type: 'passkey-denied' }
  | { readonly type: 'time-passed' }
)

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
