import { PairingError } from './errors.js'
import { BETWEEN_DIGITS, bareNumber } from './phone-text.js'

/** An international phone number, digits only: country code first, no `+`, no leading zero, 7 to 15 digits. */
export type PhoneNumber = string & { readonly __phoneNumber: true }

// E.164 allows 15 digits; WhatsApp's own clients refuse fewer than 7.
const DIGITS = /^[1-9]\d{6,14}$/

/**
 * Digits of an international number from whatever was typed or pasted: `+55 11 98765-4321`, `0055…`,
 * `+44 (0)20…`, `tel:` and `https://wa.me/…` links, non-Latin digits. A national number cannot be told from an
 * international one here; only a leading zero gives it away.
 *
 * @throws {@link PairingError} `invalid-phone-number`
 */
export function normalizePhoneNumber(input: string): PhoneNumber {
  const digits = bareNumber(String(input))
    .replace(/\(0\)/g, '')
    .replace(BETWEEN_DIGITS, '')
    .replace(/^00/, '')
  if (isPhoneNumber(digits)) return digits
  throw new PairingError(
    'invalid-phone-number',
    'Not an international phone number: country code first, no leading zero, 7 to 15 digits.',
  )
}

/** True where the text already has the normal form. */
export function isPhoneNumber(value: unknown): value is PhoneNumber {
  return typeof value === 'string' && DIGITS.test(value)
}

/**
 * Mobile numbers that people, WhatsApp and its providers write with a digit more or less: Brazil, Mexico, Argentina. In
 * Brazil only the old numbers had eight digits, and those began with 6 to 9: a number that begins with 2 to 5 is a landline.
 */
const EXTRA_DIGITS = [/^(55\d{2})9([6-9]\d{7})$/, /^(52)1(\d{10})$/, /^(54)9(\d{10})$/]

/** Whether two international numbers, digits only, reach the same phone. */
export function isSamePhone(a: string, b: string): boolean {
  return withoutExtraDigit(a) === withoutExtraDigit(b)
}

function withoutExtraDigit(number: string): string {
  return EXTRA_DIGITS.reduce((digits, pattern) => digits.replace(pattern, '$1$2'), number)
}
