// @ts-check
// Installs the packed package into real consumer apps and checks it there:
//
//   npm run test:consumers                     all houses, with their pinned versions
//   npm run test:consumers -- types jest       these houses
//   npm run test:consumers -- --newest         the newest versions of everything instead
//   npm run test:consumers -- --lock types     writes new pinned versions of a house
//
// A house is a folder in this folder. Its `app/` is copied to a temporary folder. There, `npm install` installs the
// versions of its `package-lock.json` and the packed package as `file:../whatsapp-pairing.tgz`. `check.mjs` stays in
// the house and exports the checks: `export default async function (house) { await house.check('…', async () => …) }`.
// A house that needs another installation also exports `install(house)`.
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { House } from './lib/house.mjs'

const here = import.meta.dirname
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    newest: { type: 'boolean', default: false },
    lock: { type: 'boolean', default: false },
    /**
     * The number of houses that run in parallel. One waits for servers and pages while another one compiles.
     */
    jobs: { type: 'string', default: '2' },
  },
})

/** @returns {Promise<string[]>} */
async function namesOfHouses() {
  const entries = await readdir(here, { withFileTypes: true })
  const houses = entries
    .filter((entry) => entry.isDirectory() && entry.name !== 'lib')
    .map(({ name }) => name)
  const unknown = positionals.filter((name) => !houses.includes(name))
  if (unknown.length > 0)
    throw new Error(`No such house: ${unknown.join(', ')}. There are ${houses.join(', ')}.`)
  // The pages house takes as long as all others together, so it starts first.
  const longestFirst = houses.sort((one, other) => Number(other === 'pages') - Number(one === 'pages'))
  return positionals.length > 0 ? positionals : longestFirst
}

/** @param {House} house */
async function install(house) {
  if (house.isNewest) {
    await rm(path.join(house.folder, 'package-lock.json'), { force: true })
    const manifest = JSON.parse(await readFile(path.join(house.folder, 'package.json'), 'utf8'))
    // A house tests exact versions. Ranges only show what was newest when the house was written.
    const newest = ['dependencies', 'devDependencies'].flatMap((kind) =>
      Object.entries(manifest[kind] ?? {})
        .filter(([, range]) => range.startsWith('^'))
        .map(([name]) => `${name}@latest`),
    )
    await house.run('npm', ['install', '--no-save', ...house.installFlags, house.tarball, ...newest])
    return
  }
  if (house.isLocking) {
    const lock = path.join(house.folder, 'package-lock.json')
    await rm(lock, { force: true })
    await house.run('npm', ['install', '--package-lock-only', ...house.installFlags])
    await house.saveLock(lock, path.join(house.source, 'app', 'package-lock.json'))
  }
  // npm reads the package again because it is requested by name. All other packages keep the version of the
  // lockfile.
  await house.run('npm', ['install', '--no-save', ...house.installFlags, house.tarball])
}

/** @param {number} since */
const minutesSince = (since) => ((performance.now() - since) / 60_000).toFixed(1)

/**
 * @param {string} name
 * @param {string} temporary
 */
async function runHouse(name, temporary) {
  const house = new House({
    name,
    source: path.join(here, name),
    folder: path.join(temporary, name),
    tarball: path.join(temporary, 'whatsapp-pairing.tgz'),
    isNewest: values.newest,
    isLocking: values.lock,
  })
  open.add(house)
  const app = path.join(house.source, 'app')
  const checks = await import(path.join(house.source, 'check.mjs'))
  const times = { install: '–', checks: '–' }
  try {
    await mkdir(house.folder)
    await cp(app, house.folder, { recursive: true }).catch((error) => {
      // A house may consist only of what its `install` creates.
      if (error.code !== 'ENOENT') throw error
    })
    const began = performance.now()
    const isInstalled = await house.check('npm install adds the packed package to the app', () =>
      (checks.install ?? install)(house),
    )
    times.install = minutesSince(began)
    if (isInstalled) {
      const checksBegan = performance.now()
      await checks.default(house)
      times.checks = minutesSince(checksBegan)
    }
  } catch (error) {
    house.fail('gets through its checks', error)
  } finally {
    await house.close()
    open.delete(house)
  }
  console.log(
    `${house.failed.length === 0 ? '✓' : '✗'} ${name}: ${house.passed} passed, ${house.failed.length} failed; ` +
      `install ${times.install} min, checks ${times.checks} min`,
  )
  return house
}

const houses = await namesOfHouses()
const temporary = await mkdtemp(path.join(tmpdir(), 'whatsapp-pairing-consumers-'))
const removeTemporary = () => rm(temporary, { recursive: true, force: true, maxRetries: 3 })

/** @type {Set<House>} Houses whose processes have to end when this one is interrupted. */
const open = new Set()
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.once(signal, async () => {
    for (const house of open) await house.close()
    await removeTemporary()
    process.exit(1)
  })
}

try {
  const root = new House({
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

  /** @type {House[]} */
  const done = []
  const waiting = [...houses]
  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
      done.push(await runHouse(name, temporary))
  }
  await Promise.all(Array.from({ length: Number(values.jobs) }, worker))

  const passed = done.reduce((sum, house) => sum + house.passed, 0)
  const failed = done.flatMap((house) => house.failed.map((title) => `${house.name}: ${title}`))
  for (const title of failed) console.log(`✗ ${title}`)
  console.log(`${passed} passed, ${failed.length} failed`)
  process.exitCode = failed.length > 0 || passed === 0 ? 1 : 0
} finally {
  await removeTemporary()
}
