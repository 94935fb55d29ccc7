import { QueryClient } from '@tanstack/react-query'
import { fireEvent, render, renderHook, screen } from '@testing-library/react'
import { Profiler } from 'react'
import { describe, expect, it, vi } from 'vitest'
import {
  PairingError,
  type PairingSnapshot,
  usePairingSession,
  WhatsAppPairing,
  type WhatsAppPairingProps,
} from '../../src/index.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { createSetup, shownStatus } from './setup.js'
import { askForCode, openTab, part, press, shownCode } from './user.js'

emulateTime()

const code: PairingSnapshot = { status: 'pairing-code', pairingCode: 'ABCD1234' }
const tooManyLogins = (retryAfterMs?: number) =>
  new PairingError('rate-limited', 'Too often.', { retryAfterMs })

/** A provider that refuses pairing codes while `error` is set. */
function limited(error: PairingError | undefined) {
  const state = { error }
  const provider = scriptedProvider({
    getQrCode: () => qr('a'),
    requestPairingCode: () => {
      if (state.error) throw state.error
      return code
    },
  })
  const asked = () => provider.calls.filter(({ question }) => question === 'pairing-code').length
  return Object.assign(state, { provider, asked })
}

function show(one: ReturnType<typeof limited>, props: Partial<WhatsAppPairingProps> = {}) {
  return render(
    <WhatsAppPairing
      provider={one.provider}
      queryClient={new QueryClient()}
      defaultMethod="phone-code"
      {...props}
    />,
  )
}

const button = () => screen.getByRole('button', { name: 'Get code' })
const isOff = () => button().getAttribute('aria-disabled') === 'true'
const submit = async () => {
  const form = part('phone-form')
  if (form) fireEvent.submit(form)
  await settle()
}

