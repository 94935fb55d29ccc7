import type { UpdateError } from '../core/update.js'

/** Whether the error of an update says that a passkey ceremony has ended without a link. Until the next state, its status stays. */
export function isCeremonyOver(error: UpdateError | undefined): error is UpdateError {
  return error?.code === 'passkey-refused' || error?.code === 'passkey-expired'
}
