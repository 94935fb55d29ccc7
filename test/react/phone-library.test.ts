import fc from 'fast-check'
import { type CountryCode, getExampleNumber, type PhoneNumber } from 'libphonenumber-js/mobile'
import examples from 'libphonenumber-js/mobile/examples'
import { describe, expect, it } from 'vitest'
import { flagOf } from '../../src/react/parts/countries.js'
import { guessCountry } from '../../src/react/parts/guess-country.js'
import {
  CALLING_CODES,
  editPhone,
  formatPhone,
  movePhone,
  readPhone,
} from '../../src/react/parts/phone-library.js'
import { randomRuns } from '../long-runs.js'

const digitsOf = (text: string) => text.replaceAll('٣', '3').replace(/\D/g, '')

/** The example number of each country, and variants that users write with one digit more or less. */
const numbers = [...CALLING_CODES.keys()].flatMap((country): PhoneNumber[] => {
  const number = getExampleNumber(country, examples)
  return number ? [number] : []
})
const anyNumber = fc.constantFrom(...numbers)
const anyCountry = fc.constantFrom(...CALLING_CODES.keys())

const scripts = ['٠', '۰', '०', '০', '０']
const inScript = (text: string, zero: string) =>
  text.replace(/\d/g, (digit) => String.fromCodePoint((zero.codePointAt(0) ?? 0) + Number(digit)))

/** International spellings, which are clear without a country. */
const internationalShapes: readonly ((number: PhoneNumber) => string)[] = [
  (number) => number.number,
  (number) => number.formatInternational(),
  (number) => `  ${number.formatInternational().replaceAll(' ', '-')} `,
  (number) => number.number.replace('+', '00'),
  (number) => `00 ${number.formatInternational().slice(1).replaceAll(' ', '.')}`,
  (number) => `(${number.formatInternational().replace(' ', ') ')}`,
  (number) => `\u202a${number.formatInternational().replaceAll(' ', '\u00a0')}\u202c`,
  (number) => `tel:${number.number}`,
  (number) => `https://wa.me/${number.number.slice(1)}?text=Hi%2012`,
  (number) => `wa.me/${number.number}`,
  (number) => `https://api.whatsapp.com/send?phone=${number.number.slice(1)}&text=1`,
  (number) => `https://api.whatsapp.com/send/?phone=%2B${number.number.slice(1)}`,
  ...scripts.map((zero) => (number: PhoneNumber) => inScript(number.formatInternational(), zero)),
]

/** National spellings, which need the country. */
const nationalShapes: readonly ((number: PhoneNumber) => string)[] = [
  (number) => number.formatNational(),
  (number) => number.nationalNumber,
  (number) => digitsOf(number.formatNational()),
  (number) => ` ${number.formatNational().replace(/[ -]/g, '.')} `,
  ...scripts.map((zero) => (number: PhoneNumber) => inScript(number.formatNational(), zero)),
]

/** Types text key by key at the caret. */
function typeKeys(keys: string, chosen: CountryCode | undefined): string {
  let field = { text: '', caret: 0 }
  for (const key of keys) {
    const { text, caret } = field
    field = editPhone(
      text,
      { text: text.slice(0, caret) + key + text.slice(caret), caret: caret + 1 },
      chosen,
    )
  }
  return field.text
}

it('the library has an example number for nearly every country', () => {
  expect(numbers.length).toBeGreaterThan(235)
})

