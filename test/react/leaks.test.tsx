import { QueryClient } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { qrPayloadKey } from '../../src/core/qr-payload.js'
import { type PairingMethod, type PairingSessionStatus, usePairingSession } from '../../src/index.js'
import { createFaultSetup, type FaultSetup } from '../faults/fault-setup.js'
import { type Interference, silent, status } from '../faults/interference.js'
import { checkClosed } from '../faults/run-fault.js'
import { nothingHeld, watchHeld } from '../faults/watch-leaks.js'
import { isLong } from '../long-runs.js'
import { advance, startTime } from '../time.js'
import { scriptedProvider } from './scripted-provider.js'

/** The test works for some seconds. A busy machine needs more. */
const TIMEOUT_MS = 120_000

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** The number of mounts in each of the states. */
const MOUNTS = isLong ? 100 : 25

const ROTATIONS = isLong ? 10_000 : 500

/** The limit for timers of a page and its server at one moment. It is far below the number of mounts. */
const MOST_TIMERS = 15

interface Situation {
  readonly status: PairingSessionStatus
  readonly method?: PairingMethod
  /** An action that leads to the state. It is called every tenth of a second. */
  readonly lead?: (setup: FaultSetup) => void
  /** Sets up a condition of the whole test. */
  readonly begin?: (setup: FaultSetup) => void
}

const submit = ({ page }: FaultSetup): void => {
  if (page.session?.status === 'awaiting-number') page.press('submit-button')
}
const scan = (setup: FaultSetup): void => void setup.answer()
const meets =
  (interference: Interference) =>
  ({ providerLink }: FaultSetup): void => {
    providerLink.interfere = interference
  }

const situations: readonly Situation[] = [
  { status: 'preparing', begin: meets(silent) },
  { status: 'awaiting-scan' },
  { status: 'awaiting-number', method: 'phone-code' },
  { status: 'requesting-code', method: 'phone-code', begin: meets(silent), lead: submit },
  { status: 'awaiting-code', method: 'phone-code', lead: submit },
  { status: 'expired' },
  { status: 'linked', lead: scan },
  { status: 'passkey-required', begin: ({ emulator }) => emulator.demandPasskey(), lead: scan },
  { status: 'failed', begin: meets(status(401)) },
]

// React uses its own scheduler here, as on a page.
beforeEach(() => void vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', false))
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('a component that is mounted and unmounted many times', { timeout: TIMEOUT_MS }, () => {
  it.each(situations)('leaves nothing behind: $status', async ({ status, method = 'qr', begin, lead }) => {
    const setup = createFaultSetup({ id: 'z-api', method, isStrict: true, resettingMs: MINUTE })
    try {
      begin?.(setup)
      setup.page.open()
      for (let tenth = 0; tenth < 3_000 && setup.page.session?.status !== status; tenth += 1) {
        await setup.pass(SECOND / 10)
        lead?.(setup)
      }
      // A mount of a millisecond ends before a response shows the cached state.
      const seen = new Set<PairingSessionStatus | undefined>([setup.page.session?.status])
      const before = setup.held()
      for (let mount = 0; mount < MOUNTS; mount += 1) {
        setup.page.close()
        setup.page.open()
        // Every second one is unmounted during a request.
        await setup.pass(mount % 2)
        seen.add(setup.page.session?.status)
      }
      expect([...seen]).toContain(status)
      // The number of timers varies.
      const { timers, ...rest } = setup.held()
      expect(before).toMatchObject(rest)
      expect(timers).toBeLessThan(MOST_TIMERS)
      expect(await checkClosed(setup)).toEqual([])
    } finally {
      setup.end()
    }
  })
})

describe('a code that is replaced hundreds of times', { timeout: TIMEOUT_MS }, () => {
  it('leaves nothing behind, and the numbers of timers, listeners and queries stay the same', async () => {
    startTime()
    const held = watchHeld()
    let codes = 0
    const provider = scriptedProvider({
      getQrCode: () => {
        codes += 1
        const src = `data:image/png;base64,iVBORw0KGgoA${String(codes).padStart(12, '0')}`
        return { status: 'qr', qrCode: { kind: 'image', src }, expiresInMs: SECOND }
      },
    })
    const queryClient = new QueryClient()
    function Code(): ReactElement | null {
      const options = { provider, queryClient, maxRefreshes: Number.POSITIVE_INFINITY }
      const { session } = usePairingSession(options)
      return session.status === 'awaiting-scan' ? <p>{qrPayloadKey(session.qrCode.payload)}</p> : null
    }
    const place = document.createElement('main')
    const root = createRoot(place)
    root.render(<Code />)
    const everything = () => ({ ...held(), queries: queryClient.getQueryCache().getAll().length })
    await advance(MINUTE)
    const before = everything()
    while (codes < ROTATIONS && place.textContent) await advance(MINUTE)
    expect(codes).toBeGreaterThanOrEqual(ROTATIONS)
    expect(everything()).toEqual(before)
    root.unmount()
    await advance(2 * MINUTE)
    expect(everything()).toEqual({ ...nothingHeld, queries: 0 })
  })
})
