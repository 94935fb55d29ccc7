import type { PasskeyAssertion, PasskeyRequestOptions } from '../core/passkey.js'
import type { PasskeyStep } from '../core/passkey-step.js'

/** The account of the emulated phone. */
export interface EmulatedAccount {
  readonly name: string
  /** International number, digits only. */
  readonly phoneNumber: string
  /** An `https:` address of the profile picture. By default there is none. */
  readonly avatarUrl?: string | undefined
}

/** Options of {@link createEmulator}. The default times are those of WhatsApp. */
export interface EmulatorOptions {
  /** The clock. Called for every read and action. By default `Date.now`. */
  readonly now?: (() => number) | undefined
  /**
   * Resolves when `ms` milliseconds have passed on that clock, or rejects with the signal's reason. Mock servers delay their
   * responses with it. Pass it together with your own `now`. By default `setTimeout`.
   */
  readonly wait?: ((ms: number, signal?: AbortSignal) => Promise<void>) | undefined
  /** Life of the first QR code of a round. By default 60,000. */
  readonly firstCodeMs?: number | undefined
  /** Life of each later QR code. By default 20,000. */
  readonly codeMs?: number | undefined
  /** QR codes in a round. After the last one, the provider has to begin another round. By default 6. */
  readonly refs?: number | undefined
  /** From the scan or the entered code to the link: WhatsApp makes a new device reconnect. By default 2,000. */
  readonly linkingMs?: number | undefined
  /** Life of a pairing code. By default 160,000: as long as the connection it was issued on. */
  readonly pairingCodeMs?: number | undefined
  /** The account that is linked. By default Ana Souza, 5511987654321. */
  readonly account?: Partial<EmulatedAccount> | undefined
  /** Makes the codes equal in every run. By default they differ. */
  readonly seed?: number | undefined
}

/** The eight characters to enter on the phone. */
export interface EmulatedPairingCode {
  /** Without the dash that some providers add. */
  readonly value: string
  /** The number it was requested for. */
  readonly phoneNumber: string
  readonly expiresAt: number
}

/** The current state of the account. Times are on the emulator's clock. */
export type EmulatorState =
  | {
      /** Nothing is linked and no codes are shown. */
      readonly status: 'idle'
    }
  | {
      /** A QR code is shown, and perhaps a pairing code too. The phone uses one of them. */
      readonly status: 'pairing'
      /** The only QR text that links now. */
      readonly qrText: string
      /** Which code of the round, from 1. */
      readonly qrNumber: number
      readonly qrExpiresAt: number
      /** The only pairing code that links now. */
      readonly pairingCode: EmulatedPairingCode | null
    }
  | {
      /** The codes of the round have expired, or a passkey ceremony has failed. A pairing code may still be live. */
      readonly status: 'out-of-codes'
      readonly pairingCode: EmulatedPairingCode | null
      /** Why the passkey ceremony failed, if that ended the round. */
      readonly reason?: 'passkey-refused' | 'passkey-expired'
    }
  | {
      /** Leftovers of an earlier link: no codes until `logout()`. */
      readonly status: 'stale-auth'
    }
  | {
      /** The phone has scanned or entered a code, or the provider reconnects. The link is complete at `linkedAt`. */
      readonly status: 'linking'
      /** Who will be linked. */
      readonly account: EmulatedAccount
      readonly linkedAt: number
    }
  | {
      /** The phone has scanned or entered a code, and WhatsApp demands a passkey before it links. */
      readonly status: 'passkey-required'
      readonly step: PasskeyStep
      /** The challenge to sign. Every ceremony has a different one. */
      readonly challenge: PasskeyRequestOptions
      /** Of `confirm`: the code on the phone, which the user compares with the one on screen: `XXXX-XXXX`. */
      readonly code?: string
      /** At this time WhatsApp ends the ceremony, and nothing is linked. */
      readonly expiresAt: number
    }
  | {
      readonly status: 'linked'
      /** After a link by pairing code, it has the number that the code was requested for. */
      readonly account: EmulatedAccount
      readonly linkedAt: number
    }

