import { PairingError, type PairingErrorCode } from '../core/errors.js'
import { asRecord, asText } from '../core/json.js'
import { isComparable } from '../core/phone-number.js'
import { HandlerError, kindOf, type Report } from './report.js'

/** Allows a request, with limits. Set at least one of the two fields. */
export interface Authorization {
  /**
   * When the permission ends, in epoch milliseconds, for example at the end of the user's session or of a pairing link. Live
   * events end at this time at the latest. A time in the past gives 401.
   */
  readonly expiresAt?: number | undefined
  /**
   * The one phone that may be linked, as an international number that begins with `+`. A number without country code is compared
   * by its digits. Pairing codes for other numbers are refused with `wrong-phone-number`. If another phone is linked, `onError`
   * gets an error, and the phone stays linked. A number that is probably the same phone, for example after a change of the
   * numbering plan, is accepted and reported to `onError`. If you need certainty, compare `account.phoneNumber` in `onLinked`.
   */
  readonly expectedPhoneNumber?: string | undefined
}

/**
 * Decides who may link. `true` or an {@link Authorization} allows the request, `false` gives 403, and `throw new
 * PairingError('sign-in-required')` gives 401. Any other exception is a bug in the app: it gives 500 and is reported to
 * `onError`.
 */
export type Authorize = (request: Request) => boolean | Authorization | Promise<boolean | Authorization>

/** A validated {@link Authorization}. */
export interface CheckedAuthorization {
  readonly expiresAt: number | undefined
  readonly expectedPhoneNumber: string | undefined
}

const unlimited: CheckedAuthorization = { expiresAt: undefined, expectedPhoneNumber: undefined }

/** This is the year 1973 in milliseconds, and the year 5138 in seconds. */
const LEAST_MILLISECONDS = 1e11

/** The codes that `authorize` may throw. Another code, such as one about a provider, would mislead the page. */
const refusals: readonly PairingErrorCode[] = ['sign-in-required', 'forbidden', 'invalid-options']

/**
 * Calls the app's `authorize`, and throws if it refuses the request.
 *
 * @throws {@link PairingError} `sign-in-required`, `forbidden`; `invalid-options` or `unknown` if `authorize` failed
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
  // Only `true`, so that an `authorize` without a `return` refuses the request.
  if (allowed === true) return unlimited
  if (allowed === false) throw forbidden()
  const { authorization, problem } = checkedAuthorization(allowed)
  if (!authorization) {
    const message = `authorize returned ${problem}, so the request was refused with HTTP 403.`
    report(new HandlerError('invalid-options', message), 'authorize')
    throw forbidden()
  }
  if (authorization.expiresAt !== undefined && authorization.expiresAt <= Date.now())
    throw new PairingError('sign-in-required', 'The permission to link a phone has expired. Sign in again.')
  return authorization
}

type Checked =
  | { readonly authorization: CheckedAuthorization; readonly problem?: undefined }
  | { readonly authorization?: undefined; readonly problem: string }

function checkedAuthorization(value: unknown): Checked {
  const fields = asRecord(value)
  // The object of a signed-in user is not an authorization.
  if (!('expiresAt' in fields || 'expectedPhoneNumber' in fields))
    return { problem: `${kindOf(value)}. Return true, false, or { expiresAt, expectedPhoneNumber }` }
  const { expiresAt, expectedPhoneNumber } = fields
  if (expiresAt !== undefined && !(typeof expiresAt === 'number' && expiresAt >= LEAST_MILLISECONDS))
    return { problem: 'an expiresAt that is no time in epoch milliseconds' }
  if (expectedPhoneNumber === undefined) return { authorization: { expiresAt, expectedPhoneNumber } }
  const number = asText(expectedPhoneNumber) ?? ''
  if (!isComparable(number))
    return { problem: 'an expectedPhoneNumber that is no international phone number' }
  return { authorization: { expiresAt, expectedPhoneNumber: number } }
}

function forbidden(): PairingError {
  return new PairingError('forbidden', 'The host does not allow this user to link a phone.')
}
