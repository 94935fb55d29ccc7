import { fireEvent, screen } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { PairingError, type PairingProvider, type PairingSnapshot } from '../../src/index.js'
import { advance, emulateTime } from '../time.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { createSetup, shownStatus } from './setup.js'

emulateTime()

const errorCode = () => document.querySelector('[data-part="error-code"]')?.getAttribute('data-code')

/** Shows the phone tab of a provider and presses its button. */
async function askForCode(provider: PairingProvider): Promise<void> {
  createSetup('green-api').show({
    provider,
    defaultMethod: 'phone-code',
    defaultPhoneNumber: '5511987654321',
  })
  await advance(1_000)
  fireEvent.click(screen.getByRole('button', { name: 'Get code' }))
}

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
      createSetup('green-api').show({ provider })
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
      await askForCode(provider)
      await advance(5_000)
      expect(shownStatus()).toBe('awaiting-number')
      expect(document.querySelector('[data-part="error"]')?.textContent?.length).toBeGreaterThan(10)
      expect(provider.calls.filter(({ question }) => question === 'pairing-code')).toHaveLength(1)
    },
  )

  it.each([0, -1, Number.NaN])(
    'with maxRefreshes %s still expires after three codes',
    async (maxRefreshes) => {
      vi.setSystemTime(20_000_000)
      const provider = scriptedProvider({ getQrCode: () => qr(Math.floor(Date.now() / 20_000)) })
      createSetup('green-api').show({ provider, maxRefreshes })
      await advance(58_000, () => expect(shownStatus()).not.toBe('expired'))
      await advance(30_000)
      expect(shownStatus()).toBe('expired')
    },
  )
})

describe('a response of a custom provider', () => {
  it('with an unknown status is not requested again and again', async () => {
    const odd: PairingSnapshot = JSON.parse('{ "status": "nonsense", "methods": {} }')
    const provider = scriptedProvider({ getQrCode: () => odd, getStatus: () => odd })
    createSetup('green-api').show({ provider })
    await advance(30_000)
    expect(provider.calls.length).toBeLessThanOrEqual(3)
    expect(shownStatus()).toBe('failed')
  })

  it('with an expiry of a few milliseconds does not make the page poll more often than allowed', async () => {
    let name = 0
    const provider = scriptedProvider({ getQrCode: () => qr(name++, 20) })
    createSetup('green-api').show({ provider, maxRefreshes: Number.POSITIVE_INFINITY })
    await advance(20_000)
    expect(provider.calls.length).toBeLessThanOrEqual(25)
  })

  it('with a text that is too long or invalid for a QR code does not break the page', async () => {
    const values = ['あ'.repeat(1_500), '\ud800', '']
    const provider = scriptedProvider({
      getQrCode: () => ({ status: 'qr', qrCode: { kind: 'text', value: values.shift() ?? '' } }),
    })
    createSetup('green-api').show({ provider })
    await advance(60_000)
    expect(errorCode()).toBe('invalid-answer')
  })

  it('that repeats a pairing code does not extend its life', async () => {
    const code: PairingSnapshot = { status: 'pairing-code', pairingCode: 'ABCD1234' }
    const provider = scriptedProvider({
      getQrCode: () => qr('a'),
      getStatus: () => code,
      requestPairingCode: () => code,
    })
    await askForCode(provider)
    await advance(158_000)
    expect(shownStatus()).toBe('awaiting-code')
    await advance(10_000)
    expect(shownStatus()).toBe('expired')
    const before = provider.calls.length
    await advance(60_000)
    expect(provider.calls.length).toBe(before)
  })

  it('with one wrong "preparing" does not remove the pairing code', async () => {
    let answers = 0
    const provider = scriptedProvider({
      getQrCode: () => qr('a'),
      getStatus: () => (answers++ === 2 ? { status: 'preparing' } : { status: 'unlinked' }),
      requestPairingCode: () => ({ status: 'pairing-code', pairingCode: 'ABCD1234' }),
    })
    await askForCode(provider)
    await advance(23_000)
    expect(shownStatus()).toBe('awaiting-code')
  })
})
