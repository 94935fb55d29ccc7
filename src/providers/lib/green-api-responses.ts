import type { PairingError } from '../../core/errors.js'
import { isPaymentRequired } from './payment-required.js'
import {
  hasField,
  isBare401,
  isPage,
  type ProviderApi,
  paymentRequiredError,
  providerError,
  unknownSessionError,
} from './provider-error.js'
import type { ProviderResponse } from './request.js'

/** The provider as people know it. */
export const NAME = 'GREEN-API'

export const API: ProviderApi = {
  name: NAME,
  // Not documented: a refused token has no body, and all other errors have one of these fields.
  isOwnForm: (response) =>
    hasField(response, 'message', 'error', 'description', 'invokeStatus') || isBare401(response),
}

// Texts of errors, which come with HTTP 200 or 400, and on the socket. More words follow in some, and "account" became
// "instance".
export const STALE: RegExp = /make log ?out/i
export const BUSY: RegExp = /starting|in process|try later|please wait/i
export const LOGGED_IN: RegExp = /already (?:logged|authorized)/i
export const LOGGED_OUT: RegExp = /not authorized/i
export const BAD_NUMBER: RegExp = /validation failed|bad request data/i
const DELETED = /\bdeleted\b/i

/** A documented text is one sentence. The search through a body of two million characters would take hours. */
const MAX_TEXT_CHARACTERS = 1_000

/**
 * Whether the type of a response or frame reports the demand for a passkey. GREEN-API's documentation has both `passkeyRequired`
 * and `PassKeyRequire`.
 */
export function isPasskeyRequired(type: unknown): boolean {
  return typeof type === 'string' && /^passkeyrequired?$/i.test(type.replace(/[\s_-]/g, ''))
}

/** State of an account that WhatsApp has banned. */
export const BANNED = 'blocked'

/** What a state means, other than {@link BANNED}. */
export function statusOf(state: string): 'linked' | 'unlinked' | 'preparing' {
  switch (state) {
    case 'authorized':
    case 'yellowCard':
    case 'suspended':
    case 'sleepMode':
      return 'linked'
    case 'notAuthorized':
      return 'unlinked'
    default:
      // `starting`, and the states of GREEN-API's other products.
      return 'preparing'
  }
}

/** The text of an error. Its format is not documented: `{message}`, `{error}` or plain text. HTML pages are ignored. */
export function errorTextOf(response: ProviderResponse): string {
  return (response.ok || response.status === 400) && !isPage(response) ? response.text : ''
}

/** Whether a response is an error with this text. */
export function matches(response: ProviderResponse, text: RegExp): boolean {
  return text.test(errorTextOf(response))
}

/** The error of a response without a state. */
export function greenApiError(response: ProviderResponse): PairingError {
  // Its own status for a quota that is used up.
  return response.status === 466
    ? paymentRequiredError(NAME)
    : (textError(errorTextOf(response)) ?? providerError(API, response))
}

/** The error that a text names; `undefined` for any other text. */
export function textError(text: string): PairingError | undefined {
  const words = text.slice(0, MAX_TEXT_CHARACTERS)
  if (isPaymentRequired(words)) return paymentRequiredError(NAME)
  return DELETED.test(words) ? unknownSessionError(NAME) : undefined
}
