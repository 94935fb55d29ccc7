import { parseArgs } from 'node:util'

/**
 * The options of a table on the command line, such as `--minutes 30`. Ends the process if one is not a positive number.
 *
 * @template {string} Name
 * @param {Readonly<Record<Name, number>>} defaults
 * @returns {(name: Name) => number}
 */
export function numberOptions(defaults) {
  const names = Object.keys(defaults)
  const { values } = parseArgs({
    options: Object.fromEntries(names.map((name) => [name, /** @type {const} */ ({ type: 'string' })])),
  })
  return (name) => {
    const value = Number(values[name] ?? defaults[name])
    if (value > 0) return value
    console.error(`--${name} needs a positive number.`)
    process.exit(1)
  }
}
