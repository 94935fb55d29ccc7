// Plain JavaScript, because `ensure-nginx.mjs` runs it before any tool that supports TypeScript.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export const nginxAdvice =
  'Install nginx and openssl (Debian: apt-get install nginx openssl), or set NGINX_PATH to the nginx to use.'

/** Debian installs servers in a folder that is not in every user's PATH. */
const SERVER_FOLDERS = ['/usr/sbin', '/usr/local/sbin']

/**
 * The nginx for tests: the path in `NGINX_PATH`, else the first one in `PATH`.
 *
 * @returns {string | undefined} nothing when nginx, or the openssl that makes its certificate, is not
 * installed
 */
export function nginxPath() {
  if (find('openssl') === undefined) return undefined
  const named = process.env.NGINX_PATH
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined
  return find('nginx')
}

/** @param {string} program */
function find(program) {
  const folders = [...(process.env.PATH?.split(delimiter) ?? []), ...SERVER_FOLDERS]
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path))
}
