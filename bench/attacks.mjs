// Runs attacks: those of the security review, by their numbers, and others. Each is a test; this prints the results.

import { startVitest } from 'vitest/node'
import { listedAttacks } from './lib/attack-list.mjs'
import { count, report } from './lib/table.mjs'

const OWN = 'test/server/attacks.test.ts'
const files = listedAttacks.map(({ file }) => file)

const vitest = await startVitest('test', [OWN, ...files], {
  watch: false,
  project: ['node', 'dom'],
  reporters: [{}],
})
const tests = vitest.state
  .getTestModules()
  .flatMap((module) =>
    [...module.children.allTests()].map((test) => ({ file: module.relativeModuleId, test })),
  )
await vitest.close()

const own = tests.flatMap(({ file, test }) => {
  if (!file.startsWith(OWN)) return []
  const { attack } = test.meta()
  const [item = '', ...name] = test.name.split(' ')
  return { item, name: name.join(' '), before: '', figure: 'it succeeded', ...attack, holds: test.ok() }
})
const listed = listedAttacks.map(({ item, name, before, file, tests: names }) => {
  const found = tests.filter((one) => one.file === file && names.test(one.test.fullName))
  const held = found.filter(({ test }) => test.ok()).length
  const figure = `${count(held)} of ${count(found.length)} attempts without effect`
  return { item, name, before, figure, holds: found.length > 0 && held === found.length }
})

/** Orders the items: B1, M1 to M11, m1 to m13, N1 and later. @param {{ item: string }} attack */
const place = ({ item }) => 'BMmN'.indexOf(item.charAt(0)) * 100 + Number(item.slice(1))
const attacks = [...own, ...listed].toSorted((a, b) => place(a) - place(b))

const items = new Set(attacks.map(({ item }) => item))
const numbered = (/** @type {string} */ letter, /** @type {number} */ last) =>
  Array.from({ length: last }, (_, index) => `${letter}${index + 1}`)
const reviewed = ['B1', ...numbered('M', 11), ...numbered('m', 13)]

report('attacks: none of them achieves anything', [
  ...attacks.map(({ item, name, before, figure, holds }) => ({
    what: `${item} ${name}`,
    measured: figure,
    limit: before && `before: ${before}`,
    holds,
  })),
  {
    what: 'attacks that achieve something',
    measured: count(attacks.filter(({ holds }) => !holds).length),
    limit: 'none',
    holds: own.length > 0 && attacks.every(({ holds }) => holds),
  },
  {
    what: 'attacks of the review: B1, M1 to M11, m1 to m13',
    measured: count(reviewed.filter((item) => items.has(item)).length),
    limit: `all ${count(reviewed.length)}`,
    holds: reviewed.every((item) => items.has(item)),
  },
  {
    what: 'attacks that are not in it',
    measured: count([...items].filter((item) => item.startsWith('N')).length),
    limit: 'at least 10',
    holds: [...items].filter((item) => item.startsWith('N')).length >= 10,
  },
])
