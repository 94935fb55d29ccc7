// @ts-check
import { documentSnippets, writeFiles } from '../lib/documents.mjs'

/** @import { House } from '../lib/house.mjs' */

/** @param {House} house */
export default async function check(house) {
  const snippets = await documentSnippets()
  await writeFiles(
    snippets.filter(({ file }) => file === 'pairing.test.tsx' || file === 'src/TryIt.tsx'),
    house.folder,
  )
  await house.check('Vitest with jsdom links the phone of the documented test', () =>
    house.run('npx', ['vitest', 'run', 'pairing.test.tsx']),
  )
  await house.check('the one file of the README links its phone without a server', () =>
    house.run('npx', ['vitest', 'run', 'try-it.test.tsx']),
  )
}
