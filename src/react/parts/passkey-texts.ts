import { formatMessage, type PairingMessages, type PairingPasskeyTexts } from '../../core/messages.js'
import { laterEnglish } from '../../locales/later/en.js'
import type { UsePairingSessionResult } from '../session/use-pairing-session.js'

/** The texts of a ceremony. They are English if the app's own locale does not have them yet. */
export function passkeyTexts({ passkey }: PairingMessages): PairingPasskeyTexts {
  return passkey ?? laterEnglish.passkey
}

/** The sentence under the heading of a ceremony. */
export function passkeyLead(pairing: UsePairingSessionResult, messages: PairingMessages): string | undefined {
  const { session } = pairing
  if (session.status !== 'passkey-required') return undefined
  const way = passkeyWay(pairing)
  if (way) return passkeyTexts(messages).leads[way]
  const { leadPasskey, passkeyAdvice } = messages
  return formatMessage(leadPasskey, {
    advice: passkeyAdvice[session.provider ?? 'other'] ?? passkeyAdvice.other,
  })
}

/**
 * The next action in a passkey ceremony: sign, use the provider's own procedure (`code` or `link` once that is known), wait, or
 * compare codes; `undefined` if the user has to finish elsewhere.
 */
export function passkeyWay({
  session,
  signWithPasskey,
}: UsePairingSessionResult): keyof PairingPasskeyTexts['leads'] | undefined {
  const passkey = session.status === 'passkey-required' && session.passkey
  if (!passkey) return undefined
  const { step, handoff, canAnswer, canHandOff } = passkey
  if (step !== 'assert') return step
  return canAnswer && signWithPasskey ? 'sign' : (handoff?.kind ?? (canHandOff ? 'hand-off' : undefined))
}
