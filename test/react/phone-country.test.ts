import { describe, expect, it } from 'vitest'
import { flagOf } from '../../src/react/parts/countries.js'
import { guessCountry } from '../../src/react/parts/guess-country.js'

const isCountry = (region: string) => /^[A-Z]{2}$/.test(region)

describe('the country before the user chose one', () => {
  it.each([
    ['en', ['pt-BR', 'en-US'], 'BR'],
    ['en', ['en-GB', 'en'], 'GB'],
    ['en', ['en', 'hi'], 'IN'],
    ['pt-BR', ['en-US'], 'BR'],
    ['pt-BR', ['pt-PT', 'en'], 'PT'],
    ['ar', ['en-US', 'ar-SA'], 'SA'],
    ['ar', ['ar'], 'EG'],
    ['ja', [], 'JP'],
    ['es', ['es-419', 'es-MX'], 'MX'],
    ['en', ['C', 'en-US@posix', 'tr'], 'TR'],
    ['en', ['en'], undefined],
    ['not a tag', [], undefined],
  ])('of a component in %s and a browser with %j is %s', (tag, languages, country) => {
    expect(guessCountry(tag, languages, isCountry)).toBe(country)
  })
})

it('a country has a flag made of its letters', () => {
  expect([flagOf('BR'), flagOf('ZA')]).toEqual(['🇧🇷', '🇿🇦'])
})
