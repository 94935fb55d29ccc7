import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { isPhoneNumber, isSamePhone, normalizePhoneNumber } from '../../src/core/phone-number.js'

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
    ['a link to something else', 'https://wa.me/message/ABC123'],
  ])('refuses %s', (_, typed) => {
    expect(codeOf(typed)).toBe('invalid-phone-number')
  })

  it('throws nothing but PairingError, and gives the same for its own result, whatever is typed', () => {
    const typed = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
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
      { numRuns: 2_000 },
    )
  })
})

describe('isSamePhone', () => {
  it.each([
    ['the same digits', '4915112345678', '4915112345678'],
    ['Brazil with and without the ninth digit', '5511987654321', '551187654321'],
    ['Mexico with and without the 1', '5215512345678', '525512345678'],
    ['Argentina with and without the 9', '5491123456789', '541123456789'],
  ])('knows %s', (_, a, b) => {
    expect(isSamePhone(a, b)).toBe(true)
    expect(isSamePhone(b, a)).toBe(true)
  })

  it.each([
    ['another last digit', '5511987654321', '5511987654322'],
    ['a landline in Brazil, which no ninth digit makes a mobile phone', '5511934567890', '551134567890'],
    ['another area in Brazil', '5521987654321', '551187654321'],
    ['a 9 in the middle of some other country', '4915912345678', '491512345678'],
    ['a 1 in the middle of some other country', '5315512345678', '535512345678'],
    ['the same number without its country', '11987654321', '5511987654321'],
    ['a part of it', '5511987654321', '55119876543'],
    ['nothing', '5511987654321', ''],
  ])('tells apart %s', (_, a, b) => {
    expect(isSamePhone(a, b)).toBe(false)
    expect(isSamePhone(b, a)).toBe(false)
  })

  it('is the same for a number and itself, in both directions, and through a third', () => {
    const digit = fc.integer({ min: 0, max: 9 })
    const number = fc
      .tuple(fc.constantFrom('55', '52', '54', '49', '1'), fc.array(digit, { minLength: 8, maxLength: 12 }))
      .map(([country, rest]) => country + rest.join(''))
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(isSamePhone(a, a)).toBe(true)
        expect(isSamePhone(a, b)).toBe(isSamePhone(b, a))
        // An extra digit is one, and never two: who is the same differs in length by at most that.
        if (isSamePhone(a, b)) expect(Math.abs(a.length - b.length)).toBeLessThanOrEqual(1)
      }),
      { numRuns: 2_000 },
    )
  })

  it('takes a number with an extra digit for exactly the one without it', () => {
    const mobile = fc.integer({ min: 60_000_000, max: 99_999_999 })
    const area = fc.integer({ min: 11, max: 99 })
    fc.assert(
      fc.property(area, mobile, mobile, (code, one, other) => {
        expect(isSamePhone(`55${code}9${one}`, `55${code}${other}`)).toBe(one === other)
      }),
      { numRuns: 1_000 },
    )
  })
})
