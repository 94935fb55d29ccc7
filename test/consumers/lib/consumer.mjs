// @ts-check
import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { chromium } from 'playwright'
import { chromiumLaunchOptions } from '../../chromium.mjs'

/**
 * @import { ChildProcess } from 'node:child_process'
 * @import { Browser, BrowserContextOptions, Page } from 'playwright'
 */

/**
 * A command that runs longer than this counts as hanging. The slowest one, `next build`, takes a fifth of
 * this time.
 */
const COMMAND_TIMEOUT_MS = 5 * 60_000

/** The length of the end of a stack trace, instead of the whole log of an install. */
const SHOWN_OUTPUT = 12_000

/**
 * Runs checks that wait for pages, a few in parallel.
 *
 * @param {readonly (() => Promise<unknown>)[]} checks
 * @param {number} [limit]
 */
export async function fewAtOnce(checks, limit = 4) {
  const waiting = [...checks]
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next()
  }
  await Promise.all(Array.from({ length: limit }, worker))
}

/** One consumer app in a separate folder, and its checks. */
export class Consumer {
  passed = 0
  /** @type {string[]} Titles of the checks that failed. */
  failed = []

  /** Flags for the app's install: no scripts, and no output that only people read. */
  installFlags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']

  /** @type {ChildProcess[]} */
  #processes = []
  /** @type {Promise<Browser> | undefined} */
  #browser

  /**
   * @param {object} options
   * @param {string} options.name
   * @param {string} options.source The folder of the consumer in the repository.
   * @param {string} options.folder The app: a fresh copy of the consumer's `app` folder, outside the repository.
   * @param {string} options.tarball The packed package.
   * @param {boolean} options.isNewest Whether to install the newest versions instead of the pinned ones.
   * @param {boolean} options.isLocking Whether to pin the newest versions.
   */
  constructor({ name, source, folder, tarball, isNewest, isLocking }) {
    this.name = name
    this.source = source
    this.folder = folder
    this.tarball = tarball
    this.isNewest = isNewest
    this.isLocking = isLocking
  }

  /**
   * Writes a lockfile into the repository. It omits the registry, and the hash of the packed package, because
   * the package changes with every commit.
   *
   * @param {string} from
   * @param {string} to
   */
  async saveLock(from, to) {
    const lock = JSON.parse(await readFile(from, 'utf8'))
    for (const [place, entry] of Object.entries(lock.packages)) {
      if (entry.resolved?.startsWith('http')) delete entry.resolved
      if (place === 'node_modules/whatsapp-pairing') delete entry.integrity
    }
    await writeFile(to, `${JSON.stringify(lock, null, 2)}\n`)
  }

  /**
   * Runs one check. It never rejects: a consumer that cannot continue after a failure stops because of the
   * returned value.
   *
   * @param {string} title A complete sentence, because a list of failures shows only the title.
   * @param {() => unknown} run
   * @returns {Promise<boolean>} whether it passed
   */
  async check(title, run) {
    try {
      await run()
      this.passed += 1
      return true
    } catch (error) {
      this.fail(title, error)
      return false
    }
  }

  /**
   * Adds one failed check.
   *
   * @param {string} title
   * @param {unknown} error
   */
  fail(title, error) {
    this.failed.push(title)
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
    console.log(`✗ ${this.name}: ${title}\n${reason.replace(/^/gm, '    ')}`)
  }

