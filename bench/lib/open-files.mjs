/** Node types its report only as an object. */
const { userLimits } = /** @type {{ userLimits?: { open_files?: { hard?: number | string } } }} */ (
  process.report.getReport()
)

/**
 * Ends the process if the system does not allow this many open files. Each connection is one, and Node has
 * already raised its limit to the hard limit.
 *
 * @param {number} needed
 */
export function requireOpenFiles(needed) {
  const allowed = Number(userLimits?.open_files?.hard ?? Number.POSITIVE_INFINITY)
  if (!(allowed < needed)) return
  console.error(
    `The bench needs ${needed} open files in one process, and ${allowed} are allowed: see "ulimit -Hn".`,
  )
  process.exit(1)
}