/** A fault between a provider and its client. */
export type EmulatorFault =
  /** The credentials are refused. */
  | 'unauthorized'
  /** The provider does not know the instance or session. */
  | 'unknown-instance'
  /** An HTML page with status 200 instead of JSON. */
  | 'html'
  /** The response body is truncated, but the request has its effect. */
  | 'half-json'
  /** The next QR code is invalid. Responses without one are unchanged and do not count. */
  | 'not-an-image'
  /** The right status without a body. The request has its effect. */
  | 'empty-body'
  | 'rate-limited'
  | 'server-error'
  /** `fetch` rejects with a `TypeError`, as for a host that cannot be reached. */
  | 'network'
  /** No response until the request is aborted. */
  | 'hang'

/** Options of {@link Emulator.fail}. */
export interface FailOptions {
  /** How many requests fail. By default all until `recover()`. */
  readonly times?: number | undefined
  /** Sent as `Retry-After` with `rate-limited`. By default no such header is sent, because none is documented. */
  readonly retryAfterMs?: number | undefined
}

/** The fault of the next request. */
export interface ActiveFault extends FailOptions {
  readonly fault: EmulatorFault
}

/** Whether an action was performed, and why not. A refused action changes nothing. */
export type EmulatorResult<Reason extends string> =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: Reason }

/** Why the phone refuses a QR code. */
export type ScanRefusal =
  /** A WhatsApp code, but not the valid one. The phone does not distinguish old codes from those of others. */
  | 'code-expired'
  /** Not a WhatsApp code. */
  | 'not-a-code'
  /** No code is shown. */
  | 'not-pairing'
  | 'already-linked'

/** Why the phone refuses a pairing code. */
export type TypeCodeRefusal = 'code-expired' | 'wrong-code' | 'not-pairing' | 'already-linked'

/** Options of {@link Emulator.demandPasskey}. */
export interface DemandPasskeyOptions {
  /** After a valid answer the phone shows a code that the user has to compare. By default `false`. */
  readonly comparesCode?: boolean | undefined
  /**
   * WhatsApp accepts the answer but never responds, as in https://github.com/devlikeapro/waha/issues/2227. By default `false`.
   */
  readonly isSilent?: boolean | undefined
  /** How long the ceremony may take. By default 600,000. */
  readonly lifetimeMs?: number | undefined
}

/** A passkey of the emulated account. See {@link Emulator.registerPasskey}. */
export interface EmulatedPasskey {
  /** The public key from `getPublicKey()` of a `PublicKeyCredential` response (SPKI), in base64url. */
  readonly publicKey: string
}

/** Why WhatsApp refuses the answer of a passkey. */
export type AnswerPasskeyRefusal = 'no-passkey-required' | 'wrong-challenge' | 'already-answered'

/** Why a code of a passkey ceremony cannot be confirmed. */
export type ConfirmPasskeyRefusal = 'no-code-to-confirm' | 'wrong-code'

/** Why no pairing code is issued. */
export type PairingCodeRefusal = 'invalid-phone-number' | 'already-linked' | 'stale-auth' | 'passkey-required'

/** An action of the emulator: the name of its method. */
export type EmulatorAction =
  | 'start'
  | 'requestPairingCode'
  | 'logout'
  | 'restart'
  | 'restore'
  | 'scan'
  | 'typeCode'
  | 'rotate'
  | 'demandPasskey'
  | 'registerPasskey'
  | 'answerPasskey'
  | 'confirmPasskey'
  | 'resetPasskey'
  | 'refusePasskey'
  | 'solvePasskey'
  | 'disconnect'
  | 'leaveStaleAuth'
  | 'fail'
  | 'recover'

/** An action that changed the state. */
export interface EmulatorEvent {
  readonly action: EmulatorAction
  readonly at: number
  /** The new state. */
  readonly state: EmulatorState
}

/** An emulated WhatsApp account: the phone, and the provider's view of it. */
export interface Emulator {
  /** The emulator's clock. */
  now(): number
  /** For mock servers: lets time pass on that clock. Rejects with the signal's reason when it is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
  /** The current state; the same object as long as nothing has changed. */
  readonly state: EmulatorState
  /** The fault of the next request, or `null`. */
  readonly fault: ActiveFault | null

