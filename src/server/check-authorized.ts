import { PairingError, type PairingErrorCode } from '../core/errors.js'
import { asRecord, asText } from '../core/json.js'
import { isComparable } from '../core/phone-number.js'
import { HandlerError, kindOf, type Report } from './report.js'

/** Lets a request in, with limits. Give at least one of the two fields. */
export interface Authorization {
  /**
   * When the permission ends, in epoch milliseconds, such as the end of the user's session or of a pairing link. Live events
   * end then at the latest. A time that has passed answers 401.
   */
  readonly expiresAt?: number | undefined
  /**
   * The one phone that may be linked, as an international number that begins with `+`. One without country code is compared by
   * the digits it has. Pairing codes for other numbers are refused with `wrong-phone-number`. A link of another phone is reported to
   * `onError`; it stays linked. Where numbering plans have changed, a number that is probably the same phone counts as this one:
   * compare `account.phoneNumber` in `onLinked` where you need more.
   */
  readonly expectedPhoneNumber?: string | undefined
}

/**
 * Decides who may link. `true` or an {@link Authorization} lets the request in, `false` answers 403,
 * `throw new PairingError('sign-in-required')` 401. Any other exception is a fault of the app: it answers 500 and is reported
 * to `onError`.
 */
export type Authorize = (request: Request) => boolean | Authorization | Promise<boolean | Authorization>

/** An {@link Authorization} that was checked. */
export interface CheckedAuthorization {
  readonly expiresAt: number | undefined
  readonly expectedPhoneNumber: string | undefined
}

const unlimited: CheckedAuthorization = { expiresAt: undefined, expectedPhoneNumber: undefined }

/** The year 1973 in milliseconds, and 5138 in seconds. */
const LEAST_MILLISECONDS = 1e11

/** What `authorize` may answer by an exception. Another code, such as one about a provider, would mislead the page. */
const refusals: readonly PairingErrorCode[] = ['sign-in-required', 'forbidden', 'invalid-options']

/**
 * Calls the app's `authorize`: whether this request may go on.
 *
 * @throws {@link PairingError} `sign-in-required`, `forbidden`; `invalid-options` or `unknown` where `authorize` failed
 */
export async function checkAuthorized(
  authorize: Authorize,
  request: Request,
  report: Report,
): Promise<CheckedAuthorization> {
  let allowed: unknown
  try {
    allowed = await authorize(request)
  } catch (error) {
    const refusal = refusals.find((code) => PairingError.isInstance(error) && error.code === code)
    if (refusal !== 'sign-in-required' && refusal !== 'forbidden') report(error, 'authorize')
    throw new PairingError(refusal ?? 'unknown', 'The app refused the request, or could not decide about it.')
  }
  // Strictly true: an `authorize` that forgets to return must not open the door.
  if (allowed === true) return unlimited
  if (allowed === false) throw forbidden()
  const { authorization, mistake } = checkedAuthorization(allowed)
  if (!authorization) {
    const message = `authorize returned ${mistake}, so the request was refused with HTTP 403.`
    report(new HandlerError('invalid-options', message), 'authorize')
    throw forbidden()
  }
  if (authorization.expiresAt !== undefined && authorization.expiresAt <= Date.now())
    throw new PairingError('sign-in-required', 'The permission to link a phone has expired. Sign in again.')
  return authorization
}

type Checked =
  | { readonly authorization: CheckedAuthorization; readonly mistake?: undefined }
  | { readonly authorization?: undefined; readonly mistake: string }

function checkedAuthorization(value: unknown): Checked {
  const fields = asRecord(value)
  // The user of a session is an object too, and as a result it does not authorize.
  if (!('expiresAt' in fields || 'expectedPhoneNumber' in fields))
    return { mistake: `${kindOf(value)}. Return true, false, or { expiresAt, expectedPhoneNumber }` }
  const { expiresAt, expectedPhoneNumber } = fields
  if (expiresAt !== undefined && !(typeof expiresAt === 'number' && expiresAt >= LEAST_MILLISECONDS))
    return { mistake: 'an expiresAt that is no time in epoch milliseconds' }
  if (expectedPhoneNumber === undefined) return { authorization: { expiresAt, expectedPhoneNumber } }
  const number = asText(expectedPhoneNumber) ?? ''
  if (!isComparable(number))
    return { mistake: 'an expectedPhoneNumber that is no international phone number' }
  return { authorization: { expiresAt, expectedPhoneNumber: number } }
}

function forbidden(): PairingError {
  return new PairingError('forbidden', 'The host does not allow this user to link a phone.')
}
