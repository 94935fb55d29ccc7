/** What may stand between the digits of a number without being a part of it. */
export const BETWEEN_DIGITS: RegExp = /[\s\p{P}\p{S}\p{Cf}]/gu

const CHAT_LINK =
  /^(?:https?:\/\/)?(?:(?:www\.)?wa\.me\/|(?:api|web)\.whatsapp\.com\/send\/?\?phone=|whatsapp:\/\/send\/?\?phone=)/i

/** A number as it was written, in Latin digits and without the link around it; that of a chat link begins with `+`. */
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
