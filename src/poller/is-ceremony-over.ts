import type { UpdateError } from '../core/update.js'

/**
 * Whether the error of an update means that a passkey ceremony has ended without a link. The status stays until the next state.
 */
export function isCeremonyOver(error: UpdateError | undefined): error is UpdateError {
  return error?.code === 'passkey-refused' || error?.code === 'passkey-expired'
}
