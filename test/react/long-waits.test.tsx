import { QueryClient } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import {
  PairingError,
  type PairingSnapshot,
  WhatsAppPairing,
  type WhatsAppPairingProps,
} from '../../src/index.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, scriptedProvider, timing } from './scripted-provider.js'
import { doing, shownStatus } from './setup.js'
import { askForCode, errorCode, part, press, statusLine } from './user.js'

emulateTime()

const buttons = () => screen.queryAllByRole('button').map(({ textContent }) => textContent)
const wait = () => part('way-out')?.querySelector('p')?.textContent ?? undefined
const preparing: PairingSnapshot = { status: 'preparing' }
const pending = () => new Promise<never>(() => {})

interface Options {
  readonly canReset?: boolean
  readonly startMs?: number
  readonly requestPairingCode?: () => PairingSnapshot | Promise<PairingSnapshot>
}

/** A provider that returns `now`, or throws it if it is an error. */
function saying(first: PairingSnapshot, { canReset = true, startMs, requestPairingCode }: Options = {}) {
  const state: { now: PairingSnapshot | PairingError | Promise<never> } = { now: first }
  const say = () => {
    if (state.now instanceof PairingError) throw state.now
    return state.now
  }
  const provider = scriptedProvider({
    getQrCode: say,
    getStatus: say,
    ...(requestPairingCode && { requestPairingCode }),
  })
  const reset = vi.fn(async (_: object): Promise<void> => {})
  return Object.assign(state, {
    reset,
    calls: provider.calls,
    provider: { ...provider, timing: { ...timing, ...(startMs && { startMs }) }, ...(canReset && { reset }) },
  })
}

async function show(props: Partial<WhatsAppPairingProps> & Pick<WhatsAppPairingProps, 'provider'>) {
  render(<WhatsAppPairing queryClient={new QueryClient()} {...props} />)
  await settle()
}

