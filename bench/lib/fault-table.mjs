/**
 * The result of one fault at one provider, with one method.
 *
 * @typedef {object} Cell
 * @property {number} line its place in the matrix
 * @property {string} name of the fault
 * @property {string} when
 * @property {string} column provider and method
 * @property {string | undefined} end the last state, with its error or reason; undefined if there was none
 * @property {boolean} holds the state is the documented one, and nothing was left behind
 */

/** Short names of states, which are still distinct. */
const shortForms = /** @type {const} */ ([
  [/^expired .*/, 'expired'],
  [/^passkey-required/, 'passkey'],
  [/^awaiting-number$/, 'form'],
  [/^awaiting-number \((.*)\)/, 'form: $1'],
  [/^failed \((.*)\)/, '✗ $1'],
])

/**
 * One line for each fault, one column for each provider and method.
 *
 * @param {readonly Cell[]} cells
 */
export function faultTable(cells) {
  const columns = [...new Set(cells.map(({ column }) => column))]
  const lines = linesOf(cells)
  const rows = [...lines].map(([title, ofLine]) => [
    title,
    ...columns.map((column) => shown(ofLine.find((cell) => cell.column === column))),
  ])
  const table = [['', ...columns], ...rows]
  const widths = table[0]?.map((_, index) => Math.max(...table.map((row) => row[index]?.length ?? 0))) ?? []
  return table
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/**
 * @param {readonly Cell[]} cells
 * @returns {ReadonlyMap<string, readonly Cell[]>}
 */
function linesOf(cells) {
  /** @type {Map<string, Cell[]>} */
  const lines = new Map()
  for (const cell of cells.toSorted((a, b) => a.line - b.line)) {
    const title = `${cell.when}: ${cell.name}`
    lines.set(title, [...(lines.get(title) ?? []), cell])
  }
  return lines
}

/** @param {Cell | undefined} cell */
function shown(cell) {
  if (!cell) return '–'
  const end = shortForms.reduce((text, [long, short]) => text.replace(long, short), cell.end ?? 'no end')
  return cell.holds ? end : `${end} (!)`
}
