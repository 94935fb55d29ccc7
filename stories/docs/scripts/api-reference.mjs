// @ts-check
// Builds the API reference from the sources and their TSDoc: one section for each subpath of `exports`, and one for each export.
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { moduleOf, sourceOf } from './module-of.mjs'

/**
 * @import { ESTree } from 'vite'
 * @import { Doc, Module } from './module-of.mjs'
 */

const root = resolve(import.meta.dirname, '../../..')

/**
 * A field or a method.
 *
 * @typedef {object} Member
 * @property {string} name With `?` where it is optional.
 * @property {string} type As it is written in the source.
 * @property {Doc | undefined} doc
 */

/**
 * One exported name, with its declaration.
 *
 * @typedef {object} Export
 * @property {string} name
 * @property {string} text Its text in the reference, with its heading.
 * @property {boolean} isDocumented Whether it has a TSDoc description.
 */

/** @param {string | undefined} text */
const cell = (text) => (text ?? '').replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|')

/** @param {string} text */
const code = (text) => `\`${text.replace(/\s+/g, ' ')}\``

/**
 * @param {Module} module
 * @param {ESTree.TSInterfaceDeclaration} declaration
 * @returns {Member[]}
 */
function membersOf({ code: source, docAt }, { body }) {
  return body.body.map((member) => {
    const key = 'key' in member ? member.key : undefined
    const isOptional = 'optional' in member && member.optional
    const annotation =
      member.type === 'TSPropertySignature' ? member.typeAnnotation?.typeAnnotation : undefined
    const { start, end } = annotation ?? { start: (key ?? member).start, end: member.end }
    const type = source.slice(start, end)
    return {
      name: `${key ? source.slice(key.start, key.end) : ''}${isOptional ? '?' : ''}`,
      type: isOptional ? type.replace(/\s*\|\s*undefined$/, '').replace(/^\|\s*/, '') : type,
      doc: docAt(member.start),
    }
  })
}

/**
 * The members of an interface, and of its bases without a separate section.
 *
 * @param {Module} module
 * @param {ESTree.TSInterfaceDeclaration} declaration
 * @returns {Member[]}
 */
