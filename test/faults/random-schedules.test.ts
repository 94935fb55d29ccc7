// @vitest-environment jsdom
import { focusManager, onlineManager } from '@tanstack/react-query'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PairingErrorCode, PairingSessionStatus } from '../../src/index.js'
import { isLong } from '../long-runs.js'
import { advance } from '../time.js'
import { documentedEnds } from './run-fault.js'
import { createSimulation, phoneNumber, type Simulation } from './simulation.js'

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

type Happening = (setup: Simulation, ms: number) => unknown

const fails =
  (code: PairingErrorCode | 'silence' | undefined): Happening =>
  (setup, ms) => {
    // Responses take up to 20 seconds.
    setup.conditions = { latencyMs: ms % (20 * SECOND), fails: code }
  }

const happenings = {
  'answers take a while': fails(undefined),
  'answers come at once': (setup) => {
    setup.conditions = { latencyMs: 0 }
  },
  'no answers': fails('silence'),
  'no network': fails('network'),
  'the provider is down': fails('provider-unavailable'),
  'answers are none': fails('invalid-answer'),
  'too many requests': fails('rate-limited'),
  'the credentials are refused': fails('unauthorized'),
  'the clock is set ahead': ({ machine }, ms) => machine.setClock(ms),
  // A smaller change cannot be detected without a second clock.
  'the clock is set back': ({ machine }, ms) => machine.setClock(-5 * MINUTE - ms),
  'the machine sleeps': async ({ machine, pass }, ms) => {
    machine.sleep(ms)
    // Passes the time until timers have run.
    await pass(3 * SECOND)
  },
  hidden: () => focusManager.setFocused(false),
  seen: () => focusManager.setFocused(true),
  offline: () => onlineManager.setOnline(false),
  online: () => onlineManager.setOnline(true),
  'the phone takes the code': (setup) => setup.answer(),
  'another code': ({ emulator }) => emulator.rotate(),
  'the provider restarts': ({ emulator }) => emulator.restart(),
  'the phone removes the device': ({ emulator }) => emulator.disconnect(),
  'leftovers of a link': ({ emulator }) => emulator.leaveStaleAuth(),
  'a passkey is wanted': ({ emulator }) => emulator.demandPasskey(),
  'the passkey is given': ({ emulator }) => emulator.solvePasskey(),
  'start again': (setup) => setup.does({ type: 'started' }),
  cancel: (setup) => setup.does({ type: 'cancelled' }),
  'the QR code is chosen': (setup) => setup.does({ type: 'method-chosen', method: 'qr' }),
  'a number is sent': (setup) => setup.does({ type: 'number-submitted', phoneNumber }),
  'the picture is broken': (setup) => setup.does({ type: 'image-broken' }),
  'the page is closed': (setup) => setup.close(),
  'the page is opened': (setup) => {
    setup.close()
    setup.open()
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
async function endOf(setup: Simulation): Promise<PairingSessionStatus | undefined> {
  for (let minute = 0; minute < LONGEST_MINUTES; minute += 1) {
    await setup.pass(MINUTE)
    if (ends.includes(setup.session?.status)) break
  }
  return setup.session?.status
}

describe('a session under any schedule of faults, clock jumps and clicks', () => {
  it(
    'shows no expired code, never duplicates a request or sends one without a page, ends in a documented state, and leaves nothing behind',
    async () => {
      await fc.assert(
        fc.asyncProperty(schedules, fc.constantFrom('qr', 'phone-code'), async (schedule, method) => {
          const setup = createSimulation()
          try {
            setup.open(method)
            for (const { afterMs, what, ms } of schedule) {
              await setup.pass(afterMs)
              await happenings[what](setup, ms)
            }
            happenings.seen()
            happenings.online()
            if (!setup.session) setup.open(method)
            const status = await endOf(setup)
            setup.close()
            await setup.pass(GONE_MS)
            expect({ broken: [...setup.broken], left: setup.left }).toEqual({ broken: [], left: 0 })
            expect(ends).toContain(status)
          } finally {
            setup.end()
          }
        }),
        { numRuns: RUNS, seed: 7 },
      )
    },
    TIMEOUT_MS,
  )
})

describe('a session that waits', () => {
  let setup: Simulation

  beforeEach(() => {
    setup = createSimulation()
  })
  afterEach(() => setup.end())

  it('runs no timer at full speed while a response is pending', async () => {
    setup.conditions = { latencyMs: 0, fails: 'silence' }
    setup.open()
    let timers = 0
    await advance(MINUTE, () => {
      timers += 1
    })
    expect(timers).toBeLessThan(20)
  })

  it('polls again when its page becomes visible, even if the clock was set back in between', async () => {
    setup.open()
    await setup.pass(1_000)
    focusManager.setFocused(false)
    // Long enough for the code to leave the screen: from then on, nothing wakes the session.
    await setup.pass(MINUTE)
    setup.machine.setClock(-60 * MINUTE)
    focusManager.setFocused(true)
    await setup.pass(1_000)
    expect(setup.session?.status).toBe('awaiting-scan')
  })
})
