import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseSync } from 'vite'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const src = join(root, 'src')

/** The modules that each layer may import: folders of `src`, single modules of `src`, and npm packages. */
const layers = {
  core: ['core'],
  // Asynchronous waits belong to lib, because core must not wait.
  lib: ['lib'],
  poller: ['core', 'lib', 'poller', '@noble/hashes/sha2.js'],
  providers: ['core', 'lib', 'providers/lib'],
  'providers/lib': ['core', 'lib', 'providers/lib'],
  client: ['core', 'lib', 'client', 'eventsource-parser'],
  server: [
    'core',
    'poller',
    'server',
    '@noble/hashes/hmac.js',
    '@noble/hashes/sha2.js',
    'jose/base64url',
    'jose/errors',
    'jose/jwt/sign',
    'jose/jwt/verify',
  ],
  testing: ['core', 'testing'],
  locales: ['core', 'locales'],
  styles: ['styles'],
  react: [
    'core',
    'client',
    'locales/first/en',
    'locales/later/en',
    'locales/link/en',
    'react',
    'react/jsx-runtime',
    '@tanstack/react-query',
    'qrcode.react',
    'libphonenumber-js/mobile',
    'libphonenumber-js/mobile/metadata',
  ],
  entry: ['core', 'providers', 'poller', 'client', 'server', 'testing', 'locales', 'react'],
} satisfies Record<string, string[]>

type Layer = keyof typeof layers

/** Optional peers, without which an app must build, and modules that most pages never need. */
const onlyDynamic: Partial<Record<Layer, string[]>> = {
  'providers/lib': ['ws'],
  react: ['qr/decode.js', 'poller'],
  server: ['qr/decode.js'],
  testing: ['qr'],
}

/** The only adapter that must run in the app's own process. It may use Node and its optional peer. */
const inProcess = {
  modules: /^providers\/(?:lib\/)?baileys\b/,
  packages: /^node:/,
  onlyDynamic: ['baileys', '@whiskeysockets/baileys'],
}

interface Import {
  target: string
  /** Imported with `import()`, or only as a type. */
  isDynamic: boolean
  isPackage: boolean
  /**
   * Imported with `import()`, or with the type of one. Both modules have already run at that time, so the
   * import closes no cycle.
   */
  isOnDemand: boolean
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** Yields every syntax node below `value`, including type positions. */
function* nodesOf(value: unknown): Generator<Record<string, unknown>> {
  if (!isRecord(value)) return
  if (typeof value.type === 'string') yield value
  for (const child of Object.values(value)) yield* nodesOf(child)
}

/** Imports, re-exports, `import()` and `import('…').Type`. Each keeps its specifier in `source`. */
function importsOf(file: string): Import[] {
  const imports: Import[] = []
  for (const node of nodesOf(parseSync(file, readFileSync(join(src, file), 'utf8')).program)) {
    const source = node.source
    if (!isRecord(source)) continue
    const isDynamic =
      node.type === 'ImportExpression' || node.type === 'TSImportType' || node.importKind === 'type'
    const isOnDemand = node.type === 'ImportExpression' || node.type === 'TSImportType'
    const specifier = source.value
    if (typeof specifier !== 'string') {
      // A computed specifier could name any module, so no layer allows it.
      imports.push({ target: '(computed import)', isDynamic, isPackage: true, isOnDemand })
    } else if (specifier.startsWith('.')) {
      const target = relative(src, resolve(src, dirname(file), specifier)).replace(/\.js$/, '')
      imports.push({ target, isDynamic, isPackage: false, isOnDemand })
    } else {
      imports.push({ target: specifier, isDynamic, isPackage: true, isOnDemand })
    }
  }
  return imports
}

const isLayer = (name: string): name is Layer => name in layers

/** The innermost folder of a module that is a layer, or `entry` for the modules at the top of `src`. */
function layerOf(module: string): Layer | undefined {
  if (!module.includes('/')) return 'entry'
  const parents = module.split('/').slice(0, -1)
  for (let depth = parents.length; depth > 0; depth--) {
    const folder = parents.slice(0, depth).join('/')
    if (isLayer(folder)) return folder
  }
  return undefined
}

function isAllowed(layer: Layer, module: string, { target, isDynamic, isPackage }: Import): boolean {
  if (isPackage && inProcess.modules.test(module))
    return inProcess.packages.test(target) || (isDynamic && inProcess.onlyDynamic.includes(target))
  if (isPackage)
    return layers[layer].includes(target) || (isDynamic && (onlyDynamic[layer] ?? []).includes(target))
  const targetLayer = layerOf(target)
  const allowed = [...layers[layer], ...(isDynamic ? (onlyDynamic[layer] ?? []) : [])]
  return allowed.includes(target) || (targetLayer !== undefined && allowed.includes(targetLayer))
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file))
const modules = new Map(files.map((file) => [file.replace(/\.tsx?$/, ''), importsOf(file)]))

