/** What can go wrong while linking. Codes are stable: they cross HTTP and may be matched by the host. */
export type PairingErrorCode =
  /** The provider refuses the credentials the adapter was given. */
  | 'unauthorized'
  /** The provider does not know this instance or session, or it was deleted. */
  | 'session-not-found'
  /** The plan behind the instance ran out, or its quota is used up. */
  | 'subscription-expired'
  /** WhatsApp banned the account. */
  | 'account-blocked'
  /** Leftovers of an earlier link block a new one until they are cleared. */
  | 'session-stale'
  /** The provider would not issue a pairing code for this number now. */
  | 'code-refused'
  /** Not an international phone number. */
  | 'invalid-phone-number'
  /** Too many requests; `retryAfterMs` says how long to wait where the provider told. */
  | 'rate-limited'
  /** The provider, or the session, cannot do what was asked. */
  | 'not-supported'
  /** An answer arrived that is not what the provider documents: half a JSON body, an image that is none. */
  | 'invalid-answer'
  /** The provider is down or restarting. */
  | 'provider-unavailable'
  /** Nobody could be reached at all. */
  | 'network'
  /** No answer, or no code, within the time allowed. */
  | 'timeout'
  /** The host does not know who is asking: its own sign-in is missing or over. */
  | 'sign-in-required'
  /** The host knows who is asking and does not allow it. */
  | 'forbidden'
  /** A request to the server handler that it does not understand. */
  | 'invalid-request'
  /** An adapter that holds a secret was made in a browser. */
  | 'server-only'
  /** An adapter was given options that cannot work. */
  | 'invalid-options'
  /** The request was given up by us: unmount, cancel, another tab chosen. */
  | 'aborted'
  /** Anything else. */
  | 'unknown'

/**
 * What helps, and who can do it: `retry` (ask again), `wait` (ask again later), `start-over` (clear what the
 * provider kept, then ask again), `edit-number` (the user corrects the number), `contact-host` (only the people
 * who run the app can mend it).
 */
export type PairingErrorAction = 'retry' | 'wait' | 'start-over' | 'edit-number' | 'contact-host'

interface ErrorFacts {
  /** The status our own server handler answers with. */
  readonly httpStatus: number
  /** Whether the same request may succeed later without anybody doing anything. */
  readonly retryable: boolean
  readonly action: PairingErrorAction
}

const facts = (httpStatus: number, retryable: boolean, action: PairingErrorAction): ErrorFacts => ({
  httpStatus,
  retryable,
  action,
})

// A provider that refuses *our* key is an upstream fault (502), not a 401: the customer's own sign-in is fine.
const errorTable: Readonly<Record<PairingErrorCode, ErrorFacts>> = {
  unauthorized: facts(502, false, 'contact-host'),
  'session-not-found': facts(502, false, 'contact-host'),
  'subscription-expired': facts(502, false, 'contact-host'),
  'account-blocked': facts(409, false, 'contact-host'),
  'session-stale': facts(409, false, 'start-over'),
  'code-refused': facts(409, false, 'retry'),
  'invalid-phone-number': facts(422, false, 'edit-number'),
  'rate-limited': facts(429, true, 'wait'),
  'not-supported': facts(501, false, 'contact-host'),
  'invalid-answer': facts(502, true, 'retry'),
  'provider-unavailable': facts(503, true, 'retry'),
  network: facts(503, true, 'retry'),
  timeout: facts(504, true, 'retry'),
  'sign-in-required': facts(401, false, 'contact-host'),
  forbidden: facts(403, false, 'contact-host'),
  'invalid-request': facts(400, false, 'contact-host'),
  'server-only': facts(500, false, 'contact-host'),
  'invalid-options': facts(500, false, 'contact-host'),
  aborted: facts(499, false, 'retry'),
  unknown: facts(500, false, 'retry'),
}

// By symbol and not by class: two copies of the package in one bundle must still know each other's errors.
const brand: symbol = Symbol.for('whatsapp-pairing.error')

/** Fields of a {@link PairingError} beside its code and message. */
export interface PairingErrorOptions {
  /** Milliseconds to wait before asking again, where the provider told. */
  readonly retryAfterMs?: number | undefined
  /** The error behind this one. Only another `PairingError`: anything else might carry a token or a URL. */
  readonly cause?: PairingError | undefined
}

/**
 * The only error this package throws or hands to the host. It never carries a URL, a header, a token or a
 * provider's body, so it may be logged and shown.
 */
export class PairingError extends Error {
  override readonly name = 'PairingError'
  readonly code: PairingErrorCode
  /** Milliseconds to wait before asking again, where the provider told. */
  readonly retryAfterMs: number | undefined

  constructor(code: PairingErrorCode, message: string, options: PairingErrorOptions = {}) {
    super(message, options.cause && { cause: options.cause })
    this.code = code
    this.retryAfterMs = options.retryAfterMs
    Object.defineProperty(this, brand, { value: true })
  }

  /** Whether the same request may succeed later without anybody doing anything. */
  get retryable(): boolean {
    return errorTable[this.code].retryable
  }

  /** What helps. */
  get action(): PairingErrorAction {
    return errorTable[this.code].action
  }

  /** The status the server handler answers with. */
  get httpStatus(): number {
    return errorTable[this.code].httpStatus
  }

  /** True for a `PairingError`, also one made by another copy of this package. */
  static isInstance(value: unknown): value is PairingError {
    return typeof value === 'object' && value !== null && brand in value
  }
}

/** True for a code of the table; used where a code arrives over HTTP. */
export function isPairingErrorCode(value: unknown): value is PairingErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorTable, value)
}

/** Every code, in the order of the table. */
export const pairingErrorCodes: readonly PairingErrorCode[] =
  Object.keys(errorTable).filter(isPairingErrorCode)

/** `value` where it is a `PairingError`; otherwise one without any detail, for a foreign error may carry a secret. */
export function toPairingError(value: unknown): PairingError {
  return PairingError.isInstance(value)
    ? value
    : new PairingError('unknown', 'Something unexpected went wrong while linking. Try again.')
}
