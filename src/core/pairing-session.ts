import type { PairingError } from './errors.js'
import type { PairingCode } from './pairing-code.js'
import type { ExpiredReason } from './pairing-event.js'
import type { PasskeyHandoff } from './passkey.js'
import type { PasskeyStep } from './passkey-step.js'
import type { PhoneNumber } from './phone-number.js'
import type { PairingAccount, PairingMethod } from './provider.js'
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
