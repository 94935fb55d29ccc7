// @ts-check
/**
 * The text of one section of the README, without its heading: the pages show complete files from the README, so that each file is
 * written only once.
 *
 * @param {string} readme
 * @param {string} heading
 * @returns {string}
 */
export function readmeSection(readme, heading) {
  const lines = readme.split('\n')
  const start = lines.findIndex((line) => line.replace(/^#+ /, '') === heading && line.startsWith('#'))
  if (start < 0) throw new Error(`The README has no section "${heading}".`)
  let isCode = false
  const length = lines.slice(start + 1).findIndex((line) => {
    if (line.startsWith('```')) isCode = !isCode
    return !isCode && /^#+ /.test(line)
  })
  return lines
    .slice(start + 1, length < 0 ? undefined : start + 1 + length)
    .join('\n')
    .trim()
}
