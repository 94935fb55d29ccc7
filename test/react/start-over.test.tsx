import { fireEvent, screen } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { PairingError, type PairingProvider } from '../../src/index.js'
import { greenApi } from '../../src/providers/green-api.js'
import { createEmulator, mockGreenApi } from '../../src/testing.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr } from './scripted-provider.js'
import { createSetup, doing, shownStatus } from './setup.js'
import { changingProvider, hang, showPairing } from './show-pairing.js'
import { errorCode, part, press, statusLine } from './user.js'

emulateTime()

const down = new PairingError('provider-unavailable', 'Down.')

/** A session that is stuck until a reset. */
async function stuck() {
  const one = changingProvider({ status: 'stale' })
  const clear = async (): Promise<void> => {
    one.now = qr('a')
  }
  const reset = vi.fn<NonNullable<PairingProvider['reset']>>(clear)
  showPairing({ ...one.provider, reset })
  await settle()
  expect(errorCode()).toBe('session-stale')
  return { reset, clear }
}

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

  it('resets once after several presses, shows its progress until the provider has finished, and then the code', async () => {
    const { reset, clear } = await stuck()
    reset.mockImplementation(async () => {
      await new Promise((resolve) => setTimeout(resolve, 45_000))
      await clear()
    })
    const button = screen.getByRole('button', { name: 'Start over' })
    button.focus()
    await doing(() => {
      for (let index = 0; index < 5; index++) fireEvent.click(button)
    })
    await settle()
    expect(document.activeElement).toBe(part('panel'))
    await advance(44_000, () => {
      expect(shownStatus()).toBe('preparing')
      expect(statusLine()).toBe('Clearing the old connection…')
      expect(part('tile')?.getAttribute('aria-busy')).toBe('true')
    })
    await advance(5_000)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(reset).toHaveBeenCalledTimes(1)
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

  it('retries after transient errors, and shows its progress', async () => {
    const { reset } = await stuck()
    for (let index = 0; index < 3; index++) reset.mockRejectedValueOnce(down)
    await press('Start over')
    await advance(12_000, () => expect(shownStatus()).not.toBe('failed'))
    expect(reset).toHaveBeenCalledTimes(4)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('fails after a series of transient errors, and can be pressed again', async () => {
    const { reset, clear } = await stuck()
    reset.mockRejectedValue(down)
    await press('Start over')
    await advance(300_000)
    expect(errorCode()).toBe('provider-unavailable')
    expect(reset.mock.calls.length).toBeLessThanOrEqual(8)
    const { length } = reset.mock.calls
    await advance(300_000)
    expect(reset.mock.calls.length).toBe(length)
    reset.mockImplementation(clear)
    await press('Try again')
    await advance(5_000)
    expect(errorCode()).toBe('session-stale')
    await press('Start over')
    await advance(5_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('shows the reason if the provider refuses, and does not retry', async () => {
    const { reset } = await stuck()
    reset.mockRejectedValue(new PairingError('subscription-expired', 'No.'))
    await press('Start over')
    await advance(60_000)
    expect(errorCode()).toBe('subscription-expired')
    expect(reset).toHaveBeenCalledTimes(1)
  })

  it('shows an error if the provider does not support it', async () => {
    showPairing(changingProvider({ status: 'stale' }).provider)
    await settle()
    await press('Start over')
    await advance(2_000)
    expect(errorCode()).toBe('not-supported')
  })

  it('aborts a reset without a response in time, and retries', async () => {
    const { reset } = await stuck()
    reset.mockImplementationOnce(hang)
    await press('Start over')
    await advance(66_000)
    expect(reset).toHaveBeenCalledTimes(2)
    expect(reset.mock.calls[0]?.[0]?.signal?.aborted).toBe(true)
    expect(shownStatus()).toBe('awaiting-scan')
  })
})
