import { describe, expect, it } from 'vitest'
import { asPasskeyCode } from '../../src/core/passkey-step.js'

describe('asPasskeyCode()', () => {
  it.each(['ABCD-EFGH', '7KQ2-M9XV', '1234', 'FA48-HS63', 'abcd-1234', 'AB12CD34'])('takes %s', (code) => {
    expect(asPasskeyCode(code)).toBe(code)
  })

  it.each([
    'pending',
    'not-found',
    'undefined',
    'Not available',
    '{"code":"1234"}',
    '<b>1234</b>',
    '12',
    'A-1',
    `1${'A'.repeat(40)}`,
    '1234\u202e',
    undefined,
    null,
    {},
  ])('takes no %j', (value) => {
    expect(asPasskeyCode(value)).toBeUndefined()
  })
})
