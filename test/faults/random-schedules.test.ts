// @vitest-environment jsdom
import { focusManager, onlineManager } from '@tanstack/react-query'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PairingErrorCode, PairingSessionStatus } from '../../src/index.js'
import { isLong } from '../long-runs.js'
import { documentedEnds } from './run-fault.js'
import { createSmallWorld, phoneNumber, type SmallWorld } from './small-world.js'

const RUNS = isLong ? 20_000 : 400

/** Half a minute of work, and seven minutes for the long runs, on a busy machine. */
const TIMEOUT_MS = isLong ? 3_600_000 : 300_000

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** Longer than any wait: a request hangs for a minute, and up to eight do. */
const LONGEST_MINUTES = 20

const ends: readonly (PairingSessionStatus | undefined)[] = [...documentedEnds, 'idle']

/** The cached session is removed a minute after the page. */
const GONE_MS = 2 * MINUTE

type Happening = (world: SmallWorld, ms: number) => unknown

const fails =
  (code: PairingErrorCode | 'silence' | undefined): Happening =>
  (world, ms) => {
    // Responses take up to 20 seconds.
    world.weather = { latencyMs: ms % (20 * SECOND), fails: code }
  }

const happenings = {
  'answers take a while': fails(undefined),
  'answers come at once': (world) => {
    world.weather = { latencyMs: 0 }
  },
  'no answers': fails('silence'),
  'no network': fails('network'),
  'the provider is down': fails('provider-unavailable'),
  'answers are none': fails('invalid-answer'),
  'too many requests': fails('rate-limited'),
  'the credentials are refused': fails('unauthorized'),
  'the clock is set ahead': ({ time }, ms) => time.setClock(ms),
  // A smaller change cannot be detected without a second clock.
  'the clock is set back': ({ time }, ms) => time.setClock(-5 * MINUTE - ms),
  'the machine sleeps': async ({ time, pass }, ms) => {
    time.sleep(ms)
    // Passes the time until timers have run.
    await pass(3 * SECOND)
  },
  hidden: () => focusManager.setFocused(false),
  seen: () => focusManager.setFocused(true),
  offline: () => onlineManager.setOnline(false),
  online: () => onlineManager.setOnline(true),
  'the phone takes the code': (world) => world.answer(),
  'another code': ({ emulator }) => emulator.rotate(),
  'the provider restarts': ({ emulator }) => emulator.restart(),
  'the phone removes the device': ({ emulator }) => emulator.disconnect(),
  'leftovers of a link': ({ emulator }) => emulator.leaveStaleAuth(),
  'a passkey is wanted': ({ emulator }) => emulator.demandPasskey(),
  'the passkey is given': ({ emulator }) => emulator.solvePasskey(),
  'start again': (world) => world.does({ type: 'started' }),
  cancel: (world) => world.does({ type: 'cancelled' }),
  'the QR code is chosen': (world) => world.does({ type: 'method-chosen', method: 'qr' }),
  'a number is sent': (world) => world.does({ type: 'number-submitted', phoneNumber }),
  'the picture is broken': (world) => world.does({ type: 'image-broken' }),
  'the page is closed': (world) => world.close(),
  'the page is opened': (world) => {
    world.close()
    world.open()
  },
} as const satisfies Record<string, Happening>

const names = Object.keys(happenings).filter((name): name is keyof typeof happenings => name in happenings)

const schedules = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.integer({ min: 0, max: 2 * SECOND }), fc.integer({ min: 0, max: 40 * SECOND })),
    what: fc.constantFrom(...names),
    ms: fc.integer({ min: 0, max: 60 * MINUTE }),
  }),
  { minLength: 1, maxLength: 12 },
)

/** Returns the state in which the session settles in time. */
async function endOf(world: SmallWorld): Promise<PairingSessionStatus | undefined> {
  for (let minute = 0; minute < LONGEST_MINUTES; minute += 1) {
    await world.pass(MINUTE)
    if (ends.includes(world.session?.status)) break
  }
  return world.session?.status
}

describe('a session under any schedule of faults, clock jumps and clicks', () => {
  it(
    'shows no expired code, never duplicates a request or sends one without a page, ends in a documented state, and leaves nothing behind',
    async () => {
      await fc.assert(
        fc.asyncProperty(schedules, fc.constantFrom('qr', 'phone-code'), async (schedule, method) => {
          const world = createSmallWorld()
          try {
            world.open(method)
            for (const { afterMs, what, ms } of schedule) {
              await world.pass(afterMs)
              await happenings[what](world, ms)
            }
            happenings.seen()
            happenings.online()
            if (!world.session) world.open(method)
            const status = await endOf(world)
            world.close()
            await world.pass(GONE_MS)
            expect({ broken: [...world.broken], left: world.left }).toEqual({ broken: [], left: 0 })
            expect(ends).toContain(status)
          } finally {
            world.end()
          }
        }),
        { numRuns: RUNS, seed: 7 },
      )
    },
    TIMEOUT_MS,
  )
})

describe('a session that waits', () => {
  let world: SmallWorld

  beforeEach(() => {
    world = createSmallWorld()
  })
  afterEach(() => world.end())

  it('runs no timer at full speed while a response is pending', async () => {
    world.weather = { latencyMs: 0, fails: 'silence' }
    world.open()
    let timers = 0
    await world.time.pass(MINUTE, () => {
      timers += 1
    })
    expect(timers).toBeLessThan(20)
  })

  it('polls again when its page becomes visible, even if the clock was set back in between', async () => {
    world.open()
    await world.pass(1_000)
    focusManager.setFocused(false)
    // Long enough for the code to leave the screen: from then on, nothing wakes the session.
    await world.pass(MINUTE)
    world.time.setClock(-60 * MINUTE)
    focusManager.setFocused(true)
    await world.pass(1_000)
    expect(world.session?.status).toBe('awaiting-scan')
  })
})