  /**
   * Runs a command in the app's folder.
   *
   * @param {string} command
   * @param {readonly string[]} args
   * @param {{ readonly env?: Readonly<Record<string, string>>, readonly cwd?: string }} [options]
   * @returns {Promise<string>} what it printed; rejects with the end of that when it fails
   */
  async run(command, args, { env = {}, cwd = this.folder } = {}) {
    const child = this.#spawn(command, args, env, cwd)
    const timeout = setTimeout(() => stop(child), COMMAND_TIMEOUT_MS)
    const output = collectOutput(child)
    const status = await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject))
    clearTimeout(timeout)
    if (status === 0) return output()
    const reason = status === null ? 'was stopped' : `ended with status ${status}`
    throw new Error(`\`${[command, ...args].join(' ')}\` ${reason}.\n${output().slice(-SHOWN_OUTPUT)}`)
  }

  /**
   * Starts a server in the app's folder. It runs until the consumer is done or `stop` is called.
   *
   * @param {string} command
   * @param {readonly string[]} args
   * @param {object} options
   * @param {string} options.url Responds with any status when the server is ready.
   * @param {Readonly<Record<string, string>>} [options.env]
   * @returns {Promise<{ output: () => string, stop: () => Promise<void> }>}
   */
  async start(command, args, { url, env = {} }) {
    const child = this.#spawn(command, args, env, this.folder)
    const output = collectOutput(child)
    const ended = new Promise((resolve) => child.on('close', resolve))
    const isUp = async () => {
      const response = await fetch(url)
      await response.body?.cancel()
    }
    for (let attempt = 0; ; attempt += 1) {
      if (child.exitCode !== null || attempt === 120)
        throw new Error(`\`${[command, ...args].join(' ')}\` does not respond at ${url}.\n${output()}`)
      try {
        await isUp()
        break
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 500))
      }
    }
    return {
      output,
      stop: async () => {
        stop(child)
        await ended
      },
    }
  }

  /** @returns {Promise<number>} a port of 127.0.0.1 on which no server listens */
  async freePort() {
    const server = createServer()
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
    const address = server.address()
    await new Promise((resolve) => server.close(resolve))
    if (address === null || typeof address === 'string') throw new Error('The server has no TCP port.')
    return address.port
  }

  /**
   * Runs a check in a Chromium page. It also fails if the page throws or logs an error.
   *
   * @param {string} title
   * @param {object} visit
   * @param {string} visit.url
   * @param {BrowserContextOptions} [visit.context] `devices['Pixel 7']` of Playwright is a phone.
   * @param {(page: Page) => Promise<void>} run
   * @returns {Promise<boolean>} whether it passed
   */
  async checkPage(title, { url, context: options = {} }, run) {
    return this.check(title, async () => {
      this.#browser ??= chromiumLaunchOptions().then((launchOptions) => chromium.launch(launchOptions))
      const browser = await this.#browser
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
      const page = await context.newPage()
      // The limit is not about speed, because the machine may run a second consumer.
      page.setDefaultTimeout(60_000)
      /** @type {string[]} */
      const problems = []
      page.on('pageerror', (error) => problems.push(error.stack ?? error.message))
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(`${message.text()} (${message.location().url})`)
      })
      try {
        await page.goto(url)
        await run(page)
      } catch (error) {
        const text = await page.innerText('body', { timeout: 5_000 }).catch(() => '')
        const seen = [...problems, 'The page says:', text].join('\n')
        throw new Error(`${error instanceof Error ? error.message : error}\n${seen}`, { cause: error })
      } finally {
        await context.close()
      }
      if (problems.length > 0) throw new Error(problems.join('\n'))
    })
  }

  /** Ends the browser and every process that the consumer started. */
  async close() {
    const browser = await this.#browser?.catch(() => undefined)
    await browser?.close()
    for (const child of this.#processes) stop(child)
  }

  /**
   * @param {string} command
   * @param {readonly string[]} args
   * @param {Readonly<Record<string, string>>} env
   * @param {string} cwd
   */
  #spawn(command, args, env, cwd) {
    const child = spawn(command, args, {
      cwd,
      env: { ...cleanEnvironment(), ...env },
      // A separate process group, so that child processes end with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#processes.push(child)
    child.on('close', () => {
      this.#processes = this.#processes.filter((other) => other !== child)
    })
    return child
  }
}

/** The environment without variables of `npm run` and CI, so that commands run as in a user's terminal. */
function cleanEnvironment() {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(lifecycle|package|command)|NODE_ENV|CI$)/.test(name),
  )
  return {
    ...Object.fromEntries(entries),
    // `npm create` and `npx` may prompt before a download, and no user is present to confirm.
    npm_config_yes: 'true',
    NEXT_TELEMETRY_DISABLED: '1',
  }
}

/** @param {ChildProcess} child */
function stop(child) {
  if (child.pid === undefined || child.exitCode !== null) return
  try {
    process.kill(-child.pid)
  } catch {
    // The process has already ended.
  }
}

/**
 * @param {ChildProcess} child
 * @returns {() => string} all that was printed until now
 */
function collectOutput(child) {
  let output = ''
  child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  child.stderr?.on('data', (chunk) => {
    output += chunk
  })
  return () => output
}
