import { describe, expect, it } from 'vitest'
import { pauseAfter, retryAfterMs } from '../../src/core/backoff.js'
import { PairingError, type PairingErrorCode } from '../../src/core/errors.js'

const error = (code: PairingErrorCode, retryMs?: number) =>
  new PairingError(code, code, { retryAfterMs: retryMs })

describe('pauseAfter()', () => {
  it.each<readonly [PairingErrorCode, failures: number, seconds: number]>([
    ['network', 0, 1],
    ['network', 1, 1],
    ['network', 2, 2],
    ['network', 5, 16],
    ['network', 6, 30],
    ['network', 60, 30],
    ['rate-limited', 1, 5],
    ['rate-limited', 3, 20],
    ['rate-limited', 4, 30],
  ])('waits after "%s", %d in a row, for %d s', (code, failures, seconds) => {
    expect(pauseAfter(error(code), failures)).toBe(seconds * 1_000)
  })

  it('never waits for less time than the provider requires', () => {
    expect(pauseAfter(error('rate-limited', 90_000), 1)).toBe(90_000)
    expect(pauseAfter(error('rate-limited', 100), 1)).toBe(5_000)
    expect(pauseAfter(error('rate-limited', -1), 1)).toBe(5_000)
  })

  it('makes a pause up to 25 % shorter or longer at random', () => {
    expect([-1, 0, 1].map((jitter) => pauseAfter(error('network'), 3, jitter))).toEqual([3_000, 4_000, 5_000])
  })
})

describe('retryAfterMs()', () => {
  it.each([
    ['a day is limited to one hour', 86_400_000, 3_600_000],
    ['infinity is limited to one hour', Number.POSITIVE_INFINITY, 3_600_000],
    ['a value that is not a number is no time', Number.NaN, 0],
    ['no stated time is 0', undefined, 0],
  ])('%s', (_, stated, expected) => {
    expect(retryAfterMs(error('rate-limited', stated))).toBe(expected)
  })
})
