// Makes sure that there is a Chromium for the browser tests, so that they fail for their own reasons only.
import { spawnSync } from 'node:child_process'
import { chromiumPath, isRoot } from './chromium.mjs'

/** @param {string} message */
function stop(message) {
  console.error(`ensure-chromium: ${message}`)
  process.exit(1)
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  console.log(`ensure-chromium: ${command} ${args.join(' ')}`)
  const { status, error } = spawnSync(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  if (status !== 0)
    stop(
      `${command} failed${error === undefined ? '' : ` (${error.message})`}, so there is no browser for the tests. ${advice}`,
    )
}

const advice =
  'Install Chromium (Debian: apt-get install chromium), or set CHROMIUM_PATH to the browser to use.'
const hasAptGet = spawnSync('apt-get', ['--version']).status === 0

if ((await chromiumPath()) === undefined) {
  const named = process.env.CHROMIUM_PATH
  if (named !== undefined && named !== '')
    stop(`CHROMIUM_PATH is ${named}, and there is no such file. ${advice}`)
  console.log('ensure-chromium: no Chromium found, installing one')
  if (isRoot && hasAptGet) {
    run('apt-get', ['update'])
    run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'])
  } else {
    run('npx', ['playwright', 'install', 'chromium'])
  }
  if ((await chromiumPath()) === undefined) stop(`installed, but still not found. ${advice}`)
}
