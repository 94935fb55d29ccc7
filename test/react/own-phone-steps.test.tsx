import { act, render, screen } from '@testing-library/react'
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
    [
      'an Android phone',
      'Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 Chrome/140 Mobile',
      ['Tap Menu '],
    ],
    [
      'an iPhone',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15',
      ['Tap Settings  or your photo'],
    ],
    [
      'a phone of an unknown system, for which it names both',
      'Mozilla/5.0 (Mobile; rv:120.0) Gecko/120.0',
      ['Android Tap Menu ', 'iPhone Tap Settings  or your photo'],
    ],
  ])('names only the system of %s', (_, userAgent, lines) => {
    onPhone(userAgent)
    render(<PairingCard pairing={stillPairing(phoneCode['awaiting-code'])} />)
    expect(menus()).toEqual(lines)
  })
})

it('the steps of the phone number need no camera, and lead to the place where WhatsApp takes the code', async () => {
  render(<PairingCard pairing={stillPairing(phoneCode['awaiting-number'])} />)
  // Some parts load when the card mounts.
  await act(async () => {})
  const steps = [...document.querySelectorAll('[data-part="step"]')].map((step) => step.textContent)
  expect(steps[0]).toBe(part('lead')?.textContent)
  expect(part('lead')?.textContent).toContain('no camera needed')
  expect(steps.at(-1)).toMatch(/Linked devices.*Link with phone number instead/)
  expect(steps).toHaveLength(4)
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
