import '../late-modules.js'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
// Loaded by `proxy` when it is needed, which fake timers do not wait for.
import '../../src/client/live-events.js'
import { proxy } from '../../src/client/proxy.js'
import type { PairingProvider } from '../../src/core/provider.js'
import { qrPayloadKey } from '../../src/core/qr-payload.js'
import { greenApi } from '../../src/providers/green-api.js'
import { ownServer } from '../../src/providers/own-server.js'
import { qrImage, toBase64 } from '../../src/testing/qr-image.js'
import {
  createEmulator,
  type Emulator,
  type EmulatorFault,
  mockGreenApi,
  mockGreenApiSocket,
  mockOwnServer,
} from '../../src/testing.js'
import { randomRuns } from '../long-runs.js'
import { openCorePage } from '../server/core-page.js'
import { HANDLER_URL, separateHandler } from '../server/world.js'

const START = Date.UTC(2026, 10, 21)
const INSTANCE = { idInstance: '1101000001', apiTokenInstance: 'secret' }

/** How often the screen is checked. */
const TICK_MS = 250

/** A code may stay this long after its confirmation was due: time for the response to travel. */
const GRACE_MS = 2_000

/** How often GREEN-API is polled while the rotation is not known. */
const QR_INTERVAL_MS = 5_000

/** A code whose age is not known is trusted for as long as a code lives. */
const LIFETIME_MS = 20_000

beforeEach(() => {
  vi.useFakeTimers({ now: START })
})

afterEach(() => {
  vi.useRealTimers()
})

interface Schedule {
  /** Age of the first code when the page is opened. */
  readonly ageMs: number
  /** Of each request to the provider, in turn: there and back take half of it each. */
  readonly latenciesMs: readonly number[]
  /** What goes wrong at the provider, and when. */
  readonly faults: readonly { readonly at: number; readonly fault: EmulatorFault; readonly times: number }[]
  /** When the stream breaks. */
  readonly breaksAt: readonly number[]
}

const DURATION_MS = 100_000
const moments = fc.integer({ min: 0, max: DURATION_MS })

const schedules = (longestMs: number): fc.Arbitrary<Schedule> =>
  fc.record({
    ageMs: fc.integer({ min: 0, max: 59_000 }),
    latenciesMs: fc.array(fc.integer({ min: 0, max: longestMs }), { minLength: 1, maxLength: 7 }),
    faults: fc.array(
      fc.record({
        at: moments,
        fault: fc.constantFrom<EmulatorFault>('network', 'rate-limited', 'server-error', 'half-json', 'hang'),
        times: fc.integer({ min: 1, max: 3 }),
      }),
      { maxLength: 4 },
    ),
    breaksAt: fc.array(moments, { maxLength: 4 }),
  })

const calmSchedules = (longestMs: number): fc.Arbitrary<Schedule> =>
  schedules(longestMs).map((schedule) => ({ ...schedule, faults: [], breaksAt: [] }))

/** A code on the screen, at one tick. */
interface Sight {
  /** 0 for the first code that the page ever saw. */
  readonly code: number
  /** How long ago the code expired; negative before that. */
  readonly expiredForMs: number
}

type Connect = (
  emulator: Emulator,
  through: (fetch: typeof globalThis.fetch) => typeof globalThis.fetch,
) => PairingProvider

const givesExpiry: Connect = (emulator, through) =>
  ownServer({ url: 'http://engine.example/pairing', fetch: through(mockOwnServer(emulator).fetch) })

const givesNoExpiry: Connect = (emulator, through) => {
  const { subscribe: _, ...provider } = greenApi({
    ...INSTANCE,
    fetch: through(mockGreenApi(emulator, INSTANCE).fetch),
  })
  return provider
}

const pushes: Connect = (emulator, through) =>
  greenApi({
    ...INSTANCE,
    fetch: through(mockGreenApi(emulator, INSTANCE).fetch),
    webSocket: mockGreenApiSocket(emulator, INSTANCE),
  })

const travel = (durationMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, durationMs))

