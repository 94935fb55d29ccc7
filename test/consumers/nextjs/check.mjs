// @ts-check
import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fewAtOnce } from '../lib/consumer.mjs'
import { installByReadme, walkByReadme } from '../lib/walk.mjs'
import { pairingFiles } from '../lib/walk-providers.mjs'

/**
 * @import { Consumer } from '../lib/consumer.mjs'
 * @import { Walk } from '../lib/walk.mjs'
 */

/** @type {Walk} */
const walk = {
  heading: 'Next.js',
  pins: { 'create-next-app': '16.4.3' },
  createFlags: ['--skip-install', '--disable-git'],
  page: '/pair',
  // The layout of create-next-app loads a font from Google during the build. CI has no access to Google.
  env: { NEXT_FONT_GOOGLE_MOCKED_RESPONSES: path.join(import.meta.dirname, 'google-fonts.cjs') },
}

const repository = path.join(import.meta.dirname, '../../..')

/** @param {Consumer} consumer */
export const install = (consumer) => installByReadme(consumer, walk)

/**
 * Adds a page and a route to the app for each provider's documented file, next to those of the README.
 *
 * @param {Consumer} consumer
 * @returns {Promise<readonly string[]>} the paths of the pages
 */
async function addProviders(consumer) {
  const read = (/** @type {string} */ file) => readFile(path.join(consumer.folder, file), 'utf8')
  const route = await read('app/api/pairing/[[...path]]/route.ts')
  const page = await read('app/pair/page.tsx')
  const files = (await pairingFiles()).filter(({ name }) => name !== 'pairing.mjs')
  for (const { name, text } of files) {
    const provider = name.replace('.mjs', '')
    const added = {
      [name]: text,
      [`app/api/${provider}/[[...path]]/route.ts`]: route.replace('@/pairing.mjs', `@/${name}`),
      [`app/pair/${provider}/page.tsx`]: page.replace('/api/pairing', `/api/${provider}`),
    }
    for (const [file, content] of Object.entries(added)) {
      await mkdir(path.dirname(path.join(consumer.folder, file)), { recursive: true })
      await writeFile(path.join(consumer.folder, file), content)
    }
  }
  return files.map(({ name }) => `${walk.page}/${name.replace('.mjs', '')}`)
}

/** @param {Consumer} consumer */
export default async function (consumer) {
  // With cacheComponents, a component that reads the clock in its first render fails the build unless it is in
  // a `Suspense`.
  await consumer.check('the app is built with cacheComponents', async () => {
    const config = await readFile(path.join(consumer.folder, 'next.config.ts'), 'utf8')
    assert.match(config, /^\s*cacheComponents: true,$/m)
  })
  const pages = await addProviders(consumer)
  await walkByReadme(consumer, walk)

  const port = await consumer.freePort()
  const origin = `http://localhost:${port}`
  const env = { ...walk.env, PORT: String(port) }
  const server = await consumer.start('npm', ['start'], { url: origin, env })
  await fewAtOnce([
    ...pages.map(
      (page) => () =>
        consumer.checkPage(
          `the file of ${page.slice(walk.page.length + 1)} links its simulated phone`,
          { url: `${origin}${page}` },
          (opened) => opened.locator('[data-status="linked"]').waitFor(),
        ),
    ),
    () =>
      consumer.check('the recipe for Playwright links its phone on the page of the app', () =>
        consumer.run(
          'npx',
          // Playwright empties its output folder before it starts.
          [
            'playwright',
            'test',
            '--config',
            import.meta.dirname,
            '--output',
            path.join(consumer.folder, 'output'),
          ],
          { cwd: repository, env: { PAGE_ORIGIN: origin } },
        ),
      ),
  ])
  await server.stop()
}
