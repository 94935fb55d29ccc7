import { focusManager, QueryClient } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { PairingError, type PairingProvider, type PairingSnapshot, WhatsAppPairing } from '../../src/index.js'
import { providerIds } from '../../stories/playground/emulated-provider.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { createSetup, doing, shownStatus } from './setup.js'
import { part, statusLine } from './user.js'

emulateTime()
afterEach(() => {
  focusManager.setFocused(undefined)
})

const linked = { status: 'linked', account: { name: 'Ana' } } as PairingSnapshot
const gone = { status: 'unlinked' } as PairingSnapshot

/** A linked phone. Its provider returns `now`, or throws it if it is an error. */
async function link() {
  const state: { now: PairingSnapshot | PairingError } = { now: linked }
  const getStatus = (): PairingSnapshot => {
    if (state.now instanceof PairingError) throw state.now
    return state.now
  }
  const provider = scriptedProvider({ getQrCode: () => (state.now === linked ? linked : qr('a')), getStatus })
  const onLinked = vi.fn()
  const { unmount } = render(
    <WhatsAppPairing provider={provider} queryClient={new QueryClient()} onLinked={onLinked} />,
  )
  await settle()
  expect(shownStatus()).toBe('linked')
  return Object.assign(state, { calls: provider.calls, onLinked, unmount })
}

describe.each(providerIds)('%s: a link that the phone ends soon after it was made', (id) => {
  it.each([
    ['the server pushes', true],
    ['the page polls', false],
  ])('is reported and explained, and a new code appears, if %s', async (_, live) => {
    const setup = createSetup(id)
    const onLinked = vi.fn()
    const onUnlinked = vi.fn()
    setup.show({ provider: setup.proxied({ live }), onLinked, onUnlinked })
    await advance(3_000)
    await doing(() => void setup.emulator.scan())
    await advance(30_000)
    expect(onLinked).toHaveBeenCalledTimes(1)
    await doing(() => void setup.emulator.disconnect())
    await advance(25_000)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(onUnlinked).toHaveBeenCalledTimes(1)
    expect(statusLine()).toContain('The link ended soon after it was made.')
    await doing(() => void setup.emulator.scan())
    await advance(15_000)
    expect(shownStatus()).toBe('linked')
    expect(onLinked).toHaveBeenCalledTimes(2)
  })
})

describe('a link', () => {
  it('is polled every fifteen seconds for three minutes, and then no longer', async () => {
    const { calls } = await link()
    await advance(200_000)
    const asked = calls.slice(1)
    expect(asked.map(({ question }) => question)).toEqual(asked.map(() => 'status'))
    const pauses = asked.slice(1).map(({ at }, index) => at - (asked[index]?.at ?? 0))
    for (const pause of pauses) expect(Math.round(pause / 1_000)).toBe(15)
    expect(asked.length).toBeGreaterThanOrEqual(12)
    expect(asked.length).toBeLessThanOrEqual(14)
    const before = calls.length
    await advance(600_000)
    expect(calls.length).toBe(before)
  })

  it('survives one response that reports its end', async () => {
    const one = await link()
    one.now = gone
    await advance(16_000)
    const { length } = one.calls
    one.now = linked
    await advance(10_000, () => expect(shownStatus()).toBe('linked'))
    // The confirming request does not wait fifteen seconds.
    expect(one.calls.length).toBe(length + 1)
    expect(one.onLinked).toHaveBeenCalledTimes(1)
  })

  it('ends with the second response that reports its end', async () => {
    const one = await link()
    one.now = gone
    await advance(20_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it.each(['network', 'rate-limited', 'provider-unavailable', 'unauthorized'] as const)(
    'survives requests that fail (%s), and the pauses become longer',
    async (errorCode) => {
      const one = await link()
      one.now = new PairingError(errorCode, 'No.')
      await advance(60_000, () => expect(shownStatus()).toBe('linked'))
      expect(one.calls.length).toBeLessThanOrEqual(8)
      await advance(600_000)
      const { length } = one.calls
      expect(length).toBeLessThanOrEqual(16)
      await advance(600_000)
      expect(one.calls.length).toBe(length)
      expect(part('error-code')).toBeNull()
    },
  )

  it('that has ended is detected when requests succeed again', async () => {
    const one = await link()
    one.now = new PairingError('network', 'No.')
    await advance(40_000)
    one.now = gone
    await advance(40_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('with one unconfirmed end is not polled forever if requests keep failing', async () => {
    const one = await link()
    one.now = gone
    await advance(15_500)
    one.now = new PairingError('network', 'No.')
    await advance(900_000)
    const { length } = one.calls
    await advance(900_000)
    expect(one.calls.length).toBe(length)
    expect(shownStatus()).toBe('linked')
  })

  it('that ends while the page is hidden is detected on return, without requests until then', async () => {
    const one = await link()
    await doing(() => focusManager.setFocused(false))
    one.now = gone
    const before = one.calls.length
    await advance(600_000)
    expect(one.calls.length).toBe(before)
    await doing(() => focusManager.setFocused(true))
    await advance(5_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it.each<[string, PairingSnapshot]>([
    ['a QR code', qr('late')],
    ['a pairing code', { status: 'pairing-code', pairingCode: 'ABCD1234' }],
  ])('is neither ended nor kept by %s that is pushed late', async (_, code) => {
    let tell = (_: PairingSnapshot): void => {}
    let now = linked
    const { calls, ...rest } = scriptedProvider({ getQrCode: () => now, getStatus: () => now })
    const subscribe: PairingProvider['subscribe'] = (listener) => {
      tell = listener
      return () => {}
    }
    const push = async (snapshot: PairingSnapshot, nextInMs?: number) => {
      tell({ ...snapshot, nextInMs })
      await settle()
    }
    render(<WhatsAppPairing provider={{ ...rest, subscribe }} queryClient={new QueryClient()} />)
    await advance(1_000)
    for (let index = 0; index < 5; index++) await push(code, 5_000)
    expect(shownStatus()).toBe('linked')
    const { length } = calls
    await push(gone, 20_000)
    expect(shownStatus()).toBe('linked')
    // The page checks the reported end immediately, even if the next update was announced for later.
    expect(calls.length).toBe(length + 1)
    now = gone
    await push(gone)
    await advance(4_000)
    await push(gone)
    expect(shownStatus()).toBe('preparing')
  })
})
