import { asAmount } from './json.js'

/** A number from 0 to 100, without its fraction. */
export function asPercent(value: unknown): number | undefined {
  const amount = asAmount(value)
  return amount === undefined || amount > 100 ? undefined : Math.floor(amount)
}
