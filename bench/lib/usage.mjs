import { setImmediate as turn } from 'node:timers/promises'

/**
 * The memory that a process uses, in bytes, and its processor time, in milliseconds of one core.
 *
 * @typedef {{ used: number, rss: number, cpuMs: number }} Usage
 */

/**
 * Measures what this process uses after a garbage collection. It needs `--expose-gc`.
 *
 * @returns {Promise<Usage>}
 */
export async function measureUsage() {
  for (let round = 0; round < 3; round += 1) {
    await turn()
    globalThis.gc?.()
  }
  const { heapUsed, external, rss } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  return { used: heapUsed + external, rss, cpuMs: (user + system) / 1_000 }
}
