import { describe, expect, it } from 'vitest'
import { comparePhoneNumbers } from '../../src/core/compare-phone-numbers.js'
import { otherSpelling } from '../../src/core/phone-spelling.js'

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
  ])('of %s, in %s, is %s', (number, country, other, isExpected) => {
    expect(otherSpelling(number)).toEqual({ country, other, isExpected })
    expect(comparePhoneNumbers(`+${number}`, other)).toBe('same')
  })

  it.each([
    ['a landline in Brazil', '551134567890'],
    ['a Mexican number as it is', '525512345678'],
    ['an Argentine mobile number as it is', '5491123456789'],
    ['another country', '4915112345678'],
    ['a landline in Côte d’Ivoire', '2252720123456'],
    ['a number of Côte d’Ivoire that was given out after the change', '2250108091011'],
    ['half a number of Benin', '2299712'],
    ['half a number', '55119876'],
    ['nothing', ''],
  ])('is not there for %s', (_, number) => {
    expect(otherSpelling(number)).toBeUndefined()
  })
})
