import { act, fireEvent, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { PairingError, type PairingErrorCode, pairingErrorCodes } from '../../src/core/errors.js'
import type { PairingSession } from '../../src/index.js'
import { PairingCard } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { stillPairing } from '../browser/still-pairing.js'
import { toggleTrouble } from './user.js'

// A page translator replaces text nodes. React throws when it removes a replaced node or inserts an element before it, and it
// keeps an old sentence when it changes one. The only child of an element has none of these problems.

const { qr, 'phone-code': phoneCode } = pairingStates()

const failed = (code: PairingErrorCode): PairingSession => ({
  ...qr.failed,
  error: new PairingError(code, 'Made up.'),
})

const sessions: Readonly<Record<string, PairingSession>> = {
  ...Object.fromEntries(
    [...Object.values(qr), ...Object.values(phoneCode)].map((session) => [
      `${session.method} ${session.status}`,
      session,
    ]),
  ),
  'a slow code': { ...phoneCode['awaiting-code'], isSlow: true },
  'a number that was refused': {
    ...phoneCode['awaiting-number'],
    error: new PairingError('code-refused', 'Made up.'),
    retryAt: Date.now() + 60_000,
  },
  ...Object.fromEntries(pairingErrorCodes.map((code) => [code, failed(code)])),
  'another phone': {
    ...qr.failed,
    error: new PairingError('wrong-phone-number', 'Made up.'),
    account: qr.linked.account,
  },
}

async function show(session: PairingSession, phoneNumber = ''): Promise<void> {
  const root = render(
    <PairingCard
      pairing={stillPairing(session)}
      appName="Acme Inbox"
      defaultCountry="BR"
      defaultPhoneNumber={phoneNumber}
    />,
  )
  // Some parts load when the card mounts.
  await act(async () => {})
  expect(root.container.textContent).not.toBe('')
}

/** Returns the texts that have a sibling, each with its parent. */
function textsBesideOthers(): readonly string[] {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const found: string[] = []
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const { parentElement } = text
    if (parentElement?.childNodes.length !== 1)
      found.push(`${text.textContent} in ${parentElement?.outerHTML.slice(0, 120)}`)
  }
  return found
}

describe('each text is the only child of its element', () => {
  it.each(Object.entries(sessions))('in %s', async (_, session) => {
    await show(session)
    expect(textsBesideOthers()).toEqual([])
  })

  it('in the list of troubles', async () => {
    await show(qr['awaiting-scan'])
    await toggleTrouble(true)
    await screen.findAllByRole('term')
    expect(textsBesideOthers()).toEqual([])
  })

  it('in the list of countries, with and without countries', async () => {
    await show(phoneCode['awaiting-number'])
    const picker = screen.getByRole('combobox')
    await userEvent.click(picker)
    expect(picker.getAttribute('aria-expanded')).toBe('true')
    expect(textsBesideOthers()).toEqual([])
    fireEvent.change(picker, { target: { value: 'no such country' } })
    expect(screen.getByText('No country found')).toBeTruthy()
    expect(textsBesideOthers()).toEqual([])
  })

  it.each([
    ['the other spelling of a number', '+52 1 55 1234 5678', 'Numbers in Mexico'],
    ['the error of a number', '+55 11', 'Too short'],
  ])('in %s', async (_, number, text) => {
    await show(phoneCode['awaiting-number'], number)
    await userEvent.click(screen.getByRole('button', { name: 'Get code' }))
    expect(document.body.textContent).toContain(text)
    expect(textsBesideOthers()).toEqual([])
  })

  it('in the button that has copied', async () => {
    await show(phoneCode['awaiting-code'])
    const user = userEvent.setup()
    await user.click(screen.getByRole('button', { name: 'Copy code' }))
    await act(async () => {})
    expect(screen.getByRole('button', { name: 'Copied' })).toBeTruthy()
    expect(textsBesideOthers()).toEqual([])
  })
})
