import { PairingError } from './errors.js'
import { bareNumber, isSigned, splitPhone } from './phone-text.js'

/** An international phone number, digits only: country code first, no `+`, no leading zero, 7 to 15 digits. */
export type PhoneNumber = string & { readonly __phoneNumber: true }

// E.164 allows 15 digits; WhatsApp's own clients refuse fewer than 7.
const DIGITS = /^[1-9]\d{6,14}$/

/**
 * The digits of an international number, from typed or pasted text: `+55 11 98765-4321`, `0055…`, `+44 (0)20…`, `tel:` and
 * `https://wa.me/…` links, non-Latin digits. A national number looks like an international one here, unless it begins with a
 * zero.
 *
 * @throws {@link PairingError} `invalid-phone-number`
 */
export function normalizePhoneNumber(input: string): PhoneNumber {
  const digits = digitsIn(String(input))
  if (isPhoneNumber(digits)) return digits
  throw new PairingError(
    'invalid-phone-number',
    'Not an international phone number: country code first, no leading zero, 7 to 15 digits.',
  )
}

/** The digits of a number as it was written, without `+` or `00`. Letters are kept. */
export function digitsIn(text: string): string {
  return splitPhone(bareNumber(text).replace(/\(0\)/g, '')).digits
}

/** Whether the text already has the normal form. */
export function isPhoneNumber(value: unknown): value is PhoneNumber {
  return typeof value === 'string' && DIGITS.test(value)
}

/** Whether a text can be compared: an international number, or a national one without `+`. */
export function isComparable(expected: string): boolean {
  const digits = digitsIn(expected)
  return isPhoneNumber(digits) || (!isSigned(expected) && /^0\d{7,14}$/.test(digits))
}
