import {
  AsYouType,
  type CountryCode,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
} from 'libphonenumber-js/mobile'
import metadata from 'libphonenumber-js/mobile/metadata'
import { later } from '../../core/later.js'
import { bareNumber, splitPhone } from '../../core/phone-text.js'

// Of the three sets of metadata, minified and gzipped with the code that is used of the library: `min` 35.7 kB, `mobile` 40.0 kB,
// `max` 55.8 kB. Only the last two distinguish mobile numbers from others, and `max` has no other advantage here.
// This module is the only one that imports the library, and is itself loaded when the phone tab opens.

/** The result of parsing the text in the phone field. */
export interface PhoneReading {
  /** The country of the number, or the chosen one if the number does not show it. */
  readonly country: CountryCode | undefined
  /** The country that the text was parsed for. */
  readonly chosen: CountryCode | undefined
  /** The country code is written, with or without `+`. */
  readonly isInternational: boolean
  /** The number to request a code for, as far as it is typed: digits only, country code first. */
  readonly digits: string
  /** The same, formatted: `+55 11 98765 4321`. */
  readonly shown: string
  readonly result: PhoneCheckResult
}

/**
 * `no-area-code`: a number of Brazil without the two digits before it, which people there do not have to dial.
 *
 * `unlikely`: the length is possible, but it is not a known mobile number. New number ranges appear faster than library updates,
 * so this is only a warning.
 */
export type PhoneCheckResult =
  | 'likely'
  | 'unlikely'
  | 'too-short'
  | 'too-long'
  | 'no-area-code'
  | 'not-a-number'
  | 'unknown-country'

const codes = metadata.country_calling_codes

/** Calling codes by country: `BR` → `55`. */
export const CALLING_CODES: ReadonlyMap<CountryCode, string> = new Map(
  Object.entries(codes).flatMap(([code, countries]) => countries.map((country) => [country, code] as const)),
)

/** Whether a text is the ISO code of a country that has a calling code. */
export function isCountry(text: string | undefined): text is CountryCode {
  return text !== undefined && (CALLING_CODES as ReadonlyMap<string, string>).has(text)
}

/** The country whose code the number begins with. If several share the code, the given one or the largest. */
function countryOfCode(
  callingCode: string | undefined,
  given: CountryCode | undefined,
): CountryCode | undefined {
  const countries = callingCode ? codes[callingCode] : undefined
  return given && countries?.includes(given) ? given : countries?.[0]
}

const LETTER = /\p{L}/u

/**
 * A text with the spaces and brackets of its country, and with each of its digits. A text stays unchanged if it has letters, or
 * if the library would remove a digit.
 */
export function formatPhone(text: string, chosen: CountryCode | undefined): string {
  if (LETTER.test(bareNumber(text))) return text
  const { sign, digits } = splitPhone(text)
  const grouped = sign ? groupedAbroad(digits) : chosen && groupedAtHome(digits, chosen, text)
  const formatted = grouped ?? attempt(() => new AsYouType(chosen).input(`${sign && '+'}${digits}`))
  if (formatted === undefined || splitPhone(formatted).digits !== digits) return text
  return sign.startsWith('0') ? `${sign} ${formatted.slice(1)}` : formatted
}

/** Groups a national number that the library groups wrongly. */
function groupedAtHome(digits: string, chosen: CountryCode, text: string): string | undefined {
  const callingCode = CALLING_CODES.get(chosen)
  const local = localGroups(callingCode, digits)
  // A number of eight digits that begins with 9 looks like an incomplete one of nine, unless the user wrote its dash.
  if (local && /^\d{4}-\d{4}$/.test(text.trim())) return text.trim()
  if (local) return local.join(callingCode === '52' ? ' ' : '-')
  if (callingCode !== '55') return undefined
  const [, trunk = '', number = digits] = /^(0)(\d\d(?:9\d{8}|[2-8]\d{7}))$/.exec(digits) ?? []
  const old = oldBrazil(number)
  if (old) return `(${trunk}${old[0]}) ${old.slice(1).join('-')}`
  return trunk ? formatPhone(number, chosen).replace('(', `(${trunk}`) : undefined
}

