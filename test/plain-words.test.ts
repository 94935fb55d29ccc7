import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { parseSync } from 'vite'
import { expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')

/** The terms to use instead. Do not swap words: write a sentence with a subject that acts. */
const replacements = [
  ['whoever', /\bwhoever\b/gi, 'the user, the developer, your app, the phone’s owner'],
  ['nobody', /\b(?:nobody|somebody|someone|no one)\b/gi, 'name who or what it is: no caller, another page'],
  ['anybody', /\b(?:anybody|anyone|everybody|everyone)\b/gi, 'an attacker, all users, any client'],
  ['question', /\bquestions?\b/gi, 'request, read, confirmation'],
  ['tell', /\b(?:tells?|telling|told)\b/gi, 'notify, report, show, distinguish'],
  ['ask', /\b(?:asks?|asked|asking)\b/gi, 'request, poll, read'],
  ['hear', /\b(?:hears?|heard|hearing)\b/gi, 'receive, get'],
  ['learn', /\b(?:learns?|learnt|learned|learning)\b/gi, 'update, get, read'],
  ['knowledge', /\bknowledge\b/gi, 'cached state'],
  ['weather', /\bweather\b/gi, 'transient errors'],
  ['doubt', /\b(?:doubts?|doubted|doubtful)\b/gi, 'suspected, unconfirmed'],
  ['world', /\bworlds?\b/gi, 'mock server, test setup'],
  ['wire', /\bwires?\b/gi, 'mock server, protocol'],
  ['run out', /\b(?:ran|runs?|running) out\b/gi, 'expire'],
  ['dead', /\bdead\b/gi, 'expired, lost, invalid'],
  ['gone', /\bgone\b/gi, 'expired, removed, closed, ended'],
  ['patience', /\b(?:patience|patient)\b/gi, 'retries, backoff, time limit'],
  ['unknown origin', /\bunknown origin\b/gi, 'untrusted'],
  ['the like', /\b(?:and|or) the like\b/gi, 'and others, such as'],
  ['at the most', /\bat the most\b/gi, 'at most'],
  ['mend', /\bmend(?:s|ed|ing)?\b/gi, 'repair'],
  ['foresee', /\bfore(?:sees?|saw|seen)\b/gi, 'allow, support'],
] as const

/**
 * British spelling, which most of the text used when this list was created (118 words to 8). Names keep their
 * spelling from the code: `authorize` and `normalize…`, the `Authorization` header, `color-scheme`,
 * `<dialog>`, and words derived from them.
 */
const spellings = [
  [
    '-our',
    /\b(?:colors?|colored|coloring|behaviors?|favors?|favorite|honors?|honored|neighbors?)\b(?!-)/gi,
    'colour, behaviour',
  ],
  ['-re', /\b(?:centers?|centered|meters?|fibers?)\b/gi, 'centre'],
  [
    '-ise',
    /\b(?:recogni|organi|reali|summari|minimi|maximi|customi|synchroni|finali|emphasi|categori|capitali|randomi|locali|utili|seriali|initiali)z(?:e[sdr]?|ing|ation)\b|\banalyz(?:e[sd]?|ing)\b/gi,
    'recognise',
  ],
  ['-lled', /\b(?:cancel|label|signal|travel|model|total|channel)(?:ed|ing)\b/gi, 'cancelled, labelled'],
  ['licence', /\blicenses?\b/g, 'licence, the noun'],
  ['grey', /\bgray\b/gi, 'grey'],
  ['towards', /\btoward\b/gi, 'towards'],
  ['authorize', /\b(?:un)?(?:authori|normali)s(?:e[sd]?|ing|ation)\b/gi, 'authorize, as the option is named'],
] as const

const rules = [...replacements, ...spellings]

type Word = (typeof rules)[number][0]

/** How often a file may use a word, and why the word is right there. A number may only decrease. */
const allowed: readonly (readonly [file: string, word: Word, count: number, reason: string])[] = [
  ['src/locales/first/en.ts', 'ask', 1, 'the user asks for a code'],
  ['src/locales/later/en.ts', 'ask', 8, 'people ask people; WhatsApp’s own term for its passkey prompt'],
  ['src/locales/troubleshooting/en.ts', 'ask', 1, 'the user asks for a code'],
  ['src/providers/green-api.ts', 'ask', 1, 'a person asks WhatsApp for a review'],
  ['src/providers/lib/payment-required.ts', 'run out', 2, 'words of providers'],
  ['src/providers/lib/payment-required.ts', '-our', 1, 'Portuguese'],
  ['src/providers/lib/waha-passkeys.ts', 'ask', 1, 'the name of a parameter'],
  ['src/react/session/warn-developer.ts', 'ask', 1, 'the screen asks the user'],
  ['test/server/developer-mistakes.test.ts', 'gone', 1, 'a text that the test throws'],
  ['test/testing/emulator.test.ts', 'gone', 2, 'a text that the test throws'],
  ['test/testing/mock-servers/mock-waha.test.ts', 'gone', 1, 'a text that the test throws'],
  // File names that stay until the code in them is renamed.
  ['test/browser/heard.ts', 'hear', 1, 'the name of its export'],
]

const anyWord = new RegExp(rules.map(([, pattern]) => pattern.source).join('|'), 'i')
const notOurs = new Set(['node_modules', 'dist', 'storybook-static', '__screenshots__', '.next', '.vite'])

function* sourceFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) {
      if (!notOurs.has(entry.name)) yield* sourceFiles(path)
    } else if (/\.(?:[cm]?[jt]sx?|mdx?)$/.test(entry.name)) yield path
  }
}

