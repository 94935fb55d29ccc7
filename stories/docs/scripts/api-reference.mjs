// @ts-check
// The API reference, from the sources and their TSDoc: one section for each subpath of `exports`, one for each export.
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseSync } from 'vite'

const root = resolve(import.meta.dirname, '../../..')

/**
 * A field or a method.
 *
 * @typedef {object} Member
 * @property {string} name With `?` where it is optional.
 * @property {string} type As it is written in the source.
 * @property {ReturnType<typeof readDoc> | undefined} doc
 */

/**
 * One exported name, where it is declared.
 *
 * @typedef {object} Export
 * @property {string} name
 * @property {string} text What stands in the reference, with its heading.
 * @property {boolean} isDocumented Whether it has a TSDoc description.
 */

/** @type {Map<string, ReturnType<typeof readModule>>} */
const modules = new Map()

/** @param {string} file */
function moduleOf(file) {
  const known = modules.get(file)
  if (known) return known
  const module = readModule(file)
  modules.set(file, module)
  return module
}

/** @param {string} file */
function readModule(file) {
  const code = readFileSync(file, 'utf8')
  const { program, comments } = parseSync(file, code)
  const docs = comments.filter(({ type, value }) => type === 'Block' && value.startsWith('*'))
  /** @type {Map<string, any[]>} Declarations by their name; a function has one for each overload. */
  const declarations = new Map()
  /** @type {{ name: string, from: string, local: string }[]} */
  const reexports = []
  /** @type {Set<string>} */
  const exported = new Set()
  /** @type {Map<string, { from: string, local: string }>} */
  const imports = new Map()
  for (const statement of /** @type {any[]} */ (program.body)) {
    if (statement.type === 'ImportDeclaration') {
      for (const { local, imported } of statement.specifiers)
        imports.set(local.name, { from: statement.source.value, local: imported?.name ?? 'default' })
      continue
    }
    const isExport = statement.type === 'ExportNamedDeclaration'
    if (isExport && statement.source)
      for (const {
        exported: { name },
        local,
      } of statement.specifiers)
        reexports.push({ name, from: statement.source.value, local: local.name })
    else if (isExport && !statement.declaration)
      for (const {
        exported: { name },
        local,
      } of statement.specifiers) {
        const source = imports.get(local.name)
        if (source) reexports.push({ name, ...source })
        else exported.add(name)
      }
    const declaration = isExport ? statement.declaration : statement
    if (!declaration) continue
    const names = declaration.declarations?.map((/** @type {any} */ { id }) => id.name) ?? [
      declaration.id?.name,
    ]
    for (const name of names) {
      if (!name) continue
      declarations.set(name, [...(declarations.get(name) ?? []), { ...declaration, start: statement.start }])
      if (isExport) exported.add(name)
    }
  }
  /**
   * The TSDoc directly above a place of the file.
   *
   * @param {number} start
   */
  const docAt = (start) => {
    const doc = docs.findLast(({ end }) => end <= start)
    return doc && code.slice(doc.end, start).trim() === '' ? readDoc(doc.value) : undefined
  }
  return { file, code, declarations, reexports, exported, docAt }
}

/** @param {string} comment Without its delimiters. */
function readDoc(comment) {
  const text = comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, ''))
    .join('\n')
    .trim()
  const [description = '', ...tags] = text.split(
    /(?:^|\s)@(?=(?:default|example|param|returns|throws|module|remarks)\b)/m,
  )
  /** @param {string} name */
  const tag = (name) =>
    tags.filter((entry) => entry.startsWith(name)).map((entry) => entry.slice(name.length).trim())
  return {
    text: linked(description.trim()),
    default: tag('default').map(linked)[0],
    returns: tag('returns').map(linked)[0],
    throws: tag('throws').map(linked),
    example: tag('example')[0],
    params: tag('param').map((entry) => {
      const [, name = '', rest = ''] = /^(\S+)\s*(?:-\s*)?([\s\S]*)$/.exec(entry) ?? []
      return { name, text: linked(rest) }
    }),
  }
}

/**
 * Text as Markdown: links of TSDoc are code, and `<` is no tag.
 *
 * @param {string} text
 */
function linked(text) {
  return text
    .replace(/\{@link ([^}]+)\}/g, '`$1`')
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;')))
    .join('')
}

/** @param {string | undefined} text */
const cell = (text) => (text ?? '').replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|')