/** Groups an international number that the library groups wrongly. */
function groupedAbroad(digits: string, isComplete: boolean = false): string | undefined {
  const [, callingCode, national = ''] = /^(1|5[245])(\d+)$/.exec(digits) ?? []
  const old = callingCode === '55' ? oldBrazil(national, isComplete) : undefined
  const groups = localGroups(callingCode, national) ?? old
  return groups && `+${callingCode} ${groups.join(' ')}`
}

/**
 * A mobile number of Brazil with eight digits after its area code. The library no longer knows them. During typing, one that
 * begins with 9 is taken for an incomplete one of nine digits.
 */
function oldBrazil(national: string, isComplete: boolean = false): readonly string[] | undefined {
  const groups = /^([1-9]\d)([6-9]\d{3})(\d{4})$/.exec(national)?.slice(1)
  return isComplete || !groups?.[1]?.startsWith('9') ? groups : undefined
}

/**
 * The countries where a mobile number begins with the area code of a place, which people leave out. The library has no groups for
 * such a number: it treats the first digits as the area code. Keys are calling codes.
 */
const LOCAL_NUMBERS: ReadonlyMap<string, RegExp> = new Map([
  ['1', /^([2-9]\d\d)(\d{0,4})$/],
  // If the third digit is 9, the first two are an area code, unless the number is complete without one.
  ['55', /^(?!\d\d9)([2-8]\d{1,3}|9\d{1,4})(\d{0,4})$|^(9\d{4})(\d{4})$/],
  // Area codes with two digits are those of the three largest cities.
  ['52', /^(?!33|5[56]|81)([2-9]\d{2,3})(\d{4})$/],
  // Area codes begin with 11, 2 or 3.
  ['54', /^([4-8]\d{1,3}|[23]\d{3})(\d{4})$/],
])

/** The groups of a number that has no area code, or not yet. */
function localGroups(callingCode: string | undefined, national: string): readonly string[] | undefined {
  const groups = callingCode && LOCAL_NUMBERS.get(callingCode)?.exec(national)
  return groups ? groups.slice(1).filter(Boolean) : undefined
}

/** A text after an edit, and where the caret is in it. */
export interface EditedPhone {
  readonly text: string
  readonly caret: number
}

/** Formats a text after an edit. The caret stays after the same digit. */
export function editPhone(before: string, after: EditedPhone, chosen: CountryCode | undefined): EditedPhone {
  // A deleted bracket or space must not reappear immediately. Otherwise the user could not delete the digit before it.
  if (after.text.length < before.length && significant(after.text) === significant(before)) return after
  const text = formatPhone(after.text, chosen)
  if (text === after.text) return after
  if (after.caret >= after.text.length) return { text, caret: text.length }
  const wanted = countDigits(after.text.slice(0, after.caret))
  // A plus comes before all digits, and the caret follows it.
  let caret = text.startsWith('+') ? Math.min(after.caret, 1) : 0
  while (caret < text.length && countDigits(text.slice(0, caret)) < wanted) caret++
  return { text, caret }
}

function countDigits(text: string): number {
  return significant(text).replaceAll('+', '').length
}

/** The significant characters of a text: the digits and the plus. */
function significant(text: string): string {
  return text.replace(/[^\p{Nd}+]/gu, '')
}

/** The text of a number after the user chose another country: the same number with another country code. */
export function movePhone(text: string, from: CountryCode | undefined, to: CountryCode): string {
  const reading = readPhone(text, from)
  const callingCode = reading.country && CALLING_CODES.get(reading.country)
  if (!reading.isInternational || !callingCode || !reading.digits.startsWith(callingCode))
    return formatPhone(text, to)
  return formatPhone(reading.digits.slice(callingCode.length), to)
}

/** The library throws for a few incomplete numbers, such as 08 in Cape Verde. */
function attempt<Result>(run: () => Result): Result | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}

