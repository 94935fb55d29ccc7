import { asHttpsUrl, asRecord, asText } from './json.js'
import { digitsIn, isPhoneNumber } from './phone-number.js'
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

/** The number, the name and the picture may come later than the link. Details of another phone are not mixed in. */
export function mergeAccounts(before: PairingAccount, after: PairingAccount = {}): PairingAccount {
  const isOther = before.phoneNumber && after.phoneNumber && before.phoneNumber !== after.phoneNumber
  return isOther ? after : { ...before, ...after }
}

function shortText(value: unknown): string | undefined {
  // By characters and not by code units: half an emoji is no text.
  return asText(
    Array.from(asText(value) ?? '')
      .slice(0, MAX_CHARACTERS)
      .join(''),
  )
}

// What stands behind the @ of a number; `lid` and `hosted.lid` are ids, and groups and channels have no phone.
const PHONE_SERVER = /^(?:c\.us|s\.whatsapp\.net|hosted)$/i

/**
 * `5511999999999` from `5511999999999.0:8@s.whatsapp.net`, where an agent and a device follow the number, from
 * `5511999999999@c.us`, or from the number as people write it. A lone `0` is how a provider writes that it has none.
 */
function phoneNumberOf(text: string | undefined): string | undefined {
  const [address = '', server] = (text ?? '').replace(/^(?:tel|whatsapp):/i, '').split('@')
  if (server !== undefined && !PHONE_SERVER.test(server.trim())) return undefined
  // In an address the number ends at the first other character; one with + may have spaces. Of a number alone, a single digit behind a
  // point is an agent too.
  const isAddress = server !== undefined || address.includes(':')
  const number = isAddress
    ? (/^\s*(?:\+[\d\s()-]*|\d*)/.exec(address)?.[0] ?? '')
    : address.replace(/[._]\d$/, '')
  const digits = digitsIn(number)
  return isPhoneNumber(digits) ? digits : undefined
}
