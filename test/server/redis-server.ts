import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { redisAdvice, redisServerPath } from '../redis.mjs'

/** In the URL of every Redis of the tests, and to be seen nowhere else. */
export const redisPassword = 'password-of-the-redis-under-test'

/** A Redis of one's own: empty, on this machine, and gone afterwards. */
export interface RedisServer {
  /** With the password in it. The same one after a `stop` and a `start`. */
  readonly url: string
  /** Resolves when it answers. */
  start(): Promise<void>
  /** Cuts every connection. Does nothing where it is stopped. */
  stop(): Promise<void>
}

// The pipe closes with this process however that ends: Vitest kills workers that hang, and then no hook runs. Only the
// server keeps stdout, so that it ends with the server. Ctrl-C is meant for Vitest, and would end the shell too early.
const WHILE_STDIN_IS_OPEN = `
  trap '' INT TERM HUP
  "$0" "$@" &
  exec >/dev/null
  read -r _
  kill -9 $! 2>/dev/null
  wait 2>/dev/null
  rmdir "$PWD"
`

/** Starts one; whoever does has to `stop` it, for example in `afterAll`. */
export async function startRedisServer(): Promise<RedisServer> {
  const path = redisServerPath()
  if (path === undefined) throw new Error(`There is no redis-server for the tests. ${redisAdvice}`)
  const port = await freePort()
  let running: ChildProcessByStdio<Writable, Readable, null> | undefined

  const stop = async (): Promise<void> => {
    if (!running) return
    const gone = once(running, 'exit')
    running.stdin.end()
    running = undefined
    await gone
  }

  const start = async (): Promise<void> => {
    running = spawn(
      'sh',
      [
        ...['-c', WHILE_STDIN_IS_OPEN, path],
        ...['--bind', '127.0.0.1', '--port', `${port}`, '--requirepass', redisPassword],
        ...['--save', '', '--appendonly', 'no'],
      ],
      { stdio: ['pipe', 'pipe', 'inherit'], cwd: await mkdtemp(join(tmpdir(), 'redis-under-test-')) },
    )
    try {
      await untilReady(running.stdout)
    } catch (error) {
      await stop()
      throw error
    }
  }

  await start()
  return { url: `redis://:${redisPassword}@127.0.0.1:${port}`, start, stop }
}

async function untilReady(stdout: Readable): Promise<void> {
  const log: string[] = []
  for await (const line of createInterface({ input: stdout })) {
    log.push(line)
    if (!line.includes('Ready to accept connections')) continue
    // Nobody reads on, and a full pipe would stop the server.
    stdout.resume()
    return
  }
  throw new Error(`redis-server ended before it was ready:\n${log.join('\n')}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
