import fc from 'fast-check'
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/mobile'
import examples from 'libphonenumber-js/mobile/examples'
import { describe, expect, it } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { groupDigits } from '../../src/core/group-digits.js'
import { isPhoneNumber, normalizePhoneNumber } from '../../src/core/phone-number.js'
import { extractNumber } from '../../src/core/phone-text.js'
import { anyText } from '../any-text.js'
import { randomRuns } from '../long-runs.js'

const codeOf = (input: string) => {
  try {
    return normalizePhoneNumber(input)
  } catch (error) {
    return PairingError.isInstance(error) ? error.code : error
  }
}

describe('normalizePhoneNumber', () => {
  it.each([
    ['+55 11 98765-4321', '5511987654321'],
    ['0055 (11) 98765.4321', '5511987654321'],
    ['0011 55 11 98765 4321', '5511987654321'],
    ['  +44 (0)20 7946 0958 ', '442079460958'],
    ['tel:+1-202-555-0143', '12025550143'],
    ['https://wa.me/5511987654321?text=Hi%2012', '5511987654321'],
    ['https://api.whatsapp.com/send?phone=5511987654321&text=1', '5511987654321'],
    ['\u202a+972 50-123-4567\u202c', '972501234567'],
    ['+٩٧١ ٥٠ ١٢٣ ٤٥٦٧', '971501234567'],
    ['+۹۸ ۹۱۲ ۳۴۵ ۶۷۸۹', '989123456789'],
    ['+९१ ९८७६५ ४३२१०', '919876543210'],
    ['＋８１ ９０－１２３４－５６７８', '819012345678'],
  ])('reads %s', (typed, digits) => {
    expect(normalizePhoneNumber(typed)).toBe(digits)
  })

  it.each([
    ['nothing', ''],
    ['a national number', '011 98765-4321'],
    ['too few digits', '+12345'],
    ['too many digits', '+1234567890123456'],
    ['letters, which would silently change the number', '+1 800 FLOWERS'],
    ['two numbers, because choosing one would be a guess', '+55 11 98765-4321 or +55 11 91234-5678'],
    ['a link to something else', 'https://wa.me/message/ABC123'],
  ])('refuses %s', (_, typed) => {
    expect(codeOf(typed)).toBe('invalid-phone-number')
  })

  it('throws only PairingError for any input, and does not change its own result', () => {
    const typed = fc.array(
      fc.oneof(
        anyText(),
        fc.constantFrom('+', '00', '(0)', ' ', '-', '55', '119', '8765', 'tel:', 'wa.me/', '٣'),
      ),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(typed, (parts) => {
        const once = codeOf(parts.join(''))
        if (once === 'invalid-phone-number') return
        if (!isPhoneNumber(once)) throw once
        expect(normalizePhoneNumber(once)).toBe(once)
        expect(once).toMatch(/^[1-9]\d{6,14}$/)
      }),
      randomRuns(500, 5_000),
    )
  })
})

describe('numberInWords()', () => {
  it.each([
    ['my number is +55 11 98765-4321, call after 10', '5511987654321'],
    ['Ana (loja): +55 (11) 98765.4321', '5511987654321'],
    ['WhatsApp: 0055 11 98765 4321 – Ana', '5511987654321'],
    ['+1 202-555-0143 ext. 12', '12025550143'],
    ['رقمي ‎+٩٧١ ٥٠ ١٢٣ ٤٥٦٧', '971501234567'],
  ])('finds the number in %s', (typed, digits) => {
    expect(normalizePhoneNumber(extractNumber(typed))).toBe(digits)
    // The server accepts only numbers, not sentences.
    expect(() => normalizePhoneNumber(typed)).toThrow(PairingError)
  })

  it('does not change a text with two numbers, because choosing one would be a guess', () => {
    const typed = '+55 11 98765-4321 or +55 11 91234-5678'
    expect(extractNumber(typed)).toBe(typed)
  })
})

const countries = Object.keys(examples) as CountryCode[]

const numberOf = (country: CountryCode) => {
  const number = parsePhoneNumberFromString(examples[country] ?? '', country)
  if (!number) throw new Error(`There is no example number for ${country}.`)
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

  it.each(countries)('separates the calling code of %s, and keeps the order of the digits', (country) => {
    const { number, countryCallingCode } = numberOf(country)
    const grouped = groupDigits(number.slice(1))
    expect(grouped.split(' ')[0]).toBe(`+${countryCallingCode}`)
    expect(grouped.replaceAll(' ', '')).toBe(number)
    expect(grouped).not.toMatch(/ {2}| $/)
  })

  it('agrees with the library for the countries with most WhatsApp users', () => {
    const codes = 'IN BR US ID RU MX TR DE ES FR GB IT SA NG CO IL CN KR JP PK EG ZA AE MA PT PE NL CA'.split(
      ' ',
    )
    const large = countries.filter((country) => codes.includes(country))
    expect(large).toHaveLength(codes.length)
    const other = large.filter((country) => {
      const number = numberOf(country)
      return groupDigits(number.number.slice(1)) !== number.formatInternational()
    })
    expect(other).toEqual([])
  })
})
