import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import { parseSync } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '..')

/**
 * A copy of `dist` in which each module records that it was loaded. It is below the root, so that imports
 * resolve to the packages there.
 */
let copy: string

beforeAll(async () => {
  copy = await mkdtemp(join(root, 'node_modules/.loads-nothing-'))
  await cp(join(root, 'dist'), copy, { recursive: true })
  const files = await readdir(copy, { recursive: true })
  for (const file of files.filter((name) => name.endsWith('.js'))) {
    const code = await readFile(join(copy, file), 'utf8')
    await writeFile(join(copy, file), `${code}\n;(globalThis.loaded ??= []).push(${JSON.stringify(file)})\n`)
  }
  await writeFile(join(copy, 'page.mjs'), page)
})

afterAll(() => rm(copy, { recursive: true, force: true }))

/** Runs in a separate Node process in which no other test has loaded a module. */
const page = `
import { JSDOM } from 'jsdom'
const { window } = new JSDOM('<div id="app"></div>', { pretendToBeVisual: true, url: 'https://host.example/' })
window.HTMLDialogElement.prototype.showModal = function () { this.open = true }
window.HTMLDialogElement.prototype.close = function () { this.open = false }
for (const name of ['window', 'document', 'navigator', 'HTMLElement', 'Node', 'MutationObserver', 'getSelection', 'AbortController', 'AbortSignal'])
  Object.defineProperty(globalThis, name, { configurable: true, value: name === 'window' ? window : window[name] })
const { createElement } = await import('react')
const { createRoot } = await import('react-dom/client')
const { WhatsAppPairingDialog, proxy } = await import('./index.js')
const pause = (ms) => new Promise((done) => setTimeout(done, ms))
// At least so many modules, for which a busy machine takes longer, and then those that come without being wanted.
const waited = async (modules = 0) => {
  for (let turn = 0; turn < 200 && globalThis.loaded.length < modules; turn += 1) await pause(50)
  await pause(300)
}
await waited()
const imported = [...globalThis.loaded]
const provider = proxy({ url: 'https://host.example/api/pairing', fetch: () => new Promise(() => {}) })
const root = createRoot(document.getElementById('app'))
const show = async (open, modules) => {
  root.render(createElement(WhatsAppPairingDialog, { open, provider }))
  await waited(modules)
}
await show(false)
const closed = [...globalThis.loaded]
await show(true, closed.length + 1)
process.stdout.write(JSON.stringify({ imported, closed, opened: globalThis.loaded }))
process.exit()
`

/** Every module that \`file\` imports before it runs, itself included. */
async function importedWith(file: string, seen = new Set<string>()): Promise<Set<string>> {
  if (seen.has(file)) return seen
  seen.add(file)
  const { staticImports, staticExports } = parseSync(
    file,
    await readFile(join(root, 'dist', file), 'utf8'),
  ).module
  const specifiers = [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
  ]
  for (const specifier of specifiers.filter((name) => name.startsWith('.')))
    await importedWith(relative('.', join(dirname(file), specifier)), seen)
  return seen
}

describe('dist (npm run build first)', () => {
  it('a closed dialog loads nothing on demand when it renders, and an opened dialog loads what draws the first code', async () => {
    const { stdout } = await run(process.execPath, [join(copy, 'page.mjs')], { timeout: 60_000 })
    const { imported, closed, opened }: Record<'imported' | 'closed' | 'opened', string[]> =
      JSON.parse(stdout)
    expect(imported.toSorted()).toEqual([...(await importedWith('index.js'))].toSorted())
    expect(closed).toEqual(imported)
    expect(opened.filter((file) => !closed.includes(file))).toEqual(['react/parts/qr-svg.js'])
  })
})
