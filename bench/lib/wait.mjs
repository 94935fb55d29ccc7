import { setTimeout as sleep } from 'node:timers/promises'

const CHECK_INTERVAL_MS = 20

/**
 * Waits until a condition is met, but not longer than the limit. The table shows whether it was met.
 *
 * @param {() => boolean} holds
 * @param {number} limitMs
 */
export async function until(holds, limitMs) {
  const endsAt = performance.now() + limitMs
  while (!holds() && performance.now() < endsAt) await sleep(CHECK_INTERVAL_MS)
}
