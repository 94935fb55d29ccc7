import { isPairingErrorCode, PairingError } from './errors.js'
import { asAmount, asRecord } from './json.js'

/** Turns an unexpected response into an error: one of our handler, or of a server in front of it. */
export function responseError(status: number, body: unknown, contentType?: string | null): PairingError {
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
