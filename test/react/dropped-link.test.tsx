import { focusManager } from '@tanstack/react-query'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { PairingError, type PairingProvider, type PairingSnapshot } from '../../src/index.js'
import { providerIds } from '../../stories/playground/emulated-provider.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr } from './scripted-provider.js'
import { createSetup, doing, shownStatus } from './setup.js'
import { changingProvider, pairingCode, showPairing } from './show-pairing.js'
import { heading, part, press, statusLine } from './user.js'

// WhatsApp or the phone's owner ends a link. The page explains and reports it.

emulateTime()
afterEach(() => {
  focusManager.setFocused(undefined)
})

const linked: PairingSnapshot = { status: 'linked', account: { name: 'Ana' } }
const unlinked: PairingSnapshot = { status: 'unlinked' }

/** A page with a provider that the test changes. A reset leads to a code. */
function page(first: PairingSnapshot) {
  const one = changingProvider(first)
  const reset = async (): Promise<void> => {
    one.now = qr('after')
  }
  const [onLinked, onUnlinked] = [vi.fn(), vi.fn()]
  showPairing({ ...one.provider, reset }, { onLinked, onUnlinked })
  return Object.assign(one, { onLinked, onUnlinked })
}

async function linkedPage() {
  const one = page(linked)
  await settle()
  expect(shownStatus()).toBe('linked')
  return one
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

describe.each<[string, PairingSnapshot]>([
  ['another code', qr('next')],
  ['that no phone is linked', unlinked],
  ['that the session is stopped', { status: 'stopped' }],
  ['leftovers of the link', { status: 'stale' }],
])('a link that ends, if the provider reports %s,', (_, end) => {
  it('is explained in one sentence with the title for linking again, if it was new', async () => {
    const one = page(qr('a'))
    await advance(1_000)
    one.now = linked
    await advance(12_000)
    one.now = end
    await advance(20_000)
    expect(statusLine()).toContain('The link ended soon after it was made.')
    expect(part('status-text')?.dataset.notice).toBe('link-ended')
    if (end.status === 'stale') await press('Start over')
    else expect(heading()).toBe('Link your WhatsApp again')
    expect(one.onUnlinked.mock.calls).toEqual([[{ name: 'Ana' }]])
  })

  it('is reported as ended on the phone when the user returns, if it was minutes old', async () => {
    const one = await linkedPage()
    await advance(181_000)
    await doing(() => focusManager.setFocused(false))
    one.now = end
    const { length } = one.calls
    await advance(600_000)
    // The page does not poll an older link until the user returns to the page.
    expect(one.calls).toHaveLength(length)
    await doing(() => focusManager.setFocused(true))
    await advance(5_000)
    expect(statusLine()).toContain('The phone was unlinked.')
    expect(one.onUnlinked).toHaveBeenCalledTimes(1)
  })

  it('is not reported if it was never made', async () => {
    const one = page(qr('a'))
    await advance(1_000)
    one.now = { status: 'linking' }
    await advance(8_000)
    one.now = end
    await advance(20_000)
    expect(statusLine()).toContain('The link was not finished.')
    expect(one.onUnlinked).not.toHaveBeenCalled()
    expect(one.onLinked).not.toHaveBeenCalled()
  })
})

// The table of session.test.ts has the updates that end a link and those that do not.
describe('a link', () => {
  it('is polled every fifteen seconds for three minutes, and then no longer', async () => {
    const { provider, calls } = await linkedPage()
    await advance(200_000)
    const polls = provider.details.slice(1)
    expect(polls.map(({ call }) => call)).toEqual(polls.map(() => 'getStatus'))
    const pauses = polls.slice(1).map(({ at }, index) => at - (polls[index]?.at ?? 0))
    for (const pause of pauses) expect(Math.round(pause / 1_000)).toBe(15)
    expect(polls.length).toBeGreaterThanOrEqual(12)
    expect(polls.length).toBeLessThanOrEqual(14)
    const before = calls.length
    await advance(600_000)
    expect(calls.length).toBe(before)
  })

  it('survives one response that reports its end, and the next one is requested earlier', async () => {
    const one = await linkedPage()
    one.now = unlinked
    await advance(16_000)
    const { length } = one.calls
    one.now = linked
    await advance(10_000, () => expect(shownStatus()).toBe('linked'))
    expect(one.calls).toHaveLength(length + 1)
    await advance(30_000)
    expect([one.onLinked.mock.calls.length, one.onUnlinked.mock.calls.length]).toEqual([1, 0])
  })

  it.each(['network', 'rate-limited', 'provider-unavailable', 'unauthorized'] as const)(
    'survives requests that fail (%s), and the pauses become longer',
    async (errorCode) => {
      const one = await linkedPage()
      one.now = new PairingError(errorCode, 'No.')
      await advance(60_000, () => expect(shownStatus()).toBe('linked'))
      expect(one.calls.length).toBeLessThanOrEqual(8)
      await advance(600_000)
      const { length } = one.calls
      expect(length).toBeLessThanOrEqual(16)
      await advance(600_000)
      expect(one.calls).toHaveLength(length)
      expect(part('error-code')).toBeNull()
    },
  )

  it('with one unconfirmed end is not polled forever if requests keep failing', async () => {
    const one = await linkedPage()
    one.now = unlinked
    await advance(15_500)
    one.now = new PairingError('network', 'No.')
    await advance(900_000)
    const { length } = one.calls
    await advance(900_000)
    expect(one.calls).toHaveLength(length)
    expect(shownStatus()).toBe('linked')
  })

  it('is reported again when it ends after the user has linked again', async () => {
    const one = await linkedPage()
    for (let count = 1; count <= 3; count += 1) {
      one.now = qr(`code ${count}`)
      await advance(20_000)
      expect(one.onUnlinked).toHaveBeenCalledTimes(count)
      one.now = linked
      await advance(6_000)
      expect(shownStatus()).toBe('linked')
    }
  })

  it.each<[string, PairingSnapshot]>([
    ['a provider that is preparing', { status: 'preparing' }],
    ['another account', { status: 'linked', account: { name: 'Ben' } }],
  ])('is not reported as ended for %s', async (_, now) => {
    const one = await linkedPage()
    one.now = now
    await advance(60_000)
    one.now = linked
    await advance(30_000)
    expect(one.onUnlinked).not.toHaveBeenCalled()
    expect(shownStatus()).toBe('linked')
  })

  it.each<[string, PairingSnapshot]>([
    ['a QR code', qr('late')],
    ['a pairing code', pairingCode],
  ])('is neither ended nor kept by %s that is pushed late', async (_, code) => {
    let push = (_: PairingSnapshot): void => {}
    const subscribe: PairingProvider['subscribe'] = (listener) => {
      push = listener
      return () => {}
    }
    const one = changingProvider(linked)
    const receive = async (snapshot: PairingSnapshot, nextInMs?: number) => {
      push({ ...snapshot, nextInMs })
      await settle()
    }
    showPairing({ ...one.provider, subscribe })
    await advance(1_000)
    for (let index = 0; index < 5; index++) await receive(code, 5_000)
    expect(shownStatus()).toBe('linked')
    const { length } = one.calls
    await receive(unlinked, 20_000)
    expect(shownStatus()).toBe('linked')
    // The page checks the reported end immediately, even if the next update was announced for later.
    expect(one.calls).toHaveLength(length + 1)
    one.now = unlinked
    await receive(unlinked)
    await advance(4_000)
    await receive(unlinked)
    expect(shownStatus()).toBe('preparing')
  })
})
