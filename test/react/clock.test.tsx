import { QueryClient } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type PairingProvider, type PairingSnapshot, WhatsAppPairing } from '../../src/index.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { doing, shownStatus } from './setup.js'
import { changingProvider, rotatingProvider, showPairing } from './show-pairing.js'
import { askForCode, part, press, shownCode } from './user.js'

emulateTime()
// The codes change at full multiples of their lifetime.
beforeEach(() => void vi.setSystemTime(20_000_000))

const HOUR_MS = 3_600_000

const codeNow = () => qr(Math.floor(Date.now() / 20_000))
const shownQr = () => part('qr-code')?.innerHTML

/** Moves the clock without any timer, as sleep does on most machines. */
const jump = (ms: number) => void vi.setSystemTime(Date.now() + ms)

describe('after an hour of sleep,', () => {
  it.each(['polled', 'pushed'])('a QR code that was %s is removed within two seconds', async (way) => {
    let push = (_: PairingSnapshot): void => {}
    const subscribe: PairingProvider['subscribe'] = (listener) => {
      push = listener
      return () => {}
    }
    const provider = scriptedProvider({ getQrCode: codeNow })
    showPairing(way === 'pushed' ? { ...provider, subscribe } : provider)
    await advance(1_000)
    const promised = { ...codeNow(), nextInMs: 60_000, confirmInMs: 60_000 } as PairingSnapshot
    await doing(() => push(promised))
    const before = shownQr()
    expect(before).toBeTruthy()
    jump(HOUR_MS)
    await advance(2_250)
    expect(shownQr()).not.toBe(before)
    await advance(6_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('a pairing code is removed within two seconds, but not after a minute of sleep', async () => {
    showPairing(rotatingProvider(), { defaultMethod: 'phone-code' })
    await settle()
    await askForCode()
    jump(60_000)
    await advance(2_250)
    expect(shownCode()).toBe('ABCD-1234')
    expect(part('slow-code')).not.toBeNull()
    jump(HOUR_MS)
    await advance(2_250)
    expect(shownCode()).toBeUndefined()
    await advance(3_000)
    expect(shownStatus()).toBe('expired')
  })

  it('the response of a request from before is neither shown nor awaited', async () => {
    let respond = (_: PairingSnapshot): void => {}
    const one = changingProvider(() => new Promise((resolve) => (respond = resolve)))
    showPairing(one.provider)
    await settle()
    const old = { ...codeNow(), expiresInMs: 20_000 } as PairingSnapshot
    jump(HOUR_MS)
    await doing(() => respond(old))
    await advance(750)
    expect(part('qr-code')).toBeNull()
    one.now = codeNow
    await advance(6_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })
})

describe('a clock that is set back', () => {
  it('by an hour leaves no expired code on screen, and the pairing continues', async () => {
    showPairing(scriptedProvider({ getQrCode: codeNow }))
    await advance(3_000)
    const before = shownQr()
    jump(-HOUR_MS)
    await advance(6_000)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(shownQr()).not.toBe(before)
  })

  it('leaves a failure on screen, and Start over still resets', async () => {
    const reset = vi.fn(async () => {})
    const { provider } = changingProvider({ status: 'stale' })
    const element = <WhatsAppPairing provider={{ ...provider, reset }} queryClient={new QueryClient()} />
    const { rerender } = render(element)
    await settle()
    expect(shownStatus()).toBe('failed')
    jump(-5_000)
    rerender(element)
    await advance(1_000)
    expect(shownStatus()).toBe('failed')
    await press('Start over')
    await advance(1_000)
    expect(reset).toHaveBeenCalledOnce()
  })
})
