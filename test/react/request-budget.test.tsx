import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { requestTable } from '../../bench/lib/request-table.mjs'
import { advance } from '../time.js'
import figures from './request-budget.json' with { type: 'json' }
import {
  begin,
  type CountedProviderName,
  countRequests,
  end,
  isPossible,
  openCounted,
  providerNames,
  scenarioNames,
  scenarios,
  ways,
} from './request-scenarios.js'
import { shownStatus } from './setup.js'

/** The test works for a quarter of a minute. A busy machine needs more. */
const TIMEOUT_MS = 180_000

beforeEach(begin)
afterEach(end)

describe('the numbers of requests to the provider in a pairing', () => {
  // `npx vitest run --project dom test/react/request-budget -u` writes the measured numbers. The page “Providers” then includes
  // them.
  it('equal those in request-budget.json', { timeout: TIMEOUT_MS }, async () => {
    const providers: string[] = []
    for (const provider of providerNames) {
      const lines: string[] = []
      for (const scenario of scenarioNames)
        if (isPossible(provider, scenario)) lines.push(await measure(provider, scenario))
      providers.push(`  "${provider}": {\n${lines.join(',\n')}\n  }`)
    }
    await expect(`{\n${providers.join(',\n')}\n}\n`).toMatchFileSnapshot('request-budget.json')
  })

  it('equal those in the documentation of the providers', () => {
    const page = readFileSync(join(import.meta.dirname, '../../stories/docs/providers.mdx'), 'utf8')
    const [table] = /^\| Requests \|.*(?:\n\|.*)*/m.exec(page) ?? []
    expect(table).toBe(requestTable(figures, scenarios))
  })
})

/** Returns one line of the file for each scenario, so that a diff shows which one has changed. */
async function measure(
  provider: CountedProviderName,
  scenario: (typeof scenarioNames)[number],
): Promise<string> {
  const counts: string[] = []
  for (const way of ways) {
    end()
    begin()
    counts.push(`"${way}": ${await countedRequests(provider, scenario, way)}`)
  }
  return `    "${scenario}": { ${counts.join(', ')} }`
}

/** Adds the scenario to the message of an error. */
async function countedRequests(...page: Parameters<typeof countRequests>): Promise<number> {
  try {
    return await countRequests(...page)
  } catch (error) {
    throw new Error(`${page.join(', ')}: ${error instanceof Error ? error.message : error}`)
  }
}

const everyWay = providerNames.flatMap((provider) => ways.map((way) => [provider, way] as const))

describe.each(everyWay)('the requests to %s, %s,', (provider, way) => {
  it('end when the component unmounts', async () => {
    const { requests, unmount } = await openCounted(provider, way)
    await advance(6_000)
    expect(shownStatus()).toBe('awaiting-scan')
    const before = requests()
    unmount()
    await advance(60_000)
    expect(requests()).toBe(before)
  })
})