/** The folders whose code runs in Chromium. */
const inChromium = ['test/browser', 'stories', '.storybook'].flatMap((folder) =>
  readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(tsx?|mjs)$/.test(file))
    .map((file) => join(folder, file)),
)

/**
 * Imports that create events instead of real input. The story's own `userEvent`, from its context, is
 * replaced by real input.
 */
const SCRIPTED_INPUT: Readonly<Record<string, readonly string[] | undefined>> = {
  '@testing-library/user-event': ['default', 'userEvent'],
  '@testing-library/react': ['fireEvent', 'createEvent'],
  '@testing-library/dom': ['fireEvent', 'createEvent'],
  'storybook/test': ['userEvent', 'fireEvent', 'createEvent', 'uninstrumentedUserEvent'],
}

/**
 * Calls that reach an element even if another element covers it: `element.click()` without arguments, or
 * `userEvent.click(element)`.
 */
const SCRIPTED_CALLS = ['click()', 'submit()', 'requestSubmit()', 'dispatchEvent']

/** Finds each place in a module where a script sends events to an element. */
function scriptedInput(file: string): readonly string[] {
  const found: string[] = []
  for (const node of nodesOf(parseSync(file, readFileSync(resolve(root, file), 'utf8')).program)) {
    if (node.type === 'ImportDeclaration' && isRecord(node.source) && Array.isArray(node.specifiers)) {
      const from = String(node.source.value)
      for (const { type, imported } of node.specifiers) {
        const name = isRecord(imported)
          ? String(imported.name)
          : type === 'ImportDefaultSpecifier'
            ? 'default'
            : '*'
        if (name === '*' ? from in SCRIPTED_INPUT : SCRIPTED_INPUT[from]?.includes(name))
          found.push(`import ${name} from ${from}`)
      }
    }
    if (node.type === 'CallExpression' && isRecord(node.callee) && Array.isArray(node.arguments)) {
      const { property } = node.callee
      const method = isRecord(property) ? String(property.name) : ''
      const call = node.arguments.length === 0 ? `${method}()` : method
      if (SCRIPTED_CALLS.includes(call)) found.push(call)
    }
  }
  return found
}

describe('input in Chromium', () => {
  it.each(inChromium)('%s presses with a real pointer and real keys', (file) => {
    expect(scriptedInput(file)).toEqual([])
  })
})

/** Finds each call of `Object.assign` with fields that the compiler does not check. */
function untypedAssigns(file: string): readonly string[] {
  const found: string[] = []
  for (const node of nodesOf(parseSync(file, readFileSync(join(src, file), 'utf8')).program)) {
    const { type, callee, typeArguments } = node
    if (type !== 'CallExpression' || !isRecord(callee) || typeArguments) continue
    const { object, property } = callee
    if (isRecord(object) && object.name === 'Object' && isRecord(property) && property.name === 'assign')
      found.push(`${file}:${node.start}`)
  }
  return found
}

describe('architecture', () => {
  it.each([...modules])('%s imports only what its layer may', (module, imports) => {
    const layer = layerOf(module)
    expect(layer, 'every folder of src is a layer').toBeDefined()
    if (layer === undefined) return
    expect(imports.filter((found) => !isAllowed(layer, module, found)).map(({ target }) => target)).toEqual(
      [],
    )
  })

  it.each(files.filter((file) => layerOf(file) === 'entry'))('%s only re-exports', (file) => {
    const { body } = parseSync(file, readFileSync(join(src, file), 'utf8')).program
    const others = body.filter(
      (statement) =>
        !(statement.type.startsWith('Export') && 'source' in statement && statement.source !== null),
    )
    expect(others.map(({ type }) => type)).toEqual([])
  })

  // Without type arguments, the compiler accepts any field of any type. The mocks of `testing` only add fields
  // to objects that they create.
  it('writes fields with types, without untyped `Object.assign(`', () => {
    const untyped: string[] = []
    for (const file of files.filter((name) => layerOf(name) !== 'testing'))
      untyped.push(...untypedAssigns(file))
    expect(untyped).toEqual([])
  })

  it('has no import cycles', () => {
    const cycles: string[] = []
    const done = new Set<string>()
    const visit = (module: string, path: string[]): void => {
      const seenAt = path.indexOf(module)
      if (seenAt >= 0) cycles.push([...path.slice(seenAt), module].join(' -> '))
      if (seenAt >= 0 || done.has(module)) return
      for (const { target, isPackage, isOnDemand } of modules.get(module) ?? []) {
        if (!isPackage && !isOnDemand) visit(target, [...path, module])
      }
      done.add(module)
    }
    for (const module of modules.keys()) visit(module, [])
    expect(cycles).toEqual([])
  })
})
