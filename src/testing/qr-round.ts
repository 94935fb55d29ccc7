/** How long the codes of a round live, and how many there are. */
export interface QrRoundTiming {
  readonly firstCodeMs: number
  readonly codeMs: number
  readonly refs: number
}

/** A round of codes: the code that was shown at one time. All later codes follow from it. */
export interface QrRound {
  /** Number of the round's first code, counted over all rounds: no two codes are the same. */
  readonly firstSerial: number
  /** The code shown at `since`, from 1. */
  readonly number: number
  readonly since: number
  /** Life of each code of this round, instead of the usual times. */
  readonly codeMs: number | undefined
}

/** The code shown at a moment. */
export interface QrOfRound {
  readonly number: number
  readonly serial: number
  readonly expiresAt: number
}

/** The code of a round at `at`. `'ahead'`: before the first code. `'over'`: after the last. */
export function qrOfRound(round: QrRound, timing: QrRoundTiming, at: number): QrOfRound | 'ahead' | 'over' {
  if (at < round.since) return 'ahead'
  let { number, since } = round
  while (number <= timing.refs) {
    const usualMs = number === 1 ? timing.firstCodeMs : timing.codeMs
    const expiresAt = since + (round.codeMs ?? usualMs)
    if (at < expiresAt) return { number, serial: round.firstSerial + number - 1, expiresAt }
    number += 1
    since = expiresAt
  }
  return 'over'
}
