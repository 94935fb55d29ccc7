// @ts-check
import { readmeSnippets, writeFiles } from '../lib/readme.mjs'

/** @import { House } from '../lib/house.mjs' */

/** @param {House} house */
export default async function check(house) {
  const snippets = await readmeSnippets()
  await writeFiles(
    snippets.filter(({ file }) => file === 'pairing.test.tsx'),
    house.folder,
  )
  await house.check("Vitest with jsdom links the phone of the README's test", () =>
    house.run('npx', ['vitest', 'run']),
  )
}
