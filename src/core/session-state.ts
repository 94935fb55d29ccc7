import type { PairingError } from './errors.js'
import type { PairingCode } from './pairing-code.js'
import type { ExpiredReason } from './pairing-event.js'
import type { PhoneNumber } from './phone-number.js'
import type { PairingAccount, PairingMethod, PairingSnapshot, ProviderTiming } from './provider.js'
import type { QrQuestions, TrackedQrCode } from './qr-lifetime.js'
import type { QrPayload } from './qr-payload.js'

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

/** One attempt to link a phone, as the interface sees it. */
export type PairingSession = {
  /** The method the user has chosen. */
  readonly method: PairingMethod
  /** What the provider offers; empty until that is known. */
  readonly methods: readonly PairingMethod[]
} & (
  | { readonly status: 'idle' }
  | {
      readonly status: 'preparing'
      readonly since: number
      /** What the provider kept of an earlier link is being cleared first, which may take a minute. */
      readonly isResetting?: boolean | undefined
      /** What went wrong with the last question; it is asked again. */
      readonly error?: PairingError | undefined
    }
  | { readonly status: 'awaiting-scan'; readonly qrCode: SessionQrCode }
  | {
      readonly status: 'awaiting-number'
      /** Why the last number got no code. */
      readonly error?: PairingError | undefined
      /** The cool-down: no code can be asked for before this moment, in epoch milliseconds. */
      readonly retryAt?: number | undefined
    }
  | { readonly status: 'requesting-code'; readonly phoneNumber: PhoneNumber }
  | {
      readonly status: 'awaiting-code'
      readonly pairingCode: SessionPairingCode
      readonly phoneNumber: PhoneNumber
      /** It has been there for half a minute: the moment to offer another code, or the QR code. */
      readonly isSlow?: boolean | undefined
    }
  | { readonly status: 'expired'; readonly reason: ExpiredReason }
  | { readonly status: 'linking' }
  | { readonly status: 'linked'; readonly account: PairingAccount }
  | {
      readonly status: 'passkey-required'
      readonly helpUrl?: string | undefined
      /** `id` of the provider whose way through it is: that of the server's, behind `proxy`. */
      readonly provider?: string | undefined
    }
  | {
      readonly status: 'failed'
      readonly error: PairingError
      /** Of `wrong-phone-number`: who was linked instead. */
      readonly account?: PairingAccount | undefined
    }
)

/** Every value of `status`, in the order of a round. */
export type PairingStatus = PairingSession['status']

/**
 * Who brings the next QR code of a round when one has passed. `manual`: the user, so that whoever needs more time has it;
 * until then the session is `expired`, with the reason `refresh-due`.
 */
export type PairingRefreshMode = 'auto' | 'manual'

/** What can be asked of a provider on behalf of a session. */
export type QuestionKind = 'status' | 'qr-code' | 'pairing-code' | 'reset'

/** All that happens to a session. `at` is epoch milliseconds: `core` has no clock of its own. */
export type SessionEvent = { readonly at: number } & (
  | { readonly type: 'started' }
  | { readonly type: 'cancelled' }
  | { readonly type: 'method-chosen'; readonly method: PairingMethod }
  | { readonly type: 'number-submitted'; readonly phoneNumber: PhoneNumber }
  | { readonly type: 'number-rejected'; readonly error: PairingError }
  | { readonly type: 'number-withdrawn' }
  /** The host says what it expects of the link; what it leaves out stays as it was. */
  | {
      readonly type: 'expected'
      readonly phoneNumber?: string | undefined
      readonly clearsLeftovers?: boolean | undefined
      readonly refreshMode?: PairingRefreshMode | undefined
    }
  | {
      readonly type: 'answered'
      readonly question: QuestionKind
      /** When the question was asked: the age of the answer counts from there. */
      readonly askedAt: number
      readonly snapshot: PairingSnapshot
    }
  | { readonly type: 'reset-done' }
  | {
      readonly type: 'errored'
      readonly question: QuestionKind
      readonly error: PairingError
      /** From 0 to 1, at random: all who met the same failure must not come back at the same moment. */
      readonly jitter?: number | undefined
      /** Told by one who pushes, and asks again by itself within this time. */
      readonly nextInMs?: number | undefined
    }
  /** Nothing is pushed any more: what was promised is not to be waited for. */
  | { readonly type: 'push-ended' }
  | { readonly type: 'image-broken' }
  /** The pairing code was copied. */
  | { readonly type: 'copied' }
  /** The last component with this session is gone. */
  | { readonly type: 'left' }
  | { readonly type: 'time-passed' }
)

