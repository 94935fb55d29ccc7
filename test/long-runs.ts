/** True in `npm run test:long`. */
export const isLong = process.env.TEST_RUNS === 'long'

/**
 * How often fast-check runs a property. `npm test` always uses the same inputs, so that it fails only because
 * of a change. `npm run test:long` uses more inputs, and different ones each time.
 */
export function randomRuns(
  short: number,
  long: number,
): { readonly numRuns: number; readonly seed?: number } {
  return isLong ? { numRuns: long } : { numRuns: short, seed: 7 }
}
