/**
 * Requests that reach a provider in one scenario, by how the page gets updates: over a stream, by polling the
 * server, or from the adapter itself.
 *
 * @typedef {{ readonly live: number, readonly polling: number, readonly direct: number }} RequestCounts
 *
 * By factory, then by scenario; a scenario that a provider cannot have is missing.
 *
 * @typedef {Readonly<Record<string, Readonly<Record<string, RequestCounts | undefined>>>>} RequestFigures
 */

/**
 * The table of the page “Providers” of the documentation.
 *
 * @param {RequestFigures} figures
 * @param {Readonly<Record<string, { readonly title: string }>>} scenarios
 */
export function requestTable(figures, scenarios) {
  const providers = Object.keys(figures)
  const rows = Object.entries(scenarios).map(([scenario, { title }]) => [
    title,
    ...providers.map((provider) => cell(figures[provider]?.[scenario])),
  ])
  const head = ['Requests', ...providers.map((provider) => `\`${provider}\``)]
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** @param {RequestCounts | undefined} counts */
function cell(counts) {
  if (!counts) return '–'
  const { live, polling, direct } = counts
  return live === polling && polling === direct ? String(live) : `${live} / ${polling} / ${direct}`
}
