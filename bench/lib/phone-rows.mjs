import { count, milliseconds, quantile } from './table.mjs'

/**
 * Returns the rows of a table about phones that link while processes end.
 *
 * @param {ReturnType<Awaited<ReturnType<typeof import('./phones.mjs').startPhones>>['figures']>} figures
 * @param {number} pagesPerSession
 * @returns {readonly import('./table.mjs').Row[]}
 */
export function phoneRows(figures, pagesPerSession) {
  const { scans, shown, shownAfter, overdue } = figures
  const due = scans * pagesPerSession
  /** @param {string} what @param {number} number @returns {import('./table.mjs').Row} */
  const none = (what, number) => ({ what, measured: count(number), limit: 'none', holds: number === 0 })
  return [
    { what: 'scans', measured: count(scans), limit: 'at least 1', holds: scans > 0 },
    {
      what: `pages that show a scan, ${pagesPerSession} for each`,
      measured: count(shown),
      limit: `all ${count(due)}`,
      holds: shown === due,
    },
    {
      what: 'median / 95 of 100 / last, from the link until a page shows it',
      measured: [0.5, 0.95, 1].map((share) => milliseconds(quantile(shownAfter, share))).join(' / '),
    },
    none('links that onLinked did not report', figures.unreported),
    none('links reported again without an outage of Redis or a kill', figures.undisturbedRepeats),
    {
      what: 'links reported again after one of these',
      measured: count(figures.repeats - figures.undisturbedRepeats),
    },
    { what: 'codes shown, on all pages', measured: count(figures.codes) },
    none('of these beyond their time', overdue.length),
    { what: 'longest time beyond', measured: milliseconds(Math.max(0, ...overdue)) },
    none('codes shown and refused by the provider, without an outage of Redis', figures.undisturbedRefusals),
    {
      what: 'codes shown and refused while Redis was away',
      measured: count(figures.refusedScans - figures.undisturbedRefusals),
    },
    { what: 'pairings started', measured: count(figures.starts) },
    none('started a second time, without an outage of Redis', figures.undisturbedSecondStarts),
    none(
      'started a second time while Redis was away',
      figures.secondStarts - figures.undisturbedSecondStarts,
    ),
  ]
}
