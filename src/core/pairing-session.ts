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
  /** How many codes may expire unscanned: `maxRefreshes`. */
  readonly of: number
  readonly shownAt: number
  /** The latest time at which this code may still be on screen. A newer code replaces it earlier. */
  readonly expiresAt: number
  /** With `refreshMode: 'manual'`: when this code has expired, the next one waits for the user. */
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

/** The ceremony of {@link PairingSession} `passkey-required`, without its challenge. Times are epoch milliseconds. */
export interface SessionPasskey {
  /**
   * `assert`: WhatsApp waits for the passkey. `submitted`: it has received the answer and has not responded yet. `confirm`: the
   * phone shows `code` too, and the user has to say whether both are the same.
   */
  readonly step: PasskeyStep
  /** When WhatsApp requested the passkey. */
  readonly since: number
  /** When the ceremony expires; the session then fails with `passkey-expired`. */
  readonly expiresAt: number
  /** Of `confirm`. */
  readonly code?: string | undefined
  /** The server forwards the answer of a passkey. Use `signWithPasskey`, if the app has `signPasskey`. */
  readonly canAnswer: boolean
  /** The user can confirm the code on this page: `confirmPasskey`. */
  readonly canConfirm: boolean
  /** The provider has its own procedure: `requestPasskeyHandoff`. */
  readonly canHandOff: boolean
  /** Of `assert`: the code or link of that procedure, after it was requested. An expired code is removed. */
  readonly handoff?: PasskeyHandoff | undefined
  /** The action in progress on this page: signing, requesting the hand-off, or sending the confirmation. */
  readonly busy?: PasskeyDeed | undefined
  /** The passkey was not used: the user cancelled, or has none on this device. Browsers do not say which. */
  readonly isCancelled?: boolean | undefined
  /** Why the last action failed. It may be tried again. */
  readonly error?: PairingError | undefined
  /** Of `submitted`: nothing has happened for 30 seconds. */
  readonly isSlow?: boolean | undefined
}

/** A wait with nothing to show. After 30 seconds, say what the screen waits for, and offer an action. */
export interface SlowWait {
  readonly isSlow?: boolean | undefined
  /** How long the provider may take, in milliseconds, where that is known. Only with `isSlow`. */
  readonly mayTakeMs?: number | undefined
  /** The provider can be reset, so offer `startOver`. Otherwise offer `retry`. Only with `isSlow`. */
  readonly canStartOver?: boolean | undefined
}

/** What `preparing` waits for, if not for the first code. */
export type PreparingReason = 'starting' | 'resetting' | 'retrying'

/**
 * Why the previous state ended, if the user did not end it. A link ended soon after it was made (`link-ended`) or later
 * (`unlinked-on-phone`), a scan led to no link (`link-not-finished`), or another user requested a pairing code or reset the
 * session, which ended the code on screen (`code-replaced`).
 */
export type PairingNotice = 'link-ended' | 'link-not-finished' | 'unlinked-on-phone' | 'code-replaced'

/** One attempt to link a phone, as the interface sees it. */
export type PairingSession = {
  /** The method the user has chosen. */
  readonly method: PairingMethod
  /** What the provider offers; empty until that is known. */
  readonly methods: readonly PairingMethod[]
  /** Why the previous state ended, if the user did not end it. */
  readonly notice?: PairingNotice | undefined
} & (
  | { readonly status: 'idle' }
  | ({
      readonly status: 'preparing'
      /** Epoch milliseconds; 0 before the session began, as in the first render. */
      readonly since: number
      readonly reason?: PreparingReason | undefined
      /** Why the last request failed. It is retried. */
      readonly error?: PairingError | undefined
    } & SlowWait)
  | { readonly status: 'awaiting-scan'; readonly qrCode: SessionQrCode }
  | {
      readonly status: 'awaiting-number'
      /** Why no code was issued for the last number. */
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
      /** The phone that accepts the code. Missing if another page requested it. */
      readonly phoneNumber?: PhoneNumber | undefined
      /** The last four digits of that number. */
      readonly lastDigits: string
      /** The code has been shown for half a minute: offer another code, or the QR code. */
      readonly isSlow?: boolean | undefined
    }
  | { readonly status: 'expired'; readonly reason: ExpiredReason }
  | ({
      readonly status: 'linking'
      /** Epoch milliseconds. */
      readonly since: number
    } & SlowWait)
  | {
      /** The linked number is probably the expected one. The user has to confirm it: `confirmNumber`. */
      readonly status: 'confirming-number'
      readonly account: PairingAccount
      readonly expectedPhoneNumber: string
    }
  | {
      readonly status: 'linked'
      readonly account: PairingAccount
      /**
       * How much of the account's chats the provider has copied, in percent, 0 to 100. Missing if the provider does not report
       * it. GREEN-API, Baileys and `ownServer` do.
       */
      readonly syncProgress?: number | undefined
    }
  | {
      readonly status: 'passkey-required'
      /** The ceremony; missing if the provider reports only the demand for a passkey. */
      readonly passkey?: SessionPasskey | undefined
      readonly helpUrl?: string | undefined
      /** `id` of the provider, for instructions; behind `proxy` the id of the server's provider. */
      readonly provider?: string | undefined
      /** The number of the account, if a pairing code was requested for it. */
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
 * How the next QR code of a round is shown after one has expired. `manual`: the user requests it, for users who need more time;
 * until then the session is `expired`, with the reason `refresh-due`.
 */
export type PairingRefreshMode = 'auto' | 'manual'
