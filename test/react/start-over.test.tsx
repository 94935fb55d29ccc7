import { QueryClient } from '@tanstack/react-query'
import { fireEvent, render, screen } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { PairingError, type PairingSnapshot, WhatsAppPairing } from '../../src/index.js'
import { greenApi } from '../../src/providers/green-api.js'
import { createEmulator, mockGreenApi } from '../../src/testing.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { createSetup, doing, shownStatus } from './setup.js'
import { errorCode, part, press, statusLine } from './user.js'

emulateTime()

/** A session that is stuck until a reset. */
async function stuck() {
  const state = { isStuck: true }
  const say = (): PairingSnapshot => (state.isStuck ? { status: 'stale' } : qr('a'))
  const provider = scriptedProvider({ getQrCode: say, getStatus: say })
  const reset = vi.fn(async (_: { signal?: AbortSignal | undefined }): Promise<void> => {
    state.isStuck = false
  })
  const view = render(<WhatsAppPairing provider={{ ...provider, reset }} queryClient={new QueryClient()} />)
  await settle()
  expect(errorCode()).toBe('session-stale')
  return Object.assign(state, { reset, calls: provider.calls, ...view })
}

const down = () => new PairingError('provider-unavailable', 'Down.')

describe('Start over', () => {
  it('is one button next to the one that copies the error code', async () => {
    await stuck()
    const buttons = screen.getAllByRole('button')
    expect(buttons.map((button) => button.textContent || button.ariaLabel)).toEqual([
      'Start over',
      expect.stringContaining('Copy'),
    ])
    expect(part('lead')?.textContent).toContain('Start over to clear it')
  })

  it('shows its progress until the provider has finished, and then the code', async () => {
    const one = await stuck()
    one.reset.mockImplementation(async () => {
      await new Promise((resolve) => setTimeout(resolve, 45_000))
      one.isStuck = false
    })
    await press('Start over')
    await advance(44_000, () => {
      expect(shownStatus()).toBe('preparing')
      expect(statusLine()).toBe('Clearing the old connection…')
      expect(part('tile')?.getAttribute('aria-busy')).toBe('true')
    })
    await advance(5_000)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(one.reset).toHaveBeenCalledTimes(1)
  })

  it('waits for a logout that GREEN-API finishes after its response, and requests no second one', async () => {
    const emulator = createEmulator({ seed: 7 })
    const instance = { idInstance: '1101000001', apiTokenInstance: 'token' }
    const mockServer = mockGreenApi(emulator, { ...instance, logoutMs: 40_000 })
    const provider = greenApi({ ...instance, fetch: mockServer.fetch, dangerouslyAllowBrowser: true })
    emulator.leaveStaleAuth()
    createSetup('green-api').show({ provider })
    await advance(2_000)
    await press('Start over')
    await advance(39_000, () => expect(shownStatus()).toBe('preparing'))
    await advance(10_000)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(mockServer.requests.filter(({ path }) => path === '/logout')).toHaveLength(1)
  })

  it('retries with pauses after transient errors, and shows its progress', async () => {
    const one = await stuck()
    for (let index = 0; index < 3; index++) one.reset.mockRejectedValueOnce(down())
    await press('Start over')
    await advance(12_000, () => expect(shownStatus()).not.toBe('failed'))
    expect(one.reset).toHaveBeenCalledTimes(4)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('fails after a series of transient errors, and can be pressed again', async () => {
    const one = await stuck()
    one.reset.mockRejectedValue(down())
    await press('Start over')
    await advance(300_000)
    expect(errorCode()).toBe('provider-unavailable')
    expect(one.reset.mock.calls.length).toBeLessThanOrEqual(8)
    const { length } = one.reset.mock.calls
    await advance(300_000)
    expect(one.reset.mock.calls.length).toBe(length)
    one.reset.mockImplementation(async () => {
      one.isStuck = false
    })
    await press('Try again')
    await advance(5_000)
    if (shownStatus() === 'failed') await press('Start over')
    await advance(5_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('shows the reason if the provider refuses, and does not retry', async () => {
    const one = await stuck()
    one.reset.mockRejectedValue(new PairingError('subscription-expired', 'No.'))
    await press('Start over')
    await advance(60_000)
    expect(errorCode()).toBe('subscription-expired')
    expect(one.reset).toHaveBeenCalledTimes(1)
  })

  it('shows an error if the provider does not support it', async () => {
    const provider = scriptedProvider({ getQrCode: () => ({ status: 'stale' }) })
    render(<WhatsAppPairing provider={provider} queryClient={new QueryClient()} />)
    await settle()
    await press('Start over')
    await advance(2_000)
    expect(errorCode()).toBe('not-supported')
  })

  it('aborts a reset without a response in time, and retries', async () => {
    const one = await stuck()
    one.reset.mockImplementationOnce(() => new Promise<never>(() => {}))
    await press('Start over')
    await advance(66_000)
    expect(one.reset).toHaveBeenCalledTimes(2)
    expect(one.reset.mock.calls[0]?.[0].signal?.aborted).toBe(true)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('resets once, even if the user presses it several times', async () => {
    const one = await stuck()
    one.reset.mockImplementation(async () => {
      await new Promise((resolve) => setTimeout(resolve, 2_000))
      one.isStuck = false
    })
    const button = screen.getByRole('button', { name: 'Start over' })
    await doing(() => {
      for (let index = 0; index < 5; index++) fireEvent.click(button)
    })
    await advance(5_000)
    expect(one.reset).toHaveBeenCalledTimes(1)
  })

  it('ends with the component: the reset is aborted, and no other follows', async () => {
    const one = await stuck()
    one.reset.mockImplementation(() => new Promise<never>(() => {}))
    await press('Start over')
    await advance(1_000)
    one.unmount()
    await advance(120_000)
    expect(one.reset).toHaveBeenCalledTimes(1)
    expect(one.reset.mock.calls[0]?.[0].signal?.aborted).toBe(true)
  })

  it('moves the focus from its button to the panel', async () => {
    await stuck()
    const button = screen.getByRole('button', { name: 'Start over' })
    button.focus()
    fireEvent.click(button)
    await advance(1_000)
    expect(document.activeElement).toBe(part('panel'))
  })
})

describe('an abandoned pairing code', () => {
  it('that left the provider half linked is cleared by Start over', async () => {
    let isPoisoned = false
    const say = (): PairingSnapshot => (isPoisoned ? { status: 'stale' } : qr('a'))
    const provider = scriptedProvider({
      getQrCode: say,
      getStatus: say,
      requestPairingCode: () => ({ status: 'pairing-code', pairingCode: 'ABCD1234' }),
    })
    const reset = vi.fn(async () => {
      isPoisoned = false
    })
    render(
      <WhatsAppPairing
        provider={{ ...provider, reset }}
        queryClient={new QueryClient()}
        defaultMethod="phone-code"
        defaultPhoneNumber="+55 11 98765-4321"
      />,
    )
    await settle()
    await press('Get code')
    await advance(161_000)
    expect(shownStatus()).toBe('expired')
    isPoisoned = true
    await press('Scan a QR code instead')
    // The last state is cached for one interval.
    await advance(4_000)
    expect(errorCode()).toBe('session-stale')
    await press('Start over')
    await advance(1_000)
    expect(reset).toHaveBeenCalledTimes(1)
    expect(shownStatus()).toBe('awaiting-scan')
  })
})

describe('a session with the status FAILED at WAHA', () => {
  it('is restarted automatically, and the page shows that it is preparing', async () => {
    const setup = createSetup('wasend')
    const { unmount } = setup.show()
    await advance(200_000)
    expect(setup.emulator.state.status).toBe('out-of-codes')
    unmount()
    setup.show({ queryClient: new QueryClient() })
    const seen = new Set<string>()
    await advance(10_000, () => void seen.add(shownStatus() ?? ''))
    expect([...seen]).not.toContain('failed')
    expect(shownStatus()).toBe('awaiting-scan')
    expect(setup.mockServer.requests.some(({ path }) => path.endsWith('/restart'))).toBe(true)
  })
})
