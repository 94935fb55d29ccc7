/**
 * @typedef {import('./measured-page.js').Commit} Commit
 *
 * @typedef {object} CommitGroups
 * @property {number} beforeFirst commits before the first code
 * @property {readonly number[]} perCode commits for each new code, including the commit that removed the previous one
 * @property {number} announced commits that announced the remaining time to screen readers, or removed that text
 * @property {number} whileUp all other commits while a code was shown
 */

/** Commits within this time after a code belong to it: its picture may be redrawn after it was decoded. In milliseconds. */
const ARRIVAL_MS = 1_000

/**
 * Groups the commits of a page by their cause.
 *
 * @param {readonly Commit[]} commits
 * @returns {CommitGroups}
 */
export function groupCommits(commits) {
  const first = commits.findIndex(({ code }) => code !== '')
  if (first < 0) return { beforeFirst: commits.length, perCode: [], announced: 0, whileUp: 0 }
  /** @type {number[]} */
  const perCode = []
  let announced = 0
  let whileUp = 0
  let [shown, announcedText] = ['', '']
  // A code counts as arriving until a second after it has arrived.
  let isAwaited = false
  let arrivesUntil = Number.NEGATIVE_INFINITY
  for (const { at, code, announcement } of commits.slice(first)) {
    const isArriving = isAwaited || at <= arrivesUntil
    if (code !== '' && code === shown && announcement !== announcedText) announced += 1
    else if (!isArriving && code === shown) whileUp += 1
    else if (isArriving) perCode[perCode.length - 1] = (perCode.at(-1) ?? 0) + 1
    else perCode.push(1)
    isAwaited = code === ''
    if (code !== '' && code !== shown) arrivesUntil = at + ARRIVAL_MS
    shown = code
    announcedText = announcement
  }
  return { beforeFirst: first, perCode, announced, whileUp }
}
