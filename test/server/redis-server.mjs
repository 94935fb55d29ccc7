// Plain JavaScript, because the `bench` scripts start it too.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from '../free-port.mjs'
import { redisAdvice, redisServerPath } from '../redis.mjs'

/** The password in the URL of every Redis of the tests. No output may contain it. */
export const redisPassword = 'password-of-the-redis-under-test'

/**
 * A separate Redis: empty, on this machine, and removed afterwards.
 *
 * @typedef {object} RedisServer
 * @property {string} url Contains the password. A `stop` and `start` keep it.
 * @property {() => Promise<void>} start Resolves when the server responds.
 * @property {() => Promise<void>} stop Cuts every connection. Does nothing if the server is stopped.
 * @property {() => void} pause Keeps connections open, without a response until `resume`.
 * @property {() => void} resume
 */

// The pipe closes when this process ends for any reason: Vitest kills workers that hang, and then no hook runs. Only the server
// keeps stdout open, so stdout ends with the server. Ctrl-C is meant for Vitest, and would end the shell too early.
const WHILE_STDIN_IS_OPEN = `
  trap '' INT TERM HUP
  sh -c 'echo "process id: $$"; exec "$0" "$@"' "$0" "$@" &
  exec >/dev/null
  read -r _
  kill -9 $! 2>/dev/null
  wait 2>/dev/null
  rmdir "$PWD"
`

/**
 * Starts a server. The caller has to `stop` it, for example in `afterAll`.
 *
 * @returns {Promise<RedisServer>}
 */
export async function startRedisServer() {
  const path = redisServerPath()
  if (path === undefined) throw new Error(`There is no redis-server for the tests. ${redisAdvice}`)
  const server = path
  const port = await freePort()
  /** @type {{ shell: import('node:child_process').ChildProcess, pid: number } | undefined} */
  let running

  async function stop() {
    if (!running) return
    const { shell } = running
    const gone = once(shell, 'exit')
    shell.stdin?.end()
    running = undefined
    await gone
  }

  async function start() {
    const shell = spawn(
      'sh',
      [
        ...['-c', WHILE_STDIN_IS_OPEN, server],
        ...['--bind', '127.0.0.1', '--port', `${port}`, '--requirepass', redisPassword],
        ...['--save', '', '--appendonly', 'no'],
      ],
      { stdio: ['pipe', 'pipe', 'inherit'], cwd: await mkdtemp(join(tmpdir(), 'redis-under-test-')) },
    )
    running = { shell, pid: 0 }
    try {
      running.pid = await untilReady(shell.stdout)
    } catch (error) {
      await stop()
      throw error
    }
  }

  /** @param {NodeJS.Signals} signal */
  const signal = (signal) => {
    if (running) process.kill(running.pid, signal)
  }

  await start()
  return {
    url: `redis://:${redisPassword}@127.0.0.1:${port}`,
    start,
    stop,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
  }
}

/**
 * Returns the process id of the server once it responds.
 *
 * @param {import('node:stream').Readable} stdout
 */
async function untilReady(stdout) {
  /** @type {string[]} */
  const log = []
  for await (const line of createInterface({ input: stdout })) {
    log.push(line)
    if (!line.includes('Ready to accept connections')) continue
    // A full pipe would stop the server, and nothing else reads the output from here on.
    stdout.resume()
    return Number(/^process id: (\d+)$/m.exec(log.join('\n'))?.[1])
  }
  throw new Error(`redis-server ended before it was ready:\n${log.join('\n')}`)
}
