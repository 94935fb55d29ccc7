import { formatMessage, type PairingMessages, type PairingPasskeyTexts } from '../../core/messages.js'
import { laterEnglish } from '../../locales/later/en.js'
import type { UsePairingSessionResult } from '../session/use-pairing-session.js'

/** The texts of a ceremony; English ones where a locale of the host's own was written before they were there. */
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
 * What the user can do in a passkey ceremony: sign, use the provider's own way (`code` and `link` once that is known), wait, or
 * compare codes; `undefined` where it has to be done elsewhere.
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
