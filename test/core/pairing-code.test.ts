import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { normalizePairingCode, type PairingCode } from '../../src/core/pairing-code.js'
import { anyText } from '../any-text.js'
import { randomRuns } from '../long-runs.js'

const codeOf = (input: string) => {
  try {
    return normalizePairingCode(input)
  } catch (error) {
    return PairingError.isInstance(error) ? error.code : error
  }
}

const isPairingCode = (value: unknown): value is PairingCode =>
  value instanceof Object && 'formatted' in value

describe('normalizePairingCode', () => {
  it.each([
    ['GAPI2015', 'GAPI2015', 'GAPI-2015'],
    ['ABCD-1234', 'ABCD1234', 'ABCD-1234'],
    [' abcd 1234\n', 'ABCD1234', 'ABCD-1234'],
    ['A1B2C3D4E5', 'A1B2C3D4E5', 'A1B2C3D4E5'],
    ['\u2066ABCD–1234\u2069', 'ABCD1234', 'ABCD-1234'],
    ['abcd_1234', 'ABCD1234', 'ABCD-1234'],
    ['ABCD.1234', 'ABCD1234', 'ABCD-1234'],
    ['ABCDEFGH', 'ABCDEFGH', 'ABCD-EFGH'],
    ['ABCD-EFGH', 'ABCDEFGH', 'ABCD-EFGH'],
    ['12345678', '12345678', '1234-5678'],
  ])('reads %s', (input, value, formatted) => {
    expect(normalizePairingCode(input)).toEqual({ value, formatted })
  })

  it.each(['', 'ABC', '<b>ABCD1234</b>', 'ABCD1234ABCD1234X', 'ÄBCD1234'])('refuses %j', (input) => {
    expect(codeOf(input)).toBe('invalid-answer')
  })

  // The provider sends text instead of a code: program output, server messages, structures, codes of another
  // length, and codes with extra text.
  it.each([
    ...'undefined null NaN true false error success OK none N/A pending Infinity processing CONNECTING'.split(
      ' ',
    ),
    ...'function(){} {} [] "" {{code}} $code$ %code% notfound NOT_FOUND error-404 TIMEDOUT WhatsApp'.split(
      ' ',
    ),
    ...'rejected REJECTED Rejected conflict disabled STARTING Starting SHUTDOWN LOGGEDIN'.split(' '),
    ...'ERROR404 error500 ERRO-R503 HTTP4040 ABCD123 ABCD12345 ABCD1234E ABC-12345 ABC-123'.split(' '),
    ...'AB-CD-12-34 ABCD--1234 ABCD1234ABCD1234 482913 5511987654321 1234567890 A1B2C3D4E'.split(' '),
    ...['[object Object]', '[object Promise]', 'Not found', 'Error 404', 'HTTP 500', 'Too many', 'timed out'],
    ...['No number', 'Try again', 'bad code', 'A B C D 1 2 3 4', 'ABCD 1234 or EFGH 5678'],
    ...['your code: ABCD-1234', '2@abc,def', '********', '--------', '········'],
    ...['{"code":"ABCD1234"}', '["ABCD1234"]', '"ABCD1234"', "'ABCD1234'", 'code=ABCD1234', 'ABCD1234;'],
    '(ABCD1234)',
  ])('refuses %j, which is not a code', (input) => {
    expect(codeOf(input)).toBe('invalid-answer')
  })

  it.each(['green-api', 'waha', 'evolution-api', 'wasend', 'an-unknown-provider'])(
    'accepts exactly eight characters from %s',
    (provider) => {
      expect(normalizePairingCode('ABCD-1234', provider).value).toBe('ABCD1234')
      expect(() => normalizePairingCode('A1B2C3D4E5', provider)).toThrow(
        expect.objectContaining({ code: 'invalid-answer' }),
      )
    },
  )

  it('accepts the ten characters of Z-API’s documented sample from Z-API', () => {
    expect(normalizePairingCode('A1B2C3D4E5', 'z-api').value).toBe('A1B2C3D4E5')
  })

  it('throws only PairingError, and returns the same result for both spellings of a code', () => {
    fc.assert(
      fc.property(fc.oneof(anyText(), fc.stringMatching(/^[A-Z0-9 -]{0,20}$/)), (input) => {
        const once = codeOf(input)
        if (once === 'invalid-answer') return
        if (!isPairingCode(once)) throw once
        expect(normalizePairingCode(once.value)).toEqual(once)
        expect(normalizePairingCode(once.formatted)).toEqual(once)
      }),
      randomRuns(500, 5_000),
    )
  })
})
