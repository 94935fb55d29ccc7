import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparePhoneNumbers } from '../../src/core/compare-phone-numbers.js'
import { isComparable } from '../../src/core/phone-number.js'
import { otherSpelling } from '../../src/core/phone-spelling.js'
import { randomRuns } from '../long-runs.js'

/** Compares in both directions, because either spelling may be the expected one. */
const both = (a: string, b: string) => [comparePhoneNumbers(`+${a}`, b), comparePhoneNumbers(`+${b}`, a)]

describe('comparePhoneNumbers', () => {
  it.each([
    ['equal digits', '4915112345678', '4915112345678'],
    ['Brazil with and without the ninth digit', '5511987654321', '551187654321'],
    ['Mexico with and without the 1', '5215512345678', '525512345678'],
    ['Argentina with and without the 9', '5491123456789', '541123456789'],
    ['Argentina with the 15 of the national spelling', '54111523456789', '5491123456789'],
    ['Argentina with the 15 after a long area code', '54294415123456', '5492944123456'],
    ['Côte d’Ivoire 2021, Orange', '2250708091011', '22508091011'],
    ['Côte d’Ivoire 2021, MTN', '2250545123456', '22545123456'],
    ['Côte d’Ivoire 2021, Moov', '2250142123456', '22542123456'],
    ['Benin 2024', '2290197123456', '22997123456'],
    ['Gabon 2019, Libertis', '24166123456', '24106123456'],
    ['Gabon 2019, without the 0 from abroad', '24166123456', '2416123456'],
    ['Gabon 2019, Airtel', '24177123456', '24107123456'],
    ['Gabon 2019, with the 0 of the national spelling', '241077123456', '24107123456'],
    ['Cameroon 2014', '237677123456', '23777123456'],
    ['Mauritius 2013', '23057123456', '2307123456'],
    ['Ecuador 2012', '593987654321', '59387654321'],
    ['Egypt 2011, Vodafone', '201001234567', '20101234567'],
    ['Egypt 2011, Mobinil', '201281234567', '20181234567'],
    ['Vietnam 2018, Viettel', '84321234567', '841621234567'],
    ['Vietnam 2018, MobiFone', '84791234567', '841211234567'],
    ['Vietnam 2018, Vinaphone', '84821234567', '841291234567'],
    ['Vietnam 2018, Vietnamobile', '84581234567', '841881234567'],
    ['Vietnam 2018, Gmobile', '84591234567', '841991234567'],
    ['a national 0 after the country code', '4407911123456', '447911123456'],
    ['a national 0 after the country code of Germany', '49015112345678', '4915112345678'],
  ])('treats %s as the same phone', (_, a, b) => {
    expect(both(a, b)).toEqual(['same', 'same'])
  })

  it.each([
    // These number changes are in no table: a prefix was added to the old number.
    ['Georgia 2011', '995577123456', '99577123456'],
    ['Togo 2010', '22890123456', '2280123456'],
    ['Guinea-Bissau 2015', '245955123456', '2455123456'],
    ['Djibouti 2011, with a prefix of six digits', '25377812345', '253812345'],
    ['the Seychelles 2011', '2482512345', '248512345'],
    ['Côte d’Ivoire, with the prefix of another network', '2250108091011', '22508091011'],
    ['Egypt 2011, with another new prefix', '201211234567', '20101234567'],
    ['another area in Brazil', '5521987654321', '551187654321'],
    ['a landline in Brazil with a ninth digit', '5511934567890', '551134567890'],
    ['a different prefix of the same length', '33612345678', '33712345678'],
    ['a country code without the area code', '55987654321', '5511987654321'],
  ])('treats %s as probably the same phone', (_, a, b) => {
    expect(both(a, b)).toEqual(['probably', 'probably'])
  })

  it.each([
    ['another last digit', '5511987654321', '5511987654322'],
    ['another country with the same national number', '34612345678', '33612345678'],
    ['another country of the same length', '4915112345678', '4315112345678'],
    ['the same seven digits under another area code', '12025550143', '13035550143'],
    ['the number without its last digits', '5511987654321', '55119876543'],
    ['a national 0 before another number', '4407911123456', '447911123457'],
    ['a Vietnamese number of another network', '84701234567', '841231234568'],
    ['nothing', '5511987654321', ''],
  ])('treats %s as another phone', (_, a, b) => {
    expect(both(a, b)).toEqual(['different', 'different'])
  })

  it.each([
    ['Brazil', '11 98765-4321', '5511987654321'],
    ['Brazil without the ninth digit', '(11) 8765-4321', '5511987654321'],
    ['Brazil with area code 55, which is also its country code', '(55) 98765-4321', '5555987654321'],
    ['Brazil with a carrier prefix', '0 15 11 98765-4321', '5511987654321'],
    ['Germany', '0151 12345678', '4915112345678'],
    ['the United Kingdom', '07911 123456', '447911123456'],
    ['France', '06 12 34 56 78', '33612345678'],
    ['Argentina', '011 15 2345-6789', '5491123456789'],
    ['Mexico, from a mobile phone', '044 55 1234 5678', '5215512345678'],
    ['Mexico, from a landline', '01 55 1234 5678', '525512345678'],
    ['Hungary', '06 20 123 4567', '36201234567'],
    ['Russia', '8 (912) 345-67-89', '79123456789'],
    ['Côte d’Ivoire', '07 08 09 10 11', '22508091011'],
    ['Côte d’Ivoire before 2021', '08 09 10 11', '2250708091011'],
    ['the United States', '(202) 555-0143', '12025550143'],
    ['the Maldives, with seven digits', '771-2345', '9607712345'],
    ['Arabic digits', '٠٥٠ ١٢٣ ٤٥٦٧', '971501234567'],
  ])('treats the national spelling of %s as the same phone', (_, expected, actual) => {
    expect(comparePhoneNumbers(expected, actual)).toBe('same')
    expect(isComparable(expected)).toBe(true)
  })

  it.each([
    ['without area code', '98765-4321', '5511987654321'],
    ['without area code, in the newer spelling', '98765-4321', '551187654321'],
    ['without area code, with a 0', '0 98765-4321', '5511987654321'],
    ['with a + before the national spelling', '+11 98765-4321', '5511987654321'],
    ['with a + and the national 0', '+0151 12345678', '4915112345678'],
    ['with the national 8 after the country code', '+7 8 912 345-67-89', '79123456789'],
    ['with a trunk prefix of four digits', '01511 11 98765-4321', '5511987654321'],
  ])('treats a number %s as probably the same phone', (_, expected, actual) => {
    expect(comparePhoneNumbers(expected, actual)).toBe('probably')
  })

  it.each([
    ['another number', '11 98765-4322', '5511987654321'],
    ['seven digits of a longer number', '765-4321', '5511987654321'],
    ['a national 8 that only Russia and its neighbours use', '8 11 98765 4321', '4411987654321'],
    ['another country, without a plus', '34612345678', '33612345678'],
  ])('treats the national spelling of %s as another phone', (_, expected, actual) => {
    expect(comparePhoneNumbers(expected, actual)).toBe('different')
  })

  it('is symmetric for international numbers, and never matches phones of two countries', () => {
    const digit = fc.integer({ min: 0, max: 9 })
    const codes = ['55', '52', '54', '49', '1', '225', '229', '241', '84', '20']
    const number = fc
      .tuple(fc.constantFrom(...codes), fc.array(digit, { minLength: 8, maxLength: 12 }))
      .map(([country, rest]) => country + rest.join(''))
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(comparePhoneNumbers(`+${a}`, a)).toBe('same')
        const [one, other] = both(a, b)
        expect(one).toBe(other)
        if (one !== 'different') expect(a.at(-1)).toBe(b.at(-1))
      }),
      randomRuns(500, 5_000),
    )
  })

  it('matches a number that has an extra digit only with the number without that digit', () => {
    const mobile = fc.integer({ min: 60_000_000, max: 99_999_999 })
    const area = fc.integer({ min: 11, max: 99 })
    fc.assert(
      fc.property(area, mobile, mobile, (code, one, other) => {
        const result = comparePhoneNumbers(`+55${code}9${one}`, `55${code}${other}`)
        expect(result === 'same').toBe(one === other)
      }),
      randomRuns(300, 3_000),
    )
  })

  it('distinguishes two numbers of Côte d’Ivoire that were both issued after 2021', () => {
    const subscriber = fc.integer({ min: 10_000_000, max: 99_999_999 })
    fc.assert(
      fc.property(subscriber, (digits) => {
        expect(comparePhoneNumbers(`+22501${digits}`, `22507${digits}`)).not.toBe('same')
      }),
    )
  })
})

