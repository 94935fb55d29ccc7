import { PairingError } from '../core/errors.js'
import { asRecord } from '../core/json.js'
import { printOnce } from '../core/print-error.js'

declare const process: { readonly env: { readonly NODE_ENV?: string | undefined } }

/** Texts of JavaScript errors for bugs. Any other `TypeError` of `fetch` is a network error. */
const PROGRAM_TEXT =
  /not a (?:function|constructor|valid)|not defined|^Cannot|^can't|undefined|null|invalid (?:header|URL)|parse URL|^Failed to (?:construct|execute)/i

/** Turns an exception of `fetch` or `headers` into an error. Prints it if it is not a network error. */
export function requestFailure(error: unknown, url: string): PairingError {
  const { name = '', message = '' } = asRecord(error)
  const isTypeError = name === 'TypeError'
  const isProgrammingError =
    /^(?:Reference|Syntax|Range)Error$/.test(String(name)) ||
    (isTypeError && PROGRAM_TEXT.test(String(message)))
  // This exact expression, so that bundlers remove the block from production builds.
  if (
    process.env.NODE_ENV !== 'production' &&
    (isProgrammingError || !/^(?:Type|Abort|Timeout|Network)Error$/.test(String(name)))
  )
    printOnce(
      `${url} request`,
      'The request of proxy({ url, headers, fetch }) failed before it was sent.',
      error,
    )
  return isProgrammingError
    ? new PairingError(
        'unknown',
        'The request threw before it was sent. Check "url", "headers" and "fetch" of proxy().',
      )
    : new PairingError('network', 'The pairing URL could not be reached. Check the connection and try again.')
}
