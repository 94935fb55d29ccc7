import { describe, expect, it } from 'vitest'
import { formatMessage, type PluralForms } from '../../src/core/messages.js'

const russian: PluralForms = {
  one: '{count} секунда',
  few: '{count} секунды',
  many: '{count} секунд',
  other: '{count} секунды',
}

describe('a message with forms', () => {
  it.each([
    [1, '1 секунда'],
    [2, '2 секунды'],
    [5, '5 секунд'],
    [21, '21 секунда'],
    [112, '112 секунд'],
  ])('is given in the form its language has for %d', (count, text) => {
    expect(formatMessage(russian, { count }, 'ru')).toBe(text)
  })

  it('falls back on `other`, which every language has', () => {
    expect(formatMessage({ other: '{count}秒' }, { count: 1 }, 'en')).toBe('1秒')
  })

  it('is filled in like any other', () => {
    expect(
      formatMessage({ one: '{who}: {count}', other: '{who}: {count}s' }, { count: 3, who: 'Ana' }, 'en'),
    ).toBe('Ana: 3s')
  })
})