/** Everything from the phone to the page: what is on the screen, tick by tick. */
async function watch(connect: Connect, { ageMs, latenciesMs, faults, breaksAt }: Schedule): Promise<Sight[]> {
  const emulator = createEmulator({ now: () => Date.now(), seed: 7, refs: 12 })
  emulator.start()
  await vi.advanceTimersByTimeAsync(ageMs)

  let requests = 0
  const provider = connect(emulator, (fetch) => async (input, init) => {
    const latencyMs = latenciesMs[requests++ % latenciesMs.length] ?? 0
    await travel(latencyMs / 2)
    const answer = await fetch(input, init)
    await travel(latencyMs / 2)
    return answer
  })
  const handler = separateHandler({ provider, authorize: () => true })
  let line = new AbortController()
  const page = proxy({
    url: HANDLER_URL,
    fetch: (input, init) => {
      const signals = [line.signal, ...(init?.signal ? [init.signal] : [])]
      return handler(new Request(`${input}`, { ...init, signal: AbortSignal.any(signals) }))
    },
  })

  /** When a code expires, by its payload. */
  const expiresAt = new Map<string, number>()
  async function noteCode(): Promise<void> {
    const { state: phone } = emulator
    if (phone.status !== 'pairing' || expiresAt.has(phone.qrText)) return
    expiresAt.set(phone.qrText, phone.qrExpiresAt)
    expiresAt.set(`data:image/png;base64,${toBase64(await qrImage(phone.qrText))}`, phone.qrExpiresAt)
  }

  const screen = openCorePage(page.connection, 'only')
  const sights: Sight[] = []
  const seen: string[] = []
  for (let elapsedMs = 0; elapsedMs < DURATION_MS; elapsedMs += TICK_MS) {
    const isNow = (at: number): boolean => at >= elapsedMs && at < elapsedMs + TICK_MS
    for (const { fault, times } of faults.filter(({ at }) => isNow(at))) emulator.fail(fault, { times })
    if (breaksAt.some(isNow)) {
      line.abort()
      line = new AbortController()
    }
    await noteCode()
    await vi.advanceTimersByTimeAsync(TICK_MS)
    await noteCode()
    screen.tick()
    const { session } = screen
    if (session.status !== 'awaiting-scan') continue
    const code = qrPayloadKey(session.qrCode.payload)
    if (!seen.includes(code)) seen.push(code)
    const expiredForMs = Date.now() - (expiresAt.get(code) ?? Number.NaN)
    sights.push({ code: seen.indexOf(code), expiredForMs })
  }
  screen.leave()
  await vi.advanceTimersByTimeAsync(2 * provider.timing.requestTimeoutMs)
  expect(vi.getTimerCount()).toBe(0)
  return sights
}

/** An empty screen would satisfy any rule about codes. */
function expectCodes(sights: readonly Sight[]): void {
  expect(sights.length).toBeGreaterThan((0.8 * DURATION_MS) / TICK_MS)
  expect(new Set(sights.map(({ code }) => code)).size).toBeGreaterThan(2)
}

/** Holds for what is on the screen under every schedule. */
async function always(
  connect: Connect,
  arbitrary: fc.Arbitrary<Schedule>,
  check: (sights: readonly Sight[]) => void,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(arbitrary, async (schedule) => check(await watch(connect, schedule))),
    randomRuns(4, 40),
  )
}

const oldest = (sights: readonly Sight[]): number =>
  Math.max(...sights.map(({ expiredForMs }) => expiredForMs))

describe('a QR code on the screen of a page that gets a stream alone', { timeout: 60_000 }, () => {
  it('is never an expired one where the provider gives its expiry, whatever fails', async () => {
    await always(givesExpiry, schedules(1_500), (sights) => {
      expect(oldest(sights)).toBeLessThanOrEqual(0)
    })
  })

  it('is shown nearly all the time', async () => {
    await always(givesExpiry, calmSchedules(1_500), expectCodes)
  })

  it('is never an expired one where the provider pushes', async () => {
    await always(pushes, calmSchedules(1_500), (sights) => {
      expectCodes(sights)
      expect(oldest(sights)).toBeLessThanOrEqual(0)
    })
  })

  it('leaves at the latest two seconds after it expires once the rotation is known, where the provider gives no expiry', async () => {
    await always(givesNoExpiry, calmSchedules(200), (sights) => {
      expectCodes(sights)
      expect(oldest(sights.filter(({ code }) => code >= 2))).toBeLessThanOrEqual(GRACE_MS)
    })
  })

  it('leaves at the latest two seconds after it should have been confirmed, where the provider gives no expiry', async () => {
    const longestLatencyMs = 1_500
    await always(givesNoExpiry, calmSchedules(longestLatencyMs), (sights) => {
      const confirmedForMs = QR_INTERVAL_MS + GRACE_MS
      expect(oldest(sights)).toBeLessThanOrEqual(confirmedForMs + longestLatencyMs / 2)
    })
  })

  it('leaves after one lifetime at the latest where the provider gives no expiry and fails after the first response', async () => {
    await always(givesNoExpiry, schedules(1_500), (sights) => {
      // Half of an odd latency is rounded up.
      expect(oldest(sights)).toBeLessThanOrEqual(LIFETIME_MS + 1)
    })
  })
})
