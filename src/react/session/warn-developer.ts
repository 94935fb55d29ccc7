import { PairingError } from '../../core/errors.js'
import { isComparable } from '../../core/phone-number.js'
import { isSigned } from '../../core/phone-text.js'
import { printOnce } from '../../core/print-error.js'
import type { SessionFacts } from '../../core/session-state.js'

/** One step of a session. */
interface DevelopmentStep {
  readonly sessionId: string
  readonly before: SessionFacts
  readonly after: SessionFacts
  /** Whether several components show the session. */
  readonly isShared: boolean
}

/** Prints each warning for the developer once. Call it only outside production, so that bundlers remove it there. */
export function warnDeveloper({ sessionId, before, after, isShared }: DevelopmentStep): void {
  warnOfExpectedPhone(sessionId, after)
  if (isShared && before.source && after.source && before.source.session !== after.source.session)
    printOnce(
      `mixed ${sessionId}`,
      `Two components with the sessionId "${sessionId}" belong to different sessions of the server, so they replace each ` +
        'other. Give each proxy() a sessionId of its own.',
      new PairingError('invalid-options', 'Two sessions share one sessionId.'),
    )
}

function warnOfExpectedPhone(
  sessionId: string,
  { setup: { expectedPhoneNumber: expected }, phase }: SessionFacts,
): void {
  // An invalid number fails with `invalid-options`.
  if (!expected || !isComparable(expected)) return
  if (!isSigned(expected))
    printOnce(
      `unsigned ${sessionId}`,
      '`expectedPhoneNumber` does not begin with "+". A number without its country code can only be compared by the digits it has, ' +
        'and may be mistaken for one of another country. Give it as "+", country code and number.',
    )
  if (phase.name === 'linked' && phase.isUnsure)
    printOnce(
      `probably ${sessionId}`,
      'The linked phone is probably that of `expectedPhoneNumber`, under an older or newer number, so the user was asked to confirm ' +
        'it. Correct the number that your app keeps.',
    )
}
