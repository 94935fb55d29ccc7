import { beforeAll, describe, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { formatMessage, type PluralForms } from '../../src/core/messages.js'
import { errorSentences } from '../../src/react/session-lead.js'
import { localeOf, localesByFile } from '../../stories/all-locales.js'
import { countsByCategory, markedWordsOf, placeholdersOf, type Texts, textsOf } from './texts-of.js'

/** The languages that most WhatsApp users speak. */
const tags = [
  'ar',
  'de',
  'en',
  'es',
  'fr',
  'he',
  'hi',
  'id',
  'it',
  'ja',
  'ko',
  'pt-BR',
  'ru',
  'tr',
  'ur',
  'zh-CN',
]

/** Texts that are the same in English. Texts without letters are always excluded. */
const sameAsEnglish: Readonly<Record<string, readonly string[]>> = {
  'pt-BR': ['QR code'],
  es: ['Error'],
}

/** Scripts that are written from right to left. */
const rightToLeftScripts = ['Arab', 'Hebr']

let englishTexts: Texts
beforeAll(async () => {
  englishTexts = await textsOf(localeOf('en'))
})

const translations = [...localesByFile].filter(([tag]) => tag !== 'en')

describe('languages', () => {
  it('are those that the documentation lists', () => {
    expect([...localesByFile.keys()].toSorted()).toEqual(tags)
  })

  it('have one subpath each, so that a page loads only one of them', () => {
    const subpaths = Object.keys(manifest.exports).filter((subpath) => subpath.startsWith('./locales/'))
    expect(subpaths.toSorted()).toEqual(tags.map((tag) => `./locales/${tag}`))
  })

  it.each([...localesByFile])('%s has its own tag in BCP 47 format', (file, { tag }) => {
    expect(tag).toBe(file)
    expect(Intl.getCanonicalLocales(tag)).toEqual([tag])
  })

  it.each([...localesByFile])('%s has the direction of its script', (_, { tag, direction }) => {
    const { script = '' } = new Intl.Locale(tag).maximize()
    expect(direction).toBe(rightToLeftScripts.includes(script) ? 'rtl' : 'ltr')
  })
})

describe.each([...localesByFile])('%s', (tag, locale) => {
  let texts: Texts
  beforeAll(async () => {
    texts = await textsOf(locale)
  })
  const each = () => [...texts].flatMap(([path, forms]) => forms.map((form) => ({ path, ...form })))

  it('has exactly the plural forms of this language', () => {
    const needed = [...new Set([...countsByCategory(tag).keys(), 'other'])].toSorted()
    const plurals = [...texts].filter(([, [form]]) => form?.category)
    expect(plurals).not.toEqual([])
    for (const [path, forms] of plurals) {
      expect({ path, forms: forms.map(({ category }) => category).toSorted() }).toEqual({
        path,
        forms: needed,
      })
    }
  })

  it('uses one name for each menu of WhatsApp', () => {
    const { stepsScan, stepsCode, stepAndroid, stepIphone } = locale.messages
    const menus = [...stepsScan, ...stepsCode, stepAndroid, stepIphone].flatMap(markedWordsOf)
    for (const { path, text } of each()) {
      for (const words of markedWordsOf(text)) expect([...menus, '{app}'], path).toContain(words)
    }
  })

  it('ends the steps for a pairing code with the code, after all of WhatsApp’s menus', () => {
    const { stepsScan, stepsCode } = locale.messages
    expect(stepsCode).toHaveLength(stepsScan.length)
    expect(stepsCode.map((step) => /\{menu\}|\*\*/.test(step))).toEqual([true, true, true, false])
  })

  it('has no empty text, and no space at the end of a text', () => {
    for (const { path, text } of each()) {
      expect(text, path).not.toBe('')
      expect(text, path).toBe(text.trim())
    }
  })

  it('ends every sentence of an error with its own full stop', () => {
    for (const [code, error] of Object.entries(locale.messages.errors)) {
      const stops = new Set(errorSentences(error).match(/[.。۔।](?=\s|$|\p{Lo})/gu))
      expect([...stops], code).toEqual(error.advice.slice(-1).split(''))
    }
  })

  it('uses typographic quotes and ellipses', () => {
    for (const { path, text } of each()) expect(text, path).not.toMatch(/['"]|\.\.\./)
  })
})

describe.each(translations)('%s compared with English', (tag, locale) => {
  let texts: Texts
  beforeAll(async () => {
    texts = await textsOf(locale)
  })
  /** Pairs each form of each text with the English form that contains all placeholders. */
  const pairs = () =>
    [...texts].flatMap(([path, forms]) => {
      const english = englishTexts.get(path)?.at(-1)?.text ?? ''
      return forms.map((form) => ({ path, english, ...form }))
    })

  it('has the same texts as English: each step, each error, each message of the phone', () => {
    expect([...texts.keys()].toSorted()).toEqual([...englishTexts.keys()].toSorted())
  })

  it('has the same placeholders', () => {
    const counts = countsByCategory(tag)
    for (const { path, category, text, english } of pairs()) {
      const placeholders = placeholdersOf(text)
      // A form for a single number may spell that number out.
      if (category && counts.get(category)?.length === 1) placeholders.push('{count}')
      expect({ path, placeholders: new Set(placeholders) }).toEqual({
        path,
        placeholders: new Set(placeholdersOf(english)),
      })
    }
  })

  it('marks the same number of WhatsApp terms', () => {
    for (const { path, text, english } of pairs()) {
      expect({ path, marks: text.split('**').length }).toEqual({ path, marks: english.split('**').length })
    }
  })

  it('leaves no text in English', () => {
    const left = pairs().filter(({ text, english }) => text === english && /\p{L}/u.test(withoutNames(text)))
    expect([...new Set(left.map(({ text }) => text))]).toEqual(sameAsEnglish[tag] ?? [])
  })
})

/** Removes placeholders and company names from a text. */
const withoutNames = (text: string): string => text.replace(/\{\w+\}|WhatsApp/g, '')

describe('French', () => {
  it('never breaks a line before a punctuation mark', async () => {
    for (const [path, forms] of await textsOf(localeOf('fr'))) {
      for (const { text } of forms) expect(text, path).not.toMatch(/ [:;?!»]|« /)
    }
  })
})

const russian: PluralForms = {
  one: '{count} секунда',
  few: '{count} секунды',
  many: '{count} секунд',
  other: '{count} секунды',
}

describe('a text with plural forms', () => {
  it.each([
    [1, '1 секунда'],
    [2, '2 секунды'],
    [5, '5 секунд'],
    [21, '21 секунда'],
    [112, '112 секунд'],
  ])('uses the right form of its language for %d', (count, text) => {
    expect(formatMessage(russian, { count }, 'ru')).toBe(text)
  })

  it('falls back to `other`, which every language has', () => {
    expect(formatMessage({ other: '{count}秒' }, { count: 1 }, 'en')).toBe('1秒')
  })

  it('fills in placeholders like any other text', () => {
    expect(
      formatMessage({ one: '{who}: {count}', other: '{who}: {count}s' }, { count: 3, who: 'Ana' }, 'en'),
    ).toBe('Ana: 3s')
  })
})
