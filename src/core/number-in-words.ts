import { bareNumber } from './phone-text.js'

/** Digits, and what stands between those of one number. */
const RUN = /[+(]?\d[\d\s().\-–/]*\d/g

/** With fewer digits it is a time, an amount, or an extension. */
const MIN_DIGITS = 7

/** The number that words stand around; the whole text where they stand around several numbers, or around none. */
export function numberInWords(input: string): string {
  const text = bareNumber(input)
  if (!/\p{L}/u.test(text)) return input
  const [number, ...others] = (text.match(RUN) ?? []).filter(
    (run) => run.replace(/\D/g, '').length >= MIN_DIGITS,
  )
  return number === undefined || others.length > 0 ? input : number
}
