import { PairingError, type PairingErrorCode } from '../core/errors.js'
import { HandlerError, kindOf, type Report } from './report.js'

/**
 * Decides who may link. `true` lets the request in, `false` answers 403, `throw new PairingError('sign-in-required')` 401.
 * Any other exception is a fault of the app: it answers 500 and is reported to `onError`.
 */
export type Authorize = (request: Request) => boolean | Promise<boolean>

/** What `authorize` may answer by an exception. Another code, such as one about a provider, would mislead the page. */
const refusals: readonly PairingErrorCode[] = ['sign-in-required', 'forbidden', 'invalid-options']

/**
 * Asks the host whether this request may go on.
 *
 * @throws {@link PairingError} `sign-in-required`, `forbidden`; `invalid-options` or `unknown` where `authorize` failed
 */
export async function checkAuthorized(authorize: Authorize, request: Request, report: Report): Promise<void> {
  let allowed: unknown
  try {
    allowed = await authorize(request)
  } catch (error) {
    const refusal = refusals.find((code) => PairingError.isInstance(error) && error.code === code)
    if (refusal !== 'sign-in-required' && refusal !== 'forbidden') report(error, 'authorize')
    throw new PairingError(refusal ?? 'unknown', 'The app refused the request, or could not decide about it.')
  }
  // Strictly true: an `authorize` that forgets to return must not open the door.
  if (allowed === true) return
  if (allowed !== false) {
    const message = `authorize returned ${kindOf(allowed)}, so the request was refused with HTTP 403. Return true or false.`
    report(new HandlerError('invalid-options', message), 'authorize')
  }
  throw forbidden()
}

function forbidden(): PairingError {
  return new PairingError('forbidden', 'The host does not allow this user to link a phone.')
}
