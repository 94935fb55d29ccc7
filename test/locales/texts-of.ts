import type { PairingLocale } from '../../src/index.js'

/** Texts by where they stand: `errors.network.title`. A text with a number in it has several forms, any other one. */
export type Texts = ReadonlyMap<string, readonly Form[]>

export interface Form {
  /** For which numbers. Only texts with a number have it. */
  readonly category?: string
  readonly text: string
}

/** Every text of a language, those about trouble included. */
export async function textsOf({ messages, troubleshooting }: PairingLocale): Promise<Texts> {
  return new Map(leaves({ ...messages, troubleshooting: await troubleshooting() }))
}

function leaves(value: unknown, path: readonly string[] = []): [string, Form[]][] {
  if (typeof value === 'string') return [[path.join('.'), [{ text: value }]]]
  if (typeof value !== 'object' || value === null) throw new Error(`${path.join('.')} is no text.`)
  const inner = Object.entries(value)
  return isPlural(value)
    ? [[path.join('.'), inner.map(([category, text]) => ({ category, text }))]]
    : inner.flatMap(([key, value]) => leaves(value, [...path, key]))
}

const categories = ['zero', 'one', 'two', 'few', 'many', 'other']

const isPlural = (value: object): value is Record<string, string> =>
  Object.keys(value).every((key) => categories.includes(key))

/** Which numbers each form of a language is for, as far as numbers go here. */
export function countsByCategory(tag: string): ReadonlyMap<string, readonly number[]> {
  const rules = new Intl.PluralRules(tag)
  const counts = new Map<string, number[]>()
  for (let count = 0; count <= 1_000; count += 1) {
    const category = rules.select(count)
    counts.set(category, [...(counts.get(category) ?? []), count])
  }
  return counts
}

/** `{name}` of a text, in the order of the alphabet: languages put them in another one. */
export const placeholdersOf = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).toSorted()

/** The words between `**`, without pictures and the comma that is kept beside them. */
export const markedWordsOf = (text: string): string[] =>
  [...text.matchAll(/\*\*(.*?)\*\*/g)].map(([, words = '']) => words.replace(/\s*\{\w+Icon\}.*$/, ''))
