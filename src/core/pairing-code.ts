import { PairingError } from './errors.js'

/** A pairing code, to copy and to display. */
export interface PairingCode {
  /** Upper-case letters and digits only: the text to copy. */
  readonly value: string
  /** `ABCD-1234` where the code has eight characters, as WhatsApp shows it; otherwise the same as `value`. */
  readonly formatted: string
}

/** Two halves, with at most one separator between them. */
const EIGHT = /^([A-Z\d]{4})([\s\p{Pd}._·]?)([A-Z\d]{4})$/iu

/** The only documented example with another length has ten characters. */
const TEN = /^(?=.*\d)(?=.*[A-Z])[A-Z\d]{10}$/i

/** Words of eight characters that servers use for states and errors. A real code equals one of them once in 10⁸ times. */
const WORDS =
  /^(?:accepted|answered|approved|canceled|complete|conflict|creating|declined|detached|disabled|error\d{3}|expected|finished|http[1-5]\d\d\d|inactive|internal|loggedin|notfound|notready|overload|passkeys|received|rejected|required|scanning|shutdown|starting|stopping|timedout|unlinked|unpaired|updating|verified|whatsapp)$/i

/**
 * A pairing code from any spelling a provider uses: `ABCD1234`, `ABCD-1234`, `abcd 1234`. WhatsApp's codes have eight characters.
 * What is not a code, such as `undefined`, `Not found` or JSON, is refused.
 *
 * @param provider - `id` of the provider. Without it, ten characters are accepted too, which Z-API documents.
 * @throws {@link PairingError} `invalid-answer`
 */
export function normalizePairingCode(input: string, provider: string = 'z-api'): PairingCode {
  const text = typeof input === 'string' ? input.replace(/\p{Cf}/gu, '').trim() : ''
  const [, first = '', separator = '', second = ''] = EIGHT.exec(text) ?? []
  if (first && isCode(first + second, separator)) return formatPairingCode((first + second).toUpperCase())
  if (provider === 'z-api' && TEN.test(text)) return formatPairingCode(text.toUpperCase())
  throw new PairingError('invalid-answer', 'The provider sent something that is not a pairing code.')
}

/**
 * Checks the code in an update, which the server has normalized. This check is small because it is loaded before the first code.
 */
export function isNormalized(value: string, provider: string): boolean {
  return /^[A-Z\d]{8}$/.test(value) || (provider === 'z-api' && /^[A-Z\d]{10}$/.test(value))
}

/** Both forms of a code that is normalized. */
export function formatPairingCode(value: string): PairingCode {
  return { value, formatted: value.length === 8 ? `${value.slice(0, 4)}-${value.slice(4)}` : value }
}

/** Letters without a digit are probably words, unless they are written in WhatsApp's form of a code. */
function isCode(text: string, separator: string): boolean {
  if (WORDS.test(text)) return false
  return /\d/.test(text) || (text === text.toUpperCase() && separator.trim() === separator)
}
