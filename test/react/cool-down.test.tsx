import { QueryClient } from '@tanstack/react-query'
import { fireEvent, render, renderHook, screen } from '@testing-library/react'
import { Profiler } from 'react'
import { describe, expect, it, vi } from 'vitest'
import {
  PairingError,
  usePairingSession,
  WhatsAppPairing,
  type WhatsAppPairingProps,
} from '../../src/index.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr } from './scripted-provider.js'
import { createSetup, shownStatus } from './setup.js'
import { changingProvider, codeRequests, pairingCode, showPairing } from './show-pairing.js'
import { askForCode, openTab, part, press, shownCode } from './user.js'

emulateTime()

const tooOften = (retryAfterMs?: number) => new PairingError('rate-limited', 'Too often.', { retryAfterMs })

/** A provider that refuses pairing codes while `error` is set. */
function limited(error: PairingError | undefined) {
  const requestPairingCode = () => {
    if (one.error) throw one.error
    return pairingCode
  }
  const { provider } = changingProvider(qr('a'), { requestPairingCode })
  const one = { error, provider, requests: () => codeRequests(provider) }
  return one
}

/** Shows the phone tab, and submits a number. */
async function submitTo(one: ReturnType<typeof limited>, props: Partial<WhatsAppPairingProps> = {}) {
  const view = showPairing(one.provider, { defaultMethod: 'phone-code', ...props })
  await settle()
  await askForCode()
  return view
}

const isOff = () => screen.getByRole('button', { name: 'Get code' }).getAttribute('aria-disabled') === 'true'
const barMs = () =>
  Number.parseInt(
    part('cool-down')
      ?.querySelector<HTMLElement>('[data-part="countdown"]')
      ?.style.getPropertyValue('--whatsapp-pairing-lifetime') ?? '',
    10,
  )
const submit = async () => {
  const form = part('phone-form')
  if (form) fireEvent.submit(form)
  await settle()
}

describe('the button after too many requests for pairing codes', () => {
  it("sends no request before the provider's time has passed, and works after that", async () => {
    const one = limited(tooOften(20_000))
    await submitTo(one)
    expect(shownStatus()).toBe('awaiting-number')
    // There is only one sentence about the limit.
    expect(part('error')).toBeNull()
    expect(part('phone-hint')?.textContent).toBe('You can ask for another code in a moment.')
    expect(part('cool-down')).not.toBeNull()
    one.error = undefined
    await advance(19_500, () => expect(isOff()).toBe(true))
    await press('Get code')
    await submit()
    expect(one.requests()).toBe(1)

    await advance(1_000)
    expect(isOff()).toBe(false)
    expect([part('cool-down'), part('error')]).toEqual([null, null])
    expect(one.requests()).toBe(1)
    await press('Get code')
    expect(shownCode()).toBe('ABCD-1234')
  })

  it('has a limit that usePairingSession() applies to custom markup too', async () => {
    const one = limited(tooOften(20_000))
    const { provider } = one
    const queryClient = new QueryClient()
    const { result } = renderHook(() =>
      usePairingSession({ provider, queryClient, defaultMethod: 'phone-code' }),
    )
    await settle()
    result.current.requestPairingCode('+55 11 98765-4321')
    await advance(1_000)
    expect(result.current.session).toMatchObject({
      status: 'awaiting-number',
      retryAt: Date.now() - 1_000 + 20_000,
    })
    result.current.requestPairingCode('+55 11 98765-4321')
    result.current.changeNumber()
    result.current.requestPairingCode('+49 151 12345678')
    await advance(10_000)
    expect(one.requests()).toBe(1)
  })

  it('shows the remaining time as a bar, without rerenders', async () => {
    let commits = 0
    render(
      <Profiler id="pairing" onRender={() => void commits++}>
        <WhatsAppPairing
          provider={limited(tooOften(20_000)).provider}
          queryClient={new QueryClient()}
          defaultMethod="phone-code"
        />
      </Profiler>,
    )
    await settle()
    await askForCode()
    expect(barMs()).toBe(20_000)
    const before = commits
    await advance(19_000)
    expect(commits).toBe(before)
  })

  it('does not block the number field or the QR tab', async () => {
    const one = limited(tooOften(60_000))
    await submitTo(one)
    const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Phone number' })
    fireEvent.change(field, { target: { value: '+49 151 12345678' } })
    expect(field.value).toBe('+49 1511 2345678')
    await openTab('QR code')
    await advance(1_000)
    expect(shownStatus()).toBe('awaiting-scan')
    await openTab('Phone number')
    expect(isOff()).toBe(true)
    expect(one.requests()).toBe(1)
  })

  it('stays disabled when the screen is closed and opened again', async () => {
    const one = limited(tooOften(30_000))
    const queryClient = new QueryClient()
    const { unmount } = await submitTo(one, { queryClient })
    unmount()
    await advance(10_000)
    showPairing(one.provider, { queryClient, defaultMethod: 'phone-code' })
    await advance(1_000)
    expect(isOff()).toBe(true)
    expect(barMs()).toBeLessThanOrEqual(20_000)
    await advance(20_000)
    expect(isOff()).toBe(false)
  })

  it('stays disabled when the previous code expires', async () => {
    const one = limited(undefined)
    await submitTo(one)
    await advance(150_000)
    one.error = tooOften(60_000)
    await press('Get a new code')
    expect(one.requests()).toBe(2)
    expect(isOff()).toBe(true)
    await advance(30_000)
    expect(shownStatus()).toBe('awaiting-number')
    expect(one.requests()).toBe(2)
  })

  it('is enabled after the clock was set back, because the elapsed time is unknown', async () => {
    vi.setSystemTime(4_000_000_000)
    await submitTo(limited(tooOften(60_000)))
    vi.setSystemTime(Date.now() - 3_600_000)
    await advance(6_000)
    expect(isOff()).toBe(false)
  })

  it('stays enabled after another error', async () => {
    const one = limited(new PairingError('network', 'Down.'))
    await submitTo(one)
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
      const requests = () =>
        setup.mockServer.requests.filter(({ path }) => /Code|phone-code/.test(path)).length
      const before = requests()
      await advance(offMs - 1_000)
      await submit()
      expect(requests()).toBe(before)
      await advance(2_000)
      expect(isOff()).toBe(false)
      await press('Get code')
      await advance(1_000)
      expect(shownCode()).toMatch(/^[1-9A-Z]{4}-[1-9A-Z]{4}$/)
    },
  )
})