describe('after 30 seconds, the screen shows the reason for a wait and a button', () => {
  it('if no first code comes', async () => {
    const one = saying(preparing)
    await show({ provider: one.provider })
    await advance(7_000)
    expect(wait()).toBeUndefined()
    await advance(2_000)
    expect(wait()).toBe('Still working. This can take a minute.')
    await advance(20_000)
    expect(wait()).toBe('Still working. This can take a minute.')
    await advance(2_000)
    expect(wait()).toBe('No code has arrived yet.')
    expect(statusLine()).toBe('Still trying to get your code…')
    one.reset.mockImplementation(async () => {
      one.now = qr('a')
    })
    await press('Start over')
    await advance(3_000)
    expect(one.reset).toHaveBeenCalledTimes(1)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(part('way-out')).toBeNull()
  })

  it.each([
    [60_000, '1'],
    [300_000, '5'],
    [90_000, '2'],
  ])('if a start can take %i ms', async (startMs, minutes) => {
    await show({ provider: saying(preparing, { startMs }).provider })
    await advance(31_000)
    expect(wait()).toBe(`No code has arrived yet. This can take up to ${minutes} min.`)
  })

  it('if the provider is starting', async () => {
    const one = saying({ status: 'stopped' })
    one.reset.mockImplementation(pending)
    await show({ provider: one.provider })
    await advance(31_000)
    expect(wait()).toBe('The provider is still starting.')
    expect(buttons()).toContain('Start over')
  })

  it('if a reset does not end', async () => {
    const one = saying({ status: 'stale' })
    one.reset.mockImplementation(pending)
    await show({ provider: one.provider })
    await press('Start over')
    await advance(31_000)
    expect(statusLine()).toBe('Clearing the old connection…')
    expect(wait()).toBe('The old connection is still being cleared.')
    expect(buttons()).toContain('Start over')
  })

  it('if requests fail', async () => {
    const one = saying(preparing)
    await show({ provider: one.provider })
    one.now = new PairingError('provider-unavailable', 'Down.')
    await advance(33_000)
    expect(wait()).toBe('The last request for a code failed. We’re trying again.')
    expect(buttons()).toContain('Start over')
  })

  it('if no pairing code comes, with a way back to the number', async () => {
    const one = saying({ status: 'unlinked' }, { requestPairingCode: pending })
    await show({ provider: one.provider, defaultMethod: 'phone-code' })
    await askForCode()
    await advance(31_000)
    expect(wait()).toBe('Your code has not arrived yet.')
    await press('Back to the number')
    expect(shownStatus()).toBe('awaiting-number')
    expect(screen.getByDisplayValue(/98765.4321$/)).toBeTruthy()
  })

  it('if linking does not end', async () => {
    const one = saying(qr('a'))
    await show({ provider: one.provider })
    one.now = { status: 'linking' }
    await advance(35_000)
    expect(shownStatus()).toBe('linking')
    expect(wait()).toBe('This is taking longer than usual. Keep WhatsApp open on your phone.')
    one.reset.mockImplementation(async () => {
      one.now = qr('b')
    })
    await press('Start over')
    await advance(3_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('and the button is Try again if the provider cannot be reset', async () => {
    const one = saying(preparing, { canReset: false })
    await show({ provider: one.provider })
    await advance(31_000)
    const { length } = one.calls
    await press('Try again')
    expect(one.calls.length).toBeGreaterThanOrEqual(length)
    expect(wait()).toBeUndefined()
    one.now = qr('a')
    await advance(4_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('if no response comes after a return to the page', async () => {
    const one = saying({ status: 'linked', account: { name: 'Ana' } })
    const queryClient = new QueryClient()
    const { unmount } = render(<WhatsAppPairing provider={one.provider} queryClient={queryClient} />)
    await advance(1_000)
    unmount()
    await advance(20_000)
    one.now = pending()
    await show({ provider: one.provider, queryClient })
    await advance(31_000)
    expect(shownStatus()).toBe('preparing')
    expect(buttons()).toContain('Try again')
    expect(buttons()).not.toContain('Start over')
    one.now = { status: 'linked', account: { name: 'Ana' } }
    await press('Try again')
    await advance(31_000)
    expect(shownStatus()).toBe('linked')
    expect(one.reset).not.toHaveBeenCalled()
  })
})

describe('a provider that has lost its codes (field report F9)', () => {
  it('fails 90 s after it began to repeat a code, and not only after ten minutes', async () => {
    // WhatsApp's first code may be valid for a minute.
    const one = saying(qr('a'))
    await show({ provider: one.provider })
    await advance(5_000)
    expect(shownStatus()).toBe('awaiting-scan')
    await advance(90_000)
    expect(shownStatus()).toBe('preparing')
    expect(buttons()).toContain('Start over')
    await advance(70_000)
    expect(errorCode()).toBe('session-stale')
  })

  it('fails after the five minutes that GREEN-API documents for its start', async () => {
    const one = saying(preparing, { startMs: 300_000 })
    await show({ provider: one.provider })
    await advance(295_000)
    expect(shownStatus()).toBe('preparing')
    await advance(10_000)
    expect(errorCode()).toBe('session-stale')
    one.reset.mockImplementation(async () => {
      one.now = qr('a')
    })
    await press('Start over')
    await advance(3_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('offers Start over after a refused pairing code while the instance starts', async () => {
    const refuse = () => {
      throw new PairingError('code-refused', 'No.')
    }
    const one = saying({ status: 'unlinked' }, { startMs: 300_000, requestPairingCode: refuse })
    await show({ provider: one.provider, defaultMethod: 'phone-code' })
    await askForCode()
    one.now = preparing
    await doing(() => screen.getByRole('tab', { name: 'QR code' }).click())
    await advance(35_000)
    expect(buttons()).toContain('Start over')
    expect(wait()).toContain('up to 5 min')
  })

  it('does not fail as stuck because of an outage', async () => {
    const one = saying(qr('a', 20_000))
    await show({ provider: one.provider })
    await advance(5_000)
    one.now = new PairingError('provider-unavailable', 'Down.')
    await advance(60_000)
    one.now = preparing
    await advance(40_000)
    expect(shownStatus()).toBe('preparing')
    one.now = qr('b')
    await advance(10_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })
})