/** @param {string} text */
const code = (text) => `\`${text.replace(/\s+/g, ' ')}\``

/**
 * @param {ReturnType<typeof readModule>} module
 * @param {any} interfaceBody
 * @returns {Member[]}
 */
function membersOf({ code: source, docAt }, interfaceBody) {
  return interfaceBody.body.map((/** @type {any} */ member) => {
    const name = member.key ? source.slice(member.key.start, member.key.end) : ''
    const type =
      member.type === 'TSPropertySignature'
        ? source.slice(member.typeAnnotation.typeAnnotation.start, member.typeAnnotation.typeAnnotation.end)
        : source.slice((member.key ?? member).start, member.end)
    return {
      name: `${name}${member.optional ? '?' : ''}`,
      type: member.optional ? type.replace(/\s*\|\s*undefined$/, '').replace(/^\|\s*/, '') : type,
      doc: docAt(member.start),
    }
  })
}

/**
 * The members of an interface, with those of its bases that have no section of their own.
 *
 * @param {ReturnType<typeof readModule>} module
 * @param {any} declaration
 * @returns {Member[]}
 */
function allMembers(module, declaration) {
  const bases = declaration.extends ?? []
  const inherited = bases.flatMap((/** @type {any} */ { expression }) => {
    const [base] = module.declarations.get(expression.name ?? '') ?? []
    return base?.type === 'TSInterfaceDeclaration' && !publicNames.has(expression.name)
      ? allMembers(module, base)
      : []
  })
  return [...membersOf(module, declaration.body), ...inherited]
}

/** @param {readonly Member[]} members */
function memberTable(members) {
  const rows = members.map(
    ({ name, type, doc }) =>
      `| ${code(cell(name))} | ${code(cell(type))} | ${cell(doc?.text)}${doc?.default ? ` Default: ${cell(doc.default)}.` : ''} |`,
  )
  return ['| Name | Type | |', '|---|---|---|', ...rows].join('\n')
}

/**
 * @param {string} name
 * @param {ReturnType<typeof readModule>} module
 * @returns {Export}
 */
function describe(name, module) {
  const declarations = module.declarations.get(name) ?? []
  const [first] = declarations
  if (!first) throw new Error(`${module.file} declares no ${name}.`)
  const doc = declarations.map(({ start }) => module.docAt(start)).find((found) => found)
  /** @type {string[]} */
  const parts = [`### ${name}`]
  if (doc?.text) parts.push(doc.text)
  const source = (/** @type {number} */ start, /** @type {number} */ end) =>
    module.code
      .slice(start, end)
      .replace(/^export /, '')
      .trim()
  const fence = (/** @type {string} */ text) => parts.push(`\`\`\`ts\n${text}\n\`\`\``)
  switch (first.type) {
    case 'TSInterfaceDeclaration': {
      fence(source(first.start, first.body.start))
      const members = allMembers(module, first)
      if (members.length > 0) parts.push(memberTable(members))
      break
    }
    case 'ClassDeclaration': {
      fence(source(first.start, first.body.start))
      const members = first.body.body
        .filter(
          (/** @type {any} */ { key, accessibility }) =>
            key && accessibility !== 'private' && key.type !== 'PrivateIdentifier',
        )
        .map((/** @type {any} */ member) => {
          const end = member.value?.body?.start ?? member.end
          const signature = module.code.slice(member.start, end).trim()
          return { name: member.key.name, type: signature, doc: module.docAt(member.start) }
        })
      parts.push(memberTable(members))
      break
    }
    case 'FunctionDeclaration':
    case 'TSDeclareFunction': {
      const overloads = declarations.filter(({ type }) => type === 'TSDeclareFunction')
      fence(
        (overloads.length > 0 ? overloads : declarations)
          .map((one) => source(one.start, one.body?.start ?? one.end))
          .join('\n'),
      )
      break
    }
    case 'VariableDeclaration': {
      const [{ id }] = first.declarations
      fence(`const ${module.code.slice(id.start, id.end)}`)
      break
    }
    default:
      fence(source(first.start, first.end))
  }
  for (const { name: parameter, text } of doc?.params ?? []) parts.push(`- ${code(parameter)}: ${cell(text)}`)
  if (doc?.returns) parts.push(`**Returns** ${cell(doc.returns)}`)
  for (const thrown of doc?.throws ?? []) parts.push(`**Throws** ${cell(thrown)}`)
  if (doc?.example)
    parts.push(doc.example.startsWith('```') ? doc.example : `\`\`\`tsx\n${doc.example}\n\`\`\``)
  return { name, text: parts.join('\n\n'), isDocumented: Boolean(doc?.text) }
}

