/**
 * One line of a table.
 *
 * @typedef {object} Row
 * @property {string} what
 * @property {string} measured
 * @property {string} [limit] the documented limit
 * @property {boolean} [holds] false ends the bench with an error
 */

/**
 * Prints a table. The process fails if a documented limit is exceeded.
 *
 * @param {string} title
 * @param {readonly Row[]} rows
 */
export function report(title, rows) {
  /** @param {'what' | 'measured' | 'limit'} column */
  const widthOf = (column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  const [what, measured, limit] = [widthOf('what'), widthOf('measured'), widthOf('limit')]
  console.log(`\n${title}\n`)
  for (const row of rows) {
    const result = row.holds === undefined ? '' : row.holds ? 'holds' : 'DOES NOT HOLD'
    const cells = [
      row.what.padEnd(what),
      row.measured.padStart(measured),
      (row.limit ?? '').padEnd(limit),
      result,
    ]
    console.log(`  ${cells.join('   ').trimEnd()}`)
  }
  if (rows.some(({ holds }) => holds === false)) process.exitCode = 1
}

/** @param {number} value */
export function count(value) {
  return value.toLocaleString('en')
}

/** @param {number} ms */
export function milliseconds(ms) {
  return `${count(Math.round(ms))} ms`
}

/** @param {number} ms */
export function seconds(ms) {
  return `${ms / 1_000} s`
}

/** @param {number} bytes */
export function kilobytes(bytes) {
  return `${(bytes / 1_000).toFixed(1)} kB`
}

/** @param {number} bytes */
export function megabytes(bytes) {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

/**
 * Returns the value that this share of all values does not exceed.
 *
 * @param {readonly number[]} values
 * @param {number} share 0.5 for the median
 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? Number.NaN
}
