import { focusManager } from '@tanstack/react-query'
import { screen } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import { PairingError, type PairingProvider } from '../../src/index.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr } from './scripted-provider.js'
import { doing, shownStatus } from './setup.js'
import { changingProvider, codeRequests, showPairing } from './show-pairing.js'
import { askForCode, openTab, part, press, shownCode } from './user.js'

emulateTime()
afterEach(() => {
  focusManager.setFocused(undefined)
})

const isOffered = () => part('slow-code') !== null

/** A provider that issues these codes in order. It throws an item that is an error. */
function issuing(...codes: readonly (string | PairingError)[]) {
  const left = [...codes]
  const requestPairingCode = () => {
    const next = left.shift() ?? 'ZZZZ9999'
    if (typeof next !== 'string') throw next
    return { status: 'pairing-code', pairingCode: next } as const
  }
  return changingProvider(qr('a'), { requestPairingCode }).provider
}

async function showCode(provider: PairingProvider) {
  showPairing(provider, { defaultMethod: 'phone-code' })
  await settle()
  await askForCode()
}

describe('a pairing code that the user does not enter', () => {
  it('stays unchanged, and after half a minute a new code and the QR code are offered', async () => {
    await showCode(issuing('ABCD1234'))
    await advance(29_500, () => expect(isOffered()).toBe(false))
    await advance(1_000)
    expect(shownCode()).toBe('ABCD-1234')
    expect(part('slow-code')?.textContent).toBe('Code not working? Get a new codeScan a QR code instead')
    await advance(120_000)
    expect(shownCode()).toBe('ABCD-1234')
    await advance(12_000)
    expect(shownStatus()).toBe('expired')
    expect(part('expired-note')?.textContent).toContain('We didn’t see you enter it')
    expect(screen.getByRole('button', { name: 'Retry' })).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Scan a QR code instead' })).toBeTruthy()
  })

  it('can be replaced by one for the same number, whose half minute begins again', async () => {
    const provider = issuing('ABCD1234', 'EFGH5678')
    await showCode(provider)
    await advance(31_000)
    screen.getByRole('button', { name: 'Get a new code' }).focus()
    await press('Get a new code')
    expect(document.activeElement).toBe(part('panel'))
    await advance(500, () => expect(shownCode()).not.toBe('ABCD-1234'))
    expect(shownCode()).toBe('EFGH-5678')
    expect(part('code-recipient')?.textContent).toContain('+55 11 98765 4321')
    expect(codeRequests(provider)).toBe(2)
    await advance(29_000, () => expect(isOffered()).toBe(false))
    await advance(1_500)
    expect(isOffered()).toBe(true)
  })

  it('can be replaced by the QR code, and is there again on return', async () => {
    const provider = issuing('ABCD1234')
    await showCode(provider)
    await advance(31_000)
    await press('Scan a QR code instead')
    await advance(1_000)
    expect(shownStatus()).toBe('awaiting-scan')
    await openTab('Phone number')
    expect(shownCode()).toBe('ABCD-1234')
    expect(isOffered()).toBe(true)
    expect(codeRequests(provider)).toBe(1)
  })

  it('is not followed by a QR code if the provider has none', async () => {
    await showCode({ ...issuing('ABCD1234'), methods: ['phone-code'] })
    await advance(31_000)
    expect(screen.getByRole('button', { name: 'Get a new code' })).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Scan a QR code instead' })).toBeNull()
  })

  it('leads back to the number with a reason if there is no other code', async () => {
    await showCode(issuing('ABCD1234', new PairingError('code-refused', 'No.')))
    await advance(31_000)
    await press('Get a new code')
    expect(shownStatus()).toBe('awaiting-number')
    expect(part('error')?.textContent).toContain('gave no code for this number')
    expect(shownCode()).toBeUndefined()
  })

  it('has the offer of another code after the page was hidden', async () => {
    await showCode(issuing('ABCD1234'))
    await advance(5_000)
    await doing(() => focusManager.setFocused(false))
    await advance(60_000)
    await doing(() => focusManager.setFocused(true))
    await advance(1_000)
    expect(isOffered()).toBe(true)
    expect(shownCode()).toBe('ABCD-1234')
  })
})