/**
 * @param {string} file
 * @returns {Export[]} its exports, by name
 */
function exportsOf(file) {
  const module = moduleOf(file)
  const direct = [...module.exported].map((name) => describe(name, module))
  const others = module.reexports.map(({ name, from, local }) => {
    let target = moduleOf(sourceOf(join(dirname(file), from)))
    let found = local
    for (;;) {
      const next = target.reexports.find((one) => one.name === found)
      if (target.declarations.has(found) || !next) break
      target = moduleOf(sourceOf(join(dirname(target.file), next.from)))
      found = next.local
    }
    const { text, isDocumented } = describe(found, target)
    return { name, text: text.replace(`### ${found}`, `### ${name}`), isDocumented }
  })
  return [...direct, ...others].toSorted((one, other) => one.name.localeCompare(other.name, 'en'))
}

/** @returns {{ subpath: string, file: string }[]} the subpaths of the package that are code, but for the languages */
function entries() {
  /** @type {{ name: string, exports: Record<string, string | { default: string }> }} */
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return Object.entries(manifest.exports).flatMap(([subpath, target]) => {
    const name = typeof target === 'string' ? undefined : /^\.\/dist\/(.*)\.js$/.exec(target.default)?.[1]
    if (!name || name.startsWith('locales/')) return []
    return [
      { subpath: subpath.replace(/^\./, manifest.name), file: sourceOf(join(root, 'src', `${name}.js`)) },
    ]
  })
}

/** @param {string} file As it is imported, which ends in `.js`. */
function sourceOf(file) {
  for (const ending of ['.ts', '.tsx']) {
    const candidate = file.replace(/\.js$/, ending)
    try {
      readFileSync(candidate)
      return candidate
    } catch {}
  }
  throw new Error(`${file} has no source.`)
}

/** Every name that has a section. */
const publicNames = new Set(
  entries().flatMap(({ file }) => {
    const { exported, reexports } = moduleOf(file)
    return [...exported, ...reexports.map(({ name }) => name)]
  }),
)

/** @returns {{ subpath: string, exports: Export[] }[]} */
export const readApi = () => entries().map(({ subpath, file }) => ({ subpath, exports: exportsOf(file) }))

/** Where the props of `<WhatsAppPairing>` are declared. */
const propSources = [
  ['react/session/use-pairing-session.ts', 'UsePairingSessionOptions'],
  ['react/session/pairing-callbacks.ts', 'PairingCallbacks'],
  ['react/parts/pairing-root-options.ts', 'PairingRootOptions'],
  ['react/parts/card.tsx', 'PairingCardProps'],
]

/** Of a part alone: `<WhatsAppPairing>` has `onError` for the first, and makes the second. */
const notOfTheComponent = ['onPartError', 'pairing']

/** The props of `<WhatsAppPairing>`, once each. */
export function componentProps() {
  const members = propSources.flatMap(([file = '', name = '']) => {
    const module = moduleOf(join(root, 'src', file))
    const [declaration] = module.declarations.get(name) ?? []
    if (!declaration) throw new Error(`${file} declares no ${name}.`)
    return membersOf(module, declaration.body)
  })
  const names = members.map(({ name }) => name)
  return members.filter(
    ({ name }, index) => names.indexOf(name) === index && !notOfTheComponent.includes(name.replace('?', '')),
  )
}

/** The same as a table. */
export const propTable = () => memberTable(componentProps())

/** The reference as Markdown, without its first heading. */
export function apiReference() {
  // A name that two subpaths share has its section in the first one.
  /** @type {Map<string, string>} */
  const places = new Map()
  const sections = readApi().map(({ subpath, exports }) => {
    const shared = exports.filter(({ name, text }) => places.get(name) === text)
    const own = exports.filter(({ name, text }) => places.get(name) !== text)
    for (const { name, text } of own) if (!places.has(name)) places.set(name, text)
    const also = shared.map(({ name }) => `\`${name}\``).join(', ')
    return [
      `## ${subpath}`,
      ...(shared.length > 0 ? [`Also exported here, and described above: ${also}.`] : []),
      ...own.map(({ text }) => text),
    ].join('\n\n')
  })
  return `${sections.join('\n\n')}\n`
}
