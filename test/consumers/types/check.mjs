// @ts-check
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { documentSnippets, writeFiles } from '../lib/documents.mjs'

/** @import { Consumer } from '../lib/consumer.mjs' */

const compilers = ['5.4', '5.9', '7']

/** The value of `module` for each `moduleResolution`. */
const resolutions = { bundler: 'esnext', node16: 'node16', nodenext: 'nodenext' }

const strict = {
  target: 'es2022',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  jsx: 'react-jsx',
  skipLibCheck: false,
  noEmit: true,
}

const browser = { lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: [] }

const dist = 'node_modules/whatsapp-pairing/dist'

/** A server as `tsc --init` or create-vite's `tsconfig.node.json` configures it, without the DOM. */
const server = { lib: ['ES2022'], types: ['node'] }

/** The configuration of create-vite and create-next-app for the documented files. */
const app = {
  lib: ['ES2023', 'DOM', 'DOM.Iterable'],
  types: ['node'],
  module: 'esnext',
  moduleResolution: 'bundler',
  allowJs: true,
  checkJs: true,
  skipLibCheck: true,
  paths: { '@/*': ['./documents/*'] },
}

/** @param {Consumer} consumer */
export default async function check(consumer) {
  const manifest = JSON.parse(
    await readFile(path.join(consumer.folder, 'node_modules/whatsapp-pairing/package.json'), 'utf8'),
  )
  const subpaths = Object.keys(manifest.exports)
    .filter((subpath) => subpath !== './package.json')
    .map((subpath) => subpath.replace(/^\./, 'whatsapp-pairing'))
  const onServers = subpaths.filter((subpath) => /\/(server|testing|providers)\b/.test(subpath))
  await writeFile(
    path.join(consumer.folder, 'browser.ts'),
    importsOf(subpaths.filter((subpath) => !subpath.endsWith('/baileys'))),
  )
  await writeFile(path.join(consumer.folder, 'server.ts'), importsOf(onServers))
  // Includes declarations that no subpath leads to.
  const declarations = (await readdir(path.join(consumer.folder, dist), { recursive: true }))
    .filter((file) => file.endsWith('.d.ts') && !file.includes('baileys'))
    .map((file) => path.join(dist, file))

  // Vite's own types need a newer compiler than 5.4. The build of vite-express checks its configuration.
  const snippets = (
    await writeFiles(await documentSnippets(), path.join(consumer.folder, 'documents'))
  ).filter((file) => file !== 'vite.config.ts')

  for (const compiler of compilers) {
    /**
     * @param {string} name
     * @param {object} compilerOptions
     * @param {readonly string[]} files
     */
    const compile = async (name, compilerOptions, files) => {
      const project = path.join(consumer.folder, `tsconfig.${name}-${compiler}.json`)
      await writeFile(project, JSON.stringify({ compilerOptions, files }))
      return consumer.run('node', [
        `node_modules/typescript-${compiler}/bin/tsc`,
        '--pretty',
        'false',
        '--project',
        project,
      ])
    }
    for (const [moduleResolution, module] of Object.entries(resolutions)) {
      await consumer.check(
        `TypeScript ${compiler} with ${moduleResolution} accepts every subpath and declaration file`,
        () =>
          compile(moduleResolution, { ...strict, ...browser, module, moduleResolution }, [
            'browser.ts',
            'page.tsx',
            ...declarations,
          ]),
      )
    }
    await consumer.check(
      `TypeScript ${compiler} accepts every file of the README and the documentation`,
      () =>
        compile(
          'documents',
          { ...strict, ...app },
          snippets.map((file) => `documents/${file}`),
        ),
    )
    await consumer.check(`TypeScript ${compiler} accepts servers and providers without the DOM`, () =>
      compile('server', { ...strict, ...server, module: 'nodenext' }, ['server.ts']).catch(
        unlessOnlyOfBaileys,
      ),
    )
  }
}

/**
 * Baileys' own declarations need `skipLibCheck`. This package cannot fix that.
 *
 * @param {unknown} error
 */
function unlessOnlyOfBaileys(error) {
  const message = error instanceof Error ? error.message : String(error)
  const errors = message.split('\n').filter((line) => /: error TS\d+/.test(line))
  const own = errors.filter((line) => !/^node_modules\/(baileys|whatsapp-rust-bridge)\//.test(line))
  if (errors.length === 0 || own.length > 0) throw new Error(own.join('\n') || message)
}

/** @param {readonly string[]} subpaths */
function importsOf(subpaths) {
  const scripts = subpaths.filter((subpath) => !subpath.endsWith('.css'))
  const styles = subpaths.filter((subpath) => subpath.endsWith('.css'))
  return [
    ...styles.map((subpath) => `import '${subpath}'`),
    ...scripts.map((subpath, index) => `import * as module${index} from '${subpath}'`),
    `export const all = [${scripts.map((_, index) => `module${index}`).join(', ')}]`,
    '',
  ].join('\n')
}
