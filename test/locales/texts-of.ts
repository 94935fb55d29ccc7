import type { PairingLocale } from '../../src/index.js'

/**
 * Texts by path, such as `errors.network.title`. A text that contains a number has several forms. Other texts
 * have one.
 */
export type Texts = ReadonlyMap<string, readonly Form[]>

export interface Form {
  /** The plural category. Only texts with a number have it. */
  readonly category?: string
  readonly text: string
}

/** Returns every text of a language, including the troubleshooting texts. */
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

/** The numbers for which a language uses each form, for numbers up to 1,000. */
export function countsByCategory(tag: string): ReadonlyMap<string, readonly number[]> {
  const rules = new Intl.PluralRules(tag)
  const counts = new Map<string, number[]>()
  for (let count = 0; count <= 1_000; count += 1) {
    const category = rules.select(count)
    counts.set(category, [...(counts.get(category) ?? []), count])
  }
  return counts
}

/**
 * The placeholders of a text, such as `{name}`, in alphabetical order, because languages order them
 * differently.
 */
export const placeholdersOf = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).toSorted()

/** The words between `**`, without pictures and the comma after them. */
export const markedWordsOf = (text: string): string[] =>
  [...text.matchAll(/\*\*(.*?)\*\*/g)].map(([, words = '']) => words.replace(/\s*\{\w+Icon\}.*$/, ''))
