import { focusManager } from '@tanstack/react-query'
import { cleanup } from '@testing-library/react'
import { afterEach, beforeAll, beforeEach, it, vi } from 'vitest'
import { type CountedProviderName, countedProviders, countRequests, type ScenarioName, scenarios, ways } from './request-scenarios.js'
import { loadOnDemand } from './world.js'

beforeAll(async () => { await loadOnDemand(); await import('../../src/react/share-tabs.js') })
beforeEach(() => {
  vi.useFakeTimers()
  vi.setSystemTime(new Date('2026-01-01T00:00:00Z'))
})
afterEach(() => {
  vi.useRealTimers()
  focusManager.setFocused(undefined)
})
it('x', async () => {
  for (const p of Object.keys(countedProviders) as CountedProviderName[]) for (const s of Object.keys(scenarios) as ScenarioName[]) {
    const row: string[] = []
    const t = process.cpuUsage()
    for (const w of ways) {
      vi.setSystemTime(new Date('2026-01-01T00:00:00Z'))
      try { row.push(String(await countRequests(p, s, w))) } catch (e) { row.push(String(e)) }
      cleanup(); focusManager.setFocused(undefined); vi.clearAllTimers()
    }
    process.stderr.write(`${p} ${s}: ${row.join(' / ')}   ${process.cpuUsage(t).user / 1000}\n`)
  }
}, 600_000)
