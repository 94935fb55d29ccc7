import type { PairingError } from './errors.js'
import type { PairingCode } from './pairing-code.js'
import type { ExpiredReason } from './pairing-event.js'
import type { PhoneNumber } from './phone-number.js'
import type { PairingAccount, PairingMethod, PairingSnapshot, ProviderTiming } from './provider.js'
import type { TrackedQrCode } from './qr-lifetime.js'
import type { QrPayload } from './qr-payload.js'
import type { SessionNotice } from './session-notice.js'

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
  /** Why the state before this one ended. Stays until the user acts or the session comes to another end. */
  readonly notice?: SessionNotice | undefined
} & (
  | { readonly status: 'idle' }
  | {
      readonly status: 'preparing'
      /** When the wait began, in epoch milliseconds. */
      readonly since: number
      /**
       * What takes the time: the provider starts the session (`starting`), what it kept of an earlier link is being
       * cleared, which may take a minute (`resetting`), or the last request failed and is repeated (`retrying`).
       */
      readonly reason?: 'starting' | 'resetting' | 'retrying' | undefined
      /** Why the last request failed. */
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
  /** `retry` works at once, also while one last read of the state is under way. */
  | { readonly status: 'expired'; readonly reason: ExpiredReason }
  | {
      readonly status: 'linking'
      /** When the provider first said so, in epoch milliseconds. */
      readonly since: number
    }
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
 * What brings the next QR code of a round when one has passed. `manual`: the user does, which gives people who need it more
 * time; until then the session is `expired`, with the reason `refresh-due`.
 */
export type PairingRefreshMode = 'auto' | 'manual'

/** A request that a session makes of its provider. */
export type RequestKind = 'status' | 'qr-code' | 'pairing-code' | 'reset'

/** All that happens to a session. `at` is epoch milliseconds: `core` has no clock of its own. */
export type SessionEvent = { readonly at: number } & (
  | { readonly type: 'started' }
  | { readonly type: 'cancelled' }
  | { readonly type: 'method-chosen'; readonly method: PairingMethod }
  | { readonly type: 'number-submitted'; readonly phoneNumber: PhoneNumber }
  | { readonly type: 'number-rejected'; readonly error: PairingError }
  | { readonly type: 'number-withdrawn' }
  /** The app says what it expects of the link; what it leaves out stays as it was. */
  | {
      readonly type: 'expected'
      readonly phoneNumber?: string | undefined
      readonly clearsLeftovers?: boolean | undefined
      readonly refreshMode?: PairingRefreshMode | undefined
    }
  | {
      readonly type: 'responded'
      readonly request: RequestKind
      /** When the request was sent: the age of the response counts from there. */
      readonly requestedAt: number
      readonly snapshot: PairingSnapshot
    }
  | { readonly type: 'reset-done' }
  | {
      readonly type: 'request-failed'
      readonly request: RequestKind
      readonly error: PairingError
      /** From 0 to 1, at random: pages that met the same failure must not retry at the same moment. */
      readonly jitter?: number | undefined
      /** Of a pushed failure: the server repeats the request by itself within this time. */
      readonly nextInMs?: number | undefined
    }
  /** Nothing is pushed any more, so the session polls again. */
  | { readonly type: 'push-ended' }
  | { readonly type: 'image-broken' }
  /** The pairing code was copied. */
  | { readonly type: 'copied' }
  /** The page was hidden or went offline (`false`), or is visible and online again (`true`). */
  | { readonly type: 'attention-changed'; readonly isWatched: boolean }
  /** The last component with this session was unmounted. */
  | { readonly type: 'left' }
  /** A component with this session was mounted, and there was none. */
  | {
      readonly type: 'returned'
      /** A session that ended without a link begins a new round. */
      readonly autoStart: boolean
      /** The user opened a dialog: a return however soon it comes. */
      readonly isReopened?: boolean | undefined
    }
  | { readonly type: 'time-passed' }
)

/** A code of a session. */
export interface NumberedQrCode extends TrackedQrCode {
  /** 1 for the first code of the round; 0 for a code of an earlier round that was not seen again yet. */
  readonly number: number
}

/** What the app and the provider have said about the session. */
export interface SessionSetup {
  /** `id` of the provider; behind `proxy` that of the server's, as soon as it is known. */
  readonly provider: string
  /** Random: with `attempt`, it tells attempts apart in the app's statistics. */
  readonly attemptSeed: string
  readonly expectedPhoneNumber: string | undefined
  /** Leftovers of an earlier link are cleared without asking the user, who came to link again. */
  readonly clearsLeftovers: boolean
  readonly maxRefreshes: number
  readonly refreshMode: PairingRefreshMode
  readonly methods: readonly PairingMethod[]
  readonly timing: ProviderTiming
  /** The tag that the server gave the session; `undefined` until a response carries one. */
  readonly tag: string | undefined
}

/** When the provider was and may be polled. Times are epoch milliseconds. */
export interface Poll {
  /** The last response of any kind in this round; `-Infinity` before it. */
  respondedAt: number
  /** No request is sent before this moment. */
  quietUntil: number
  /** When the next pushed snapshot is due; until then the session need not poll. */
  promisedAt: number
  /** Transient errors in a row. */
  failures: number
  /** Why the last request failed. */
  error: PairingError | undefined
  /** The last response was that the provider starts the session. */
  isStarting: boolean
}

/** For how long the code on screen was in front of the user. */
export interface WatchTime {
  /** Up to `since`. */
  readonly ms: number
  /** `undefined` while the page is hidden or offline. */
  readonly since: number | undefined
  /** The page was hidden or offline for a part of it. */
  readonly wasInterrupted: boolean
}

/** The QR codes of a round. */
export interface QrRound {
  /** `held`: the next code waits for the user. `spent`: the allowed codes have passed. */
  display: 'waiting' | 'visible' | 'held' | 'spent'
  /** The last code, also when it is not visible: its age still counts. */
  code: NumberedQrCode | undefined
  /** The last response to a QR request; `-Infinity` before it. */
  requestedAt: number
  /** The provider is ready: the next request need not wait its full time. */
  isInvited: boolean
  /** The provider had no code while one was on screen. That code stays, and the next one is asked for at the usual pace. */
  isMissing: boolean
  /** Codes of this round that count towards `maxRefreshes`, the one on screen included. */
  shown: number
  /** Codes of this round that were on screen, whether they count or not. */
  displayed: number
  watch: WatchTime
  /** Pictures of this round that could not be shown. */
  broken: number
  /** With `manual`: codes of this round that the user has asked for; the first one counts as asked for. */
  wanted: number
  /** Keys of codes that were replaced: a late response that carries one of them carries an expired code. */
  replaced: readonly string[]
}

/** The pairing code, step by step. */
export type CodeStep =
  | {
      readonly name: 'number'
      /** The number of the last request. */
      readonly phoneNumber?: PhoneNumber | undefined
      /** Why that request got no code. */
      readonly error?: PairingError | undefined
    }
  | { readonly name: 'requesting'; readonly phoneNumber: PhoneNumber }
  | {
      readonly name: 'live'
      readonly phoneNumber: PhoneNumber
      readonly code: SessionPairingCode
      readonly isSlow: boolean
    }
  | { readonly name: 'expired'; readonly phoneNumber: PhoneNumber }

/** Where the session stands. `active`: a code is on its way, on screen, or has expired. */
export type Phase =
  | { readonly name: 'idle' | 'active' | 'linking' }
  | {
      readonly name: 'linked'
      readonly account: PairingAccount
      /** One response said that the link is gone; a second one confirms it. */
      readonly unlinkSuspected: boolean
    }
  | { readonly name: 'passkey-required'; readonly helpUrl: string | undefined }
  | {
      readonly name: 'failed'
      readonly error: PairingError
      readonly account?: PairingAccount | undefined
    }

/**
 * Whether a component shows the session. After the last one was unmounted (`left`), and until a response confirms that it is
 * still the same session (`returned`), nothing of it is shown: another user may be signed in by then.
 */
export type Visit =
  | { readonly name: 'shown' }
  | { readonly name: 'left'; readonly at: number }
  | {
      readonly name: 'returned'
      readonly at: number
      /** A response without an obstacle ends `failed`. */
      readonly mayRestart: boolean
    }

/** A read of the state that is due though the session has ended. */
export interface LastRead {
  /** Since when it has been due. */
  readonly since: number
  /** When to send it. */
  readonly at: number
}

/** All that is known about a session; {@link PairingSession} is derived from it. Times are epoch milliseconds. */
export interface SessionFacts {
  setup: SessionSetup
  method: PairingMethod
  phase: Phase
  /** When the phase began. */
  since: number
  /** When this round of codes began. */
  roundSince: number
  /** Since when there has been nothing to show. */
  waitingSince: number
  /** When these facts last changed. */
  now: number
  /** Counts rounds, from 1; 0 before the first. */
  attempt: number
  /** How often a pairing code was copied. */
  copies: number
  /** How often the last component was unmounted before an end. */
  departures: number
  visit: Visit
  /** The page is visible and online. */
  isWatched: boolean
  notice: SessionNotice | undefined
  /** `due`: the provider must be reset before anything else; `done`: it was, and once is enough for a round. */
  reset: 'none' | 'due' | 'unlink-due' | 'done'
  /**
   * The state is read once more: after the last code has expired, since a phone may have scanned it in its last seconds,
   * and after a return to a session that had ended.
   */
  lastRead: LastRead | undefined
  poll: Poll
  qr: QrRound
  code: CodeStep
  /** No pairing code is requested before this moment; 0 without a cool-down. */
  codeQuietUntil: number
}

/** What the cache keeps. */
export interface SessionState {
  readonly facts: SessionFacts
  readonly session: PairingSession
}
