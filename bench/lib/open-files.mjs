/** As far as Node's report says it, which is typed as an object and no more. */
const { userLimits } = /** @type {{ userLimits?: { open_files?: { hard?: number | string } } }} */ (
  process.report.getReport()
)

/**
 * Ends the process where the system does not allow so many open files: every connection is one, and Node has already
 * raised its limit to the hard one.
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
