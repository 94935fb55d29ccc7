/**
 * Random numbers that are the same in each run with the same seed (mulberry32).
 *
 * @typedef {object} Random
 * @property {(low: number, high: number) => number} between
 * @property {(chance: number) => boolean} happens
 */

/**
 * @param {number} seed
 * @returns {Random}
 */
export function createRandom(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    between: (low, high) => low + next() * (high - low),
    happens: (chance) => next() < chance,
  }
}
