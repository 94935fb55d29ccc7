import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/mobile'
import examples from 'libphonenumber-js/mobile/examples'
import { describe, expect, it } from 'vitest'
import { groupDigits } from '../../src/core/group-digits.js'

const countries = Object.keys(examples) as CountryCode[]

const numberOf = (country: CountryCode) => {
  const number = parsePhoneNumberFromString(examples[country] ?? '', country)
  if (!number) throw new Error(`${country} has no example.`)
  return number
}

describe('groupDigits', () => {
  it.each([
    ['5511987654321', '+55 11 98765 4321'],
    ['551187654321', '+55 11 8765 4321'],
    ['12015550123', '+1 201 555 0123'],
    ['33612345678', '+33 6 12 34 56 78'],
    ['4915112345678', '+49 1511 2345678'],
    ['447400123456', '+44 7400 123456'],
    ['79123456789', '+7 912 345 67 89'],
    ['919876543210', '+91 98765 43210'],
    ['819012345678', '+81 90 1234 5678'],
    ['2348031234567', '+234 803 123 4567'],
    ['5491123456789', '+54 9 11 2345 6789'],
    ['15', '+1 5'],
    ['', '+'],
  ])('writes %s as %s', (digits, grouped) => {
    expect(groupDigits(digits)).toBe(grouped)
  })

  it.each(countries)('of %s has the calling code apart, and each digit in its place', (country) => {
    const { number, countryCallingCode } = numberOf(country)
    const grouped = groupDigits(number.slice(1))
    expect(grouped.split(' ')[0]).toBe(`+${countryCallingCode}`)
    expect(grouped.replaceAll(' ', '')).toBe(number)
    expect(grouped).not.toMatch(/ {2}| $/)
  })

  it('agrees with the library about most countries of WhatsApp’s people', () => {
    const large: CountryCode[] = [
      'IN',
      'BR',
      'US',
      'ID',
      'RU',
      'MX',
      'TR',
      'DE',
      'ES',
      'FR',
      'GB',
      'IT',
      'SA',
      'NG',
      'CO',
      'IL',
      'CN',
      'KR',
      'JP',
      'PK',
      'EG',
      'ZA',
      'AE',
      'MA',
      'PT',
      'PE',
      'NL',
      'CA',
    ]
    const other = large.filter((country) => {
      const number = numberOf(country)
      return groupDigits(number.number.slice(1)) !== number.formatInternational()
    })
    expect(other).toEqual([])
  })
})