describe('isComparable', () => {
  it.each(['n/a', 'unknown', '12', '', '0', '+0', '1 800 FLOWERS', '+12345', '+011 98765-4321', '0123456'])(
    'refuses %j',
    (text) => {
      expect(isComparable(text)).toBe(false)
    },
  )
})

describe('otherSpelling', () => {
  it.each([
    ['5511987654321', 'BR', '551187654321', false],
    ['551187654321', 'BR', '5511987654321', true],
    ['5215512345678', 'MX', '525512345678', true],
    ['541123456789', 'AR', '5491123456789', true],
    ['22508091011', 'CI', '2250708091011', true],
    ['22545123456', 'CI', '2250545123456', true],
    ['2250142123456', 'CI', '22542123456', false],
    ['22997123456', 'BJ', '2290197123456', true],
    ['2290197123456', 'BJ', '22997123456', false],
    ['24106123456', 'GA', '24166123456', true],
    ['2417123456', 'GA', '24177123456', true],
    ['24174123456', 'GA', '2414123456', false],
  ])('returns for %s, in %s, the spelling %s', (number, country, other, isExpected) => {
    expect(otherSpelling(number)).toEqual({ country, other, isExpected })
    expect(comparePhoneNumbers(`+${number}`, other)).toBe('same')
  })

  it.each([
    ['a landline in Brazil', '551134567890'],
    ['an unchanged Mexican number', '525512345678'],
    ['an unchanged Argentine mobile number', '5491123456789'],
    ['another country', '4915112345678'],
    ['a landline in Côte d’Ivoire', '2252720123456'],
    ['a number of Côte d’Ivoire that was issued after the change', '2250108091011'],
    ['half a number of Benin', '2299712'],
    ['half a number', '55119876'],
    ['nothing', ''],
  ])('returns nothing for %s', (_, number) => {
    expect(otherSpelling(number)).toBeUndefined()
  })
})
