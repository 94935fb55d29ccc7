// Plain JavaScript, because `ensure-other-browsers.mjs` runs it before any tool that supports TypeScript.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Returns the first of these programs in `PATH`. @param {readonly string[]} names */
const find = (names) =>
  names
    .flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)))
    .find((path) => existsSync(path))

/**
 * Returns the program that an environment variable names, else the first of these in `PATH`.
 *
 * @param {string} variable
 * @param {readonly string[]} names
 * @returns {string | undefined}
 */
function chosen(variable, names) {
  const named = process.env[variable]
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined
  return find(names)
}

/** The Firefox for tests. */
export const firefoxPath = () => chosen('FIREFOX_PATH', ['firefox-esr', 'firefox'])

/**
 * The WebDriver of WebKitGTK, which starts its browser. Returns nothing if no display is available for it.
 */
export const webKitDriverPath = () =>
  find(['xvfb-run']) ? chosen('WEBKIT_DRIVER_PATH', ['WebKitWebDriver']) : undefined
