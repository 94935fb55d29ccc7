import { beforeAll, describe, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { formatMessage, type PluralForms } from '../../src/core/messages.js'
import { errorSentences } from '../../src/react/session-lead.js'
import { localeOf, localesByFile } from '../../stories/all-locales.js'
import { countsByCategory, markedWordsOf, placeholdersOf, type Texts, textsOf } from './texts-of.js'

/** The languages of most of WhatsApp's people. */
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

/** What is the same word in English. Texts without a letter of their own are left out anyway. */
const sameAsEnglish: Readonly<Record<string, readonly string[]>> = {
  'pt-BR': ['QR code'],
  es: ['Error'],
}

/** Written from right to left. */
const rightToLeftScripts = ['Arab', 'Hebr']

let englishTexts: Texts
beforeAll(async () => {
  englishTexts = await textsOf(localeOf('en'))
})

const translations = [...localesByFile].filter(([tag]) => tag !== 'en')

describe('languages', () => {
  it('are those that are promised', () => {
    expect([...localesByFile.keys()].toSorted()).toEqual(tags)
  })

  it('have a subpath each, so that a page loads one of them', () => {
    const subpaths = Object.keys(manifest.exports).filter((subpath) => subpath.startsWith('./locales/'))
    expect(subpaths.toSorted()).toEqual(tags.map((tag) => `./locales/${tag}`))
  })

  it.each([...localesByFile])('%s bears its own tag, written as BCP 47 wants it', (file, { tag }) => {
    expect(tag).toBe(file)
    expect(Intl.getCanonicalLocales(tag)).toEqual([tag])
  })

  it.each([...localesByFile])('%s runs in the direction of its script', (_, { tag, direction }) => {
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

  it('has each form that numbers have in this language, and no other', () => {
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

  it('calls a menu of WhatsApp by one name throughout', () => {
    const { stepsScan, stepsCode, stepAndroid, stepIphone } = locale.messages
    const menus = [...stepsScan, ...stepsCode, stepAndroid, stepIphone].flatMap(markedWordsOf)
    for (const { path, text } of each()) {
      for (const words of markedWordsOf(text)) expect([...menus, '{app}'], path).toContain(words)
    }
  })

  it('leaves nothing empty, and no space at an end', () => {
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

  it('has quotes and dots as they are printed', () => {
    for (const { path, text } of each()) expect(text, path).not.toMatch(/['"]|\.\.\./)
  })
})

describe.each(translations)('%s beside English', (tag, locale) => {
  let texts: Texts
  beforeAll(async () => {
    texts = await textsOf(locale)
  })
  /** Each form of each text beside the one of English that holds whatever the text has to say. */
  const pairs = () =>
    [...texts].flatMap(([path, forms]) => {
      const english = englishTexts.get(path)?.at(-1)?.text ?? ''
      return forms.map((form) => ({ path, english, ...form }))
    })

  it('has every text, and no other: each step, each error, each thing the phone may say', () => {
    expect([...texts.keys()].toSorted()).toEqual([...englishTexts.keys()].toSorted())
  })

  it('fills in the same things', () => {
    const counts = countsByCategory(tag)
    for (const { path, category, text, english } of pairs()) {
      const placeholders = placeholdersOf(text)
      // A form for one number alone may say that number in a word.
      if (category && counts.get(category)?.length === 1) placeholders.push('{count}')
      expect({ path, placeholders: new Set(placeholders) }).toEqual({
        path,
        placeholders: new Set(placeholdersOf(english)),
      })
    }
  })

  it('marks as many words of WhatsApp', () => {
    for (const { path, text, english } of pairs()) {
      expect({ path, marks: text.split('**').length }).toEqual({ path, marks: english.split('**').length })
    }
  })

  it('leaves nothing in English', () => {
    const left = pairs().filter(({ text, english }) => text === english && /\p{L}/u.test(withoutNames(text)))
    expect([...new Set(left.map(({ text }) => text))]).toEqual(sameAsEnglish[tag] ?? [])
  })
})

/** A text without placeholders and names of companies. */
const withoutNames = (text: string): string => text.replace(/\{\w+\}|WhatsApp/g, '')

describe('French', () => {
  it('never breaks a line between a word and the mark after it', async () => {
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
