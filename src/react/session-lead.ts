import type { PairingError } from '../core/errors.js'
import type { PairingErrorText, PairingMessages } from '../core/messages.js'
import type { PairingSession } from '../core/pairing-session.js'

/** The sentence under the heading, if there are no steps. */
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
  return errorSentences({ cause, advice })
}

/** An error as sentences. Titles have no full stop, so they get the one that ends the advice in this language. */
export function errorSentences({
  title,
  cause,
  advice,
}: Omit<PairingErrorText, 'title'> & Partial<PairingErrorText>): string {
  const stop = /[.。۔]$/.exec(advice)?.[0] ?? '.'
  return [title, cause, advice]
    .flatMap((sentence) => sentence || [])
    .map((sentence) => (/\p{P}$/u.test(sentence) ? sentence : sentence + stop))
    .join(stop === '。' ? '' : ' ')
}
