import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { parseSync } from 'vite'
import { expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')

/** What to write instead. Do not swap words: write a sentence with a subject that acts. */
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
] as const

type Word = (typeof replacements)[number][0]

/** How often a file may use a word, and why it is the right one there. A number may only become smaller. */
const allowed: readonly (readonly [file: string, word: Word, count: number, reason: string])[] = [
  ['src/locales/first/en.ts', 'ask', 1, 'the user asks for a code'],
  ['src/locales/later/en.ts', 'ask', 8, 'people ask people; WhatsApp’s own term for its passkey prompt'],
  ['src/locales/troubleshooting/en.ts', 'ask', 1, 'the user asks for a code'],
  ['src/providers/green-api.ts', 'ask', 1, 'a person asks WhatsApp for a review'],
  ['src/providers/lib/must-pay.ts', 'run out', 2, 'words of providers'],
  ['src/providers/lib/waha-passkeys.ts', 'ask', 1, 'the name of a parameter'],
  ['src/react/session/warn-developer.ts', 'ask', 1, 'the screen asks the user'],
  ['test/react/complaints.test.tsx', 'ask', 5, 'titles that quote complaints'],
  ['test/react/complaints.test.tsx', 'nobody', 1, 'titles that quote complaints'],
  ['test/react/complaints.test.tsx', 'gone', 1, 'titles that quote complaints'],
  ['test/react/complaints.test.tsx', 'run out', 1, 'titles that quote complaints'],
  ['test/react/complaints.test.tsx', 'tell', 1, 'titles that quote complaints'],
  ['test/server/developer-mistakes.test.ts', 'gone', 1, 'a text that the test throws'],
  ['test/server/pairing-link.test.ts', 'gone', 1, 'a text that the test throws'],
  ['test/testing/emulator.test.ts', 'gone', 2, 'a text that the test throws'],
  ['test/testing/mock-servers/mock-waha.test.ts', 'gone', 1, 'a text that the test throws'],
  // File names, until the code in them is renamed too.
  ['test/browser/heard.ts', 'hear', 1, 'the name of its export'],
  ['test/faults/fault-world.ts', 'world', 1, 'the name of its export'],
  ['test/faults/small-world.ts', 'world', 1, 'the name of its export'],
  ['test/providers/baileys-world.ts', 'world', 1, 'the name of its export'],
  ['test/react/world-server.ts', 'world', 1, 'the name of its export'],
  ['test/react/world.tsx', 'world', 1, 'the name of its export'],
  ['test/server/edge-world.ts', 'world', 1, 'the name of its export'],
  ['test/server/world.ts', 'world', 1, 'the name of its export'],
]

const anyWord = new RegExp(replacements.map(([, pattern]) => pattern.source).join('|'), 'i')
const notOurs = new Set(['node_modules', 'dist', 'storybook-static', '__screenshots__', '.next', '.vite'])

function* sourceFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) {
      if (!notOurs.has(entry.name)) yield* sourceFiles(path)
    } else if (/\.[cm]?[jt]sx?$/.test(entry.name)) yield path
  }
}

type Node = Record<string, unknown>

const isRecord = (value: unknown): value is Node => typeof value === 'object' && value !== null

function* nodesOf(value: unknown): Generator<Node> {
  if (!isRecord(value)) return
  if (typeof value.type === 'string') yield value
  for (const child of Object.values(value)) yield* nodesOf(child)
}

/** The text of a string, of a piece of a template, or between JSX tags. */
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

/** In `src` every text of several words; elsewhere titles of tests and messages of errors. */
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

interface Hit {
  readonly file: string
  readonly word: Word
  readonly advice: string
}

function hitsOf(file: string): Hit[] {
  const name = basename(file).replace(/[-.]/g, ' ')
  const source = readFileSync(join(root, file), 'utf8')
  if (!anyWord.test(source) && !anyWord.test(name)) return []
  const { comments, program } = parseSync(file, source)
  // Code in a comment is no prose.
  const remarks = comments.map(({ value }) => value.replace(/`[^`]*`/g, ''))
  return [name, ...remarks, ...proseOf(file, program)].flatMap((text) =>
    replacements.flatMap(([word, pattern, instead]) =>
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

const own = 'test/plain-words.test.ts'
const folders = ['src', 'test', 'bench', 'stories', 'examples']
const hits = folders
  .flatMap((folder) => [...sourceFiles(folder)])
  .filter((file) => file !== own)
  .flatMap(hitsOf)

const hitsAt = (file: string, word: Word) => hits.filter((hit) => hit.file === file && hit.word === word)

it('comments, test titles, error messages, English texts and file names use standard terms', () => {
  const tooMany = hits.filter(({ file, word }) => {
    const limit = allowed.find((entry) => entry[0] === file && entry[1] === word)?.[2] ?? 0
    return hitsAt(file, word).length > limit
  })
  expect(tooMany.map(({ advice }) => advice)).toEqual([])
})

it('each exception from the standard terms is still in use', () => {
  const unused = allowed.filter(([file, word]) => hitsAt(file, word).length === 0)
  expect(unused).toEqual([])
})
