// Runs before `npm publish`. npm resolves the README's links, shows the source and attests the build by these fields.
import { readFile } from 'node:fs/promises'

const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
const missing = ['repository', 'homepage', 'bugs'].filter((field) => !manifest[field])
if (missing.length > 0) {
  console.error(
    `Not published: package.json has no ${missing.join(', ')}, which only the owner of the repository can fill in.`,
  )
  process.exitCode = 1
}
