import { asText } from './json.js'

/**
 * Where a passkey ceremony is: WhatsApp waits for the passkey (`assert`), has got it and says nothing yet (`submitted`), or shows a
 * code on the phone that the user has to compare (`confirm`). After that the session is `linking` or `linked`.
 */
export type PasskeyStep = 'assert' | 'submitted' | 'confirm'

/** WhatsApp's own has eight characters and a dash, and WAHA documents four digits: groups of letters and digits. */
const CODE = /^(?=.{3,40}$)[A-Z\d]{2,}(?:-[A-Z\d]{2,})*$/i

/** The step in a value of unknown origin. */
export function asPasskeyStep(value: unknown): PasskeyStep | undefined {
  return value === 'assert' || value === 'submitted' || value === 'confirm' ? value : undefined
}

/** The code that the phone shows beside ours, in a value of unknown origin. A word, as `pending`, is none. */
export function asPasskeyCode(value: unknown): string | undefined {
  const code = asText(value)
  return code && CODE.test(code) && (/\d/.test(code) || code === code.toUpperCase()) ? code : undefined
}
