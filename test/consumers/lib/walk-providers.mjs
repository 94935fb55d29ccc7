// @ts-check
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { documentSnippets } from './documents.mjs'
import { fewAtOnce } from './house.mjs'

/** @import { House } from './house.mjs' */

const LINK_TIMEOUT_MS = 60_000

const MOCK_PROVIDER = 'mock-provider.mjs'

/**
 * The file of each provider's section, and what its section says to put into the environment, in the form of that provider.
 *
 * @type {Readonly<Record<string, Readonly<Record<string, string>>>>}
 */
const providers = {
  'pairing.mjs': {
    GREEN_API_ID_INSTANCE: '1101000001',
    GREEN_API_API_TOKEN_INSTANCE: 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345',
    GREEN_API_API_URL: 'https://1101.api.green-api.com',
  },
  'z-api.mjs': {
    Z_API_INSTANCE_ID: '3C67AB641C8AA0412F6A242B4E23AEC7',
    Z_API_TOKEN: '5E1B1A0C4D7F2E9A8B3C6D5F',
    Z_API_CLIENT_TOKEN: 'F4b2c1d9e8a7',
  },
  'wasend.mjs': { WASEND_API_KEY: 'wa_live_9f8e7d6c', WASEND_SESSION_ID: 'shop-5511' },
  'evolution-api.mjs': {
    EVOLUTION_API_BASE_URL: 'https://evolution.example.com',
    EVOLUTION_API_KEY: '429683C4C977415CAAFCCE10F7D57E11',
    EVOLUTION_API_INSTANCE_NAME: 'shop',
  },
  'waha.mjs': {
    WAHA_BASE_URL: 'https://waha.example.com',
    WAHA_API_KEY: 'sha512:9b1c',
    WAHA_SESSION: 'default',
  },
  'own-server.mjs': { OWN_SERVER_URL: 'http://engine.example:3000/pairing', OWN_SERVER_KEY: 'engine-key' },
}

/**
 * From each provider's section to a linked phone: first without an account, then with the credentials in the environment and
 * a sign-in, where a mock server stands in for the provider. The house has built the page and runs `server.mjs`.
 *
 * @param {House} house
 */
export async function walkProviders(house) {
  const snippets = await documentSnippets()
  const server = await readFile(path.join(house.folder, 'server.mjs'), 'utf8')
  await copyFile(path.join(house.source, MOCK_PROVIDER), path.join(house.folder, MOCK_PROVIDER))

  /**
   * @param {string} title
   * @param {object} options
   * @param {string} options.name Of the provider's file.
   * @param {string} options.pairing What the developer saves as `pairing.mjs`.
   * @param {readonly string[]} [options.flags]
   * @param {Readonly<Record<string, string>>} [options.env]
   */
  const walk = async (title, { name, pairing, flags = [], env = {} }) => {
    // Its own files beside the others, so that several run at once.
    const prefix = `${flags.length > 0 ? 'real' : 'simulated'}-${name}`
    await writeFile(path.join(house.folder, `pairing-${prefix}`), pairing)
    await writeFile(
      path.join(house.folder, `server-${prefix}`),
      server.replace("'./pairing.mjs'", `'./pairing-${prefix}'`),
    )
    const port = await house.freePort()
    const url = `http://localhost:${port}`
    const running = await house.start('node', [...flags, `server-${prefix}`], {
      url,
      env: { PORT: String(port), ...env },
    })
    await house.checkPage(title, { url }, async (page) => {
      await page.locator('[data-status="linked"]').waitFor({ timeout: LINK_TIMEOUT_MS })
    })
    await running.stop()
  }

  const walks = Object.entries(providers).flatMap(([name, env]) => {
    const text = snippets.find(({ file }) => file === name)?.text
    if (text === undefined) throw new Error(`The documentation has no ${name}.`)
    const withSignIn = text
      .replace(/export (async function|const) authorize\b/, '$1 documentedAuthorize')
      .concat('export const authorize = async () => true\n')
    return [
      ...(name === 'pairing.mjs'
        ? []
        : [() => walk(`${name} as pairing.mjs links its simulated phone`, { name, pairing: text })]),
      () =>
        walk(`${name} links a phone with ${Object.keys(env).join(', ')} in the environment`, {
          name,
          pairing: withSignIn,
          flags: ['--import', `./${MOCK_PROVIDER}`],
          env,
        }),
    ]
  })
  await fewAtOnce(walks, 6)
}
