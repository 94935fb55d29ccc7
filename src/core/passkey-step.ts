import { asText } from './json.js'

/**
 * Where a passkey ceremony is: WhatsApp waits for the passkey (`assert`), has got it and says nothing yet (`submitted`), or shows a
 * code on the phone that the user has to compare (`confirm`). After that the session is `linking` or `linked`.
 */
export type PasskeyStep = 'assert' | 'submitted' | 'confirm'

/** A code that a user compares has eight characters and a dash. */
const MAX_CODE_CHARACTERS = 40

/** The step in a value of unknown origin. */
export function asPasskeyStep(value: unknown): PasskeyStep | undefined {
  return value === 'assert' || value === 'submitted' || value === 'confirm' ? value : undefined
}

/** The code that the phone shows beside ours, in a value of unknown origin. */
export function asPasskeyCode(value: unknown): string | undefined {
  const code = asText(value)
  return code && code.length <= MAX_CODE_CHARACTERS ? code : undefined
}
