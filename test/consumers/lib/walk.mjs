// @ts-check
import assert from 'node:assert/strict'
import { copyFile, readFile } from 'node:fs/promises'
import path from 'node:path'
import { devices } from 'playwright'
import { commandsBelow, documentSnippets, writeFiles } from './documents.mjs'

/**
 * @import { Page } from 'playwright'
 * @import { Consumer } from './consumer.mjs'
 */

const WEBHOOK_SECRET = 'webhook-secret-of-the-walk'

/** The time that a newcomer waits for the simulated phone, plus a margin for a busy machine. */
const LINK_TIMEOUT_MS = 60_000

const WATCHERS = 100

/** Process managers wait for 10 to 30 seconds before they kill a process. */
const EXIT_LIMIT_MS = 2_000

/**
 * A developer follows the README and then the page "Start": the documented commands in an empty folder, the
 * documented files, and a browser.
 *
 * @typedef {object} Walk
 * @property {string} heading The section in the README and the page.
 * @property {Readonly<Record<string, string>>} pins Versions that replace `@latest` in the commands that
 * create the app.
 * @property {readonly string[]} [createFlags] Prevent the creator from installing the newest versions.
 * @property {string} page The path of the page.
 * @property {Readonly<Record<string, string>>} [env]
 */

/**
 * Runs the section's commands up to the build, and puts the README's files into the app. The consumer's
 * `package-lock.json` pins the versions.
 *
 * @param {Consumer} consumer
 * @param {Walk} walk
 */
export async function installByReadme(consumer, { heading, pins, createFlags = [] }) {
  const snippets = await documentSnippets()
  const lock = path.join(consumer.source, 'package-lock.json')
  const isPinned = !consumer.isNewest && !consumer.isLocking
  const versions = isPinned ? JSON.parse(await readFile(lock, 'utf8')).packages : {}
  for (const words of commandsBelow(snippets, heading)) {
    const [command = '', verb, ...args] = words
    if (command === 'cd') {
      consumer.folder = path.join(consumer.folder, verb ?? '')
    } else if (verb === 'create' || command === 'npx') {
      const pinned = words.slice(1).map((word) => {
        const name = word.replace(/@latest$/, '')
        return !consumer.isNewest && name !== word ? `${name}@${pins[name]}` : word
      })
      await consumer.run(command, [...pinned, ...(consumer.isNewest ? [] : createFlags)])
    } else if (verb === 'install') {
      if (isPinned) await copyFile(lock, path.join(consumer.folder, 'package-lock.json'))
      const packages = args.map((name) => {
        if (name === 'whatsapp-pairing') return consumer.tarball
        const version = versions[`node_modules/${name}`]?.version
        return version === undefined ? name : `${name}@${version}`
      })
      await consumer.run(command, [verb, ...packages, ...consumer.installFlags])
    }
  }
  await writeFiles(
    snippets.filter((snippet) => snippet.heading === heading || snippet.file === 'pairing.mjs'),
    consumer.folder,
  )
  if (consumer.isLocking) await consumer.saveLock(path.join(consumer.folder, 'package-lock.json'), lock)
}

/**
 * Follows the README from the build to a linked phone: by QR code and by pairing code, with mouse and finger,
 * and with a webhook.
 *
 * @param {Consumer} consumer
 * @param {Walk} walk
 */
