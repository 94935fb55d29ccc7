// @vitest-environment jsdom
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { isLong } from '../long-runs.js'
import { loadEverything } from '../react/user.js'
import { createFaultSetup, type FaultSetup } from './fault-setup.js'
import {
  answering,
  brokenOff,
  buffering,
  changed,
  cuttingStreams,
  halfOf,
  type Interference,
  page,
  refused,
  silent,
  status,
  withWrongTypes,
} from './interference.js'
import { services } from './provider-side.js'
import { checkCalm, checkClosed, checkWay } from './run-fault.js'
import { startUser } from './user.js'

const RUNS = isLong ? 200 : 15

/** Half a minute of work on a busy machine. */
const TIMEOUT_MS = 300_000

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** The faults of both links. */
const interferences: Readonly<Record<string, Interference>> = {
  'no connection': refused,
  'no answer': silent,
  'a page': page(200),
  'HTTP 429': status(429, { 'retry-after': '5' }),
  'HTTP 500': status(500),
  'HTTP 401': status(401),
  'a redirect': answering(302, null, { location: 'https://login.example/' }),
  'half an answer': changed(halfOf),
}

const onlyAtHost: Readonly<Record<string, Interference>> = {
  'streams are cut': cuttingStreams(3 * SECOND),
  'streams are held back': buffering,
}

const onlyAtProvider: Readonly<Record<string, Interference>> = {
  'a broken answer': changed(brokenOff),
  'wrong types': changed(withWrongTypes),
}

type Happening = (setup: FaultSetup, ms: number) => void

function onLink(
  name: 'pageLink' | 'providerLink',
  ways: Readonly<Record<string, Interference>>,
): Readonly<Record<string, Happening>> {
  return Object.fromEntries(
    Object.entries(ways).map(([what, interference]): [string, Happening] => [
      `${name}: ${what}`,
      (setup) => {
        setup[name].interfere = interference
      },
    ]),
  )
}

const happenings: Readonly<Record<string, Happening>> = {
  ...onLink('pageLink', { ...interferences, ...onlyAtHost }),
  ...onLink('providerLink', { ...interferences, ...onlyAtProvider }),
  'answers of the host are slow': ({ pageLink }, ms) => {
    pageLink.delayMs = () => ms % (10 * SECOND)
  },
  'answers of the provider are slow': ({ providerLink }, ms) => {
    providerLink.delayMs = () => ms % (10 * SECOND)
  },
  'everything works again': (setup) => setup.calm(),
  'the host dies': ({ server }) => server.kill(),
  'the host is back': ({ server }) => server.start(),
  'the user is signed out': (setup) => {
    setup.visitor = 'unknown'
  },
  'the clock is set ahead': ({ machine }, ms) => machine.setClock(ms),
  'the clock is set back': ({ machine }, ms) => machine.setClock(-5 * MINUTE - ms),
  'the machine sleeps': ({ machine }, ms) => machine.sleep(ms),
  offline: (setup) => setup.setOnline(false),
  online: (setup) => setup.setOnline(true),
  hidden: (setup) => setup.setSeen(false),
  seen: (setup) => setup.setSeen(true),
  'another code': ({ emulator }) => void emulator.rotate(),
  'the provider restarts': ({ emulator }) => emulator.restart(),
  'the phone removes the device': ({ emulator }) => void emulator.disconnect(),
  'leftovers of a link': ({ emulator }) => emulator.leaveStaleAuth(),
  'a passkey is wanted': ({ emulator }) => emulator.demandPasskey(),
  'the passkey is given': ({ emulator }) => void emulator.solvePasskey(),
  retry: ({ page }) => page.press('retry-button'),
  'the page is opened again': ({ page }) => {
    page.close()
    page.open()
  },
}

const schedules = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 30 * SECOND }),
    what: fc.constantFrom(...Object.keys(happenings)),
    ms: fc.integer({ min: 0, max: 60 * MINUTE }),
  }),
  { minLength: 1, maxLength: 8 },
)

const pages = fc.record({
  id: fc.constantFrom(...services),
  method: fc.constantFrom('qr', 'phone-code'),
  scans: fc.boolean(),
  copies: fc.constantFrom(1, 1, 2),
  isStrict: fc.boolean(),
})

describe('a page under any schedule of faults, clock jumps and clicks', () => {
  beforeAll(loadEverything)

  it(
    'follows every rule of the fault matrix, and links when the faults end',
    async () => {
      await fc.assert(
        fc.asyncProperty(pages, schedules, async ({ scans, ...options }, schedule) => {
          const setup = createFaultSetup(options)
          try {
            setup.page.open()
            const leave = startUser(setup, { scans, startsOver: true, givesUpOnCodes: true })
            for (const { afterMs, what, ms } of schedule) {
              await setup.pass(afterMs)
              happenings[what]?.(setup, ms)
            }
            await setup.pass(MINUTE)
            leave()
            const broken = [
              ...(await checkCalm(setup)),
              ...checkWay(setup, setup.trustedMs),
              ...(await checkClosed(setup)),
            ]
            expect(broken).toEqual([])
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
