import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { focusManager } from '@tanstack/react-query'
import { cleanup } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { requestTable } from '../../bench/lib/request-table.mjs'
import { processRegistry } from '../../src/poller/registry.js'
import figures from './request-budget.json' with { type: 'json' }
import {
  type CountedProviderName,
  countRequests,
  isPossible,
  openCounted,
  providerNames,
  scenarioNames,
  scenarios,
  ways,
} from './request-scenarios.js'
import { advance } from './time.js'
import { shownStatus } from './world.js'

/** A quarter of a minute of work, on machines that have other things to do. */
const TIMEOUT_MS = 180_000

beforeEach(begin)
afterEach(end)

function begin(): void {
  vi.useFakeTimers()
  vi.setSystemTime(new Date('2026-01-01T00:00:00Z'))
}

function end(): void {
  cleanup()
  // Every measurement is a process of its own.
  processRegistry().close()
  focusManager.setFocused(undefined)
  vi.useRealTimers()
}

describe('requests to the provider, in a pairing', () => {
  // `npx vitest run --project dom test/react/request-budget -u` writes what is measured; then the page “Providers” takes it over.
  it('are as many as request-budget.json says', { timeout: TIMEOUT_MS }, async () => {
    const providers: string[] = []
    for (const provider of providerNames) {
      const lines: string[] = []
      for (const scenario of scenarioNames)
        if (isPossible(provider, scenario)) lines.push(await measure(provider, scenario))
      providers.push(`  "${provider}": {\n${lines.join(',\n')}\n  }`)
    }
    await expect(`{\n${providers.join(',\n')}\n}\n`).toMatchFileSnapshot('request-budget.json')
  })

  it('stand in the documentation of the providers as they are', () => {
    const page = readFileSync(join(import.meta.dirname, '../../stories/docs/providers.mdx'), 'utf8')
    const [table] = /^\| Requests \|.*(?:\n\|.*)*/m.exec(page) ?? []
    expect(table).toBe(requestTable(figures, scenarios))
  })
})

/** One line of the file for each scenario, so that a change shows where it is. */
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

/** Says where it fails. */
async function countedRequests(...page: Parameters<typeof countRequests>): Promise<number> {
  try {
    return await countRequests(...page)
  } catch (error) {
    throw new Error(`${page.join(', ')}: ${error instanceof Error ? error.message : error}`)
  }
}

const everyWay = providerNames.flatMap((provider) => ways.map((way) => [provider, way] as const))

describe.each(everyWay)('requests to %s, %s,', (provider, way) => {
  it('end with the page', async () => {
    const { requests, unmount } = await openCounted(provider, way)
    await advance(6_000)
    expect(shownStatus()).toBe('awaiting-scan')
    const before = requests()
    unmount()
    await advance(60_000)
    expect(requests()).toBe(before)
  })
})
