// @ts-check
import { documentSnippets, writeFiles } from '../lib/documents.mjs'

/** @import { Consumer } from '../lib/consumer.mjs' */

/** @param {Consumer} consumer */
export default async function check(consumer) {
  const snippets = await documentSnippets()
  await writeFiles(
    snippets.filter(({ file }) => file === 'pairing.test.tsx' || file === 'src/TryIt.tsx'),
    consumer.folder,
  )
  await consumer.check('Vitest with jsdom links the phone of the documented test', () =>
    consumer.run('npx', ['vitest', 'run', 'pairing.test.tsx']),
  )
  await consumer.check('the one file of the README links its phone without a server', () =>
    consumer.run('npx', ['vitest', 'run', 'try-it.test.tsx']),
  )
}
