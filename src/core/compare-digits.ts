// No imports: a page loads this module when a phone is linked, and bundlers would split what it shares with the rest.

/**
 * Whether two numbers belong to one phone. `probably`: a changed numbering plan or a missing area code may explain the
 * difference, so the phone's owner has to confirm it. `different`: they belong to two phones.
 */
export type PhoneComparison = 'same' | 'probably' | 'different'

/** The prefixes that replaced Vietnam's 120 to 129. */
const VIETNAM_12 = ['70', '79', '77', '83', '84', '85', '76', '81', '78', '82']

/**
 * Mobile numbers with two spellings, because the country's numbering plan has changed. Each pattern turns one spelling into the
 * other, so that both become equal. WhatsApp keeps an account under its original number.
 */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  // Brazil, 2016: a ninth digit. The old numbers began with 6 to 9; a number that begins with 2 to 5 is a landline.
  [/^(55\d{2})9([6-9]\d{7})$/, '$1$2'],
  // Mexico, 2019: without the 1 of mobile phones.
  [/^(52)1(\d{10})$/, '$1$2'],
  // Argentina: a 9 when dialled from abroad, a 15 behind the area code at home.
  [/^(54)9(\d{10})$/, '$1$2'],
  [/^(54(?=\d{12}$)\d{2,4}?)15(\d{6,8})$/, '$1$2'],
  // Côte d'Ivoire, 2021: the second digit of the old number stands for the network, and so for the new prefix.
  [/^(225)0(?:1(?=\d[0-3])|5(?=\d[4-6])|7(?=\d[7-9]))(\d{8})$/, '$1$2'],
  // Benin, 2024.
  [/^(229)01(\d{8})$/, '$1$2'],
  // Gabon, 2019: 6 or 7 instead of the 0, which was also omitted from abroad.
  [/^(241)(?:0|6(?=[256])|7(?=[47]))([2-7]\d{6})$/, '$1$2'],
  // Cameroon, 2014.
  [/^(237)6([5-9]\d{7})$/, '$1$2'],
  // Mauritius, 2013.
  [/^(230)5(\d{7})$/, '$1$2'],
  // Ecuador, 2012.
  [/^(593)9([89]\d{7})$/, '$1$2'],
  // Egypt, 2011.
  [/^(201)(?:0(?=[069])|1(?=[14])|2(?=[278]))(\d{8})$/, '$1$2'],
  // Vietnam, 2018: eleven digits became ten.
  [/^(84)16([2-9]\d{7})$/, '$13$2'],
  [/^(84)1(?:8(?=[68])|9(?=9))(\d{8})$/, '$15$2'],
  ...VIETNAM_12.map((prefix, digit) => [new RegExp(`^(84)12${digit}(\\d{7})$`), `$1${prefix}$2`] as const),
]

/** Two numbers with fewer equal digits at the end are unrelated. */
const LEAST_IN_COMMON = 7

/** Numbers of this length and more have area codes, under which the same seven digits belong to many phones. */
const LONG_NATIONAL = 10

/**
 * How many digits of trunk prefix a number may have when dialled within its country. Russia and its neighbours use 8, other
 * countries a 0 and up to two more digits.
 */
const TRUNK_DIGITS = [0, 1, 2, 3]
const TRUNK_8 = /^(?:7|37|99)/

/** Compares two numbers that consist of digits only. `isAtHome`: the expected one may be written without its country code. */
export function compareDigits(wanted: string, linked: string, isAtHome: boolean): PhoneComparison {
  const spellings = spellingsOf(linked)
  const isKnown = (digits: string): boolean =>
    spellingsOf(digits).some((spelling) => spellings.includes(spelling))
  const code = callingCodeOf(linked)
  const isNational = (trunk: number): boolean => {
    const isTrunk = wanted[0] === '0' || (trunk === 1 && wanted[0] === '8' && TRUNK_8.test(linked))
    return (trunk === 0 || isTrunk) && isKnown(code + wanted.slice(trunk))
  }
  if (isKnown(wanted) || (isAtHome && TRUNK_DIGITS.some(isNational))) return 'same'
  if (callingCodeOf(wanted) === code)
    return isRelated(wanted.slice(code.length), linked.slice(code.length)) ? 'probably' : 'different'
  const local = wanted.replace(/^0+/, '')
  const isPart = local.length > LEAST_IN_COMMON && linked.endsWith(local)
  // Only the last digits can be compared if the area code is missing or the trunk prefix is unknown.
  const isShort = wanted[0] === '0' || wanted.length < LONG_NATIONAL
  const isLocal = isAtHome && isShort && local.length > LEAST_IN_COMMON && tail(local, 8) === tail(linked, 8)
  return isPart || isLocal ? 'probably' : 'different'
}

/** Whether a changed numbering plan may have turned one national number into the other. */
function isRelated(a: string, b: string): boolean {
  const isLong = a.length === b.length && a.length >= LONG_NATIONAL
  const count = isLong ? LEAST_IN_COMMON + 1 : LEAST_IN_COMMON
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  // Some countries put digits in front of numbers with only six digits.
  return tail(a, count) === tail(b, count) || (short.length === 6 && long.endsWith(short))
}

const CALLING_CODE = /^(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})/

const callingCodeOf = (digits: string): string => CALLING_CODE.exec(digits)?.[0] ?? ''

const tail = (digits: string, count: number): string => digits.slice(-count)

/** The common spelling of a number, with and without a trunk 0 that may wrongly follow the country code. */
function spellingsOf(digits: string): readonly string[] {
  const code = callingCodeOf(digits)
  return [digits, code + digits.slice(code.length).replace(/^0/, '')].map(oneSpelling)
}

function oneSpelling(digits: string): string {
  for (const [pattern, replacement] of SPELLINGS) {
    const changed = digits.replace(pattern, replacement)
    if (changed !== digits) return changed
  }
  return digits
}