function allMembers(module, declaration) {
  const inherited = declaration.extends.flatMap(({ expression }) => {
    const name = expression.type === 'Identifier' ? expression.name : ''
    const base = module.declarations.get(name)?.[0]?.declaration
    return base?.type === 'TSInterfaceDeclaration' && !publicNames.has(name) ? allMembers(module, base) : []
  })
  return [...membersOf(module, declaration), ...inherited]
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
 * The public fields and methods of a class.
 *
 * @param {Module} module
 * @param {ESTree.Class} declaration
 * @returns {Member[]}
 */
function classMembers(module, { body }) {
  return body.body.flatMap((member) => {
    if (member.type !== 'MethodDefinition' && member.type !== 'PropertyDefinition') return []
    const { key, accessibility, value } = member
    if (key.type !== 'Identifier' || accessibility === 'private') return []
    const end = value && 'body' in value && value.body ? value.body.start : member.end
    return [
      {
        name: key.name,
        type: module.code.slice(member.start, end).trim(),
        doc: module.docAt(member.start),
      },
    ]
  })
}

/**
 * @param {string} name
 * @param {Module} module
 * @returns {Export}
 */
function describe(name, module) {
  const declared = module.declarations.get(name) ?? []
  const [first] = declared
  if (!first) throw new Error(`${module.file} declares no ${name}.`)
  const doc = declared.map(({ start }) => module.docAt(start)).find((found) => found)
  /** @type {string[]} */
  const parts = [`### ${name}`]
  if (doc?.text) parts.push(doc.text)
  /**
   * @param {number} start
   * @param {number} end
   */
  const source = (start, end) =>
    module.code
      .slice(start, end)
      .replace(/^export /, '')
      .trim()
  /** @param {string} text */
  const fence = (text) => parts.push(`\`\`\`ts\n${text}\n\`\`\``)
  const { declaration, start } = first
  switch (declaration.type) {
    case 'TSInterfaceDeclaration': {
      fence(source(start, declaration.body.start))
      const members = allMembers(module, declaration)
      if (members.length > 0) parts.push(memberTable(members))
      break
    }
    case 'ClassDeclaration':
      fence(source(start, declaration.body.start))
      parts.push(memberTable(classMembers(module, declaration)))
      break
    case 'FunctionDeclaration':
    case 'TSDeclareFunction': {
      const overloads = declared.filter((one) => one.declaration.type === 'TSDeclareFunction')
      const signatures = (overloads.length > 0 ? overloads : declared).map((one) => {
        const body = 'body' in one.declaration ? one.declaration.body : undefined
        return source(one.start, body?.start ?? one.declaration.end)
      })
      fence(signatures.join('\n'))
      break
    }
    case 'VariableDeclaration': {
      const id = declaration.declarations[0]?.id
      if (id) fence(`const ${module.code.slice(id.start, id.end)}`)
      break
    }
    default:
      fence(source(start, declaration.end))
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
  return [...direct, ...others, ...starsOf(module).flatMap(exportsOf)].toSorted((one, other) =>
    one.name.localeCompare(other.name, 'en'),
  )
}

/** @returns {{ subpath: string, file: string }[]} the subpaths of the package that are code, except the languages */
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

/**
 * The modules that this one re-exports completely.
 *
 * @param {Module} module
 * @returns {string[]}
 */
const starsOf = ({ file, stars }) => stars.map((from) => sourceOf(join(dirname(file), from)))

/**
 * @param {string} file
 * @returns {string[]}
 */
function exportedNames(file) {
  const module = moduleOf(file)
  const { exported, reexports } = module
  return [...exported, ...reexports.map(({ name }) => name), ...starsOf(module).flatMap(exportedNames)]
}

/** Every name that has a section. */
const publicNames = new Set(entries().flatMap(({ file }) => exportedNames(file)))

/** @returns {{ subpath: string, file: string, exports: Export[] }[]} */
export const readApi = () => entries().map((entry) => ({ ...entry, exports: exportsOf(entry.file) }))

/** Where the props of `<WhatsAppPairing>` are declared. */
const propSources = [
  ['react/session/use-pairing-session.ts', 'UsePairingSessionOptions'],
  ['react/session/pairing-callbacks.ts', 'PairingCallbacks'],
  ['react/parts/pairing-root-options.ts', 'PairingRootOptions'],
  ['react/parts/card.tsx', 'PairingCardProps'],
]

/** Props that only parts have. `<WhatsAppPairing>` has `onError` instead of the first, and creates the second. */
const notOfTheComponent = ['onPartError', 'pairing']

/** The props of `<WhatsAppPairing>`, without duplicates. */
export function componentProps() {
  const members = propSources.flatMap(([file = '', name = '']) => {
    const module = moduleOf(join(root, 'src', file))
    const declaration = module.declarations.get(name)?.[0]?.declaration
    if (declaration?.type !== 'TSInterfaceDeclaration') throw new Error(`${file} has no interface ${name}.`)
    return membersOf(module, declaration)
  })
  const names = members.map(({ name }) => name)
  return members.filter(
    ({ name }, index) => names.indexOf(name) === index && !notOfTheComponent.includes(name.replace('?', '')),
  )
}

/** The props of `<WhatsAppPairing>` as a table. */
export const propTable = () => memberTable(componentProps())

/**
 * The id of a heading, as Storybook and GitHub make it.
 *
 * @param {string} heading
 */
export const anchorOf = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')

/** The reference as Markdown, without its first heading: the contents, then a section for each subpath and each export. */
export function apiReference() {
  // If two subpaths share a name, its section is in the first one.
  /** @type {Map<string, string>} */
  const places = new Map()
  /** @type {string[]} */
  const contents = []
  /** @type {Set<string>} Anchors: two headings with one would be one target. */
  const taken = new Set()
  const sections = readApi().map(({ subpath, exports }) => {
    const shared = exports.filter(({ name, text }) => places.get(name) === text)
    const own = exports.filter(({ name, text }) => places.get(name) !== text)
    for (const { name, text } of own) if (!places.has(name)) places.set(name, text)
    const also = shared.map(({ name }) => `\`${name}\``).join(', ')
    const named = own.map(({ name, text }) => {
      const heading = taken.has(anchorOf(name)) ? `${name} of ${subpath}` : name
      taken.add(anchorOf(heading))
      return { name, heading, text: text.replace(/^### .*/, `### ${heading}`) }
    })
    const links = named.map(({ name, heading }) => `[${name}](#${anchorOf(heading)})`).join(' · ')
    contents.push(`**[${subpath}](#${anchorOf(subpath)})** ${links}`)
    return [
      `## ${subpath}`,
      ...(shared.length > 0 ? [`Also exported here, and described above: ${also}.`] : []),
      ...named.map(({ text }) => text),
    ].join('\n\n')
  })
  return `${[...contents, ...sections].join('\n\n')}\n`
}
