import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_EVERY_MS = 20

/**
 * Waits until something holds, and no longer than the limit. Whether it did is for the table to say.
 *
 * @param {() => boolean} holds
 * @param {number} limitMs
 */
export async function until(holds, limitMs) {
  const endsAt = performance.now() + limitMs
  while (!holds() && performance.now() < endsAt) await sleep(LOOK_EVERY_MS)
}
