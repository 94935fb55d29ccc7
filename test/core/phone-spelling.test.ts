import { describe, expect, it } from 'vitest'
import { comparePhoneNumbers } from '../../src/core/compare-phone-numbers.js'
import { otherSpelling } from '../../src/core/phone-spelling.js'

describe('otherSpelling', () => {
  it.each([
    ['5511987654321', 'BR', '551187654321', false],
    ['551187654321', 'BR', '5511987654321', true],
    ['5215512345678', 'MX', '525512345678', true],
    ['541123456789', 'AR', '5491123456789', true],
  ])('of %s, in %s, is %s', (number, country, other, isExpected) => {
    expect(otherSpelling(number)).toEqual({ country, other, isExpected })
    expect(comparePhoneNumbers(`+${number}`, other)).toBe('same')
  })

  it.each([
    ['a landline in Brazil', '551134567890'],
    ['a Mexican number as it is', '525512345678'],
    ['an Argentine mobile number as it is', '5491123456789'],
    ['another country', '4915112345678'],
    ['half a number', '55119876'],
    ['nothing', ''],
  ])('is not there for %s', (_, number) => {
    expect(otherSpelling(number)).toBeUndefined()
  })
})
