import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseSync } from 'vite'
import { describe, expect, it } from 'vitest'
import manifest from '../package.json' with { type: 'json' }

const dist = resolve(import.meta.dirname, '../dist')
const subpaths = Object.keys(manifest.exports).map((subpath) => subpath.replace(/^\./, manifest.name))

/** Resolves a subpath as an app of the package's users does, including `exports`. */
const { resolve: resolveSubpath } = createRequire(import.meta.url)

const source = (file: string): string => readFileSync(join(dist, file), 'utf8')

/** Returns the imports of a file in `dist`: those before it runs, and those on demand. */
function importsOf(file: string): Readonly<Record<'before' | 'onDemand', readonly string[]>> {
  const code = source(file)
  const { staticImports, staticExports, dynamicImports } = parseSync(file, code).module
  return {
    before: [
      ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
      ...staticExports.flatMap(({ entries }) =>
        entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
      ),
    ],
    onDemand: dynamicImports.map(({ moduleRequest: { start, end } }) => code.slice(start + 1, end - 1)),
  }
}

/** Returns every file of `dist` and every package that is loaded with `file`, including `file`. */
function reachableFrom(
  file: string,
  when: readonly ('before' | 'onDemand')[] = ['before', 'onDemand'],
  seen = new Set<string>(),
): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  const imports = importsOf(file)
  for (const specifier of when.flatMap((kind) => imports[kind])) {
    if (specifier.startsWith('.'))
      reachableFrom(relative(dist, resolve(dist, dirname(file), specifier)), when, seen)
    else seen.add(specifier)
  }
  return seen
}

const isFile = (name: string): boolean => name.endsWith('.js') && existsSync(join(dist, name))

const packagesOf = (reached: Iterable<string>): readonly string[] =>
  [...reached].filter((name) => !isFile(name)).toSorted()

describe('exports (of dist: npm run build first)', () => {
  it.each(subpaths.filter((subpath) => !/\.(css|json)$/.test(subpath)))('%s', async (subpath) => {
    const exported: Record<string, unknown> = await import(pathToFileURL(resolveSubpath(subpath)).href)
    const names = Object.keys(exported).toSorted()
    expect(Object.fromEntries(names.map((name) => [name, typeof exported[name]]))).toMatchSnapshot()
  })

  it.each(subpaths.filter((subpath) => /\.(css|json)$/.test(subpath)))('%s exists', (subpath) => {
    expect(readFileSync(resolveSubpath(subpath), 'utf8')).not.toBe('')
  })

  it("keeps 'use client' in every module that uses hooks or context", () => {
    const modules = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.js'),
    )
    const withHooks = modules.filter((file) => /\b(use[A-Z]\w*|createContext)\(/.test(source(file)))
    expect(withHooks).not.toEqual([])
    expect(withHooks.filter((file) => !/^['"]use client['"]/.test(source(file)))).toEqual([])
  })

  it('never reaches a provider from the main entry', () => {
    expect([...reachableFrom('index.js')].filter((file) => file.startsWith('providers/'))).toEqual([])
  })

  it('loads only its peers before the screen is rendered', () => {
    expect(packagesOf(reachableFrom('index.js', ['before']))).toEqual([
      '@tanstack/react-query',
      'react',
      'react/jsx-runtime',
    ])
  })

  it.each([
    ['qrcode.react', 'react/parts/qr-svg.js'],
    ['libphonenumber-js/mobile', 'react/parts/phone-library.js'],
    ['qr/decode.js', 'react/use-qr-text.js'],
    ['eventsource-parser', 'client/live-events.js'],
  ])('loads %s on demand, only for %s', (name, file) => {
    const files = [...reachableFrom('index.js')].filter(isFile)
    const importing = files.filter((reached) => Object.values(importsOf(reached)).flat().includes(name))
    expect(importing).toEqual([file])
  })

  it('contains only English in the main entry', () => {
    expect([...reachableFrom('index.js')].filter((file) => file.startsWith('locales/')).toSorted()).toEqual([
      'locales/first/en.js',
      'locales/later/en.js',
      'locales/link/en.js',
      'locales/troubleshooting/en.js',
    ])
  })

  // English has two modules. A page loads the second one after the first code.
  it.each(subpaths.filter((subpath) => subpath.includes('/locales/') && !subpath.endsWith('/en')))(
    '%s loads no other module until the user opens “Trouble linking?”',
    (subpath) => {
      const file = relative(dist, resolveSubpath(subpath))
      expect(parseSync(file, source(file)).module.staticImports).toEqual([])
      expect([...reachableFrom(file)]).toEqual([file, file.replace('locales/', 'locales/troubleshooting/')])
    },
  )
})