describe('a pasted number', () => {
  it('has the same result in every international spelling, for any chosen country', () => {
    fc.assert(
      fc.property(
        anyNumber,
        fc.constantFrom(...internationalShapes),
        fc.option(anyCountry, { nil: undefined }),
        (number, shape, chosen) => {
          for (const text of [shape(number), formatPhone(shape(number), chosen)]) {
            const reading = readPhone(text, chosen)
            expect([text, reading.digits, reading.result]).toEqual([text, number.number.slice(1), 'likely'])
            expect(reading.country && CALLING_CODES.get(reading.country)).toBe(number.countryCallingCode)
          }
        },
      ),
      randomRuns(300, 3_000),
    )
  })

  it('has the same result in every national spelling, in its country', () => {
    fc.assert(
      fc.property(anyNumber, fc.constantFrom(...nationalShapes), (number, shape) => {
        for (const text of [shape(number), formatPhone(shape(number), number.country)]) {
          const reading = readPhone(text, number.country)
          expect([text, reading.digits, reading.result]).toEqual([text, number.number.slice(1), 'likely'])
          expect(reading.country).toBe(number.country)
        }
      }),
      randomRuns(300, 3_000),
    )
  })

  it('may have its calling code without a plus', () => {
    for (const number of numbers) {
      const typed = number.number.slice(1)
      expect([number.country, readPhone(typed, number.country).digits]).toEqual([number.country, typed])
    }
  })
})

describe('a typed number', () => {
  it('has the right digits, in national and international form', () => {
    fc.assert(
      fc.property(anyNumber, (number) => {
        const typed = [number.formatNational(), number.nationalNumber, number.formatInternational()]
        for (const keys of typed) {
          const text = typeKeys(keys, number.country)
          expect([keys, text, readPhone(text, number.country).digits]).toEqual([
            keys,
            text,
            number.number.slice(1),
          ])
        }
      }),
      randomRuns(80, 600),
    )
  })

  it('keeps each digit, and the caret behind its digit, for any edit at any position', () => {
    const edit = fc.record({
      at: fc.nat(30),
      length: fc.nat(4),
      insert: fc.oneof(
        fc.stringMatching(/^\d$/),
        fc.constantFrom('+', '00', ' ', '(', ')', '-', '55', '0', '٣', '5511987', '', '', 'x'),
      ),
    })
    fc.assert(
      fc.property(anyCountry, fc.array(edit, { maxLength: 25 }), (chosen, edits) => {
        let text = ''
        for (const { at, length, insert } of edits) {
          const start = Math.min(at, text.length)
          const raw = text.slice(0, start) + insert + text.slice(start + length)
          const caret = start + insert.length
          const edited = editPhone(text, { text: raw, caret }, chosen)
          expect(digitsOf(edited.text)).toBe(digitsOf(raw))
          expect(digitsOf(edited.text.slice(0, edited.caret))).toBe(digitsOf(raw.slice(0, caret)))
          text = edited.text
        }
      }),
      randomRuns(250, 3_000),
    )
  })

  it('is kept if the library throws', () => {
    expect(editPhone('0', { text: '08', caret: 2 }, 'CV')).toEqual({ text: '08', caret: 2 })
    expect(readPhone('08', 'CV')).toMatchObject({ result: 'too-short', digits: '' })
    expect(formatPhone('080', 'CV')).toBe('0 80')
  })

  it('can be deleted completely with one key', () => {
    fc.assert(
      fc.property(anyNumber, fc.boolean(), (number, isNational) => {
        let text = formatPhone(isNational ? number.nationalNumber : number.number, number.country)
        for (let presses = 0; text && presses < 40; presses++) {
          const shorter = text.slice(0, -1)
          text = editPhone(text, { text: shorter, caret: shorter.length }, number.country).text
        }
        expect(text).toBe('')
      }),
    )
  })
})

describe('a number of Brazil', () => {
  it.each([
    ['+551187654321', '+55 11 8765 4321'],
    ['+55 11 8765-4321', '+55 11 8765 4321'],
    ['1187654321', '(11) 8765-4321'],
    ['011987654321', '(011) 98765-4321'],
    ['01187654321', '(011) 8765-4321'],
    ['+5511987654321', '+55 11 98765 4321'],
  ])('written as %s is shown as %s', (typed, shown) => {
    expect(formatPhone(typed, 'BR')).toBe(shown)
  })

  it.each(['987654321', '98765-4321', '87654321', '32654321', '+55 987654321', '0987654321'])(
    '%s lacks its area code',
    (typed) => {
      expect(readPhone(typed, 'BR').result).toBe('no-area-code')
    },
  )

  it.each(['21 98765-43', '61 98765-4'])('%s is too short, and has its area code', (typed) => {
    expect(readPhone(typed, 'BR').result).toBe('too-short')
  })

  it.each(['11987654321', '1187654321', '(11) 9876-5', '119'])('%s does not lack an area code', (typed) => {
    expect(readPhone(typed, 'BR').result).not.toBe('no-area-code')
  })
})

