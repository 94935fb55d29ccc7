import { environmentManager, QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { proxy } from '../../src/client/proxy.js'
import { createPollerRegistry } from '../../src/poller/registry.js'
import { evolutionApi } from '../../src/providers/evolution-api.js'
import { firstState, pairingSessionQueryOptions } from '../../src/react/session/query-options.js'
import { sessionStoreOf } from '../../src/react/session/session-store.js'
import { createHandler } from '../../src/server/handler.js'
import { qrImage } from '../../src/testing/qr-image.js'
import { createEmulator, mockEvolutionApi } from '../../src/testing.js'
import { type FakeTime, startFakeTime } from '../faults/fake-time.js'

// Pages that poll or have live events, an adapter made anew for each request, a server that takes time, and a scan at a random
// moment: whatever the poller and the adapter send meanwhile, WhatsApp must see one login.

/** Numbers from a seed: mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Schedule {
  readonly seed: number
  readonly version: '2.3.7' | '2.4'
  readonly live: boolean
}

interface Outcome {
  readonly logins: number
  /** What the first page shows in the end. */
  readonly status: string | undefined
  /** Requests of `connect`. */
  readonly connects: number
}

const SCAN_WITHIN_MS = 100_000
const AFTERWARDS_MS = 30_000

let time: FakeTime | undefined

// React Query refetches nothing by itself where there is no window.
beforeAll(async () => {
  environmentManager.setIsServer(() => false)
  // Modules load in real time, and the clock of these tests does not wait for it.
  await Promise.all([qrImage('2@a,b'), import('../../src/client/live-events.js')])
})
afterAll(() => environmentManager.setIsServer(() => true))

afterEach(() => {
  time?.end()
  time = undefined
})

async function run({ seed, version, live }: Schedule): Promise<Outcome> {
  const random = randomOf(seed)
  const between = (from: number, to: number): number => from + random() * (to - from)
  const clock = startFakeTime()
  time = clock
  const emulator = createEmulator({ now: clock.now, seed, linkingMs: between(50, 2_000) })
  const key = { apiKey: 'KEY', instanceName: `shop-${version}-${live}-${seed}` }
  const gapMs = version === '2.4' ? between(3_000, 7_000) : between(0, 300)
  const server = mockEvolutionApi(emulator, { ...key, version, gapMs })
  const lineMs = between(2, 80)
  const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
  const fetch: typeof globalThis.fetch = async (input, init) => {
    await pass(lineMs * between(0.5, 1.5))
    const response = await server.fetch(input, init)
    await pass(lineMs * between(0.5, 1.5))
    return response
  }
  const handler = createHandler(
    {
      provider: () => evolutionApi({ baseUrl: 'https://evolution.example.com', ...key, fetch }),
      tenant: () => 'acme',
      authorize: () => true,
    },
    createPollerRegistry(),
  )
  const url = 'https://host.example/api/pairing'
  const provider = () => proxy({ url, live, fetch: (input, init) => handler(new Request(input, init)) })
  const pages = Array.from({ length: random() < 0.5 ? 1 : 2 }, () => {
    const client = new QueryClient()
    const target = provider()
    const input = { provider: target, queryClient: client }
    const observer = new QueryObserver(client, pairingSessionQueryOptions(input))
    client.mount()
    const ends = [
      observer.subscribe(() => {}),
      sessionStoreOf(client, target).mount(
        () => ({ provider: target }),
        () => firstState(input),
      ),
      () => client.unmount(),
      () => client.clear(),
    ]
    return { observer, close: () => ends.forEach((end) => void end()) }
  })
  const [first] = pages
  const session = () => first?.observer.getCurrentResult().data
  const look = (): void => {}

  let left = between(3_000, SCAN_WITHIN_MS)
  await clock.pass(left, look)
  // Between two codes there is none to scan.
  for (left = 20; left > 0 && session()?.status !== 'awaiting-scan'; left -= 1) await clock.pass(500, look)
  const shown = session()
  const payload = shown?.status === 'awaiting-scan' ? shown.qrCode.payload : undefined
  const isScanned = payload?.kind === 'text' && emulator.scan(payload.value).ok
  await clock.pass(AFTERWARDS_MS, look)
  const outcome = {
    logins: isScanned ? server.whatsapp.logins : -1,
    status: session()?.status,
    connects: server.requests.filter(({ path }) => path.includes('/connect/')).length,
  }
  for (const { close } of pages) close()
  await handler.close()
  clock.end()
  time = undefined
  return outcome
}

/** For each of the four. `.ci/run` sets 250, which makes a thousand. */
const SCHEDULES = Number(process.env.EVOLUTION_SCHEDULES ?? 10)

/** A schedule takes 25 to 100 ms on two cores. */
const TIMEOUT_MS = 30_000 + SCHEDULES * 3_000

describe('evolutionApi and scans at random moments', () => {
  it.each([
    ['2.3.7', 'polling pages', false],
    ['2.3.7', 'live events', true],
    ['2.4', 'polling pages', false],
    ['2.4', 'live events', true],
  ] as const)(
    'Evolution API %s, %s: one login for each scan, and the page shows linked',
    { timeout: TIMEOUT_MS },
    async (version, _title, live) => {
      const failures: string[] = []
      for (let seed = 1; seed <= SCHEDULES; seed += 1) {
        const { logins, status, connects } = await run({ seed, version, live })
        if (logins !== 1 || status !== 'linked')
          failures.push(`seed ${seed}: ${logins} logins, ${status}, ${connects} times connect`)
      }
      expect(failures).toEqual([])
    },
  )
})
