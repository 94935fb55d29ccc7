import { setImmediate as turn } from 'node:timers/promises'

/**
 * What a process uses, in bytes and in milliseconds of one core.
 *
 * @typedef {{ used: number, rss: number, cpuMs: number }} Usage
 */

/**
 * What this process uses after everything that could be let go was. It needs `--expose-gc`.
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
