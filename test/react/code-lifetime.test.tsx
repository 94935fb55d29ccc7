import { QueryClient } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { WhatsAppPairing } from '../../src/index.js'
import { advance, emulateTime } from '../time.js'
import { qr, scriptedProvider, timing } from './scripted-provider.js'

emulateTime()

const status = () => document.querySelector('[data-scope="whatsapp-pairing"]')?.getAttribute('data-status')
const isCodeOnScreen = () => document.querySelector('[data-part="qr-code"] svg') !== null
const hang = () => new Promise<never>(() => {})

function show(provider: ReturnType<typeof scriptedProvider>, maxRefreshes?: number) {
  return render(
    <WhatsAppPairing provider={provider} queryClient={new QueryClient()} maxRefreshes={maxRefreshes} />,
  )
}

describe('the lifetime of a code on screen', () => {
  it('ends after the documented rotation if there is no second response', async () => {
    let answers = 0
    show(scriptedProvider({ getQrCode: () => (answers++ === 0 ? qr('a') : hang()), getStatus: hang }))
    await advance(19_750)
    expect(isCodeOnScreen()).toBe(true)
    await advance(500)
    expect(isCodeOnScreen()).toBe(false)
    expect(status()).toBe('preparing')
  })

  it('lasts as long as responses repeat the code, but at most a minute', async () => {
    const provider = scriptedProvider({ getQrCode: () => qr('a') })
    show(provider)
    await advance(1_000)
    await advance(58_500, () => expect(isCodeOnScreen()).toBe(true))
    await advance(1_000)
    await advance(60_000, () => expect(isCodeOnScreen()).toBe(false))
  })

  it("ends at the provider's expiry, and the next poll follows then", async () => {
    const provider = scriptedProvider({
      getQrCode: () => qr(Math.floor(Date.now() / 15_000), 15_000 - (Date.now() % 15_000)),
    })
    vi.setSystemTime(15_000_000)
    show(provider)
    await advance(44_000, () => expect(status()).toBe('awaiting-scan'))
    expect(provider.calls.filter(({ question }) => question === 'qr-code')).toHaveLength(3)
  })

  it('ends immediately when another code appears between two rotations', async () => {
    let name = 'a'
    show(scriptedProvider({ getQrCode: () => qr(name) }))
    await advance(6_000)
    const first = document.querySelector('[data-part="qr-code"]')?.innerHTML
    name = 'b'
    await advance(timing.qrIntervalMs)
    expect(document.querySelector('[data-part="qr-code"]')?.innerHTML).not.toBe(first)
    expect(screen.getByRole('status').textContent).toContain('2 of 3')
  })

  it('ends soon after a replacement, with few polls, after the client has detected the rotation', async () => {
    const born = (at: number) => Math.floor((at + 7_300) / 20_000)
    const endOf = (code: number) => (code + 1) * 20_000 - 7_300
    const provider = scriptedProvider({ getQrCode: () => qr(born(Date.now())) })
    vi.setSystemTime(20_000_000)
    const seen = new Map<string, number>()
    show(provider, 30)
    await advance(60_000)
    const questionsBefore = provider.calls.filter(({ question }) => question === 'qr-code').length
    let deadMs = 0
    let last = { at: Date.now(), endsAt: Number.POSITIVE_INFINITY }
    await advance(200_000, (now) => {
      deadMs += Math.max(0, now - Math.max(last.at, last.endsAt))
      const html = document.querySelector('[data-part="qr-code"]')?.innerHTML
      const code = html && (seen.get(html) ?? born(now))
      if (html && code) seen.set(html, code)
      last = { at: now, endsAt: code ? endOf(code) : Number.POSITIVE_INFINITY }
    })
    const questions = provider.calls.filter(({ question }) => question === 'qr-code').length - questionsBefore
    // This is the count for ten rotations. Polls every five seconds would need forty requests, and show expired codes for 2.5 s
    // each.
    expect(questions).toBeLessThanOrEqual(25)
    expect(deadMs / 10).toBeLessThanOrEqual(1_000)
  })

  it('does not start again when a late response contains a replaced code', async () => {
    const answers = ['a', 'b', 'a', 'a', 'a', 'a']
    show(scriptedProvider({ getQrCode: () => qr(answers.shift() ?? 'b') }))
    await advance(5_250)
    expect(screen.getByRole('status').textContent).toContain('2 of 3')
    const second = document.querySelector('[data-part="qr-code"]')?.innerHTML
    await advance(60_000, () => {
      const shown = document.querySelector('[data-part="qr-code"]')?.innerHTML
      expect(shown === undefined || shown === second).toBe(true)
    })
  })
})

describe('the limit of three codes', () => {
  const rotating = () => scriptedProvider({ getQrCode: () => qr(Math.floor(Date.now() / 20_000)) })

  it('expires the session after the third code, and the page sends no request for ten minutes', async () => {
    vi.setSystemTime(20_000_000)
    const provider = rotating()
    show(provider)
    await advance(59_000, () => expect(status()).not.toBe('expired'))
    await advance(22_000)
    expect(status()).toBe('expired')
    const before = provider.calls.length
    await advance(600_000)
    expect(provider.calls.length).toBe(before)
    expect(screen.getByRole('button', { name: 'Retry' })).toBeTruthy()
  })

  it.each([1, 2, 5])('can be set to %i', async (maxRefreshes) => {
    vi.setSystemTime(20_000_000)
    show(rotating(), maxRefreshes)
    await advance(20_000 * maxRefreshes - 2_000, () => expect(status()).not.toBe('expired'))
    await advance(45_000)
    expect(status()).toBe('expired')
  })
})

describe('a code in its last seconds at the first read', () => {
  it('does not count as one of the three', async () => {
    const endsAt = Date.now() + 4_000
    const second = endsAt + 20_000
    show(
      scriptedProvider({
        getQrCode: () =>
          Date.now() < endsAt ? qr('a', endsAt - Date.now()) : qr('b', Math.max(second - Date.now(), 0)),
      }),
    )
    await advance(1_000)
    expect(screen.getByRole('status').textContent).toContain('1 of 3')
    await advance(5_000)
    expect(status()).toBe('awaiting-scan')
    expect(screen.getByRole('status').textContent).toContain('1 of 3')
  })

  it('counts if five seconds are left', async () => {
    const endsAt = Date.now() + 6_000
    const second = endsAt + 20_000
    show(
      scriptedProvider({
        getQrCode: () =>
          Date.now() < endsAt ? qr('a', endsAt - Date.now()) : qr('b', Math.max(second - Date.now(), 0)),
      }),
    )
    await advance(8_000)
    expect(screen.getByRole('status').textContent).toContain('2 of 3')
  })
})

describe('a pushed pairing code', () => {
  it('is ignored if this page has requested none', async () => {
    const provider = scriptedProvider({
      getQrCode: () => qr('a'),
      getStatus: () => ({ status: 'pairing-code', pairingCode: 'ABCD1234' }),
      requestPairingCode: hang,
    })
    render(<WhatsAppPairing provider={provider} queryClient={new QueryClient()} defaultMethod="phone-code" />)
    await advance(10_000)
    expect(status()).toBe('awaiting-number')
    expect(document.body.textContent).not.toContain('ABCD')
  })
})
