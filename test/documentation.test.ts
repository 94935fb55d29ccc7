import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PairingError, pairingErrorCodes } from '../src/core/errors.js'
import { laterEnglish } from '../src/locales/later/en.js'
import { anchorOf, apiReference, readApi } from '../stories/docs/scripts/api-reference.mjs'
import {
  llmsText,
  pageFiles,
  pageNames,
  plainMarkdown,
  readPage,
  titleOf,
} from '../stories/docs/scripts/pages.mjs'

const root = resolve(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

const withoutCode = (markdown: string): string => markdown.replace(/^```[\s\S]*?^```$/gm, '')

/**
 * Returns the ids of the headings. Each must be unique, because Storybook gives a repeated heading the same
 * id or a new one.
 */
function anchorsOf(markdown: string): readonly string[] {
  const headings = [...withoutCode(markdown).matchAll(/^#+ (.+)$/gm)]
  return headings.map(([, heading = '']) => anchorOf(heading))
}

/** Returns the links, without web links. */
function linksOf(markdown: string): readonly string[] {
  const text = withoutCode(markdown)
  return [...text.matchAll(/\]\(\s*([^)\s]+)/g)].flatMap(([, link = '']) =>
    /^(?:https?|mailto):/.test(link) ? [] : link,
  )
}

describe('pages of the documentation', () => {
  it('are all in the list of pages, in the order of the sidebar', () => {
    expect(pageFiles().toSorted()).toEqual(pageNames.toSorted())
    const preview = readFileSync(join(root, '.storybook/preview.tsx'), 'utf8')
    const [, sidebar = ''] = /'Documentation',\s*\[([^\]]+)\]/.exec(preview) ?? []
    expect([...sidebar.matchAll(/'([^']+)'/g)].map(([, title]) => title)).toEqual(pageNames.map(titleOf))
  })

  it.each(pageNames)('%s.mdx has the title that links to it use', (name) => {
    const [, title = ''] = /<Meta title="Documentation\/([^"]+)"/.exec(readPage(name)) ?? []
    expect(title).toBe(titleOf(name))
    expect(title.toLowerCase().replaceAll(' ', '-')).toBe(name)
  })

  it.each(pageNames)('%s.mdx links only to pages and headings that exist', (name) => {
    const broken = linksOf(plainMarkdown(name)).filter((link) => {
      const [found, page = '', anchor = ''] = /^(?:\.\/([\w-]+)\.md)?(?:#(.+))?$/.exec(link) ?? []
      if (found === undefined) return true
      const target = page === '' ? name : page
      if (!pageNames.includes(target)) return true
      return anchor !== '' && anchorsOf(plainMarkdown(target)).filter((one) => one === anchor).length !== 1
    })
    expect(broken).toEqual([])
  })

  it.each(pageNames)('%s.mdx is plain Markdown in the package', (name) => {
    const text = withoutCode(plainMarkdown(name)).replace(/`[^`]+`/g, '')
    expect(text).not.toMatch(/^import |<(?:Meta|Markdown|Source|Canvas|Controls|ErrorFacts)\b|\{\w+\(/m)
    expect(text.match(/^# /gm)).toHaveLength(1)
  })

  it('are all listed in llms.txt', () => {
    expect(linksOf(llmsText())).toEqual(pageNames.map((name) => `docs/${name}.md`))
  })
})

it('the README links to files that exist, and to all pages', () => {
  const links = linksOf(readme)
  expect(links.filter((link) => !link.startsWith('#') && !existsSync(join(root, link)))).toEqual([])
  for (const name of pageNames) expect(readme).toContain(`](stories/docs/${name}.md`)
})

const otherFiles = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md']

it.each([...otherFiles, ...pageFiles().map((name) => `stories/docs/${name}.mdx`)])(
  'each row of a table in %s has as many cells as its heading',
  (file) => {
    const tables = withoutCode(readFileSync(join(root, file), 'utf8')).match(/(?:^\|.*\n)+/gm) ?? []
    for (const table of tables) {
      const rows = table.trim().split('\n')
      const cellsOf = (row = '') => row.replace(/\\\|/g, '').split('|').length
      expect(rows.filter((row) => cellsOf(row) !== cellsOf(rows[0]))).toEqual([])
    }
  },
)

it('the README has the table of providers.mdx: `npx vitest run --project node test/documentation -u` writes it', async () => {
  const table = /^\| \| QR code \|.*(?:\n\|.*)*/m
  const [current = ''] = table.exec(readPage('providers')) ?? []
  expect(current).toContain('GREEN-API')
  const wanted = current.replaceAll('](./', '](stories/docs/')
  await expect(readme.replace(table, () => wanted)).toMatchFileSnapshot('../README.md')
})

it('the README has at most 1,000 words outside its code', () => {
  expect(withoutCode(readme).split(/\s+/).length).toBeLessThanOrEqual(1_000)
})

describe('errors.mdx', () => {
  const sections = plainMarkdown('errors').split(/^## /m)

  it.each(pairingErrorCodes)(
    'describes for %s what the user sees, what the developer does, and the action',
    (code) => {
      const section = sections.find((text) => text.startsWith(`${code}\n`)) ?? ''
      expect(section).toContain(`**The user sees:** “${laterEnglish.errors[code].title}”. `)
      expect(section).toContain(`*Action:* \`${new PairingError(code).action}\``)
      expect(section).toMatch(/^\*\*You do:\*\* \S/m)
    },
  )
})

it('headless-and-parts.mdx lists every event of page and server', () => {
  const [, table = ''] = /^## Events\n([\s\S]*?)^## /m.exec(readPage('headless-and-parts')) ?? []
  const exports = readApi().flatMap((entry) => entry.exports)
  const types = ['PairingEventType', 'PairingUserStep'].flatMap((name) => {
    const [, union = ''] = / =([\s\S]*)```/.exec(exports.find((one) => one.name === name)?.text ?? '') ?? []
    return [...union.matchAll(/'([\w-]+)'/g)].map(([, type = '']) => type)
  })
  const server = exports.find(({ name }) => name === 'PairingServerEvent')?.text ?? ''
  types.push(...[...server.matchAll(/readonly type: '([\w-]+)'/g)].map(([, type = '']) => type))
  expect(types).toEqual(expect.arrayContaining(['linked', 'copied', 'refused']))
  expect(types.filter((type) => !table.includes(`\`${type}\``))).toEqual([])
})

it('going-live.mdx lists every option of the handler', () => {
  const source = readFileSync(join(root, 'src/server/handler-options.ts'), 'utf8')
  const options = new Set([...source.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name = '']) => name))
  expect([...options]).toEqual(expect.arrayContaining(['provider', 'authorize', 'bus', 'onEvent']))
  const [, table = ''] = /^## Options of the handler\n([\s\S]*?)^## /m.exec(readPage('going-live')) ?? []
  expect([...options].filter((name) => !table.includes(`\`${name}\``))).toEqual([])
})

describe('the API reference', () => {
  it('is current: `npx vitest run --project node test/documentation -u` writes it', async () => {
    await expect(apiReference()).toMatchFileSnapshot('../stories/docs/api-reference.md')
  })

  it.each(readApi())('$subpath: contains every value that it exports', async ({ file, exports }) => {
    const values: Record<string, unknown> = await import(file)
    const names = new Set(exports.map(({ name }) => name))
    expect(Object.keys(values).filter((name) => !names.has(name))).toEqual([])
  })

  it.each(readApi())('$subpath: each export has a TSDoc description', ({ exports }) => {
    expect(exports.filter(({ isDocumented }) => !isDocumented).map(({ name }) => name)).toEqual([])
  })
})
