import { asHttpsUrl, asRecord, asText } from './json.js'
import { isPhoneNumber } from './phone-number.js'
import type { PairingAccount } from './provider.js'

/** WhatsApp's names have up to 25 characters, ids about 40; what is much longer is cut. */
const MAX_CHARACTERS = 100

/** The account in fields of unknown origin: what is not usable is left out. */
export function normalizeAccount(input: unknown): PairingAccount {
  const fields = asRecord(input)
  const phoneNumber = phoneNumberOf(asText(fields.phoneNumber))
  const name = shortText(fields.name)
  const avatarUrl = asHttpsUrl(fields.avatarUrl)
  const id = shortText(fields.id)
  return {
    ...(phoneNumber && { phoneNumber }),
    ...(name && { name }),
    ...(avatarUrl && { avatarUrl }),
    ...(id && { id }),
  }
}

function shortText(value: unknown): string | undefined {
  // By characters and not by code units: half an emoji is no text.
  return asText(
    Array.from(asText(value) ?? '')
      .slice(0, MAX_CHARACTERS)
      .join(''),
  )
}

/**
 * `5511999999999` from `5511999999999:8@s.whatsapp.net`, `5511999999999@c.us` or the number itself. The digits before
 * `@lid` are an id, and a lone `0` is how a provider writes that it has none.
 */
function phoneNumberOf(address: string | undefined): string | undefined {
  if (!address || /@(?!c\.us|s\.whatsapp\.net)/i.test(address)) return undefined
  const digits = address.replace(/[:@].*$/, '').replace(/\D/g, '')
  return isPhoneNumber(digits) ? digits : undefined
}
