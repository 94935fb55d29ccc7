import { PairingError } from '../../core/errors.js'
import { asRecord, asText } from '../../core/json.js'
import { printOnce } from '../../core/print-error.js'
import { isPaymentRequired } from './payment-required.js'
import type { ProviderResponse } from './request.js'

/** The facts about a provider's API that errors need. */
export interface ProviderApi {
  /** The display name of the provider. */
  readonly name: string
  /**
   * Whether the response has the provider's error format. A gateway in front of it sends a page, text, no body, or JSON in
   * another format, which means nothing for credentials or sessions.
   */
  readonly isOwnForm: (response: ProviderResponse) => boolean
  /** The provider is self-hosted, so the base URL may be wrong. */
  readonly isSelfHosted?: true
}

/** Statuses that refuse a request. */
const refusals: readonly number[] = [401, 402, 403, 404]

/**
 * The error of an undocumented response, from its HTTP status and format. Adapters first check the responses that their provider
 * documents.
 */
export function providerError(api: ProviderApi, response: ProviderResponse): PairingError {
  const { name } = api
  const { status, retryAfterMs, json } = response
  // In a browser, `fetch` returns the status 0 for a redirect.
  if (status === 0 || (status >= 300 && status < 400)) return redirectError(name, status)
  if (status === 429) {
    const message = `${name} received too many requests (HTTP 429). Wait before the next one.`
    return new PairingError('rate-limited', message, { retryAfterMs })
  }
  // No provider documents a form of 402.
  if (
    (status === 402 && json instanceof Object) ||
    (!response.ok && !isPage(response) && isPaymentRequired(words(response)))
  )
    return paymentRequiredError(name)
  if (refusals.includes(status)) {
    if (!isOwnError(api, response)) return foreignError(name, response)
    return status === 404 ? unknownSessionError(name) : refusedError(name, response)
  }
  if (status === 499 || status >= 500 || isPage(response)) return unavailableError(api, response)
  return new PairingError(
    'invalid-answer',
    `${name} answered with something it does not document (HTTP ${status}). Try again; check the base URL.`,
  )
}

/** Whether the provider itself has sent this error, and not a gateway in front of it. */
export function isOwnError(api: ProviderApi, response: ProviderResponse): boolean {
  return !isPage(response) && api.isOwnForm(response)
}

/** A page instead of JSON comes from a gateway in front of a provider that is down. */
export function isPage({ contentType, text }: ProviderResponse): boolean {
  return (
    /^(?:text\/html|application\/xhtml\+xml)$/.test(contentType) ||
    /^[\s\ufeff]*<(?:!doctype|html)/i.test(text)
  )
}

/** GREEN-API refuses a token without a body. */
export function isBare401({ status, text }: ProviderResponse): boolean {
  return status === 401 && text.trim() === ''
}

/** The provider refuses the credentials. */
export function refusedError(name: string, { status }: ProviderResponse): PairingError {
  return new PairingError(
    'unauthorized',
    `${name} refuses these credentials (HTTP ${status}). Check the id, the token and the base URL.`,
  )
}

/** The provider does not know the instance or session, or it was deleted. */
export function unknownSessionError(name: string): PairingError {
  return new PairingError(
    'session-not-found',
    `${name} does not know this instance or session. Check the id and the base URL of the adapter.`,
  )
}

/** The plan of the session has ended. */
export function paymentRequiredError(name: string): PairingError {
  return new PairingError(
    'subscription-expired',
    `${name} says that the plan of this instance or session has to be paid for. Renew it in its console.`,
  )
}

/** The provider is down or busy. */
export function unavailableError(
  { name, isSelfHosted }: ProviderApi,
  response: ProviderResponse,
): PairingError {
  const { status, ok, retryAfterMs } = response
  if (ok && isPage(response) && isSelfHosted) {
    const message = `The base URL of ${name} leads to a web page (HTTP ${status}) and not to its API. Check the base URL: its host, port and path.`
    return transientError(message, response)
  }
  const message = `${name} is not available now (HTTP ${status}). Try again.`
  return new PairingError('provider-unavailable', message, { retryAfterMs })
}

/**
 * A refusal in another format than the provider's. It is temporary, for example while a container restarts, or the base URL is
 * wrong.
 */
function foreignError(name: string, response: ProviderResponse): PairingError {
  const { status, text } = response
  const form = isPage(response)
    ? 'with a web page'
    : text.trim()
      ? 'in another form than its own'
      : 'without a body'
  const message =
    `HTTP ${status} came ${form} in place of a response of ${name}: a gateway, a firewall or another site sent it. ` +
    'Try again; where it stays, check the base URL, the id and the token.'
  return transientError(message, response)
}

/** An error that may be temporary. It has a message for the developer, because an option may be the cause. */
function transientError(message: string, { retryAfterMs }: ProviderResponse): PairingError {
  printOnce(message, message)
  return new PairingError('provider-unavailable', message, { retryAfterMs })
}

/** A redirect is not followed, because it would send the credentials to another server. */
function redirectError(name: string, status: number): PairingError {
  return new PairingError(
    'invalid-options',
    `The base URL of ${name} answers with a redirect${status ? ` (HTTP ${status})` : ''}, which is not followed, so that no other site ` +
      'gets the credentials. Use the address that it leads to: mostly https in place of http, or another host or path.',
  )
}

/** Whether the JSON has one of these fields, with a text or an object in it. */
export function hasField({ json }: ProviderResponse, ...names: readonly string[]): boolean {
  const fields = asRecord(json)
  return names.some((name) => {
    const value = fields[name]
    return asText(value) !== undefined || value instanceof Object
  })
}

/** Deeper than the text of any error. */
const MAX_DEPTH = 4

/** The texts in a response. */
function words({ json, text }: ProviderResponse): string {
  return json === undefined ? text : textsIn(json, MAX_DEPTH).join('\n')
}

function textsIn(value: unknown, depth: number): readonly string[] {
  if (typeof value === 'string') return [value]
  return depth === 0 ? [] : Object.values(asRecord(value)).flatMap((field) => textsIn(field, depth - 1))
}
