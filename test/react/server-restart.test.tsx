import { describe, expect, it } from 'vitest'
import { wasend } from '../../src/providers/wasend.js'
import { createEmulator, mockWasend } from '../../src/testing.js'
import { advance, emulateTime } from '../time.js'
import { createSetup, doing, type Setup, setupOf, shownStatus } from './setup.js'
import { watchShownCodes } from './shown-codes.js'
import { press, shownCode, timeTo } from './user.js'

emulateTime()

/** The longest time that a code may stay after its expiry, or after the page should have received it again. */
const GRACE_MS = 2_000

/** GREEN-API's socket sends another code within this time, including the transport. */
const NEXT_PUSHED_CODE_MS = 21_000

/** The longest pause after a failure, including random jitter. */
const LONGEST_PAUSE_MS = 37_500

const ways = [
  ['uses live events', true],
  ['polls', false],
] as const

const outages = [5_000, 45_000] as const

/** WASend can report when a code expires, so the client estimates nothing. */
function withExpiry(): Setup {
  const emulator = createEmulator({ seed: 7 })
  const session = { apiKey: 'emulated-key', sessionId: 'emulated' }
  const mockServer = mockWasend(emulator, { ...session, expiresAt: 'iso' })
  const provider = wasend({ ...session, fetch: mockServer.fetch, dangerouslyAllowBrowser: true })
  return setupOf({ emulator, mockServer, provider })
}

/** Lets time pass until the page shows this status. It must not fail before. */
async function until(status: string, sample: (now: number) => void = () => {}): Promise<void> {
  const look = (now: number): void => {
    sample(now)
    expect(shownStatus()).not.toBe('failed')
  }
  await timeTo(status, look, LONGEST_PAUSE_MS + GRACE_MS)
}

describe.each(ways)('a page that %s', (_, live) => {
  describe.each(outages)('whose server is down for %d ms', (outageMs) => {
    // If a provider does not report when codes expire, the client trusts each code until the next request.
    it.each<readonly [string, () => Setup, (setup: Setup) => number]>([
      [
        'green-api',
        () => createSetup('green-api'),
        ({ provider }) => provider.timing.qrIntervalMs + GRACE_MS,
      ],
      ['z-api', () => createSetup('z-api'), ({ provider }) => provider.timing.qrIntervalMs + GRACE_MS],
      ['wasend, which reports when codes expire', withExpiry, () => GRACE_MS],
    ])('continues automatically at %s, and shows no expired code', async (_name, create, toleratedMs) => {
      const setup = create()
      const codes = watchShownCodes(setup.emulator)
      setup.show({ provider: setup.proxied({ live }), maxRefreshes: 9 })
      await advance(12_000, codes.sample)
      expect(shownStatus()).toBe('awaiting-scan')
      await doing(() => setup.server.kill())
      await advance(outageMs, codes.sample)
      await doing(() => setup.server.start())
      await until('awaiting-scan', codes.sample)
      await advance(30_000, codes.sample)
      expect(codes.shownMs).toBeGreaterThan(25_000)
      expect(await codes.longestDeadMs()).toBeLessThanOrEqual(toleratedMs(setup))
      await until('awaiting-scan')
      await doing(() => void setup.emulator.scan())
      await until('linked')
    })

    it.each(['green-api', 'z-api'] as const)(
      'keeps the pairing code of %s, which still links',
      async (id) => {
        const setup = createSetup(id)
        const code = await showPairingCode(setup, live)
        await doing(() => setup.server.kill())
        await advance(outageMs, () => expect(shownCode()).toBe(code))
        await doing(() => void setup.emulator.typeCode(code))
        await doing(() => setup.server.start())
        await until('linked')
      },
    )
  })

  it('removes a pairing code at its expiry, even without a server', async () => {
    const setup = createSetup('green-api')
    const { pairingCodeLifetimeMs } = setup.provider.timing
    const issuedAt = Date.now()
    await showPairingCode(setup, live)
    await advance(pairingCodeLifetimeMs - 30_000)
    await doing(() => setup.server.kill())
    await advance(45_000, (now) => {
      if (now - issuedAt > pairingCodeLifetimeMs + GRACE_MS) expect(shownCode()).toBeUndefined()
    })
    expect(shownStatus()).toBe('expired')
    await doing(() => setup.server.start())
    await press('Retry')
    await until('awaiting-code')
  })

  describe('whose server and provider both restart', () => {
    it.each([
      ['green-api', live ? NEXT_PUSHED_CODE_MS : undefined],
      ['z-api', undefined],
      ['wasend', undefined],
    ] as const)(
      'shows the new codes of %s, and the old one no longer than announced',
      async (id, promisedMs) => {
        const setup = createSetup(id)
        const codes = watchShownCodes(setup.emulator)
        setup.show({ provider: setup.proxied({ live }), maxRefreshes: 9 })
        await advance(12_000, codes.sample)
        await doing(() => setup.server.kill())
        await doing(() => setup.emulator.restart())
        codes.sample(Date.now())
        await advance(20_000, codes.sample)
        await doing(() => setup.server.start())
        await until('awaiting-scan', codes.sample)
        await advance(10_000, codes.sample)
        const toleratedMs = (promisedMs ?? setup.provider.timing.qrIntervalMs) + GRACE_MS
        expect(await codes.longestDeadMs()).toBeLessThanOrEqual(toleratedMs)
        await doing(() => void setup.emulator.scan())
        await until('linked')
      },
    )

    it.each(['green-api', 'z-api'] as const)('gets another pairing code of %s, which links', async (id) => {
      const setup = createSetup(id)
      const code = await showPairingCode(setup, live)
      await doing(() => setup.server.kill())
      await doing(() => setup.emulator.restart())
      await advance(40_000)
      await doing(() => setup.server.start())
      // No server reports that a pairing code is invalid. So the page keeps the previous one and offers another one.
      await press('Get a new code')
      await advance(2_000)
      const another = shownCode() ?? ''
      expect(another).not.toBe(code)
      await doing(() => void setup.emulator.typeCode(another))
      await until('linked')
    })
  })
})

/** Opens the phone tab and requests a code. */
async function showPairingCode(setup: Setup, live: boolean): Promise<string> {
  setup.show({
    provider: setup.proxied({ live }),
    defaultMethod: 'phone-code',
    defaultPhoneNumber: '+55 11 98765-4321',
  })
  await advance(1_000)
  await press('Get code')
  await advance(9_000)
  return shownCode() ?? ''
}
