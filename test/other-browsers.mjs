// Plain JavaScript, because `ensure-other-browsers.mjs` runs it before anything that understands TypeScript.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The first of these programs that is in `PATH`. @param {readonly string[]} names */
const find = (names) =>
  names
    .flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)))
    .find((path) => existsSync(path))

/**
 * The program that a variable of the environment names, else the first of these in `PATH`.
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

/** The Firefox of tests. */
export const firefoxPath = () => chosen('FIREFOX_PATH', ['firefox-esr', 'firefox'])

/** The WebDriver of WebKitGTK, which starts its browser. Nothing if there is no display for that. */
export const webKitDriverPath = () =>
  find(['xvfb-run']) ? chosen('WEBKIT_DRIVER_PATH', ['WebKitWebDriver']) : undefined
