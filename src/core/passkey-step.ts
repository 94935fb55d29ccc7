import { asText } from './json.js'

/**
 * Where a passkey ceremony is: WhatsApp waits for the passkey (`assert`), has received it and has not responded yet
 * (`submitted`), or shows a code on the phone that the user has to compare (`confirm`). After that the session is `linking` or
 * `linked`.
 */
export type PasskeyStep = 'assert' | 'submitted' | 'confirm'

/** Groups of letters and digits: WhatsApp's code has eight characters and a dash, and WAHA documents four digits. */
const CODE = /^(?=.{3,40}$)[A-Z\d]{2,}(?:-[A-Z\d]{2,})*$/i

/** Reads the step from an untrusted value. */
export function asPasskeyStep(value: unknown): PasskeyStep | undefined {
  return value === 'assert' || value === 'submitted' || value === 'confirm' ? value : undefined
}

/** Reads the code that the phone also shows from an untrusted value. A word such as `pending` is not a code. */
export function asPasskeyCode(value: unknown): string | undefined {
  const code = asText(value)
  return code && CODE.test(code) && (/\d/.test(code) || code === code.toUpperCase()) ? code : undefined
}
