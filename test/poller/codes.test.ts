import '../late-modules.js'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
// `proxy` loads this module on demand, and fake timers do not wait for the import.
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
import { HANDLER_URL, separateHandler } from '../server/setup.js'
import { advance, emulateTime } from '../time.js'

const INSTANCE = { idInstance: '1101000001', apiTokenInstance: 'secret' }

/** The interval at which the screen is checked. */
const TICK_MS = 250

/** A code may stay this long after its confirmation was due, because the response takes time to arrive. */
const GRACE_MS = 2_000

/** The interval at which GREEN-API is polled until the rotation of its codes is known. */
const QR_INTERVAL_MS = 5_000

/** A code of unknown age is shown for at most one full lifetime. */
const LIFETIME_MS = 20_000

emulateTime()

interface Schedule {
  /** The age of the first code when the page opens. */
  readonly ageMs: number
  /** The latency of each request to the provider. Each direction takes half of it. */
  readonly latenciesMs: readonly number[]
  /** The faults of the provider, and their times. */
  readonly faults: readonly { readonly at: number; readonly fault: EmulatorFault; readonly times: number }[]
  /** The times at which the stream breaks. */
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

/** The code on the screen at one tick. */
interface Sight {
  /** The number of the code. The first code on the page is 0. */
  readonly code: number
  /** The time since the code expired. Negative before it expires. */
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

/** Runs the whole path from the provider to the page, and returns the code on the screen at each tick. */
async function watch(connect: Connect, { ageMs, latenciesMs, faults, breaksAt }: Schedule): Promise<Sight[]> {
  const emulator = createEmulator({ now: () => Date.now(), seed: 7, refs: 12 })
  emulator.start()
  await advance(ageMs)

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

  /** The expiry of each code, by payload. */
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
    await advance(TICK_MS)
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
  await advance(2 * provider.timing.requestTimeoutMs)
  expect(vi.getTimerCount()).toBe(0)
  return sights
}

/** Requires some codes, because an empty screen would satisfy any rule about codes. */
function expectCodes(sights: readonly Sight[]): void {
  expect(sights.length).toBeGreaterThan((0.8 * DURATION_MS) / TICK_MS)
  expect(new Set(sights.map(({ code }) => code)).size).toBeGreaterThan(2)
}

/** Checks a condition on the screen under every schedule. */
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

describe('a QR code on a page that only uses a stream', { timeout: 60_000 }, () => {
  it('is never shown after it expires if the provider states its expiry, despite any fault', async () => {
    await always(givesExpiry, schedules(1_500), (sights) => {
      expect(oldest(sights)).toBeLessThanOrEqual(0)
    })
  })

  it('is on screen almost all the time', async () => {
    await always(givesExpiry, calmSchedules(1_500), expectCodes)
  })

  it('is never shown after it expires if the provider pushes', async () => {
    await always(pushes, calmSchedules(1_500), (sights) => {
      expectCodes(sights)
      expect(oldest(sights)).toBeLessThanOrEqual(0)
    })
  })

  it('is removed within two seconds after it expires if the provider states no expiry but its rotation is known', async () => {
    await always(givesNoExpiry, calmSchedules(200), (sights) => {
      expectCodes(sights)
      expect(oldest(sights.filter(({ code }) => code >= 2))).toBeLessThanOrEqual(GRACE_MS)
    })
  })

  it('is removed within two seconds after its confirmation was due if the provider states no expiry', async () => {
    const longestLatencyMs = 1_500
    await always(givesNoExpiry, calmSchedules(longestLatencyMs), (sights) => {
      const confirmedForMs = QR_INTERVAL_MS + GRACE_MS
      expect(oldest(sights)).toBeLessThanOrEqual(confirmedForMs + longestLatencyMs / 2)
    })
  })

  it('is removed after at most one lifetime if the provider states no expiry and fails after the first response', async () => {
    await always(givesNoExpiry, schedules(1_500), (sights) => {
      // Half of an odd latency is rounded up.
      expect(oldest(sights)).toBeLessThanOrEqual(LIFETIME_MS + 1)
    })
  })
})
