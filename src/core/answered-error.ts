import { isPairingErrorCode, PairingError } from './errors.js'
import { asAmount, asRecord } from './json.js'

/** What a response means that is not the expected one: an error of our handler, or of a server in front of it. */
export function answeredError(status: number, body: unknown, contentType?: string | null): PairingError {
  const { code, retryAfterMs } = asRecord(body)
  // Many a gateway words its 401 as `unauthorized`, which for us is the provider refusing the host's own key.
  if (status !== 401 && isPairingErrorCode(code)) {
    return new PairingError(code, `The pairing server answered "${code}". See its log.`, {
      retryAfterMs: asAmount(retryAfterMs),
    })
  }
  // Not from our handler: a gateway, a sign-in page, a wrong path.
  if (status === 401 || status === 403)
    return new PairingError('sign-in-required', 'The pairing URL wants a sign-in. Sign in again.')
  if (status === 429)
    return new PairingError('rate-limited', 'Too many requests to the pairing URL. Wait before the next one.')
  if (status >= 500)
    return new PairingError('provider-unavailable', 'The pairing URL is not available now. Try again.')
  // Of a header only its form: what stands in it comes from elsewhere.
  const type = /^[\w.+-]+\/[\w.+-]+/.exec(contentType ?? '')?.[0]
  return new PairingError(
    'invalid-answer',
    `The pairing URL answered with ${status === 200 && type ? type : `HTTP ${status}`}, and not as the server handler ` +
      'does. Check "url" of proxy(), and that createPairingHandler() is mounted there.',
  )
}
