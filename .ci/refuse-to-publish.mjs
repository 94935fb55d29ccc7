// Runs before `npm publish`. npm needs these fields to resolve the README's links, to show the source and to attest the build.
import { readFile } from 'node:fs/promises'

const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
const missing = ['repository', 'homepage', 'bugs'].filter((field) => !manifest[field])
if (missing.length > 0) {
  console.error(
    `Not published: package.json has no ${missing.join(', ')}, which only the owner of the repository can fill in.`,
  )
  process.exitCode = 1
}
