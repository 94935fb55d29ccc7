import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { normalizePairingCode, type PairingCode } from '../../src/core/pairing-code.js'

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
  ])('reads %s', (input, value, formatted) => {
    expect(normalizePairingCode(input)).toEqual({ value, formatted })
  })

  it.each(['', 'ABC', '<b>ABCD1234</b>', 'ABCD1234ABCD1234X', 'ÄBCD1234'])('refuses %j', (input) => {
    expect(codeOf(input)).toBe('invalid-answer')
  })

  it('throws nothing but PairingError, and gives the same for both of its own spellings', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[A-Z0-9 -]{0,20}$/)),
        (input) => {
          const once = codeOf(input)
          if (once === 'invalid-answer') return
          if (!isPairingCode(once)) throw once
          expect(normalizePairingCode(once.value)).toEqual(once)
          expect(normalizePairingCode(once.formatted)).toEqual(once)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
