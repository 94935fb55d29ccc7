import { spawnSync } from 'node:child_process'
import { isRoot } from './chromium.mjs'

/**
 * @typedef {object} Program
 * @property {string} name the common name
 * @property {readonly string[]} debianPackages
 * @property {string} variable of the environment, which may say where the program is
 * @property {string} advice how the developer can install it
 * @property {() => string | undefined | Promise<string | undefined>} find
 * @property {readonly [string, ...string[]]} [otherInstaller] for developers without root on Debian
 */

/**
 * Makes sure that a program for the tests is installed. Ends the process if it is missing and cannot be
 * installed, so that tests do not fail because of it.
 *
 * @param {Program} program
 */
export async function ensureProgram({ name, debianPackages, variable, advice, find, otherInstaller }) {
  const label = `ensure ${name}`

  /**
   * @param {string} message
   * @returns {never}
   */
  function stop(message) {
    console.error(`${label}: ${message} ${advice}`)
    process.exit(1)
  }

  /**
   * @param {string} command
   * @param {readonly string[]} args
   */
  function run(command, args) {
    console.log(`${label}: ${command} ${args.join(' ')}`)
    const { status, error } = spawnSync(command, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
    if (status !== 0)
      stop(
        `${command} failed${error === undefined ? '' : ` (${error.message})`}, so the tests would have none.`,
      )
  }

  if ((await find()) !== undefined) return
  const named = process.env[variable]
  if (named !== undefined && named !== '') stop(`${variable} is ${named}, and there is no such file.`)
  if (isRoot && spawnSync('apt-get', ['--version']).status === 0) {
    console.log(`${label}: not found, installing it`)
    run('apt-get', ['update'])
    run('apt-get', ['install', '-y', '--no-install-recommends', ...debianPackages])
  } else if (otherInstaller !== undefined) {
    console.log(`${label}: not found, installing it`)
    const [command, ...args] = otherInstaller
    run(command, args)
  } else {
    stop('not found, and only root can install it, with apt-get.')
  }
  if ((await find()) === undefined) stop('installed, but still not found.')
}
