import type { PairingError } from '../core/errors.js'
import type { PairingMessages } from '../core/messages.js'
import type { PairingSession } from '../core/pairing-session.js'

/** The sentence under the heading, where there are no steps to follow. */
export function sessionLead(
  session: PairingSession,
  messages: PairingMessages,
  isOwnPhone?: boolean,
): string {
  switch (session.status) {
    case 'linking':
      return messages.leadLinking
    case 'linked':
      return messages.leadLinked
    case 'confirming-number':
      return messages.leadNumberCheck
    case 'failed':
      return messages.errors[session.error.code].advice
    case 'awaiting-number':
    case 'requesting-code':
      return isOwnPhone ? messages.leadOwnPhone : messages.leadNumber
    default:
      return ''
  }
}

/** Why something failed, and what to do. */
export function errorText({ code }: Pick<PairingError, 'code'>, { errors }: PairingMessages): string {
  const { cause, advice } = errors[code]
  return cause ? `${cause} ${advice}` : advice
}
