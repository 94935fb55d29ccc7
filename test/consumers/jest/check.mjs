// @ts-check
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { documentSnippets, writeFiles } from '../lib/documents.mjs'

/** @import { Consumer } from '../lib/consumer.mjs' */

/** @param {Consumer} consumer */
export default async function check(consumer) {
  const snippets = await documentSnippets()
  await writeFiles(
    snippets.filter(({ file }) => file === 'jest.config.mjs' || file === 'pairing.test.tsx'),
    consumer.folder,
  )
  const test = path.join(consumer.folder, 'pairing.test.tsx')
  await writeFile(test, (await readFile(test, 'utf8')).replace("'vitest'", "'@jest/globals'"))
  await consumer.check('Jest with the documented configuration links the phone of the documented test', () =>
    consumer.run('npx', ['jest']),
  )
}
