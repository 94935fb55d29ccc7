// @ts-check
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

/**
 * One fenced code block of the README or of a documentation page.
 *
 * @typedef {object} Snippet
 * @property {string} heading The nearest heading above it.
 * @property {string} language The text after the opening fence: `tsx`, `sh` …
 * @property {string} text
 * @property {string | undefined} file The path at which the reader saves it, from its first line: `// path/of/the/file.ts`.
 */

const scripts = ['js', 'mjs', 'jsx', 'ts', 'tsx']

const root = path.join(import.meta.dirname, '../../..')

/** @returns {Promise<readonly Snippet[]>} those of the README, then those of the pages */
export async function documentSnippets() {
  const pages = path.join(root, 'stories/docs')
  const files = (await readdir(pages))
    .filter((file) => file.endsWith('.mdx'))
    .map((file) => path.join(pages, file))
  const documents = [path.join(root, 'README.md'), ...files]
  const texts = await Promise.all(documents.map((file) => readFile(file, 'utf8')))
  return texts.flatMap(snippetsOf)
}

/** @returns {Promise<readonly string[]>} the targets of all links and pictures of the README */
export async function readmeLinks() {
  const text = (await readFile(path.join(root, 'README.md'), 'utf8')).replace(/^```[\s\S]*?^```$/gm, '')
  const targets = [...text.matchAll(/\]\(([^)\s]+)|^\[[^\]]+\]:\s*(\S+)|\b(?:src|srcset|href)="([^"]+)"/gm)]
  return targets.flatMap((match) => match.slice(1).filter((target) => target !== undefined))
}

/**
 * @param {string} markdown
 * @returns {readonly Snippet[]}
 */
function snippetsOf(markdown) {
  /** @type {Snippet[]} */
  const snippets = []
  let heading = ''
  /** @type {{ language: string, lines: string[] } | undefined} */
  let block
  for (const line of markdown.split('\n')) {
    const fence = /^```(.*)$/.exec(line)
    if (fence && block) {
      const text = `${block.lines.join('\n')}\n`
      const file = scripts.includes(block.language) ? /^\/\/ (\S+)\n/.exec(text)?.[1] : undefined
      snippets.push({ heading, language: block.language, text, file })
      block = undefined
    } else if (fence) {
      block = { language: fence[1] ?? '', lines: [] }
    } else if (block) {
      block.lines.push(line)
    } else {
      heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading
    }
  }
  return snippets
}

/**
 * Writes all files of the documents to their paths.
 *
 * @param {readonly Snippet[]} snippets
 * @param {string} folder
 * @returns {Promise<readonly string[]>} their paths below `folder`
 */
export async function writeFiles(snippets, folder) {
  /** @type {string[]} */
  const files = []
  for (const { language, text, file } of snippets) {
    if (!scripts.includes(language)) continue
    if (file === undefined) throw new Error(`This snippet does not begin with its path:\n${text}`)
    if (files.includes(file)) throw new Error(`Two snippets are ${file}.`)
    files.push(file)
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true })
    await writeFile(path.join(folder, file), text)
  }
  return files
}

/**
 * @param {readonly Snippet[]} snippets
 * @param {string} heading
 * @returns {readonly (readonly string[])[]} the commands below this heading, in words
 */
export function commandsBelow(snippets, heading) {
  return snippets
    .filter((snippet) => snippet.heading === heading && snippet.language === 'sh')
    .flatMap(({ text }) => text.split('\n'))
    .map((line) => line.replace(/\s*#.*$/, '').trim())
    .filter((line) => line !== '')
    .map((line) => line.split(/\s+/))
}