/** Parses a text as a number of the chosen country, or of the country whose code it begins with. */
export function readPhone(typed: string, chosen: CountryCode | undefined): PhoneReading {
  const text = later.extractNumber(typed)
  const { sign, digits } = splitPhone(text)
  const nothing = { country: chosen, chosen, isInternational: false, digits: '', shown: '' }
  if (LETTER.test(bareNumber(text)) || !digits) return { ...nothing, result: 'not-a-number' }
  return attempt(() => readDigits(sign, digits, chosen)) ?? { ...nothing, result: 'too-short' }
}

function readDigits(sign: string, digits: string, chosen: CountryCode | undefined): PhoneReading {
  if (sign) return readInternational(digits, chosen)
  if (!chosen)
    return { ...readInternational(digits, chosen), isInternational: false, result: 'unknown-country' }
  return readNational(digits, chosen)
}

function readInternational(typed: string, chosen: CountryCode | undefined): PhoneReading {
  const typing = new AsYouType()
  typing.input(`+${typed}`)
  const parsed = typing.getNumber()
  const callingCode = typing.getCallingCode()
  const country = typing.getCountry() ?? countryOfCode(callingCode, chosen)
  // A number with its country code is sent as it was written, but without a trunk zero, which is never valid there.
  const withTrunkZero = parsed?.isValid() && `${parsed.countryCallingCode}0${parsed.nationalNumber}`
  const digits = parsed && typed === withTrunkZero ? parsed.number.slice(1) : typed
  return {
    country: country ?? chosen,
    chosen,
    isInternational: true,
    digits,
    shown: showPhone(digits),
    result: country ? checkResult(digits) : 'unknown-country',
  }
}

function readNational(typed: string, chosen: CountryCode): PhoneReading {
  const typing = new AsYouType(chosen)
  typing.input(typed)
  const parsed = parsePhoneNumberFromString(typed, chosen)
  const number = parsed?.isPossible() ? parsed.number : typing.getNumberValue()
  const digits = number?.slice(1) ?? ''
  const result = checkResult(digits)
  if (result !== 'likely') {
    // A country code without its plus: that of the chosen country, or any if the text is too long for the chosen one.
    const other = readInternational(typed, chosen)
    if (other.result === 'likely' && (result === 'too-long' || other.country === chosen)) return other
  }
  // The chosen country's own code for calls abroad, like 011 in North America, may lead elsewhere.
  const callingCode = CALLING_CODES.get(chosen)
  const isAbroad = callingCode !== undefined && !digits.startsWith(callingCode)
  const country = isAbroad ? typing.getCountry() : chosen
  return {
    country: country ?? chosen,
    chosen,
    isInternational: isAbroad,
    digits,
    shown: showPhone(digits),
    result,
  }
}

function checkResult(digits: string): PhoneCheckResult {
  // Numbers that begin with 300 or 400 are valid in all of Brazil, without an area code.
  const [, brazil] = /^55(?![34]00)(\d{8,9})$/.exec(digits) ?? []
  if (brazil) return localGroups('55', brazil) ? 'no-area-code' : 'too-short'
  const number = parsePhoneNumberFromString(`+${digits}`)
  const other = later.otherSpelling(digits)
  // The library knows one of the two spellings. For Argentina its result is used, because there the other spelling is a
  // landline.
  const isOtherLikely =
    other && other.country !== 'AR' && parsePhoneNumberFromString(`+${other.other}`)?.isValid()
  if (number?.isValid() || isOtherLikely) return 'likely'
  switch (validatePhoneNumberLength(`+${digits}`)) {
    case undefined:
      return 'unlikely'
    case 'TOO_LONG':
      return 'too-long'
    case 'INVALID_COUNTRY':
      return 'unknown-country'
    case 'NOT_A_NUMBER':
      return 'not-a-number'
    // The valid lengths of a country may have a gap. A number in the gap has too few digits for the next length.
    default:
      return 'too-short'
  }
}

/** An incomplete or complete number, in groups: `+55 11 98765 4321`. */
export function showPhone(digits: string): string {
  if (!digits) return ''
  const grouped = groupedAbroad(digits, true)
  if (grouped) return grouped
  const number = parsePhoneNumberFromString(`+${digits}`)
  return number?.isPossible() && number.number === `+${digits}`
    ? number.formatInternational()
    : new AsYouType().input(`+${digits}`)
}
