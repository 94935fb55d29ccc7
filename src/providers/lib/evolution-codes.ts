import { asText } from '../../core/json.js'

/** What was given of one pairing. Evolution API repeats its last code in the next one, until that has a code too. */
export interface CodesOfPairing {
  /** A code, unless it is of the pairing before. */
  take(code: unknown): string | undefined
  /** The pairing is over. */
  end(): void
}

/** Remembers the codes of this pairing, and of the one before it. */
export function createCodesOfPairing(): CodesOfPairing {
  let given = new Set<string>()
  let dead: ReadonlySet<string> = new Set()
  return {
    take(code) {
      const text = asText(code)
      if (!text || dead.has(text)) return undefined
      given.add(text)
      return text
    },
    end() {
      // One that ended without a code has not replaced the last one.
      if (given.size > 0) dead = given
      given = new Set()
    },
  }
}
