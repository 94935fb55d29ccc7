// @ts-check
// Installs the packed package into real consumer apps and checks it there:
//
//   npm run test:consumers                     all consumers, with their pinned versions
//   npm run test:consumers -- types jest       these consumers
//   npm run test:consumers -- --newest         the newest versions of everything instead
//   npm run test:consumers -- --lock types     writes new pinned versions of a consumer
//
// A consumer is a folder in this folder. Its `app/` is copied to a temporary folder. There, `npm install` installs the
// versions of its `package-lock.json` and the packed package as `file:../whatsapp-pairing.tgz`. `check.mjs` stays in
// the consumer and exports the checks: `export default async function (consumer) { await consumer.check('…', async () => …) }`.
// A consumer that needs another installation also exports `install(consumer)`.
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { Consumer } from './lib/consumer.mjs'

const here = import.meta.dirname
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    newest: { type: 'boolean', default: false },
    lock: { type: 'boolean', default: false },
    /**
     * The number of consumers that run in parallel. One waits for servers and pages while another one compiles.
     */
    jobs: { type: 'string', default: '2' },
  },
})

/** @returns {Promise<string[]>} */
async function namesOfConsumers() {
  const entries = await readdir(here, { withFileTypes: true })
  const consumers = entries
    .filter((entry) => entry.isDirectory() && entry.name !== 'lib')
    .map(({ name }) => name)
  const unknown = positionals.filter((name) => !consumers.includes(name))
  if (unknown.length > 0)
    throw new Error(`No such consumer: ${unknown.join(', ')}. There are ${consumers.join(', ')}.`)
  // The pages consumer takes as long as all others together, so it starts first.
  const longestFirst = consumers.sort((one, other) => Number(other === 'pages') - Number(one === 'pages'))
  return positionals.length > 0 ? positionals : longestFirst
}

/** @param {Consumer} consumer */
async function install(consumer) {
  if (consumer.isNewest) {
    await rm(path.join(consumer.folder, 'package-lock.json'), { force: true })
    const manifest = JSON.parse(await readFile(path.join(consumer.folder, 'package.json'), 'utf8'))
    // A consumer tests exact versions. Ranges only show what was newest when the consumer was written.
    const newest = ['dependencies', 'devDependencies'].flatMap((kind) =>
      Object.entries(manifest[kind] ?? {})
        .filter(([, range]) => range.startsWith('^'))
        .map(([name]) => `${name}@latest`),
    )
    await consumer.run('npm', ['install', '--no-save', ...consumer.installFlags, consumer.tarball, ...newest])
    return
  }
  if (consumer.isLocking) {
    const lock = path.join(consumer.folder, 'package-lock.json')
    await rm(lock, { force: true })
    await consumer.run('npm', ['install', '--package-lock-only', ...consumer.installFlags])
    await consumer.saveLock(lock, path.join(consumer.source, 'app', 'package-lock.json'))
  }
  // npm reads the package again because it is requested by name. All other packages keep the version of the
  // lockfile.
  await consumer.run('npm', ['install', '--no-save', ...consumer.installFlags, consumer.tarball])
}

/** @param {number} since */
const minutesSince = (since) => ((performance.now() - since) / 60_000).toFixed(1)

/**
 * @param {string} name
 * @param {string} temporary
 */
async function runConsumer(name, temporary) {
  const consumer = new Consumer({
    name,
    source: path.join(here, name),
    folder: path.join(temporary, name),
    tarball: path.join(temporary, 'whatsapp-pairing.tgz'),
    isNewest: values.newest,
    isLocking: values.lock,
  })
  open.add(consumer)
  const app = path.join(consumer.source, 'app')
  const checks = await import(path.join(consumer.source, 'check.mjs'))
  const times = { install: '–', checks: '–' }
  try {
    await mkdir(consumer.folder)
    await cp(app, consumer.folder, { recursive: true }).catch((error) => {
      // A consumer may consist only of what its `install` creates.
      if (error.code !== 'ENOENT') throw error
    })
    const began = performance.now()
    const isInstalled = await consumer.check('npm install adds the packed package to the app', () =>
      (checks.install ?? install)(consumer),
    )
    times.install = minutesSince(began)
    if (isInstalled) {
      const checksBegan = performance.now()
      await checks.default(consumer)
      times.checks = minutesSince(checksBegan)
    }
  } catch (error) {
    consumer.fail('gets through its checks', error)
  } finally {
    await consumer.close()
    open.delete(consumer)
  }
  console.log(
    `${consumer.failed.length === 0 ? '✓' : '✗'} ${name}: ${consumer.passed} passed, ${consumer.failed.length} failed; ` +
      `install ${times.install} min, checks ${times.checks} min`,
  )
  return consumer
}

const consumers = await namesOfConsumers()
const temporary = await mkdtemp(path.join(tmpdir(), 'whatsapp-pairing-consumers-'))
const removeTemporary = () => rm(temporary, { recursive: true, force: true, maxRetries: 3 })

/** @type {Set<Consumer>} Consumers whose processes have to end when this one is interrupted. */
const open = new Set()
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.once(signal, async () => {
    for (const consumer of open) await consumer.close()
    await removeTemporary()
    process.exit(1)
  })
}

try {
  const root = new Consumer({
    name: 'pack',
    source: here,
    folder: path.join(here, '../..'),
    tarball: '',
    isNewest: false,
    isLocking: false,
  })
  await root.run('npm', ['pack', '--silent', '--pack-destination', temporary])
  const [tarball = ''] = await readdir(temporary)
  await rename(path.join(temporary, tarball), path.join(temporary, 'whatsapp-pairing.tgz'))

  /** @type {Consumer[]} */
  const done = []
  const waiting = [...consumers]
  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
      done.push(await runConsumer(name, temporary))
  }
  await Promise.all(Array.from({ length: Number(values.jobs) }, worker))

  const passed = done.reduce((sum, consumer) => sum + consumer.passed, 0)
  const failed = done.flatMap((consumer) => consumer.failed.map((title) => `${consumer.name}: ${title}`))
  for (const title of failed) console.log(`✗ ${title}`)
  console.log(`${passed} passed, ${failed.length} failed`)
  process.exitCode = failed.length > 0 || passed === 0 ? 1 : 0
} finally {
  await removeTemporary()
}
