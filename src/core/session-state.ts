import type { PairingError } from './errors.js'
import type { PairingCode } from './pairing-code.js'
import type { ExpiredReason } from './pairing-event.js'
import type { PhoneNumber } from './phone-number.js'
import type { PairingAccount, PairingMethod, PairingSnapshot, ProviderTiming } from './provider.js'
import type { TrackedQrCode } from './qr-lifetime.js'
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

/** What the host, or the provider, has said about the session. */
export interface SessionSetup {
  readonly provider: string
  readonly attemptSeed: string
  readonly expectedPhoneNumber: string | undefined
  readonly clearsLeftovers: boolean
  readonly maxRefreshes: number
  readonly refreshMode: PairingRefreshMode
  readonly methods: readonly PairingMethod[]
  readonly timing: ProviderTiming
}

/** When the provider may be asked, and what came of it. */
export interface Poll {
  answeredAt: number
  quietUntil: number
  promisedAt: number
  failures: number
  /** What went wrong with the last question. */
  error: PairingError | undefined
}

/** The QR codes of a round. */
export interface QrRound {
  /** `held`: the next code waits for the user. `spent`: the allowed codes have passed. */
  display: 'waiting' | 'visible' | 'held' | 'spent'
  /** The last code, also when it is not visible: its age still counts. */
  code: NumberedQrCode | undefined
  askedAt: number
  /** The provider is ready: the next question need not wait its full time. */
  isInvited: boolean
  shown: number
  broken: number
  wanted: number
  replaced: readonly string[]
}

/** The pairing code, step by step. */
export type CodeStep =
  | {
      readonly name: 'number'
      readonly phoneNumber?: PhoneNumber | undefined
      readonly error?: PairingError | undefined
    }
  | { readonly name: 'requesting'; readonly phoneNumber: PhoneNumber }
  | {
      readonly name: 'live'
      readonly phoneNumber: PhoneNumber
      readonly code: SessionPairingCode
      readonly isSlow: boolean
    }
  | { readonly name: 'spent'; readonly phoneNumber: PhoneNumber }

export type Phase =
  | { readonly name: 'idle' | 'active' | 'linking' }
  | { readonly name: 'linked'; readonly account: PairingAccount; readonly isDoubted: boolean }
  | { readonly name: 'passkey-required'; readonly helpUrl: string | undefined }
  | { readonly name: 'failed'; readonly error: PairingError; readonly account?: PairingAccount | undefined }

/** All that is known; {@link PairingSession} is derived from it. */
export interface SessionFacts {
  setup: SessionSetup
  method: PairingMethod
  phase: Phase
  since: number
  roundSince: number
  waitingSince: number
  now: number
  attempt: number
  copies: number
  departures: number
  reset: 'none' | 'due' | 'unlink-due' | 'done'
  /** The code has run out, and one last question is still to be asked. */
  isEnding: boolean
  poll: Poll
  qr: QrRound
  code: CodeStep
  codeQuietUntil: number
}

/** What the cache keeps. */
export interface SessionState {
  readonly facts: SessionFacts
  readonly session: PairingSession
}
