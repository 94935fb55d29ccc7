import { PairingError } from '../../core/errors.js'
import { asRecord, asText } from '../../core/json.js'
import { printOnce } from '../../core/print-error.js'
import { saysMustPay } from './must-pay.js'
import type { ProviderAnswer } from './request.js'

/** What errors need to know of a provider's API. */
export interface ProviderApi {
  /** The provider as people know it. */
  readonly name: string
  /**
   * Whether the provider words an error like this. A gateway in front of it responds with a page, with text, without a body, or with
   * JSON of another form, and says nothing about credentials or sessions.
   */
  readonly isOwnForm: (answer: ProviderAnswer) => boolean
  /** People run it themselves, so they may have given the URL of something else. */
  readonly isSelfHosted?: true
}

/** Statuses that refuse a request. */
const refusals: readonly number[] = [401, 402, 403, 404]

/**
 * The error of a response that is none of the documented ones, from its HTTP status and form. Adapters match
 * what their provider documents first and leave the rest to this.
 */
export function answerError(api: ProviderApi, answer: ProviderAnswer): PairingError {
  const { name } = api
  const { status, retryAfterMs, json } = answer
  // 0 is how `fetch` shows a redirect in a browser.
  if (status === 0 || (status >= 300 && status < 400)) return redirectError(name, status)
  if (status === 429) {
    const message = `${name} received too many requests (HTTP 429). Wait before the next one.`
    return new PairingError('rate-limited', message, { retryAfterMs })
  }
  // No provider documents a form of 402.
  if (
    (status === 402 && json instanceof Object) ||
    (!answer.ok && !isPage(answer) && saysMustPay(words(answer)))
  )
    return mustPayError(name)
  if (refusals.includes(status)) {
    if (!isOwnError(api, answer)) return foreignError(name, answer)
    return status === 404 ? unknownSessionError(name) : refusedError(name, answer)
  }
  if (status === 499 || status >= 500 || isPage(answer)) return unavailableError(api, answer)
  return new PairingError(
    'invalid-answer',
    `${name} answered with something it does not document (HTTP ${status}). Try again; check the base URL.`,
  )
}

/** Whether the provider itself has sent this error, and not a gateway in front of it. */
export function isOwnError(api: ProviderApi, answer: ProviderAnswer): boolean {
  return !isPage(answer) && api.isOwnForm(answer)
}

/** A page where JSON is documented: it comes from a gateway in front of a provider that is down. */
export function isPage({ contentType, text }: ProviderAnswer): boolean {
  return (
    /^(?:text\/html|application\/xhtml\+xml)$/.test(contentType) ||
    /^[\s\ufeff]*<(?:!doctype|html)/i.test(text)
  )
}

/** GREEN-API refuses a token without a word. */
export function isBare401({ status, text }: ProviderAnswer): boolean {
  return status === 401 && text.trim() === ''
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

/** The plan behind the session is over. */
export function mustPayError(name: string): PairingError {
  return new PairingError(
    'subscription-expired',
    `${name} says that the plan of this instance or session has to be paid for. Renew it in its console.`,
  )
}

/** The provider is down, or has not finished what it is doing. */
export function unavailableError({ name, isSelfHosted }: ProviderApi, answer: ProviderAnswer): PairingError {
  const { status, ok, retryAfterMs } = answer
  if (ok && isPage(answer) && isSelfHosted) {
    const message = `The base URL of ${name} leads to a web page (HTTP ${status}) and not to its API. Check the base URL: its host, port and path.`
    return transientError(message, answer)
  }
  const message = `${name} is not available now (HTTP ${status}). Try again.`
  return new PairingError('provider-unavailable', message, { retryAfterMs })
}

/** A refusal that the provider did not word. It passes, as while a container restarts; where it does not, the address is wrong. */
function foreignError(name: string, answer: ProviderAnswer): PairingError {
  const { status, text } = answer
  const form = isPage(answer)
    ? 'with a web page'
    : text.trim()
      ? 'in another form than its own'
      : 'without a body'
  const message =
    `HTTP ${status} came ${form} in place of a response of ${name}: a gateway, a firewall or another site sent it. ` +
    'Try again; where it stays, check the base URL, the id and the token.'
  return transientError(message, answer)
}

/** An error that may pass. Where the cause is an option, it does not, so the developer sees its message. */
function transientError(message: string, { retryAfterMs }: ProviderAnswer): PairingError {
  printOnce(message, message)
  return new PairingError('provider-unavailable', message, { retryAfterMs })
}

/** A redirect is not followed, because it would carry the credentials to another place. */
function redirectError(name: string, status: number): PairingError {
  return new PairingError(
    'invalid-options',
    `The base URL of ${name} answers with a redirect${status ? ` (HTTP ${status})` : ''}, which is not followed, so that no other site ` +
      'gets the credentials. Use the address that it leads to: mostly https in place of http, or another host or path.',
  )
}

/** Whether the JSON has one of these fields, with a text or an object in it. */
export function hasField({ json }: ProviderAnswer, ...names: readonly string[]): boolean {
  const fields = asRecord(json)
  return names.some((name) => {
    const value = fields[name]
    return asText(value) !== undefined || value instanceof Object
  })
}

/** Deeper than the text of any error. */
const MAX_DEPTH = 4

/** The texts in a response. */
function words({ json, text }: ProviderAnswer): string {
  return json === undefined ? text : textsIn(json, MAX_DEPTH).join('\n')
}

function textsIn(value: unknown, depth: number): readonly string[] {
  if (typeof value === 'string') return [value]
  return depth === 0 ? [] : Object.values(asRecord(value)).flatMap((field) => textsIn(field, depth - 1))
}