type Node = Record<string, unknown>

const isRecord = (value: unknown): value is Node => typeof value === 'object' && value !== null

function* nodesOf(value: unknown): Generator<Node> {
  if (!isRecord(value)) return
  if (typeof value.type === 'string') yield value
  for (const child of Object.values(value)) yield* nodesOf(child)
}

/** Returns the text of a string, of a template part, or between JSX tags. */
function textOf({ type, value }: Node): string | undefined {
  if ((type === 'Literal' || type === 'JSXText') && typeof value === 'string') return value
  if (type === 'TemplateElement' && isRecord(value) && typeof value.raw === 'string') return value.raw
  return undefined
}

const textsIn = (tree: unknown): string[] => [...nodesOf(tree)].flatMap((node) => textOf(node) ?? [])

/** `it` of `it.each(rows)('title')`, `Error` of `new Error('message')`. */
function calleeOf(node: unknown): string {
  if (!isRecord(node)) return ''
  if (typeof node.name === 'string') return node.name
  return calleeOf(node.callee ?? node.tag ?? node.object)
}

const isTitle = ({ type, callee }: Node): boolean =>
  type === 'CallExpression' && /^(?:it|test|describe)$/.test(calleeOf(callee))

const isError = ({ type, callee }: Node): boolean =>
  type === 'NewExpression' && calleeOf(callee).endsWith('Error')

/** In `src`, all texts of several words. Elsewhere, only test titles and error messages. */
function* proseOf(file: string, program: unknown): Generator<string> {
  if (file.startsWith('src/')) {
    const isTranslation = file.startsWith('src/locales/') && basename(file) !== 'en.ts'
    if (!isTranslation) yield* textsIn(program).filter((text) => text.trim().includes(' '))
    return
  }
  for (const node of nodesOf(program)) {
    if (isTitle(node) && Array.isArray(node.arguments)) {
      const [title] = node.arguments
      if (isRecord(title) && /Literal$/.test(String(title.type))) yield* textsIn(title)
    } else if (isError(node)) yield* textsIn(node.arguments)
  }
}

/** Returns the texts of a file that people read. Code inside a text is excluded. */
function textsOf(file: string, source: string): readonly string[] {
  const withoutCode = (text: string): string => text.replace(/`[^`]*`/g, '')
  if (/\.mdx?$/.test(file)) {
    const markdown = withoutCode(source.replace(/^```[\s\S]*?^```$/gm, ''))
    // Imports, elements and link targets are excluded too.
    return [markdown.replace(/^import .*$|<[^>]*>|\]\([^)]*\)/gm, '')]
  }
  const { comments, program } = parseSync(file, source)
  return [...comments.map(({ value }) => withoutCode(value)), ...proseOf(file, program)]
}

interface Hit {
  readonly file: string
  readonly word: Word
  readonly advice: string
}

const hitsOf = (file: string): Hit[] => hitsIn(file, readFileSync(join(root, file), 'utf8'))

function hitsIn(file: string, source: string): Hit[] {
  const name = basename(file).replace(/[-.]/g, ' ')
  if (!anyWord.test(source) && !anyWord.test(name)) return []
  return [name, ...textsOf(file, source)].flatMap((text) =>
    rules.flatMap(([word, pattern, instead]) =>
      [...text.matchAll(pattern)].map(({ index }) => {
        const context = text
          .slice(Math.max(0, index - 40), index + 40)
          .replace(/\s+/g, ' ')
          .trim()
        return { file, word, advice: `${file}: "${context}": ${instead}` }
      }),
    ),
  )
}

const folders = ['src', 'test', 'bench', 'stories', 'examples', '.github', '.storybook']
const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md']
/** This file, and files that are generated from comments which are checked in their own files. */
const skipped = ['test/plain-words.test.ts', 'stories/docs/api-reference.md']
const hits = [...documents, ...folders.flatMap((folder) => [...sourceFiles(folder)])]
  .filter((file) => !skipped.includes(file))
  .flatMap(hitsOf)

const hitsAt = (file: string, word: Word) => hits.filter((hit) => hit.file === file && hit.word === word)

it('comments, test titles, error messages, English texts, documents and file names use standard terms in British spelling', () => {
  const tooMany = hits.filter(({ file, word }) => {
    const limit = allowed.find((entry) => entry[0] === file && entry[1] === word)?.[2] ?? 0
    return hitsAt(file, word).length > limit
  })
  expect(tooMany.map(({ advice }) => advice)).toEqual([])
})

it.each([
  ['README.md', 'The color is gone.', ['gone', '-our']],
  [
    'src/any.ts',
    '// Mends what has an unknown origin, and the like.',
    ['unknown origin', 'the like', 'mend'],
  ],
  ['stories/docs/any.mdx', 'Your app is told, see [this](./gone.md) and `color`.', ['tell']],
  ['src/any.ts', '// A canceled request is recognized.', ['-ise', '-lled']],
  ['test/any.test.ts', "it('tells who is authorised', () => {})", ['tell', 'authorize']],
  ['bench/any.mjs', "const color = 'gray'", []],
])('the words of %s are checked: %s', (file, source, words) => {
  expect(hitsIn(file, source).map(({ word }) => word)).toEqual(words)
})

it('each exception from the standard terms is still in use', () => {
  const unused = allowed.filter(([file, word]) => hitsAt(file, word).length === 0)
  expect(unused).toEqual([])
})