/** A code of a session. */
export interface NumberedQrCode extends TrackedQrCode {
  /** 1 for the first code of the round; 0 for a code of an earlier round that was not given again yet. */
  readonly number: number
}

/** All that is known; {@link PairingSession} is derived from it. Times are epoch milliseconds. */
export interface SessionFacts extends QrQuestions {
  readonly maxRefreshes: number
  readonly refreshMode: PairingRefreshMode
  /** Leftovers of an earlier link are cleared without a question: the user came to link again. */
  readonly clearsLeftovers: boolean
  /** Whose phone it has to be, where the host says so. */
  readonly expectedPhoneNumber: string | undefined
  /** `id` of the provider; behind `proxy` that of the server's, as soon as it is known. */
  readonly provider: string
  /** Random: with `attempt`, tells attempts apart in the host's statistics. */
  readonly attemptSeed: string
  /** Counts rounds, from 1; 0 before the first. */
  readonly attempt: number
  readonly method: PairingMethod
  readonly methods: readonly PairingMethod[]
  readonly timing: ProviderTiming
  /** `active`: a code is on its way, on screen, or has run out. */
  readonly phase: 'idle' | 'active' | 'linking' | 'linked' | 'passkey-required' | 'failed'
  /** When the phase began. */
  readonly since: number
  /** When this round of codes began. */
  readonly roundSince: number
  /** Since when there has been nothing to show while the provider was asked. */
  readonly waitingSince: number
  /** When these facts were last changed. */
  readonly now: number
  /** Of `linked`. */
  readonly account: PairingAccount
  /** Of `passkey-required`. */
  readonly helpUrl: string | undefined
  /** Of `failed`; while `active`, what went wrong with the last question. */
  readonly error: PairingError | undefined
  /** `due`: the provider must be reset before anything else; `done`: it was, once is enough for a round. */
  readonly reset: 'none' | 'due' | 'done'
  /** What the reset is for: to end a link to the wrong phone. */
  readonly unlinks: boolean
  /** The provider said once that a finished link is gone. It has to say so twice. */
  readonly isLinkDoubted: boolean
  /** The last answer of any kind in this round; `-Infinity` before it. */
  readonly answeredAt: number
  /** Nothing is asked before this moment. */
  readonly quietUntil: number
  /** When the next pushed answer is due; until then the session need not ask. */
  readonly promisedAt: number
  /**
   * The code has run out, and one last question is still to be asked: the phone may have answered it in its last
   * seconds.
   */
  readonly ending: boolean
  /** Questions in a row that failed though asking again may help. */
  readonly failures: number

  /** The last QR code, also when it is not on screen: its age still counts. */
  readonly qr: NumberedQrCode | undefined
  readonly qrVisible: boolean
  /** Codes of this round that were on screen. */
  readonly qrShown: number
  /** Pictures of this round that could not be shown. */
  readonly qrBroken: number
  /** The allowed codes have passed. */
  readonly qrExhausted: boolean
  /** With `manual`: a code of this round has passed, and the next one waits for the user. */
  readonly qrHeld: boolean
  /** With `manual`: codes of this round that the user has asked for; the first one is. */
  readonly qrWanted: number
  /** Keys of codes that were replaced: a late answer that brings one back brings a dead code. */
  readonly qrReplaced: readonly string[]

  /** Where the pairing code goes. */
  readonly phoneNumber: PhoneNumber | undefined
  /** Asked for, and not answered yet. */
  readonly codeRequested: boolean
  readonly code: SessionPairingCode | undefined
  /** That code has been there for long. */
  readonly isCodeSlow: boolean
  readonly codeRanOut: boolean
  /** Why the last number got no code. */
  readonly codeError: PairingError | undefined
  /** No pairing code is asked for before this moment. */
  readonly codeQuietUntil: number

  /** How often a pairing code was copied, and how often the screen was left before an end. */
  readonly copies: number
  readonly departures: number
}

/** What the cache keeps. */
export interface SessionState {
  readonly facts: SessionFacts
  readonly session: PairingSession
}
