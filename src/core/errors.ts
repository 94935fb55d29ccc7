/** What can go wrong while linking. Codes are stable: your app may compare them, and the server sends them to the page. */
export type PairingErrorCode =
  /** The provider refuses the credentials the adapter was given. */
  | 'unauthorized'
  /** The provider does not know this instance or session, or it was deleted. */
  | 'session-not-found'
  /** The plan of the instance expired, or its quota is used up. */
  | 'subscription-expired'
  /** WhatsApp banned the account. */
  | 'account-blocked'
  /** The session is stuck: leftovers of an earlier link, or a start that never ends. Only a reset helps. */
  | 'session-stale'
  /** The provider would not issue a pairing code for this number now. */
  | 'code-refused'
  /** Another phone was linked than the app expected. */
  | 'wrong-phone-number'
  /** WhatsApp, the provider or the server did not accept the answer of the passkey. */
  | 'passkey-refused'
  /** The passkey was not used in time. */
  | 'passkey-expired'
  /** The user said that the phone shows another code: another device may be about to be linked. */
  | 'passkey-mismatch'
  /** Not an international phone number. */
  | 'invalid-phone-number'
  /** Too many requests; `retryAfterMs` says how long to wait if the provider states it. */
  | 'rate-limited'
  /** The provider, or the session, does not support the request. */
  | 'not-supported'
  /** A response is not in the documented format, such as incomplete JSON or an invalid image. */
  | 'invalid-answer'
  /** The provider is down or restarting. */
  | 'provider-unavailable'
  /** The server could not be reached: no connection, or no name resolution. */
  | 'network'
  /** No response, or no code, within the time allowed. */
  | 'timeout'
  /** The user is not signed in to your app, or the sign-in has expired. */
  | 'sign-in-required'
  /** The user is signed in, but your app does not allow this user to link a phone. */
  | 'forbidden'
  /** The server handler could not read the request. */
  | 'invalid-request'
  /** An adapter with a secret was created in a browser. */
  | 'server-only'
  /** An adapter was given options that cannot work. */
  | 'invalid-options'
  /** The package cancelled the request: unmount, `cancel()`, or a change of the method. */
  | 'aborted'
  /** The component threw an exception while it rendered, or a part of it did not load. The exception is its `cause`. */
  | 'component-failed'
  /** Anything else. */
  | 'unknown'

/**
 * The action that helps: `retry` (send the request again, which the session also does automatically for a while), `start-over`
 * (clear the session at the provider, then request a code again), `edit-number` (the user corrects the number), `contact-host`
 * (only the people who run the app can repair it).
 */
export type PairingErrorAction = 'retry' | 'start-over' | 'edit-number' | 'contact-host'

// For all other codes the action is `contact-host`.
const actions: Readonly<Partial<Record<PairingErrorCode, PairingErrorAction>>> = {
  'session-stale': 'start-over',
  'wrong-phone-number': 'start-over',
  'passkey-refused': 'start-over',
  'passkey-expired': 'start-over',
  'passkey-mismatch': 'start-over',
  'code-refused': 'edit-number',
  'invalid-phone-number': 'edit-number',
  'rate-limited': 'retry',
  'invalid-answer': 'retry',
  'provider-unavailable': 'retry',
  network: 'retry',
  timeout: 'retry',
  aborted: 'retry',
  'component-failed': 'retry',
  unknown: 'retry',
}

/** Every code, in a fixed order. */
export const pairingErrorCodes: readonly PairingErrorCode[] = [
  'unauthorized',
  'session-not-found',
  'subscription-expired',
  'account-blocked',
  'session-stale',
  'wrong-phone-number',
  'passkey-refused',
  'passkey-expired',
  'passkey-mismatch',
  'code-refused',
  'invalid-phone-number',
  'rate-limited',
  'not-supported',
  'invalid-answer',
  'provider-unavailable',
  'network',
  'timeout',
  'sign-in-required',
  'forbidden',
  'invalid-request',
  'server-only',
  'invalid-options',
  'aborted',
  'component-failed',
  'unknown',
]

// A symbol and not the class: two copies of the package in one bundle must recognise each other's errors.
const brand: symbol = Symbol.for('whatsapp-pairing.error')

/** Optional fields of a {@link PairingError}. */
export interface PairingErrorOptions {
  /** Milliseconds to wait before the next request, if the provider states it. */
  readonly retryAfterMs?: number | undefined
  /** The refusal is unambiguous, so the request is not retried. Other refusals are final only after the third attempt. */
  readonly isFinal?: boolean | undefined
  /** The error behind this one. Only a `PairingError`, because another error might contain a token or a URL. */
  readonly cause?: PairingError | undefined
}

/**
 * The only error that a session, an adapter or the handler throws. It never contains a URL, a header, a token or a provider's
 * body, so it may be logged and shown. The message is for developers; the text for the user is in `messages.errors`, by code.
 */
export class PairingError extends Error {
  /** What went wrong. */
  readonly code: PairingErrorCode
  /** Milliseconds to wait before the next request, if the provider states it. */
  readonly retryAfterMs: number | undefined
  /** The refusal is unambiguous, so the request is not retried. */
  readonly isFinal: boolean

  /** @param message What happened and what to do, for developers, without a secret. The default is the code. */
  constructor(code: PairingErrorCode, message: string = code, options?: PairingErrorOptions) {
    super(message, options?.cause && { cause: options.cause })
    this.name = 'PairingError'
    this.code = code
    this.retryAfterMs = options?.retryAfterMs
    this.isFinal = options?.isFinal === true
    Object.defineProperty(this, brand, { value: true })
  }

  /** The action that helps: see {@link PairingErrorAction}. */
  get action(): PairingErrorAction {
    return actions[this.code] ?? 'contact-host'
  }

  /** Whether the same request may succeed later without action by the user or the developer. */
  get retryable(): boolean {
    return this.action === 'retry'
  }

  /** True for a `PairingError`, also one made by another copy of this package. */
  static isInstance(value: unknown): value is PairingError {
    return value instanceof Object && brand in value
  }
}

/** The error for calls that still wait for a cancelled request. */
export function abortedError(): PairingError {
  return new PairingError('aborted', 'The request was cancelled: no caller waits for it any more.')
}

/** Whether a value is a known error code, for example one from an HTTP response. */
export function isPairingErrorCode(value: unknown): value is PairingErrorCode {
  return pairingErrorCodes.some((code) => code === value)
}

/** Returns a `PairingError` unchanged. Any other value becomes one without details, because it may contain a secret. */
export function toPairingError(value: unknown): PairingError {
  return PairingError.isInstance(value)
    ? value
    : new PairingError('unknown', 'Unexpected failure. Try again.')
}
