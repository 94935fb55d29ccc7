import { latinDigits } from '../../core/phone-text.js'
import { validTag } from './guess-country.js'

/** A country to choose. */
export interface Country {
  readonly code: string
  readonly callingCode: string
  /** In the language of the component. */
  readonly name: string
  /** The words that the search compares. */
  readonly words: readonly string[]
}

/** The flag of a country as text. Systems without flags, such as Windows, show two letters. */
export function flagOf(country: string): string {
  const REGIONAL_A = 0x1f1e6
  return String.fromCodePoint(...[...country].map((letter) => REGIONAL_A + letter.charCodeAt(0) - 65))
}

/** Countries with their names in a language, in its order. English names and `UK` are found too. */
export function listCountries(
  callingCodes: ReadonlyMap<string, string>,
  languageTag: string,
): readonly Country[] {
  const nameIn = namesIn(languageTag)
  const english = namesIn('en')
  const short = namesIn('en', 'short')
  const { compare } = new Intl.Collator(validTag(languageTag))
  return [...callingCodes]
    .map(([code, callingCode]) => {
      const name = nameIn(code)
      return { code, callingCode, name, words: [...new Set([name, english(code), short(code)].map(plain))] }
    })
    .sort((a, b) => compare(a.name, b.name))
}

/** The name of a country in a language. */
export function countryName(country: string, languageTag: string): string {
  return namesIn(languageTag)(country)
}

function namesIn(languageTag: string, style: 'long' | 'short' = 'long'): (country: string) => string {
  try {
    const names = new Intl.DisplayNames(validTag(languageTag), { type: 'region', style })
    return (country) => names.of(country) ?? country
  } catch {
    // Some embedded browsers have no country names. They show the ISO codes.
    return (country) => country
  }
}

/** The countries that match a text, the best match first: by ISO code, calling code, and beginning or part of the name. */
export function findCountries(countries: readonly Country[], query: string): readonly Country[] {
  const wanted = plain(query).replace(/^(?:\+|00)/, '')
  if (!wanted) return countries
  const rank = ({ code, callingCode, words }: Country): number => {
    if (code.toLowerCase() === wanted || callingCode === wanted || words.includes(wanted)) return 0
    if (callingCode.startsWith(wanted) || words.some((word) => word.startsWith(wanted))) return 1
    if (words.some((word) => word.includes(` ${wanted}`))) return 2
    return words.some((word) => word.includes(wanted)) ? 3 : 4
  }
  return countries
    .map((country) => ({ country, rank: rank(country) }))
    .filter((found) => found.rank < 4)
    .sort((a, b) => a.rank - b.rank)
    .map(({ country }) => country)
}

/** Without accents and capitals, in Latin digits. */
function plain(text: string): string {
  return latinDigits(text).normalize('NFD').replace(/\p{M}/gu, '').trim().toLowerCase()
}