describe('the button after too many requests for pairing codes', () => {
  it("sends no request before the provider's time has passed, and works after that", async () => {
    const one = limited(tooManyLogins(20_000))
    show(one)
    await settle()
    await askForCode()
    expect(shownStatus()).toBe('awaiting-number')
    // There is only one sentence about the limit.
    expect(part('error')).toBeNull()
    expect(part('phone-hint')?.textContent).toBe('You can ask for another code in a moment.')
    expect(part('cool-down')).not.toBeNull()
    one.error = undefined
    await advance(19_500, () => expect(isOff()).toBe(true))
    await press('Get code')
    await submit()
    expect(one.asked()).toBe(1)

    await advance(1_000)
    expect(isOff()).toBe(false)
    expect(part('cool-down')).toBeNull()
    // The limit has ended, so the screen shows no error.
    expect(part('error')).toBeNull()
    expect(one.asked()).toBe(1)
    await press('Get code')
    expect(shownCode()).toBe('ABCD-1234')
  })

  it('has a limit that usePairingSession() applies to custom markup too', async () => {
    const one = limited(tooManyLogins(20_000))
    const queryClient = new QueryClient()
    const { result } = renderHook(() =>
      usePairingSession({ provider: one.provider, queryClient, defaultMethod: 'phone-code' }),
    )
    await settle()
    result.current.requestPairingCode('+55 11 98765-4321')
    await advance(1_000)
    const { session } = result.current
    const retryAt = session.status === 'awaiting-number' ? session.retryAt : 0
    expect(retryAt).toBe(Date.now() - 1_000 + 20_000)
    result.current.requestPairingCode('+55 11 98765-4321')
    result.current.changeNumber()
    result.current.requestPairingCode('+49 151 12345678')
    await advance(10_000)
    expect(one.asked()).toBe(1)
  })

  it('is disabled for half a minute if the provider gives no time', async () => {
    const one = limited(tooManyLogins())
    show(one)
    await settle()
    await askForCode()
    await advance(29_500, () => expect(isOff()).toBe(true))
    await advance(1_000)
    expect(isOff()).toBe(false)
  })

  it.each([Number.NaN, -5_000, Number.POSITIVE_INFINITY])(
    "is disabled for a limited time if the provider's time is invalid: %s",
    async (retryAfterMs) => {
      const one = limited(tooManyLogins(retryAfterMs))
      const queryClient = new QueryClient()
      const { result } = renderHook(() =>
        usePairingSession({ provider: one.provider, queryClient, defaultMethod: 'phone-code' }),
      )
      await settle()
      result.current.requestPairingCode('+55 11 98765-4321')
      await advance(1_000)
      const { session } = result.current
      const retryAt = session.status === 'awaiting-number' ? session.retryAt : undefined
      if (retryAt !== undefined) expect(retryAt).toBeLessThanOrEqual(Date.now() + 3_600_000)
    },
  )

  it('shows the remaining time as a bar, without rerenders', async () => {
    const one = limited(tooManyLogins(20_000))
    let commits = 0
    render(
      <Profiler id="pairing" onRender={() => void commits++}>
        <WhatsAppPairing provider={one.provider} queryClient={new QueryClient()} defaultMethod="phone-code" />
      </Profiler>,
    )
    await settle()
    await askForCode()
    const bar = part('cool-down')?.querySelector<HTMLElement>('[data-part="countdown"]')
    expect(bar?.style.getPropertyValue('--whatsapp-pairing-lifetime')).toBe('20000ms')
    const before = commits
    await advance(19_000)
    expect(commits).toBe(before)
  })

  it('does not block the number field or the QR tab', async () => {
    const one = limited(tooManyLogins(60_000))
    show(one)
    await settle()
    await askForCode()
    const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Phone number' })
    fireEvent.change(field, { target: { value: '+49 151 12345678' } })
    expect(field.value).toBe('+49 1511 2345678')
    await openTab('QR code')
    await advance(1_000)
    expect(shownStatus()).toBe('awaiting-scan')
    await openTab('Phone number')
    expect(isOff()).toBe(true)
    expect(one.asked()).toBe(1)
  })

  it('stays disabled when the screen is closed and opened again', async () => {
    const one = limited(tooManyLogins(30_000))
    const queryClient = new QueryClient()
    const { unmount } = show(one, { queryClient })
    await settle()
    await askForCode()
    unmount()
    await advance(10_000)
    show(one, { queryClient })
    await advance(1_000)
    expect(isOff()).toBe(true)
    const bar = part('cool-down')?.querySelector<HTMLElement>('[data-part="countdown"]')
    expect(
      Number.parseInt(bar?.style.getPropertyValue('--whatsapp-pairing-lifetime') ?? '', 10),
    ).toBeLessThanOrEqual(20_000)
    await advance(20_000)
    expect(isOff()).toBe(false)
  })

  it('stays disabled when the previous code expires', async () => {
    const one = limited(undefined)
    show(one)
    await settle()
    await askForCode()
    await advance(150_000)
    one.error = tooManyLogins(60_000)
    await press('Get a new code')
    expect(one.asked()).toBe(2)
    expect(isOff()).toBe(true)
    await advance(30_000)
    expect(shownStatus()).toBe('awaiting-number')
    expect(one.asked()).toBe(2)
  })

  it('is enabled after the clock was set back, because the elapsed time is unknown', async () => {
    vi.setSystemTime(4_000_000_000)
    const one = limited(tooManyLogins(60_000))
    show(one)
    await settle()
    await askForCode()
    vi.setSystemTime(Date.now() - 3_600_000)
    await advance(5_000)
    await openTab('QR code')
    await openTab('Phone number')
    await advance(1_000)
    expect(isOff()).toBe(false)
  })

  it('stays enabled after another error', async () => {
    const one = limited(new PairingError('network', 'Down.'))
    show(one)
    await settle()
    await askForCode()
    expect(part('error')?.textContent).toContain('connection')
    expect(isOff()).toBe(false)
    one.error = undefined
    await press('Get code')
    expect(shownCode()).toBe('ABCD-1234')
  })
})

describe.each(['green-api', 'z-api'] as const)('the button with %s behind the server', (id) => {
  it.each([
    ['with Retry-After', 20_000, 19_000],
    ['without Retry-After', undefined, 29_000],
  ])(
    'is disabled by 429 %s, and the provider gets no request for a code until the limit ends',
    async (_, retryAfterMs, offMs) => {
      const setup = createSetup(id)
      setup.show({ defaultMethod: 'phone-code' })
      await advance(2_000)
      setup.emulator.fail('rate-limited', { retryAfterMs })
      await askForCode()
      await advance(1_000)
      expect(isOff()).toBe(true)
      setup.emulator.recover()
      const asked = () => setup.mockServer.requests.filter(({ path }) => /Code|phone-code/.test(path)).length
      const before = asked()
      await advance(offMs - 1_000)
      await submit()
      expect(asked()).toBe(before)
      await advance(2_000)
      expect(isOff()).toBe(false)
      await press('Get code')
      await advance(1_000)
      expect(shownCode()).toMatch(/^[1-9A-Z]{4}-[1-9A-Z]{4}$/)
    },
  )
})
