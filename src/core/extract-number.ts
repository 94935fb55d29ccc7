import { bareNumber } from './phone-text.js'

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
