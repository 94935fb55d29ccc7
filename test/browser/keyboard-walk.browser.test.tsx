import { QueryClient } from '@tanstack/react-query'
import { render, screen, waitFor } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import '../../src/styles/styles.css'
import { WhatsAppPairing, type WhatsAppPairingProps } from '../../src/index.js'
import { quickProvider } from './quick-provider.js'

const patiently = { timeout: 15_000 }

/** The lifetimes of a code that the test lets expire, and of one that stays valid. */
const SHORT_MS = 3_000
const LONG_MS = 60_000

/** A page of an app with one button before the component. A round ends after one unscanned code. */
function open({
  codeMs = LONG_MS,
  ...props
}: Partial<WhatsAppPairingProps> & { readonly codeMs?: number } = {}) {
  const { emulator, provider } = quickProvider('green-api', { firstCodeMs: codeMs, codeMs })
  render(
    <>
      <button type="button">Of the host</button>
      <WhatsAppPairing
        provider={provider}
        queryClient={new QueryClient()}
        maxRefreshes={1}
        appName="Acme Inbox"
        {...props}
      />
    </>,
  )
  screen.getByRole('button', { name: 'Of the host' }).focus()
  return emulator
}

const status = () => document.querySelector('[data-scope="whatsapp-pairing"]')?.getAttribute('data-status')
const arrive = (wanted: string) => waitFor(() => expect(status()).toBe(wanted), patiently)
const focused = () => document.activeElement
const focusedPart = () =>
  focused() instanceof HTMLElement ? (focused() as HTMLElement).dataset.part : undefined
const tab = (name: string) => screen.getByRole('tab', { name })

/** Presses a key until the part has the focus, and checks that each stop is visible. Returns the parts on the way. */
async function go(
  key: '{Tab}' | '{Shift>}{Tab}{/Shift}',
  part: string,
): Promise<readonly (string | undefined)[]> {
  const stops: (string | undefined)[] = []
  while (focusedPart() !== part) {
    expect(stops.length, `Tab does not reach ${part}: ${stops.join(', ')}`).toBeLessThan(12)
    await userEvent.keyboard(key)
    stops.push(focusedPart())
    if (focused()?.closest('[data-scope]'))
      expect(getComputedStyle(focused() as Element).outlineStyle).not.toBe('none')
  }
  return stops
}

const forwards = (part: string) => go('{Tab}', part)
const backwards = (part: string) => go('{Shift>}{Tab}{/Shift}', part)

describe('a user with only a keyboard', () => {
  it('goes from an expired QR code to Retry, the phone number, the code, its copy and the link', async () => {
    const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue()
    const emulator = open({ codeMs: SHORT_MS })
    await arrive('awaiting-scan')
    await arrive('expired')
    expect(focused()).toHaveProperty('textContent', 'Of the host')

    expect(await forwards('retry-button')).toEqual(['method-tab', 'retry-button'])
    await userEvent.keyboard('{Enter}')
    expect(focusedPart()).toBe('panel')
    await arrive('awaiting-scan')
    expect(focusedPart()).toBe('panel')

    await backwards('method-tab')
    expect(focused()).toBe(tab('QR code'))
    await userEvent.keyboard('{ArrowRight}')
    expect(focused()).toBe(tab('Phone number'))
    await arrive('awaiting-number')

    await forwards('phone-input')
    await userEvent.keyboard('+55 11 98765-4321{Enter}')
    await arrive('awaiting-code')
    expect(focusedPart()).toBe('panel')

    await forwards('copy-button')
    await userEvent.keyboard('{Enter}')
    const code = document.querySelector('[data-part="pairing-code"]')?.textContent ?? ''
    expect(code).toMatch(/^\w{4}-\w{4}$/)
    await waitFor(() => expect(focused()).toHaveProperty('textContent', 'Copied'))
    expect(writeText).toHaveBeenCalledExactlyOnceWith(code.replace('-', ''))

    emulator.typeCode(code)
    await arrive('linked')
    expect(focusedPart()).toBe('panel')
    expect(screen.getByRole('heading').textContent).toBe('You’re linked')
    writeText.mockRestore()
  }, 40_000)

  it('changes the number of a code, and the focus is in the field again', async () => {
    open({ defaultMethod: 'phone-code', defaultPhoneNumber: '+55 11 98765-4321' })
    await arrive('awaiting-number')
    await forwards('phone-input')
    await userEvent.keyboard('{Enter}')
    await arrive('awaiting-code')
    await forwards('change-number-button')
    await userEvent.keyboard('{Enter}')
    await arrive('awaiting-number')
    await waitFor(() => expect(focusedPart()).toBe('phone-input'))
  }, 20_000)

  it('reads the list of messages that the phone may show', async () => {
    open({ maxRefreshes: 3 })
    await arrive('awaiting-scan')
    await forwards('trouble-summary')
    await userEvent.keyboard('{Enter}')
    await waitFor(() => expect(screen.getAllByRole('term').length).toBeGreaterThan(1), patiently)
  }, 20_000)
})

describe('the tabs', () => {
  it.each([
    ['left to right', 'ltr', '{ArrowRight}', '{ArrowLeft}'],
    ['right to left', 'rtl', '{ArrowLeft}', '{ArrowRight}'],
  ] as const)(
    'are one Tab stop, and follow the arrow keys, Home and End in text from %s',
    async (_, dir, next, previous) => {
      open({ dir, maxRefreshes: 10 })
      await waitFor(() => expect(tab('QR code')).toBeTruthy(), patiently)
      await arrive('awaiting-scan')
      expect(await forwards('method-tab')).toEqual(['method-tab'])
      const steps = [
        [next, 'Phone number'],
        [next, 'QR code'],
        [previous, 'Phone number'],
        [previous, 'QR code'],
        ['{End}', 'Phone number'],
        ['{Home}', 'QR code'],
      ] as const
      for (const [key, name] of steps) {
        await userEvent.keyboard(key)
        expect(focused()).toBe(tab(name))
        expect(tab(name).getAttribute('aria-selected')).toBe('true')
        expect(screen.getAllByRole('tab').filter(({ tabIndex }) => tabIndex === 0)).toEqual([tab(name)])
        expect(screen.getByRole('tabpanel', { name }).id).toBe(tab(name).getAttribute('aria-controls'))
      }
    },
    20_000,
  )

  it('move the focus to the panel when a scan removes them', async () => {
    const emulator = open({ maxRefreshes: 10 })
    await arrive('awaiting-scan')
    await forwards('method-tab')
    emulator.scan()
    await arrive('linked')
    expect(focusedPart()).toBe('panel')
  }, 20_000)
})

describe('the focus stays', () => {
  it('while codes appear, expire and are scanned', async () => {
    const emulator = open({ codeMs: SHORT_MS })
    const host = focused()
    for (const wanted of ['awaiting-scan', 'expired']) {
      await arrive(wanted)
      expect(focused()).toBe(host)
    }
    const retry = screen.getByRole('button', { name: 'Retry' })
    // In Safari, a press on a button does not move the focus.
    retry.addEventListener('mousedown', (event) => event.preventDefault())
    await userEvent.click(retry)
    await arrive('awaiting-scan')
    expect(focused()).toBe(host)
    emulator.scan()
    await arrive('linked')
    expect(focused()).toBe(host)
  }, 30_000)
})
