// Compares the heap after the first and the second half of 1,000 mounts, and of 10,000 codes.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { count, megabytes, report } from './lib/table.mjs'

const MOUNTS = 1_000
const ROTATIONS = 10_000

/** Allows for noise. */
const RATIO_LIMIT = 1.02

const child = fork(new URL('./lib/leaks-page.mjs', import.meta.url), [String(MOUNTS), String(ROTATIONS)], {
  execArgv: ['--expose-gc'],
})
const [heaps] = await once(child, 'message')

/**
 * @param {string} what
 * @param {readonly [before: number, first: number, second: number]} heap
 * @returns {readonly import('./lib/table.mjs').Row[]}
 */
const rows = (what, [before, first, second]) => [
  { what: `before ${what}`, measured: megabytes(before) },
  { what: 'after the first half', measured: megabytes(first) },
  { what: 'after the second half', measured: megabytes(second) },
  {
    what: 'second half / first half',
    measured: (second / first).toFixed(3),
    limit: `≤ ${RATIO_LIMIT}`,
    holds: second / first <= RATIO_LIMIT,
  },
]

report('leaks: heap in use after a garbage collection', [
  ...rows(`${count(MOUNTS)} mounts and unmounts`, heaps.mounts),
  ...rows(`${count(ROTATIONS)} codes`, heaps.rotations),
])
