import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { advance } from '../time.js'
import { begin, end, openCounted, providerNames } from './request-scenarios.js'
import { doing, shownStatus } from './setup.js'
import { timeTo } from './user.js'

declare module 'vitest' {
  interface TaskMeta {
    /** The results of each scan, for `npm run bench -- latency`. */
    latency?: {
      readonly provider: string
      readonly way: string
      readonly statusIntervalMs: number
      readonly scans: readonly ScanLatency[]
    }
  }
}

/** Milliseconds from the scan until the page shows a change. */
interface ScanLatency {
  /** Milliseconds until `linking` or `linked`. */
  readonly firstSignMs: number
  readonly linkedMs: number
}

/** The number of scans, spread over one status interval. */
const OFFSETS = 7

/** WhatsApp makes a new device connect again. The provider reports the link this long after the scan. */
const LINKING_MS = 2_000

/** At this time the first code is shown, and the poll interval is the usual one. */
const SCAN_AFTER_MS = 10_000

const TIMEOUT_MS = 60_000

beforeEach(begin)
afterEach(end)

const cases = providerNames.flatMap((provider) =>
  (['live', 'polling'] as const).map((way) => ({ provider, way })),
)

describe.each(cases)('a page of $provider, $way,', ({ provider, way }) => {
  it('shows the link at most one status interval after the provider reports it', {
    timeout: TIMEOUT_MS,
  }, async ({ task }) => {
    const scans: ScanLatency[] = []
    let statusIntervalMs = 0
    for (let offset = 0; offset < OFFSETS; offset += 1) {
      end()
      begin()
      const { setup, unmount } = await openCounted(provider, way)
      statusIntervalMs = setup.provider.timing.statusIntervalMs
      await advance(SCAN_AFTER_MS + (offset * statusIntervalMs) / OFFSETS)
      scans.push(await scan(() => setup.emulator.scan()))
      unmount()
    }
    task.meta.latency = { provider, way, statusIntervalMs, scans }
    const latest = Math.max(...scans.map(({ linkedMs }) => linkedMs))
    expect(latest).toBeLessThanOrEqual(LINKING_MS + statusIntervalMs)
  })
})

async function scan(act: () => void): Promise<ScanLatency> {
  const scannedAt = Date.now()
  let firstSignMs: number | undefined
  await doing(act)
  const linkedMs = await timeTo('linked', (now) => {
    if (shownStatus() === 'linking') firstSignMs ??= now - scannedAt
  })
  return { firstSignMs: firstSignMs ?? linkedMs, linkedMs }
}
