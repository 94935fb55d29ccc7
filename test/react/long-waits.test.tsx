import { QueryClient } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { PairingError, type PairingProvider, type PairingSession } from '../../src/index.js'
import { PairingCard } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { stillPairing } from '../browser/still-pairing.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr } from './scripted-provider.js'
import { shownStatus } from './setup.js'
import { changingProvider, hang, linked, showPairing } from './show-pairing.js'
import { askForCode, part, press, statusLine } from './user.js'

emulateTime()

const buttons = () => screen.queryAllByRole('button').map(({ textContent }) => textContent)
const wait = () => part('way-out')?.querySelector('p')?.textContent ?? undefined

const { qr: byQr, 'phone-code': byCode } = pairingStates()
const slow = { isSlow: true, canStartOver: true } as const

// The table of session.test.ts has the times at which a wait is slow, and what the user can do then.
describe('a slow wait shows its reason and a button', () => {
  it.each<readonly [string, PairingSession, text: string, button: string]>([
    ['if no first code comes', { ...byQr.preparing, ...slow }, 'No code has arrived yet.', 'Start over'],
    [
      'if a start can take five minutes',
      { ...byQr.preparing, ...slow, mayTakeMs: 300_000 },
      'No code has arrived yet. This can take up to 5 min.',
      'Start over',
    ],
    [
      'if a start can take one and a half minutes',
      { ...byQr.preparing, ...slow, mayTakeMs: 90_000 },
      'No code has arrived yet. This can take up to 2 min.',
      'Start over',
    ],
    [
      'if the provider is starting',
      { ...byQr.preparing, ...slow, reason: 'starting' },
      'The provider is still starting.',
      'Start over',
    ],
    [
      'if a reset does not end',
      { ...byQr.preparing, ...slow, reason: 'resetting' },
      'The old connection is still being cleared.',
      'Start over',
    ],
    [
      'if requests fail',
      { ...byQr.preparing, ...slow, reason: 'retrying', error: new PairingError('timeout', 'No.') },
      'The last request for a code failed. We’re trying again.',
      'Start over',
    ],
    [
      'if the provider cannot be reset',
      { ...byQr.preparing, isSlow: true, canStartOver: false },
      'No code has arrived yet.',
      'Try again',
    ],
    [
      'if no pairing code comes',
      { ...byCode['requesting-code'], ...slow },
      'Your code has not arrived yet.',
      'Back to the number',
    ],
    [
      'if linking does not end',
      { ...byQr.linking, ...slow },
      'This is taking longer than usual. Keep WhatsApp open on your phone.',
      'Start over',
    ],
  ])('%s', async (_, session, text, button) => {
    render(<PairingCard pairing={stillPairing(session)} />)
    await settle()
    expect(wait()).toBe(text)
    expect(buttons()).toContain(button)
  })
})

/** A provider with a reset that leads to a code. */
function resettable(first: Parameters<typeof changingProvider>[0]) {
  const one = changingProvider(first, { requestPairingCode: hang })
  const reset = vi.fn<NonNullable<PairingProvider['reset']>>(async () => {
    one.now = qr('after')
  })
  return Object.assign(one, { reset, provider: { ...one.provider, reset } })
}

describe('a page that waits', () => {
  it('says after 8 s that it still works and after 30 s what is missing, until Start over has reset the provider', async () => {
    const one = resettable({ status: 'preparing' })
    showPairing(one.provider)
    await advance(7_000)
    expect(wait()).toBeUndefined()
    await advance(2_000)
    expect(wait()).toBe('Still working. This can take a minute.')
    await advance(20_000)
    expect(wait()).toBe('Still working. This can take a minute.')
    await advance(2_000)
    expect(wait()).toBe('No code has arrived yet.')
    expect(statusLine()).toBe('Still trying to get your code…')
    await press('Start over')
    await advance(3_000)
    expect(one.reset).toHaveBeenCalledTimes(1)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(part('way-out')).toBeNull()
  })

  it('for a pairing code leads back to the number, which is still there', async () => {
    showPairing(resettable({ status: 'unlinked' }).provider, { defaultMethod: 'phone-code' })
    await settle()
    await askForCode()
    await advance(31_000)
    await press('Back to the number')
    expect(shownStatus()).toBe('awaiting-number')
    expect(screen.getByDisplayValue(/98765.4321$/)).toBeTruthy()
  })

  it('for a response after it was opened again only offers to try again, and resets nothing', async () => {
    const one = resettable(linked)
    const queryClient = new QueryClient()
    const { unmount } = showPairing(one.provider, { queryClient })
    await advance(1_000)
    unmount()
    await advance(20_000)
    one.now = hang
    showPairing(one.provider, { queryClient })
    await advance(31_000)
    expect(shownStatus()).toBe('preparing')
    expect(buttons()).toContain('Try again')
    expect(buttons()).not.toContain('Start over')
    one.now = linked
    await press('Try again')
    await advance(31_000)
    expect(shownStatus()).toBe('linked')
    expect(one.reset).not.toHaveBeenCalled()
  })
})
