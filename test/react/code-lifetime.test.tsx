import { screen } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { advance, emulateTime, settle } from '../time.js'
import { qr, scriptedProvider, timing } from './scripted-provider.js'
import { shownStatus } from './setup.js'
import { changingProvider, hang, rotatingProvider, showPairing } from './show-pairing.js'
import { part, statusLine } from './user.js'

emulateTime()

const shownQr = () => part('qr-code')?.innerHTML
const isCodeOnScreen = () => document.querySelector('[data-part="qr-code"] svg') !== null

describe('a code on screen', () => {
  it('disappears after the documented rotation if there is no second response', async () => {
    let answers = 0
    showPairing(scriptedProvider({ getQrCode: () => (answers++ === 0 ? qr('a') : hang()), getStatus: hang }))
    await advance(19_750)
    expect(isCodeOnScreen()).toBe(true)
    await advance(500)
    expect(isCodeOnScreen()).toBe(false)
    expect(shownStatus()).toBe('preparing')
  })

  it('stays as long as responses repeat it, but at most a minute', async () => {
    showPairing(scriptedProvider({ getQrCode: () => qr('a') }))
    await advance(1_000)
    await advance(58_500, () => expect(isCodeOnScreen()).toBe(true))
    await advance(1_000)
    await advance(60_000, () => expect(isCodeOnScreen()).toBe(false))
  })

  it("is followed by the next one at the provider's expiry, with one request for each code", async () => {
    vi.setSystemTime(15_000_000)
    const getQrCode = () => qr(Math.floor(Date.now() / 15_000), 15_000 - (Date.now() % 15_000))
    const provider = scriptedProvider({ getQrCode })
    showPairing(provider)
    await settle()
    await advance(44_000, () => expect(shownStatus()).toBe('awaiting-scan'))
    expect(provider.calls.filter((call) => call === 'getQrCode')).toHaveLength(3)
  })

  it('is replaced when another one appears before its expiry, with a new countdown in the same tile', async () => {
    const one = changingProvider(qr('a'))
    showPairing(one.provider)
    await advance(6_000)
    const [first, countdown, tile] = [shownQr(), part('countdown'), part('tile')]
    expect(countdown?.style.getPropertyValue('--whatsapp-pairing-lifetime')).toMatch(/^\d+ms$/)
    one.now = qr('b')
    await advance(timing.qrIntervalMs, () => {
      expect(part('tile')).toBe(tile)
      expect(isCodeOnScreen()).toBe(true)
    })
    expect(shownQr()).not.toBe(first)
    expect(part('countdown')).not.toBe(countdown)
    expect(statusLine()).toContain('2 of 3')
  })
})

describe('the limit of codes', () => {
  it.each([
    ['is three by default', undefined, 3],
    ['can be one', 1, 1],
    ['can be five', 5, 5],
    ['is three if it is 0', 0, 3],
    ['is three if it is negative', -1, 3],
    ['is three if it is not a number', Number.NaN, 3],
  ])('%s, and after it the page shows no error and sends no request', async (_, maxRefreshes, count) => {
    const provider = rotatingProvider()
    const onError = vi.fn()
    showPairing(provider, { maxRefreshes, onError })
    await advance(20_000 * count - 2_000, () => expect(shownStatus()).not.toBe('expired'))
    await advance(45_000)
    expect(shownStatus()).toBe('expired')
    expect(screen.getByRole('button', { name: 'Retry' })).toBeTruthy()
    expect([part('error-code'), screen.queryByRole('alert')]).toEqual([null, null])
    expect(onError).not.toHaveBeenCalled()
    const { length } = provider.calls
    await advance(600_000)
    expect(provider.calls).toHaveLength(length)
  })
})
