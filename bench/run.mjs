import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'

// `npm run bench` prints every table, `npm run bench -- watchers` one, and `npm run bench -- soak --minutes 30` one with its
// options. Each table is a program in this folder. It runs in a separate process, so that it does not measure the memory of
// another table.

const tables = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.mjs') && file !== basename(import.meta.filename))
  .map((file) => basename(file, '.mjs'))

const given = process.argv.slice(2)
const firstOption = given.findIndex((argument) => argument.startsWith('--'))
const wanted = firstOption < 0 ? given : given.slice(0, firstOption)
const options = given.slice(wanted.length)
if (options.length > 0 && wanted.length !== 1) {
  console.error('Options belong to one table: name it before them.')
  process.exit(1)
}
const unknown = wanted.filter((name) => !tables.includes(name))
if (unknown.length > 0) {
  console.error(`There is no table "${unknown.join('", "')}". There are: ${tables.join(', ')}.`)
  process.exit(1)
}

for (const table of wanted.length > 0 ? wanted : tables) {
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${table}.mjs`), ...options], {
    stdio: 'inherit',
  })
  if (status !== 0) process.exitCode = 1
}
