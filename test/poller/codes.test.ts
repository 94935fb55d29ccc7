import fc from 'fast-check'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
// Loaded by `proxy` when it is needed, which fake timers do not wait for.
import '../../src/client/live-events.js'
import { proxy } from '../../src/client/proxy.js'
import type { PairingProvider } from '../../src/core/provider.js'
import { qrPayloadKey } from '../../src/core/qr-payload.js'
import { initialState, transition } from '../../src/core/session.js'
import type { SessionEvent } from '../../src/core/session-state.js'
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
import { HANDLER_URL, separateHandler } from '../server/world.js'

const START = Date.UTC(2026, 10, 21)
const INSTANCE = { idInstance: '1101000001', apiTokenInstance: 'secret' }

/** As often as a screen would have to look for a dead code to be seen. */
const TICK_MS = 250

/** A code that was asked about may stay this long after the answer was due: time for it to travel. */
const GRACE_MS = 2_000

/** How often GREEN-API is asked while the rotation is not known. */
const QR_INTERVAL_MS = 5_000

beforeAll(async () => {
  // What the adapters and mock servers load when it is needed.
  await Promise.all([import('qr'), import('../../src/providers/lib/green-api-socket.js')])
})

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
  /** How long the phone has refused this code already; negative while it takes it. */
  readonly deadForMs: number
}

type World = (
  emulator: Emulator,
  through: (fetch: typeof globalThis.fetch) => typeof globalThis.fetch,
) => PairingProvider

const tellsExpiry: World = (emulator, through) =>
  ownServer({ url: 'http://engine.example/pairing', fetch: through(mockOwnServer(emulator).fetch) })

const tellsNothing: World = (emulator, through) => {
  const { subscribe: _, ...provider } = greenApi({
    ...INSTANCE,
    fetch: through(mockGreenApi(emulator, INSTANCE).fetch),
  })
  return provider
}

const pushes: World = (emulator, through) =>
  greenApi({
    ...INSTANCE,
    fetch: through(mockGreenApi(emulator, INSTANCE).fetch),
    webSocket: mockGreenApiSocket(emulator, INSTANCE),
  })

const travel = (durationMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, durationMs))

/** Everything from the phone to the page: what is on the screen, tick by tick. */
async function watch(world: World, { ageMs, latenciesMs, faults, breaksAt }: Schedule): Promise<Sight[]> {
  const emulator = createEmulator({ now: () => Date.now(), seed: 7, refs: 12 })
  emulator.start()
  await vi.advanceTimersByTimeAsync(ageMs)

  let requests = 0
  const provider = world(emulator, (fetch) => async (input, init) => {
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

  /** When the phone ceases to take a code, by what a page knows of it. */
  const deadAt = new Map<string, number>()
  async function noteCode(): Promise<void> {
    const { state: phone } = emulator
    if (phone.status !== 'pairing' || deadAt.has(phone.qrText)) return
    deadAt.set(phone.qrText, phone.qrExpiresAt)
    deadAt.set(`data:image/png;base64,${toBase64(await qrImage(phone.qrText))}`, phone.qrExpiresAt)
  }

  let state = initialState(
    {
      provider: page.id,
      attemptSeed: '',
      expectedPhoneNumber: undefined,
      clearsLeftovers: false,
      method: 'qr',
      methods: ['qr', 'phone-code'],
      timing: page.timing,
      maxRefreshes: Number.POSITIVE_INFINITY,
      autoStart: true,
    },
    Date.now(),
  )
  const fold = (event: SessionEvent): void => {
    state = transition(state, event)
  }
  const leave = page.subscribe?.(
    (snapshot) => {
      const at = Date.now()
      const question = snapshot.status === 'qr' ? 'qr-code' : 'status'
      fold({ type: 'answered', question, snapshot, askedAt: at, at })
    },
    {
      onError: (error, nextInMs) =>
        fold({ type: 'errored', question: 'status', error, nextInMs, at: Date.now() }),
      onGap: () => fold({ type: 'push-ended', at: Date.now() }),
    },
  )

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
    fold({ type: 'time-passed', at: Date.now() })
    if (state.session.status !== 'awaiting-scan') continue
    const code = qrPayloadKey(state.session.qrCode.payload)
    if (!seen.includes(code)) seen.push(code)
    const deadForMs = Date.now() - (deadAt.get(code) ?? Number.NaN)
    sights.push({ code: seen.indexOf(code), deadForMs })
  }
  leave?.()
  await vi.advanceTimersByTimeAsync(2 * provider.timing.requestTimeoutMs)
  expect(vi.getTimerCount()).toBe(0)
  return sights
}

/** Whatever holds of codes on the screen would hold of an empty one. */
function expectCodes(sights: readonly Sight[]): void {
  expect(sights.length).toBeGreaterThan((0.8 * DURATION_MS) / TICK_MS)
  expect(new Set(sights.map(({ code }) => code)).size).toBeGreaterThan(2)
}

/** Holds for what is on the screen under every schedule. */
async function always(
  world: World,
  arbitrary: fc.Arbitrary<Schedule>,
  check: (sights: readonly Sight[]) => void,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(arbitrary, async (schedule) => check(await watch(world, schedule))),
    { numRuns: 10 },
  )
}

const oldest = (sights: readonly Sight[]): number => Math.max(...sights.map(({ deadForMs }) => deadForMs))

describe('a code on the screen of a page that is only pushed to', { timeout: 60_000 }, () => {
  it('is never one that the phone refuses, where the provider tells its end, whatever goes wrong', async () => {
    await always(tellsExpiry, schedules(1_500), (sights) => {
      expect(oldest(sights)).toBeLessThanOrEqual(0)
    })
  })

  it('is nearly always there', async () => {
    await always(tellsExpiry, calmSchedules(1_500), expectCodes)
  })

  it('is never one that the phone refuses, where the provider pushes', async () => {
    await always(pushes, calmSchedules(1_500), (sights) => {
      expectCodes(sights)
      expect(oldest(sights)).toBeLessThanOrEqual(0)
    })
  })

  it('is gone two seconds after its end once the rotation is known, where the provider tells nothing', async () => {
    await always(tellsNothing, calmSchedules(200), (sights) => {
      expectCodes(sights)
      expect(oldest(sights.filter(({ code }) => code >= 2))).toBeLessThanOrEqual(GRACE_MS)
    })
  })

  it('is gone two seconds after it should have been confirmed, whatever goes wrong', async () => {
    const longestLatencyMs = 1_500
    await always(tellsNothing, schedules(longestLatencyMs), (sights) => {
      const confirmedForMs = QR_INTERVAL_MS + GRACE_MS
      expect(oldest(sights)).toBeLessThanOrEqual(confirmedForMs + longestLatencyMs / 2)
    })
  })
})
