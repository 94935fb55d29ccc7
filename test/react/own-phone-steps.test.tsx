import { render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { PairingCard } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { stillPairing } from '../browser/still-pairing.js'
import { pretendPhone } from './every-element.js'
import { part } from './user.js'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const { 'phone-code': phoneCode } = pairingStates()

const onPhone = (userAgent: string) => {
  pretendPhone()
  vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue(userAgent)
}

const menus = () => [...document.querySelectorAll('[data-part="step-line"]')].map((line) => line.textContent)

describe('the step that opens WhatsApp’s menu', () => {
  it('names both systems on a computer, each on its own line', () => {
    render(<PairingCard pairing={stillPairing(phoneCode['awaiting-code'])} />)
    expect(menus()).toEqual(['Android Tap Menu ', 'iPhone Tap Settings  or your photo'])
    for (const name of document.querySelectorAll('[data-part="step-platform"]'))
      expect(name.getAttribute('translate')).toBe('no')
  })

  it.each([
    ['Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 Chrome/140 Mobile', ['Tap Menu ']],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15',
      ['Tap Settings  or your photo'],
    ],
    [
      'Mozilla/5.0 (Mobile; rv:120.0) Gecko/120.0',
      ['Android Tap Menu ', 'iPhone Tap Settings  or your photo'],
    ],
  ])('names only the system of the phone on %s', (userAgent, lines) => {
    onPhone(userAgent)
    render(<PairingCard pairing={stillPairing(phoneCode['awaiting-code'])} />)
    expect(menus()).toEqual(lines)
  })
})

describe('the link Open WhatsApp', () => {
  it('is shown with a pairing code on the phone itself, and contains no code', () => {
    onPhone('Android')
    render(<PairingCard pairing={stillPairing(phoneCode['awaiting-code'])} />)
    const link = screen.getByRole('link', { name: 'Open WhatsApp' })
    expect(link.getAttribute('href')).toBe('https://wa.me/settings/linked_devices')
    expect(part('code-frame')?.contains(link)).toBe(true)
  })

  it('is not shown on a computer, or if the app turns it off', () => {
    const pairing = stillPairing(phoneCode['awaiting-code'])
    const { rerender } = render(<PairingCard pairing={pairing} />)
    expect(screen.queryByText('Open WhatsApp')).toBeNull()
    onPhone('Android')
    rerender(<PairingCard key="phone" pairing={pairing} samePhoneLink={false} />)
    expect(screen.queryByText('Open WhatsApp')).toBeNull()
  })
})
