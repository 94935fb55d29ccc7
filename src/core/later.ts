import { decodeUpdate } from './decode-update.js'
import { isPairingErrorCode, PairingError } from './errors.js'
import { asAmount, asRecord, asText, parseJson } from './json.js'
import { laterRules } from './later-rules.js'
import { decodePasskeyReply } from './passkey.js'
import { isComparable, isPhoneNumber, normalizePhoneNumber, type PhoneNumber } from './phone-number.js'
import { otherSpelling } from './phone-spelling.js'
import { extractNumber } from './phone-text.js'
import type { PairingMethod } from './provider.js'
import { reportSteps } from './session-report.js'
import { isOnlyReadOnFocus, nextRequest } from './session-request.js'
import type { SessionFacts } from './session-state.js'

/**
 * Everything that no session needs before its first QR code. Apps load it as one chunk. Other chunks import shared modules from
 * here: a module that two chunks share would become a third chunk, and would pull its imports out of the app's own chunk. This is
 * an object, because bundlers skip a module that only re-exports.
 */
export const later: {
  readonly responseError: typeof responseError
  readonly checkExpectedNumber: typeof checkExpectedNumber
  readonly decodePasskeyReply: typeof decodePasskeyReply
  readonly decodeUpdate: typeof decodeUpdate
  readonly laterRules: typeof laterRules
  readonly normalizePhoneNumber: typeof normalizePhoneNumber
  readonly extractNumber: typeof extractNumber
  readonly otherSpelling: typeof otherSpelling
  readonly recallNumber: typeof recallNumber
  readonly reportSteps: typeof reportSteps
  readonly wantedStream: typeof wantedStream
} = {
  responseError,
  checkExpectedNumber,
  decodePasskeyReply,
  decodeUpdate,
  laterRules,
  normalizePhoneNumber,
  extractNumber,
  otherSpelling,
  recallNumber,
  reportSteps,
  wantedStream,
}

/** @throws {@link PairingError} `invalid-options` where the option `expectedPhoneNumber` is no phone number. */
function checkExpectedNumber(text: string): void {
  if (!isComparable(text))
    throw new PairingError(
      'invalid-options',
      '`expectedPhoneNumber` is no international phone number. Correct it.',
    )
}

/** The number that the page stored before a reload, if its code may still be live. */
function recallNumber(kept: string, at: number): PhoneNumber | undefined {
  const { phoneNumber, until } = asRecord(parseJson(kept))
  const number = asText(phoneNumber)
  return number && isPhoneNumber(number) && at < (asAmount(until) ?? 0) ? number : undefined
}

/** What a stream has to send; `undefined` if the screen would show none of it. */
function wantedStream(facts: SessionFacts): PairingMethod | undefined {
  if (facts.isLastRead || isOnlyReadOnFocus(facts)) return undefined
  return nextRequest(facts)?.kind === 'read' ? facts.method : undefined
}

/** Turns an unexpected response into an error: one of our handler, or of a server in front of it. */
function responseError(status: number, body: unknown, contentType?: string | null): PairingError {
  const { code, retryAfterMs } = asRecord(body)
  // Many gateways call their 401 `unauthorized`, but here that code means that the provider refused your key.
  if (status !== 401 && isPairingErrorCode(code)) {
    return new PairingError(code, `The pairing server answered "${code}". See its log.`, {
      retryAfterMs: asAmount(retryAfterMs),
    })
  }
  // The response is not from our handler: it is from a gateway, a sign-in page or a wrong path.
  if (status === 401 || status === 403)
    return new PairingError('sign-in-required', 'The pairing URL wants a sign-in. Sign in again.')
  if (status === 429)
    return new PairingError('rate-limited', 'Too many requests to the pairing URL. Wait before the next one.')
  if (status >= 500)
    return new PairingError('provider-unavailable', 'The pairing URL is not available now. Try again.')
  // The message repeats only a well-formed media type, because other parties control the header.
  const type = /^[\w.+-]+\/[\w.+-]+/.exec(contentType ?? '')?.[0]
  return new PairingError(
    'invalid-answer',
    `The pairing URL answered with ${status === 200 && type ? type : `HTTP ${status}`}, and not as the server handler ` +
      'does. Check "url" of proxy(), and that createPairingHandler() is mounted there.',
  )
}
