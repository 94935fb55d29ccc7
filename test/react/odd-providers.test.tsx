import { describe, expect, it } from 'vitest'
import { PairingError, type PairingSnapshot } from '../../src/index.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { shownStatus } from './setup.js'
import { codeRequests, showPairing } from './show-pairing.js'
import { askForCode, errorCode, part } from './user.js'

emulateTime()

// The bugs that a custom provider may have.
describe('a custom provider', () => {
  it.each<[string, () => PairingSnapshot | Promise<PairingSnapshot>, string]>([
    [
      'throws another kind of error with a token in it',
      () => Promise.reject(new Error('token=secret')),
      'unknown',
    ],
    ['throws a value that is not an error', () => Promise.reject('token=secret'), 'unknown'],
    ['returns null', () => JSON.parse('null'), 'invalid-answer'],
    ['reports "aborted" without an abort', () => Promise.reject(new PairingError('aborted', 'x')), 'aborted'],
  ])(
    'that %s is retried a few times with pauses, and then the error is reported',
    async (_, answer, code) => {
      const provider = scriptedProvider({ getQrCode: answer, getStatus: answer })
      showPairing(provider)
      await advance(60_000)
      expect(shownStatus()).toBe('failed')
      expect(errorCode()).toBe(code)
      expect(provider.calls.length).toBeLessThanOrEqual(3)
      expect(document.documentElement.outerHTML).not.toContain('secret')
    },
  )

  it.each<[string, PairingSnapshot]>([
    ['an invalid pairing code', { status: 'pairing-code', pairingCode: '<b>no</b>' }],
    ['another state instead of a code', { status: 'preparing' }],
  ])(
    'that returns %s causes one request, and the user sees the reason at the number',
    async (_, snapshot) => {
      const provider = scriptedProvider({ getQrCode: () => qr('a'), requestPairingCode: () => snapshot })
      showPairing(provider, { defaultMethod: 'phone-code' })
      await settle()
      await askForCode()
      await advance(5_000)
      expect(shownStatus()).toBe('awaiting-number')
      expect(part('error')?.textContent?.length).toBeGreaterThan(10)
      expect(codeRequests(provider)).toBe(1)
    },
  )
})

describe('a response of a custom provider', () => {
  it('with an unknown status is not requested again and again', async () => {
    const odd: PairingSnapshot = JSON.parse('{ "status": "nonsense", "methods": {} }')
    const provider = scriptedProvider({ getQrCode: () => odd, getStatus: () => odd })
    showPairing(provider)
    await advance(30_000)
    expect(provider.calls.length).toBeLessThanOrEqual(3)
    expect(shownStatus()).toBe('failed')
  })

  it('with an expiry of a few milliseconds does not make the page poll more often than allowed', async () => {
    let name = 0
    const provider = scriptedProvider({ getQrCode: () => qr(name++, 20) })
    showPairing(provider, { maxRefreshes: Number.POSITIVE_INFINITY })
    await advance(20_000)
    expect(provider.calls.length).toBeLessThanOrEqual(25)
  })

  it('with a text that is too long or invalid for a QR code does not break the page', async () => {
    const values = ['あ'.repeat(1_500), '\ud800', '']
    const provider = scriptedProvider({
      getQrCode: () => ({ status: 'qr', qrCode: { kind: 'text', value: values.shift() ?? '' } }),
    })
    showPairing(provider)
    await advance(60_000)
    expect(errorCode()).toBe('invalid-answer')
  })
})