  /**
   * Provider: begins a round of QR codes when idle or out of codes. Otherwise nothing happens.
   *
   * @param delayMs - Time until the first code is shown; the state is `idle` until then.
   * @param codeMs - Life of each code of this round, if the provider decides it. By default the emulator's times.
   */
  start(delayMs?: number, codeMs?: number): void
  /**
   * Provider: issues a pairing code, which ends an earlier one, and begins a round of QR codes if there is
   * none, since both live on one connection.
   */
  requestPairingCode(phoneNumber: string): PairingCodeResult
  /** Provider: removes the device, and all codes and leftovers with it. */
  logout(): void
  /** Provider: reconnects. A link survives that (`linking`, then `linked` again), codes do not. */
  restart(): void
  /** Provider: links again with the leftovers of an earlier link, without any code. */
  restore(): EmulatorResult<'no-stale-auth'>

  /**
   * Phone: scans a QR code.
   *
   * @param text - What the camera read. By default the code that is valid now.
   */
  scan(text?: string): EmulatorResult<ScanRefusal>
  /** Phone: enters a pairing code, in any spelling. */
  typeCode(code: string): EmulatorResult<TypeCodeRefusal>
  /** WhatsApp: replaces the QR code immediately. After the last code the round ends. */
  rotate(): EmulatorResult<'not-pairing'>
  /** WhatsApp: the next scanned or typed code leads to `passkey-required`. */
  demandPasskey(options?: DemandPasskeyOptions): void
  /**
   * Phone: the account has this passkey. After this, `answerPasskey` verifies signatures with WebCrypto (ES256, as Chromium's
   * virtual authenticator signs). WhatsApp never responds to an answer with another signature: it stays `submitted` until it
   * expires. Without a passkey every signature is accepted.
   *
   * ```ts
   * const { response } = await navigator.credentials.create({ publicKey: … })
   * emulator.registerPasskey({ publicKey: toBase64Url(response.getPublicKey()) })
   * ```
   */
  registerPasskey(passkey: EmulatedPasskey): void
  /**
   * Provider: sends the answer of the passkey. The state is `submitted` for a second, and then `linking`, or `confirm` if the
   * phone shows a code to compare.
   */
  answerPasskey(assertion: PasskeyAssertion): EmulatorResult<AnswerPasskeyRefusal>
  /**
   * Provider: the user says that phone and screen show the same code.
   *
   * @param code - The code on the screen.
   */
  confirmPasskey(code: string): EmulatorResult<ConfirmPasskeyRefusal>
  /** Provider: ends the ceremony. The state is `idle`, and a new round of QR codes may begin. */
  resetPasskey(): EmulatorResult<'no-passkey-required'>
  /** WhatsApp: refuses the passkey. The ceremony ends without a link, as it does when its time is over. */
  refusePasskey(): EmulatorResult<'no-passkey-required'>
  /** Phone: the user completes the ceremony in another way, such as the provider's extension. */
  solvePasskey(): EmulatorResult<'no-passkey-required'>
  /** Phone: removes the device from its list. */
  disconnect(): EmulatorResult<'not-linked'>
  /** Provider: keeps leftovers of an earlier link, which block a new one. Ends a link. */
  leaveStaleAuth(): void

  /** Makes the following requests fail; `null` ends that. */
  fail(fault: EmulatorFault | null, options?: FailOptions): void
  /** Ends a fault: `fail(null)`. */
  recover(): void
  /** For mock servers: the fault of the current request, counted as used. */
  takeFault(): ActiveFault | null

  /**
   * Reports every change except the expiry of codes. Read `state` for that.
   *
   * @returns A function that ends the subscription.
   */
  subscribe(listener: (event: EmulatorEvent) => void): () => void
}

/** Result of {@link Emulator.requestPairingCode}. */
export type PairingCodeResult =
  | { readonly ok: true; readonly pairingCode: EmulatedPairingCode }
  | { readonly ok: false; readonly reason: PairingCodeRefusal }
