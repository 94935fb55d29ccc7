// @ts-check
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { documentSnippets, writeFiles } from '../lib/documents.mjs'

/** @import { House } from '../lib/house.mjs' */

/** @param {House} house */
export default async function check(house) {
  const snippets = await documentSnippets()
  await writeFiles(
    snippets.filter(({ file }) => file === 'jest.config.mjs' || file === 'pairing.test.tsx'),
    house.folder,
  )
  const test = path.join(house.folder, 'pairing.test.tsx')
  await writeFile(test, (await readFile(test, 'utf8')).replace("'vitest'", "'@jest/globals'"))
  await house.check('Jest with the documented configuration links the phone of the documented test', () =>
    house.run('npx', ['jest']),
  )
}
