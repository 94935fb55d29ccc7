// Plain JavaScript, because `ensure-redis.mjs` runs it before anything that understands TypeScript.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export const redisAdvice =
  'Install Redis (Debian: apt-get install redis-server), or set REDIS_SERVER_PATH to the server to use.'

/**
 * The Redis that tests start: the one `REDIS_SERVER_PATH` names, else the first one in `PATH`.
 *
 * @returns {string | undefined} nothing when no Redis is installed
 */
export function redisServerPath() {
  const named = process.env.REDIS_SERVER_PATH
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined
  const folders = process.env.PATH?.split(delimiter) ?? []
  return folders.map((folder) => join(folder, 'redis-server')).find((path) => existsSync(path))
}
