import { asHttpsUrl, asRecord, asText } from './json.js'
import { digitsIn, isPhoneNumber } from './phone-number.js'
import type { PairingAccount } from './provider.js'

/** WhatsApp's names have up to 25 characters, ids about 40. Much longer values are cut. */
const MAX_CHARACTERS = 100

/** Reads an account from untrusted fields. Fields that are not usable are left out. */
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

/** Adds details that arrive after the link, such as the name or the picture. Details of another phone are not mixed in. */
export function mergeAccounts(before: PairingAccount, after: PairingAccount = {}): PairingAccount {
  const isOther = before.phoneNumber && after.phoneNumber && before.phoneNumber !== after.phoneNumber
  return isOther ? after : { ...before, ...after }
}

function shortText(value: unknown): string | undefined {
  // Cut by characters and not by code units, so that no emoji is split.
  return asText(
    Array.from(asText(value) ?? '')
      .slice(0, MAX_CHARACTERS)
      .join(''),
  )
}

// The part after the @ of a phone number. `lid` and `hosted.lid` are ids, and groups and channels have no phone.
const PHONE_SERVER = /^(?:c\.us|s\.whatsapp\.net|hosted)$/i

/**
 * `5511999999999` from `5511999999999.0:8@s.whatsapp.net`, where an agent and a device follow the number, from
 * `5511999999999@c.us`, or from the number as people write it. A provider sends `0` if it has no number.
 */
function phoneNumberOf(text: string | undefined): string | undefined {
  const [address = '', server] = (text ?? '').replace(/^(?:tel|whatsapp):/i, '').split('@')
  if (server !== undefined && !PHONE_SERVER.test(server.trim())) return undefined
  // In an address, the number ends at the first other character. A number with + may contain spaces. In a number without an
  // address, a single digit after a point is an agent too.
  const isAddress = server !== undefined || address.includes(':')
  const number = isAddress
    ? (/^\s*(?:\+[\d\s()-]*|\d*)/.exec(address)?.[0] ?? '')
    : address.replace(/[._]\d$/, '')
  const digits = digitsIn(number)
  return isPhoneNumber(digits) ? digits : undefined
}
