import { PairingError } from '../../core/errors.js'

/** Disables the browser check, for demonstrations with temporary credentials. */
export interface SecretOptions {
  /**
   * Allows the adapter in a browser, where every visitor can read its credentials and take over the account.
   * @default false
   */
  readonly dangerouslyAllowBrowser?: boolean | undefined
}

/** Throws `server-only` in a browser: the credentials of this provider give access to the account. */
export function assertServer(factory: string, { dangerouslyAllowBrowser = false }: SecretOptions): void {
  if (dangerouslyAllowBrowser || !('window' in globalThis)) return
  throw new PairingError(
    'server-only',
    `${factory}() was called in a browser, where every visitor could read its credentials. ` +
      'Call it on your server with createPairingHandler() and use proxy({ url }) here.',
  )
}

/** `value` without white space around it; throws `invalid-options` if a required option is missing. */
export function requiredOption(factory: string, name: string, value: unknown): string {
  const text = Number.isSafeInteger(value) ? String(value) : value
  // Only dots would mean "this folder" or "the one above" in a URL. A template turns an unset variable into a word.
  if (typeof text === 'string' && !/^\s*(?:\.*|undefined|null|NaN)\s*$/.test(text)) return text.trim()
  throw invalidOption(
    `${factory}() needs "${name}". An environment variable that is not set is the usual cause.`,
  )
}

/** As {@link requiredOption}, for a name that may end with a space. */
export function nameOption(factory: string, name: string, value: unknown): string {
  const text = requiredOption(factory, name, value)
  return typeof value === 'string' ? value.replace(/[\r\n]+$/, '') : text
}

/** A secret for a header; throws `invalid-options` if it is invalid, because `fetch` would report a network error. */
export function headerOption(factory: string, name: string, value: unknown): string {
  const text = requiredOption(factory, name, value)
  if (/^[\x21-\x7e]+$/.test(text)) return text
  throw invalidOption(
    `${factory}() got a "${name}" with characters that no key has. Copy it again from the console.`,
  )
}

/**
 * A base URL without its trailing slash, or `standard` if none is set; throws `invalid-options` if it is not an http(s) URL.
 * Without `standard` the option is required, because a self-hosted server has no default.
 */
export function baseUrlOption(
  factory: string,
  name: string,
  value: string | undefined,
  standard: string = requiredOption(factory, name, value),
): string {
  const url = (value?.trim() || standard).replace(/\/+$/, '')
  if (/^https?:\/\/[^\s/@?#\\]+(?:\/[^\s@?#\\]*)?$/i.test(url) && isReachable(url)) return url
  throw invalidOption(
    `${factory}() got a "${name}" that is not an http(s) URL without query. Copy it from the console.`,
  )
}

/** Whether a URL has a port that can exist. */
export function isReachable(url: string): boolean {
  return URL.canParse(url) && new URL(url).port !== '0'
}

function invalidOption(message: string): PairingError {
  return new PairingError('invalid-options', message)
}