export async function walkByReadme(consumer, walk) {
  const commands = commandsBelow(await documentSnippets(), walk.heading)
  const started = commands.findIndex(([command, verb]) => command === 'npm' && verb === 'run')
  assert.ok(started > 0, `The README has no build command below "${walk.heading}".`)
  const [build = [], start = []] = commands.slice(started)

  const isBuilt = await consumer.check(`${build.join(' ')} builds the README's files`, () =>
    consumer.run(build[0] ?? '', build.slice(1), { env: walk.env ?? {} }),
  )
  if (!isBuilt) return

  const port = await consumer.freePort()
  const origin = `http://localhost:${port}`
  const serve = (/** @type {Readonly<Record<string, string>>} */ env) =>
    consumer.start(start[0] ?? '', start.slice(1), {
      url: origin,
      env: { ...walk.env, PORT: String(port), PAIRING_WEBHOOK_SECRET: WEBHOOK_SECRET, ...env },
    })

  const url = `${origin}${walk.page}`
  let server = await serve({})
  await consumer.checkPage(
    'the phone links if a newcomer opens the page and waits',
    { url },
    async (page) => {
      await page.getByRole('img', { name: /QR code/ }).waitFor()
      await page.locator('[data-status="linked"]').waitFor({ timeout: LINK_TIMEOUT_MS })
    },
  )
  await consumer.check('the server accepts webhooks at the documented URL only with the secret', async () => {
    const send = (/** @type {string} */ secret) =>
      fetch(`${origin}/api/pairing/webhook`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          typeWebhook: 'stateInstanceChanged',
          instanceData: { idInstance: 1101000001, wid: '5511987654321@c.us', typeInstance: 'whatsapp' },
          timestamp: Math.floor(Date.now() / 1000),
          stateInstance: 'authorized',
        }),
      })
    assert.equal((await send(WEBHOOK_SECRET)).ok, true)
    assert.equal((await send('another secret')).ok, false)
  })
  await consumer.check(
    `the server ends within ${EXIT_LIMIT_MS / 1000} s of SIGTERM with ${WATCHERS} pages watching`,
    async () => {
      const watchers = await Promise.all(
        Array.from({ length: WATCHERS }, () => fetch(`${origin}/api/pairing?events&method=qr`)),
      )
      assert.ok(watchers.some(({ ok }) => ok))
      const askedAt = performance.now()
      await server.stop()
      const tookMs = performance.now() - askedAt
      assert.ok(tookMs < EXIT_LIMIT_MS, `The server took ${Math.round(tookMs)} ms to end.`)
    },
  )

  const devPort = await consumer.freePort()
  const devOrigin = `http://localhost:${devPort}`
  // Vite forwards to the server; Next.js is the server.
  server = await serve({})
  const dev = await consumer.start('npm', ['run', 'dev', '--', '--port', String(devPort)], {
    url: devOrigin,
    env: { ...walk.env, PORT: String(port) },
  })
  await consumer.checkPage(
    'the development server shows a page with a QR code',
    { url: `${devOrigin}${walk.page}` },
    async (page) => {
      await page.getByRole('img', { name: /QR code/ }).waitFor()
    },
  )
  await dev.stop()
  await server.stop()

  // The simulated phone does not scan the QR code, so that there is time for the phone number.
  const env = { SCAN_AFTER_MS: '600000' }
  server = await serve(env)
  await consumer.checkPage(
    'a mouse reaches the country list, the number and Get code, and the phone links',
    { url },
    (page) => linkByCode(page, (x, y) => page.mouse.click(x, y)),
  )
  await server.stop()

  server = await serve(env)
  await consumer.checkPage(
    "a finger on a phone's screen reaches the country list, the number and Get code, and the phone links",
    { url, context: devices['Pixel 7'] },
    (page) => linkByCode(page, (x, y) => page.touchscreen.tap(x, y)),
  )
  await server.stop()
}

/**
 * @param {Page} page
 * @param {(x: number, y: number) => Promise<void>} press Presses at a point of the window, on any element there.
 */
async function linkByCode(page, press) {
  /** @param {ReturnType<Page['locator']>} locator */
  const pressOn = async (locator) => {
    await locator.waitFor()
    await locator.scrollIntoViewIfNeeded()
    const box = await locator.boundingBox()
    assert.ok(box, 'The element is not visible.')
    await press(box.x + box.width / 2, box.y + box.height / 2)
  }
  await pressOn(page.getByRole('tab', { name: 'Phone number' }))
  const country = page.getByRole('combobox')
  await pressOn(country)
  await page.getByRole('option').first().waitFor()
  await page.keyboard.type('Brazil')
  await pressOn(page.getByRole('option', { name: /Brazil/ }))
  await pressOn(page.getByRole('textbox', { name: /number/i }))
  await page.keyboard.type('11 98765-4321')
  await pressOn(page.getByRole('button', { name: 'Get code' }))
  await page
    .getByText(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/)
    .first()
    .waitFor()
  await page.locator('[data-status="linked"]').waitFor({ timeout: LINK_TIMEOUT_MS })
}
