// Plain JavaScript, because `ensure-redis.mjs` runs it before any tool that supports TypeScript.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export const redisAdvice =
  'Install Redis (Debian: apt-get install redis-server), or set REDIS_SERVER_PATH to the server to use.'

/**
 * The Redis for tests: the path in `REDIS_SERVER_PATH`, else the first one in `PATH`.
 *
 * @returns {string | undefined} nothing when no Redis is installed
 */
export function redisServerPath() {
  const named = process.env.REDIS_SERVER_PATH
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined
  const folders = process.env.PATH?.split(delimiter) ?? []
  return folders.map((folder) => join(folder, 'redis-server')).find((path) => existsSync(path))
}