describe('a number without its area code', () => {
  it.each([
    ['BR', '987654321', '98765-4321'],
    ['BR', '989654321', '98965-4321'],
    ['BR', '98765', '98765'],
    ['BR', '87654321', '8765-4321'],
    ['BR', '32654321', '3265-4321'],
    ['BR', '+55987654321', '+55 98765 4321'],
    ['BR', '0055987654321', '00 55 98765 4321'],
    ['DE', '+55 98765-4321', '+55 98765 4321'],
    ['BR', '0987654321', '0987654321'],
    ['US', '5551234', '555-1234'],
    ['US', '55512', '555-12'],
    ['US', '+1 5551234', '+1 555 1234'],
    ['CA', '6045551', '604-5551'],
    ['MX', '23456789', '2345 6789'],
    ['MX', '2345678', '234 5678'],
    ['AR', '23456789', '2345-6789'],
    ['AR', '4567890', '456-7890'],
    ['AR', '61234567', '6123-4567'],
    ['DE', '1234567', '1234567'],
  ] as const)('in %s, %s is shown as %s', (chosen, typed, shown) => {
    expect([formatPhone(typed, chosen), typeKeys(typed, chosen)]).toEqual([shown, shown])
  })

  it('may have eight digits and begin with 9 in Brazil, if it is pasted with its dash', () => {
    expect([formatPhone('9876-5432', 'BR'), formatPhone('98765432', 'BR')]).toEqual([
      '9876-5432',
      '98765-432',
    ])
  })

  it.each([
    ['BR', '21987654321', '(21) 98765-4321', 3],
    ['BR', '1132654321', '(11) 3265-4321', 3],
    ['US', '2025551234', '(202) 555-1234', 8],
    ['MX', '5512345678', '55 1234 5678', 3],
    ['MX', '2345678901', '234 567 8901', 9],
    ['AR', '1123456789', '11 2345-6789', 3],
    ['AR', '2234567890', '223 456-7890', 9],
    ['DE', '015112345678', '01511 2345678', 6],
  ] as const)('in %s, %s with its area code is shown as %s', (chosen, typed, shown, from) => {
    expect(typeKeys(typed, chosen)).toBe(shown)
    // From this number of digits on, the area code is a group of its own.
    const area = shown.slice(0, shown.indexOf(' ') + 1)
    for (let length = from; length <= typed.length; length++)
      expect(typeKeys(typed.slice(0, length), chosen)).toContain(area)
  })

  it.each([
    // The area code is deleted.
    ['BR', '(11) 98765-4321', '() 98765-4321', 1, '|98765-4321'],
    // A digit in the middle is deleted, and typed again.
    ['BR', '98765-4321', '9865-4321', 2, '98|65-4321'],
    ['BR', '98654-321', '987654-321', 3, '987|65-4321'],
    ['US', '(202) 555-1234', '() 555-1234', 1, '|555-1234'],
    ['MX', '2345 6789', '2345 789', 5, '234 5|789'],
    ['AR', '4567-8901', '457-8901', 2, '45|7-8901'],
  ] as const)('in %s, an edit of %s to %s keeps the caret', (chosen, before, text, caret, shown) => {
    const edited = editPhone(before, { text, caret }, chosen)
    expect(`${edited.text.slice(0, edited.caret)}|${edited.text.slice(edited.caret)}`).toBe(shown)
  })
})

