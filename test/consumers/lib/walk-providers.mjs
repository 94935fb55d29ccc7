// @ts-check
import assert from 'node:assert/strict'
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fewAtOnce } from './consumer.mjs'
import { documentSnippets } from './documents.mjs'

/**
 * @import { Snippet } from './documents.mjs'
 * @import { Consumer } from './consumer.mjs'
 */

const LINK_TIMEOUT_MS = 60_000

const MOCK_PROVIDER = 'mock-provider.mjs'

/**
 * Files that replace `pairing.mjs`: they export a provider and `authorize`, and have a simulated phone.
 *
 * @param {Snippet} snippet
 */
const isPairingFile = ({ file, text }) =>
  file?.endsWith('.mjs') && /\bmock\w+\(/.test(text) && text.includes('authorize')

/** @returns {Promise<readonly { readonly name: string, readonly text: string }[]>} the documented ones, of the README and the pages */
export async function pairingFiles() {
  const snippets = await documentSnippets()
  return snippets.filter(isPairingFile).map(({ file: name = '', text }) => ({ name, text }))
}

/**
 * The variables that such a file reads, each with a different value.
 *
 * @param {string} text
 * @returns {Readonly<Record<string, string>>}
 */
function environmentOf(text) {
  const names = [...text.matchAll(/\b([A-Z][A-Z_]+_[A-Z_]+)\b/g)].map(([, name = '']) => name)
  return Object.fromEntries(
    [...new Set(names)]
      .filter((name) => name !== 'SCAN_AFTER_MS')
      // An id of GREEN-API contains only digits. The mock server of a custom server has this path.
      .map((name, index) => [
        name,
        /URL$/.test(name) ? 'https://provider.example/pairing' : `110100000${index}`,
      ]),
  )
}

/**
 * Follows each provider's section to a linked phone. The first run needs no account. The second one uses
 * credentials in the environment and a sign-in, with a mock server instead of the provider. The consumer has
 * already built the page, and it runs `server.mjs`.
 *
 * @param {Consumer} consumer
 */
export async function walkProviders(consumer) {
  const files = await pairingFiles()
  const server = await readFile(path.join(consumer.folder, 'server.mjs'), 'utf8')
  await copyFile(path.join(consumer.source, MOCK_PROVIDER), path.join(consumer.folder, MOCK_PROVIDER))

  /**
   * @param {string} title
   * @param {object} options
   * @param {string} options.name The name of the provider's file.
   * @param {string} options.pairing The text that the developer saves as `pairing.mjs`.
   * @param {readonly string[]} [options.flags]
   * @param {Readonly<Record<string, string>>} [options.env]
   */
  const walk = async (title, { name, pairing, flags = [], env = {} }) => {
    // Each walk has its own files, so that several can run in parallel.
    const prefix = `${flags.length > 0 ? 'real' : 'simulated'}-${name}`
    await writeFile(path.join(consumer.folder, `pairing-${prefix}`), pairing)
    await writeFile(
      path.join(consumer.folder, `server-${prefix}`),
      server.replace("'./pairing.mjs'", `'./pairing-${prefix}'`),
    )
    const port = await consumer.freePort()
    const url = `http://localhost:${port}`
    const running = await consumer.start('node', [...flags, `server-${prefix}`], {
      url,
      env: { PORT: String(port), ...env },
    })
    await consumer.checkPage(title, { url }, async (page) => {
      await page.locator('[data-status="linked"]').waitFor({ timeout: LINK_TIMEOUT_MS })
    })
    await running.stop()
  }

  const walks = files.flatMap(({ name, text }) => {
    const env = environmentOf(text)
    const withSignIn = text
      .replace(/export (async function|const) authorize\b/, '$1 documentedAuthorize')
      .concat('export const authorize = async () => true\n')
    return [
      // `walkByReadme` already covers the file of the README.
      ...(name === 'pairing.mjs'
        ? []
        : [() => walk(`${name}, saved as pairing.mjs, links its simulated phone`, { name, pairing: text })]),
      () =>
        walk(`${name} links a phone with ${Object.keys(env).join(', ')} in the environment`, {
          name,
          pairing: withSignIn,
          flags: ['--import', `./${MOCK_PROVIDER}`],
          env: { ...env, PAIRING_FILE: name },
        }),
    ]
  })
  await consumer.check(
    'every adapter that needs no separate process has a documented pairing file',
    async () => {
      const adapters = await readdir(
        path.join(consumer.folder, 'node_modules/whatsapp-pairing/dist/providers'),
      )
      const names = adapters
        .filter((file) => /^[\w-]+\.js$/.test(file))
        .map((file) => file.replace(/js$/, 'mjs'))
      const documented = files.map(({ name }) => (name === 'pairing.mjs' ? 'green-api.mjs' : name))
      assert.deepEqual(documented.toSorted(), names.filter((name) => name !== 'baileys.mjs').toSorted())
    },
  )
  await fewAtOnce(walks, 6)
}
