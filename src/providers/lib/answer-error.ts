import { PairingError } from '../../core/errors.js'
import type { ProviderAnswer } from './request.js'

/**
 * The error of an answer that is none of the documented ones, from its HTTP status and form. Adapters match
 * what their provider documents first and leave the rest to this.
 *
 * @param name The provider as people know it: it begins the message.
 */
export function answerError(name: string, answer: ProviderAnswer): PairingError {
  const { status, retryAfterMs } = answer
  if (status === 401 || status === 403) return refusedError(name, answer)
  if (status === 404) return unknownSessionError(name)
  if (status === 429) {
    const message = `${name} was asked too often (HTTP 429). Wait before asking again.`
    return new PairingError('rate-limited', message, { retryAfterMs })
  }
  if (status === 499 || status >= 500 || isPage(answer)) return unavailableError(name, answer)
  return new PairingError(
    'invalid-answer',
    `${name} answered with something it does not document (HTTP ${status}). Try again; check the base URL.`,
  )
}

/** A page where JSON is documented: it comes from a gateway in front of a provider that is down. */
export function isPage({ contentType, text }: ProviderAnswer): boolean {
  return contentType === 'text/html' || /^\s*<(?:!doctype|html)/i.test(text)
}

/** The provider does not take these credentials. */
export function refusedError(name: string, { status }: ProviderAnswer): PairingError {
  return new PairingError(
    'unauthorized',
    `${name} refuses these credentials (HTTP ${status}). Check the id, the token and the base URL.`,
  )
}

/** The provider does not know the instance or session, or knows it no more. */
export function unknownSessionError(name: string): PairingError {
  return new PairingError(
    'session-not-found',
    `${name} does not know this instance or session. Check the id and the base URL of the adapter.`,
  )
}

/** The provider is down, or has not finished what it is doing. */
export function unavailableError(name: string, { status, retryAfterMs }: ProviderAnswer): PairingError {
  return new PairingError(
    'provider-unavailable',
    `${name} is not available now (HTTP ${status}). Try again.`,
    {
      retryAfterMs,
    },
  )
}
