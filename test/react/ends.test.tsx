import { act, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { PairingError, type PairingErrorCode } from '../../src/index.js'
import { PairingCard } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { stillPairing } from '../browser/still-pairing.js'
import './jsdom-dialog.js'
import { part } from './user.js'

afterEach(() => void vi.unstubAllGlobals())

const { qr, 'phone-code': phone } = pairingStates()
const failed = (code: PairingErrorCode) => ({ ...qr.failed, error: new PairingError(code, 'For the test.') })

describe('the screen after a failure', () => {
  it('says what to do before it says why', () => {
    render(<PairingCard pairing={stillPairing(failed('unauthorized'))} />)
    expect(part('lead')?.textContent).toBe(
      'Nothing is wrong with your phone. Please contact the people who run this app.',
    )
    expect(part('lead')?.nextElementSibling).toBe(part('error-cause'))
    expect(part('error-cause')?.textContent).toBe(
      'The provider refused this app’s key, so no code can be made.',
    )
  })

  it.each([
    ['unauthorized', 'true'],
    ['network', undefined],
    ['session-stale', undefined],
  ] as const)(
    "makes Try again the secondary button for %s if only the app's operator can help",
    (code, secondary) => {
      render(<PairingCard pairing={stillPairing(failed(code))} supportUrl="https://app.example/help" />)
      expect(part('retry-button')?.dataset.secondary).toBe(secondary)
      expect(part('support-link') !== null).toBe(secondary === 'true')
    },
  )

  it('shows the error code in small print, with a copy button', async () => {
    const writeText = vi.fn(async (_: string) => {})
    vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText } })
    render(<PairingCard pairing={stillPairing(failed('network'))} />)
    expect(part('tile')?.contains(part('error-code'))).toBe(false)
    await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'Copy the error code' })))
    expect(writeText.mock.calls).toEqual([['network']])
    expect(screen.getByRole('button', { name: 'Copied' })).toBeTruthy()
  })
})

describe('the Done button', () => {
  it('closes the dialog if the app has no next step', () => {
    const onClose = vi.fn()
    render(<PairingCard as="dialog" onClose={onClose} pairing={stillPairing(qr.linked)} />)
    fireEvent.click(screen.getByRole('button', { name: 'Done' }))
    expect(onClose).toHaveBeenCalledOnce()
  })

  it('is not shown without a dialog and without a next step', () => {
    render(<PairingCard pairing={stillPairing(qr.linked)} />)
    expect(part('done-button')).toBeNull()
  })
})

describe('the warning about codes', () => {
  it.each([
    ...[qr['awaiting-scan'], phone['awaiting-number'], phone['awaiting-code'], qr.linking],
    ...[qr.linked, qr.failed],
  ])('names the app that will be linked until the end of the session: $method $status', async (session) => {
    render(<PairingCard appName="Acme" pairing={stillPairing(session)} />)
    // Some parts load when the card mounts.
    await act(async () => {})
    const hasEnded = session.status === 'linked' || session.status === 'failed'
    expect(part('safety-note')?.textContent).toBe(
      hasEnded
        ? undefined
        : 'This links Acme to your WhatsApp. Never scan or enter a code you didn’t ask for.',
    )
  })
})

describe('the name of the app', () => {
  it('has the logo next to it in every place, and is not translated', () => {
    const props = { appName: 'Acme Inbox', appLogo: 'https://app.example/logo.png' }
    const { rerender } = render(<PairingCard {...props} pairing={stillPairing(qr['awaiting-scan'])} />)
    const name = () => part('app-name')
    expect(part('safety-note')?.contains(name())).toBe(true)
    expect(name()?.getAttribute('translate')).toBe('no')
    expect(name()?.querySelector('img')?.src).toBe(props.appLogo)
    rerender(<PairingCard {...props} appLogo={<svg data-testid="own" />} pairing={stillPairing(qr.linked)} />)
    expect(part('lead')?.contains(screen.getByTestId('own'))).toBe(true)
  })

  it('is the translatable text “This app” if appName is not set', () => {
    render(<PairingCard pairing={stillPairing(qr['awaiting-scan'])} />)
    expect(part('app-name')?.textContent).toBe('This app')
    expect(part('app-name')?.hasAttribute('translate')).toBe(false)
  })
})
