// @ts-check
// Reads the declarations, exports and imports of a module of `src`, with its TSDoc.
import { readFileSync } from 'node:fs'
import { parseSync } from 'vite'

/** @import { ESTree } from 'vite' */

/** @typedef {ReturnType<typeof readModule>} Module */
/** @typedef {ReturnType<typeof readDoc>} Doc */

/** @type {Map<string, Module>} */
const modules = new Map()

/**
 * @param {string} file
 * @returns {Module}
 */
export function moduleOf(file) {
  const known = modules.get(file)
  if (known) return known
  const module = readModule(file)
  modules.set(file, module)
  return module
}

/**
 * A declaration, and the start of its statement, which may begin with `export`.
 *
 * @typedef {object} Declared
 * @property {ESTree.Declaration} declaration
 * @property {number} start
 */

/** @param {ESTree.ModuleExportName} name */
const textOf = (name) => (name.type === 'Literal' ? name.value : name.name)

/** @param {ESTree.Statement | ESTree.Directive} statement */
function declarationOf(statement) {
  if (statement.type === 'ExportNamedDeclaration') return statement.declaration ?? undefined
  switch (statement.type) {
    case 'VariableDeclaration':
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
    case 'ClassDeclaration':
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return statement
    default:
      return undefined
  }
}

/**
 * @param {ESTree.Declaration} declaration
 * @returns {string[]}
 */
function namesOf(declaration) {
  if (declaration.type === 'VariableDeclaration')
    return declaration.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []))
  return 'id' in declaration && declaration.id?.type === 'Identifier' ? [declaration.id.name] : []
}

/** @param {string} file */
function readModule(file) {
  const code = readFileSync(file, 'utf8')
  const { program, comments } = parseSync(file, code)
  const docs = comments.filter(({ type, value }) => type === 'Block' && value.startsWith('*'))
  /** @type {Map<string, Declared[]>} By their name; a function has one for each overload. */
  const declarations = new Map()
  /** @type {{ name: string, from: string, local: string }[]} */
  const reexports = []
  /** @type {string[]} What `export *` names. */
  const stars = []
  /** @type {Set<string>} */
  const exported = new Set()
  /** @type {Map<string, { from: string, local: string }>} */
  const imports = new Map()
  for (const statement of program.body) {
    if (statement.type === 'ImportDeclaration')
      for (const specifier of statement.specifiers)
        imports.set(specifier.local.name, {
          from: statement.source.value,
          local: specifier.type === 'ImportSpecifier' ? textOf(specifier.imported) : 'default',
        })
    if (statement.type === 'ExportAllDeclaration') stars.push(statement.source.value)
    if (statement.type === 'ExportNamedDeclaration')
      for (const specifier of statement.specifiers) {
        const [name, local] = [textOf(specifier.exported), textOf(specifier.local)]
        const from = statement.source ? { from: statement.source.value, local } : imports.get(local)
        if (from) reexports.push({ name, ...from })
        else exported.add(name)
      }
    const declaration = declarationOf(statement)
    if (!declaration) continue
    for (const name of namesOf(declaration)) {
      declarations.set(name, [...(declarations.get(name) ?? []), { declaration, start: statement.start }])
      if (statement.type === 'ExportNamedDeclaration') exported.add(name)
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
  return { file, code, declarations, reexports, stars, exported, docAt }
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

/** @param {string} file As it is imported, which ends in `.js`. */
export function sourceOf(file) {
  for (const ending of ['.ts', '.tsx']) {
    const candidate = file.replace(/\.js$/, ending)
    try {
      readFileSync(candidate)
      return candidate
    } catch {}
  }
  throw new Error(`${file} has no source.`)
}