describe('readPhone()', () => {
  it.each([
    ['011 98765-4321', 'BR', '5511987654321', 'likely'],
    ['0 15 11 98765-4321', 'BR', '5511987654321', 'likely'],
    ['55 11 98765-4321', 'BR', '5511987654321', 'likely'],
    ['55 98765-4321', 'BR', '5555987654321', 'likely'],
    ['0055 11 98765-4321', 'BR', '5511987654321', 'likely'],
    ['+55 011 98765-4321', 'BR', '5511987654321', 'likely'],
    ['+44 (0)7400 123456', 'BR', '447400123456', 'likely'],
    ['011 55 11 98765 4321', 'US', '5511987654321', 'likely'],
    ['0011 55 11 98765 4321', 'AU', '5511987654321', 'likely'],
    ['4915112345678', 'BR', '4915112345678', 'likely'],
    ['49 151 12345678', 'DE', '4915112345678', 'likely'],
    ['011 15 2345-6789', 'AR', '5491123456789', 'likely'],
    // The spelling is kept, because only WhatsApp knows which of the two has the account.
    ['+551187654321', 'BR', '551187654321', 'likely'],
    ['11 8765-4321', 'BR', '551187654321', 'likely'],
    ['+5215512345678', 'BR', '5215512345678', 'likely'],
    ['+541123456789', 'BR', '541123456789', 'unlikely'],
    ['11 3456-7890', 'BR', '551134567890', 'unlikely'],
    ['11 9876', 'BR', '55119876', 'too-short'],
    ['11 98765-43210', 'BR', '55119876543210', 'too-long'],
    ['+999 123 456 789', 'BR', '999123456789', 'unknown-country'],
    ['11 98765-4321', undefined, '11987654321', 'unknown-country'],
    ['my phone', 'BR', '', 'not-a-number'],
    ['+1 800 FLOWERS', 'BR', '', 'not-a-number'],
    ['', 'BR', '', 'not-a-number'],
    ['+', 'BR', '', 'not-a-number'],
  ] as const)('reads %s with %s chosen as %s, %s', (text, chosen, digits, result) => {
    expect(readPhone(text, chosen)).toMatchObject({ digits, result })
  })

  it.each([
    ['+1', 'CA', 'CA'],
    ['+1', 'BR', 'US'],
    ['+7', undefined, 'RU'],
    ['+7 701', 'RU', 'KZ'],
    ['+5', 'BR', 'BR'],
  ] as const)('finds for %s with %s chosen the country %s', (text, chosen, country) => {
    expect(readPhone(text, chosen).country).toBe(country)
  })

  it('shows the number as it is sent', () => {
    expect(readPhone('011 98765-4321', 'BR').shown).toBe('+55 11 98765 4321')
    expect(readPhone('1198', 'BR').shown).toBe('+55 11 98')
    expect(readPhone('1198765432', 'BR').shown).toBe('+55 11 9876 5432')
    expect(readPhone('', 'BR').shown).toBe('')
  })
})

describe('movePhone()', () => {
  it.each([
    ['(11) 98765-4321', 'BR', 'PT', '11987654321'],
    ['+55 11 98765 4321', 'BR', 'PT', '11987654321'],
    ['912 345', 'BR', 'PT', '912345'],
    ['', 'BR', 'PT', ''],
    ['my phone', 'BR', 'PT', ''],
  ] as const)('from %s in %s to %s keeps the digits after the calling code', (text, from, to, digits) => {
    expect(digitsOf(movePhone(text, from, to))).toBe(digits)
  })
})

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
  ])('in a component in %s and a browser with %j is %s', (tag, languages, country) => {
    expect(guessCountry(tag, languages, isCountry)).toBe(country)
  })
})

it('a country has a flag made of its letters', () => {
  expect([flagOf('BR'), flagOf('ZA')]).toEqual(['🇧🇷', '🇿🇦'])
})
