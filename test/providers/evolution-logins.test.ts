import '../late-modules.js'
import { environmentManager } from '@tanstack/react-query'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { proxy } from '../../src/client/proxy.js'
import { createPollerRegistry } from '../../src/poller/registry.js'
import { evolutionApi } from '../../src/providers/evolution-api.js'
import { createHandler } from '../../src/server/handler.js'
import { qrImage } from '../../src/testing/qr-image.js'
import { createEmulator, mockEvolutionApi } from '../../src/testing.js'
import { openHooklessSession } from '../hookless-session.js'
import { isLong } from '../long-runs.js'
import { advance, startTime } from '../time.js'

// Each schedule combines pages that poll or have live events, webhooks, an adapter for each request, and a slow server. Pages
// start over, and the scan happens at a random moment. WhatsApp must see one login, regardless of the requests of the poller and
// the adapter.

/** Pseudo-random numbers from a seed: mulberry32. */
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
  readonly updates: Updates
}

/** How pages get updates: by polls, by live events, or by live events that the server's webhooks speed up. */
type Updates = 'polling' | 'live events' | 'webhooks'

interface Outcome {
  readonly logins: number
  /** The final status of the first page. */
  readonly status: string | undefined
  /** The number of `connect` requests. */
  readonly connects: number
}

const SCAN_WITHIN_MS = 100_000
const AFTERWARDS_MS = 30_000

const url = 'https://host.example/api/pairing'
const SECRET = 'a secret of twenty-four characters'.replaceAll(' ', '-')

// React Query does not refetch on its own without a window.
beforeAll(async () => {
  environmentManager.setIsServer(() => false)
  // Modules load in real time, and the fake clock does not wait for it.
  await Promise.all([qrImage('2@a,b'), import('../../src/client/live-events.js')])
})
afterAll(() => environmentManager.setIsServer(() => true))

afterEach(() => void vi.useRealTimers())

async function run({ seed, version, updates }: Schedule): Promise<Outcome> {
  const random = randomOf(seed)
  const between = (from: number, to: number): number => from + random() * (to - from)
  startTime()
  const emulator = createEmulator({ seed, linkingMs: between(50, 2_000) })
  const key = { apiKey: 'KEY', instanceName: 'shop' }
  const gapMs = version === '2.4' ? between(3_000, 7_000) : between(0, 300)
  const hook: { handle?: (request: Request) => Promise<Response> } = {}
  const server = mockEvolutionApi(emulator, {
    ...key,
    version,
    gapMs,
    onWebhook(body) {
      if (updates !== 'webhooks') return
      const { handle } = hook
      const request = new Request(`${url}/webhook?secret=${SECRET}`, {
        method: 'POST',
        body: JSON.stringify(body),
      })
      setTimeout(() => void handle?.(request), between(5, 400))
    },
  })
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
      webhookSecret: SECRET,
    },
    createPollerRegistry(),
  )
  hook.handle = handler
  // Another program may have started the pairing, so the age of its code is unknown.
  if (random() < 0.3) {
    const headers = { apikey: key.apiKey }
    void server.fetch('https://evolution.example.com/instance/connect/shop', { headers })
    await advance(between(2_100, 60_000))
  }
  // After a logout by its API, version 2.4 does not reconnect.
  if (random() < 0.3) {
    const headers = { apikey: key.apiKey }
    void server.fetch('https://evolution.example.com/instance/logout/shop', { method: 'DELETE', headers })
    await advance(3_000)
  }
  const live = updates !== 'polling'
  const pages = Array.from({ length: random() < 0.5 ? 1 : 2 }, () =>
    openHooklessSession(proxy({ url, live, fetch: (input, init) => handler(new Request(input, init)) })),
  )
  const [first] = pages
  const session = () => first?.session

  let left = between(3_000, SCAN_WITHIN_MS)
  await advance(left)
  // A page that joined an old code has shown its three codes before 100 seconds have passed; then the user presses Retry.
  if (session()?.status === 'expired') first?.does({ type: 'started' })
  // Between two codes, no code can be scanned.
  for (left = 20; left > 0 && session()?.status !== 'awaiting-scan'; left -= 1) await advance(500)
  const shown = session()
  const payload = shown?.status === 'awaiting-scan' ? shown.qrCode.payload : undefined
  const isScanned = payload?.kind === 'text' && emulator.scan(payload.value).ok
  // A user who presses a button in the seconds after the scan.
  const action = random() < 0.3 ? 'start' : random() < 0.2 ? 'reset' : undefined
  if (isScanned && action) {
    await advance(between(20, 6_000))
    const headers = { 'content-type': 'application/json' }
    void handler(new Request(url, { method: 'POST', headers, body: JSON.stringify({ action }) }))
  }
  await advance(AFTERWARDS_MS)
  // A scan in the last moment of the last code looks like the limit of codes, so the page may be `expired` until Retry.
  if (session()?.status === 'expired') {
    first?.does({ type: 'started' })
    await advance(AFTERWARDS_MS)
  }
  const outcome = {
    logins: isScanned ? server.whatsapp.logins : -1,
    status: session()?.status,
    connects: server.requests.filter(({ path }) => path.includes('/connect/')).length,
  }
  for (const page of pages) page.close()
  await handler.close()
  return outcome
}

/** For each of the six combinations. `npm run test:long` runs a thousand; `EVOLUTION_SCHEDULES=1667` runs ten thousand. */
const SCHEDULES = Number(process.env.EVOLUTION_SCHEDULES ?? (isLong ? 167 : 4))
const FIRST_SEED = Number(process.env.EVOLUTION_FIRST_SEED ?? 1)

/** A schedule takes 25 to 100 ms on two cores. */
const TIMEOUT_MS = 30_000 + SCHEDULES * 3_000

const kinds = [
  ['2.3.7', 'polling'],
  ['2.3.7', 'live events'],
  ['2.3.7', 'webhooks'],
  ['2.4', 'polling'],
  ['2.4', 'live events'],
  ['2.4', 'webhooks'],
] as const

/** Schedules that failed once; they always run. */
const named = [
  [1451, 'two pages join a code in its last 8 seconds, and the scan comes after their third code'],
  [1661, 'the same, at other times'],
] as const

describe('evolutionApi with scans at random moments', () => {
  it.each(named)('seed %i: %s', async (seed) => {
    for (const [version, updates] of kinds) {
      const { logins, status } = await run({ seed, version, updates })
      expect({ version, updates, logins, status }).toEqual({ version, updates, logins: 1, status: 'linked' })
    }
  })

  it.each(kinds)(
    'Evolution API %s, %s: one login for each scan, and the page shows linked',
    { timeout: TIMEOUT_MS },
    async (version, updates) => {
      const failures: string[] = []
      for (let seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed += 1) {
        const { logins, status, connects } = await run({ seed, version, updates })
        if (logins !== 1 || status !== 'linked')
          failures.push(`seed ${seed}: ${logins} logins, ${status}, ${connects} times connect`)
      }
      expect(failures).toEqual([])
    },
  )
})
