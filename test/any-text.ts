import fc, { type StringConstraints } from 'fast-check'

const SURROGATES = { from: 0xd800, count: 0x800 }

const anyCharacter = fc
  .integer({ min: 0, max: 0x10ffff - SURROGATES.count })
  .map((nth) => String.fromCodePoint(nth < SURROGATES.from ? nth : nth + SURROGATES.count))

/**
 * Text of any characters, without lone surrogates. fast-check's own unit `binary` does the same, but each
 * process first builds a table of 1.1 million characters, which takes one second.
 */
export const anyText = (constraints: Omit<StringConstraints, 'unit'> = {}): fc.Arbitrary<string> =>
  fc.string({ ...constraints, unit: anyCharacter })
