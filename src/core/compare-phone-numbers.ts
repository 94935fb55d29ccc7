import { compareDigits, type PhoneComparison } from './compare-digits.js'
import { digitsIn } from './phone-number.js'
import { isSigned } from './phone-text.js'

/**
 * Compares the number that the app expects with the number of a phone.
 *
 * @param expected As the developer has it, in any spelling. A number without `+` may be written as at home, without its country code.
 * @param actual International.
 */
export function comparePhoneNumbers(expected: string, actual: string): PhoneComparison {
  return compareDigits(digitsIn(expected), digitsIn(actual), !isSigned(expected))
}
