/** Separators that may occur between the digits of a number. */
const BETWEEN_DIGITS: RegExp = /[\s\p{P}\p{S}\p{Cf}]/gu

const CHAT_LINK =
  /^(?:https?:\/\/)?(?:(?:www\.)?wa\.me\/|(?:api|web)\.whatsapp\.com\/send\/?\?phone=|whatsapp:\/\/send\/?\?phone=)/i

/** A number as it was written, in Latin digits and without a link around it. The number of a chat link gets a `+`. */
export function bareNumber(input: string): string {
  return latinDigits(input)
    .replace(/\p{Cf}/gu, '')
    .trim()
    .replace(CHAT_LINK, '+')
    .replace(/^tel:/i, '')
    .replace(/[?&#;].*$/s, '')
    .replace(/^\+%2b/i, '+')
}

/** Digits of any script, as `0` to `9`. */
export function latinDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, latinDigit)
}

/** Blocks of ten digits begin at the start of a row of sixteen, or six places later. */
function latinDigit(digit: string): string {
  const point = digit.codePointAt(0) ?? 0
  const place = point % 16
  return String(/\p{Nd}/u.test(String.fromCodePoint(point - place)) ? place : place - 6)
}

// 0011 is Australia's 00. No number in any country begins with +11, so it can be read everywhere.
const INTERNATIONAL = /^(?:\+|00(?:11)?)/

/** Splits a text into the sign of an international number (`+`, `00`), if there is one, and the digits behind it. */
export function splitPhone(text: string): { readonly sign: string; readonly digits: string } {
  const plain = bareNumber(text).replace(BETWEEN_DIGITS, (character) => (character === '+' ? '+' : ''))
  const sign = INTERNATIONAL.exec(plain)?.[0] ?? ''
  return { sign, digits: plain.slice(sign.length).replaceAll('+', '') }
}

/** Whether a text is marked as an international number: it begins with `+` or `00`, or is a link to a chat. */
export function isSigned(text: string): boolean {
  return splitPhone(text).sign !== ''
}

/** Digits with the separators that one number may contain. */
const RUN = /[+(]?\d[\d\s().\-–/]*\d/g

/** With fewer digits it is a time, an amount, or an extension. */
const MIN_DIGITS = 7

/** Finds the only number in a text with words. Returns the whole text if it has several numbers, or none. */
export function extractNumber(input: string): string {
  const text = bareNumber(input)
  if (!/\p{L}/u.test(text)) return input
  const [number, ...others] = (text.match(RUN) ?? []).filter(
    (run) => run.replace(/\D/g, '').length >= MIN_DIGITS,
  )
  return number === undefined || others.length > 0 ? input : number
}
