import { PairingError } from '../core/errors.js'

/** Decides who may link: `true` for yes, `false` for 403, a thrown error for 401, or 403 where it is a `forbidden`. */
export type Authorize = (request: Request) => boolean | Promise<boolean>

/**
 * Asks the host whether this request may go on. What the host threw stays here.
 *
 * @throws {@link PairingError} `sign-in-required`, `forbidden`
 */
export async function checkAuthorized(authorize: Authorize, request: Request): Promise<void> {
  let allowed: boolean
  try {
    allowed = await authorize(request)
  } catch (error) {
    if (PairingError.isInstance(error) && error.code === 'forbidden') throw forbidden()
    throw new PairingError('sign-in-required', 'The host does not know who is asking. Sign in again.')
  }
  // Strictly true: an `authorize` that forgets to return must not open the door.
  if (allowed !== true) throw forbidden()
}

function forbidden(): PairingError {
  return new PairingError('forbidden', 'The host does not allow this user to link a phone.')
}
