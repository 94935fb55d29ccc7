import { compareDigits, type PhoneComparison } from './compare-digits.js'
import { digitsIn } from './phone-number.js'
import { isSigned } from './phone-text.js'

/**
 * Compares the number that the app expects with the number of a phone.
 *
 * @param expected The app's number, in any spelling. A number without `+` may lack its country code.
 * @param actual The phone's number, with its country code.
 */
export function comparePhoneNumbers(expected: string, actual: string): PhoneComparison {
  return compareDigits(digitsIn(expected), digitsIn(actual), !isSigned(expected))
}
