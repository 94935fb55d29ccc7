import { fireEvent, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { PairingSession } from '../../src/index.js'
import { PairingCard, type PairingCardProps } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { stillPairing } from '../browser/still-pairing.js'
import { emulateTime, settle } from '../time.js'
import { part, press } from './user.js'

emulateTime()
afterEach(() => {
  for (const name of ['clipboard', 'share']) Reflect.deleteProperty(navigator, name)
})

const LINK = 'https://app.example/pair#pairing=token'
const { qr, 'phone-code': phone } = pairingStates()

async function show(session: PairingSession, props: Partial<PairingCardProps> = {}) {
  const view = render(<PairingCard pairing={stillPairing(session)} appName="Acme" {...props} />)
  await settle()
  return view
}

function withNavigator(name: 'clipboard' | 'share', value: unknown): void {
  Object.defineProperty(navigator, name, { configurable: true, value })
}

const send = () => screen.queryByRole('button', { name: 'Send to the phone’s owner' })

describe('Send to the phone’s owner', () => {
  it('is not shown without createShareLink', async () => {
    await show(qr['awaiting-scan'])
    expect(send()).toBeNull()
  })

  it.each([
    ['a code is shown', qr['awaiting-scan'], true],
    ['the user types the number', phone['awaiting-number'], true],
    ['the codes have expired', qr.expired, true],
    ['the phone links', qr.linking, false],
    ['a phone is linked', qr.linked, false],
    ['a passkey is required', qr['passkey-required'], false],
    ['the session has failed', qr.failed, false],
  ])('follows the state of the session: %s', async (_, session, isThere) => {
    await show(session, { createShareLink: async () => LINK })
    expect(send() !== null).toBe(isThere)
  })

  it('creates one link, explains what it opens, and copies it', async () => {
    const writeText = vi.fn(async () => {})
    withNavigator('clipboard', { writeText })
    const createShareLink = vi.fn(async () => LINK)
    await show(qr['awaiting-scan'], { createShareLink })
    expect(createShareLink).not.toHaveBeenCalled()
    const button = send()
    button?.focus()
    if (button) for (let time = 0; time < 2; time += 1) fireEvent.click(button)
    await settle()
    expect(createShareLink).toHaveBeenCalledOnce()
    expect(part('panel')).toBe(document.activeElement)
    expect(part('share-note')?.textContent).toBe(
      'People with this link can link a phone here until it expires.',
    )
    expect(screen.queryByRole('button', { name: 'Share…' })).toBeNull()
    await press('Copy link')
    expect(writeText.mock.calls).toEqual([[LINK]])
    expect(part('share-state')?.textContent).toBe('Copied')
  })

  it('shows the link if the page may not use the clipboard', async () => {
    await show(qr['awaiting-scan'], { createShareLink: async () => LINK })
    await press('Send to the phone’s owner')
    expect(document.body.innerHTML).not.toContain(LINK)
    await press('Copy link')
    expect(screen.getByRole('textbox', { name: 'Copy link' })).toHaveProperty('value', LINK)
  })

  it('shares the link with other apps if the browser can, and stays if the user cancels', async () => {
    const share = vi.fn(async (_: ShareData) => {
      throw new DOMException('Cancelled', 'AbortError')
    })
    withNavigator('share', share)
    await show(qr['awaiting-scan'], { createShareLink: async () => LINK })
    await press('Send to the phone’s owner')
    await press('Share…')
    expect(share.mock.calls).toEqual([[{ title: 'Acme', url: LINK }]])
    expect(screen.getByRole('button', { name: 'Copy link' })).toBeTruthy()
  })

  it('shows an error if the link could not be created, and can be pressed again', async () => {
    const onPartError = vi.fn()
    const createShareLink = vi.fn(async () => LINK).mockRejectedValueOnce(new Error('no database'))
    await show(qr['awaiting-scan'], { createShareLink, onPartError })
    await press('Send to the phone’s owner')
    expect(part('share-state')?.textContent).toContain('Something went wrong')
    expect(onPartError.mock.calls[0]?.[0]).toMatchObject({
      code: 'component-failed',
      cause: new Error('no database'),
    })
    await press('Send to the phone’s owner')
    expect(part('copy-link-button')).not.toBeNull()
  })

  it('drops the link when a phone is linked', async () => {
    const props = { createShareLink: async () => LINK }
    const { rerender } = await show(qr['awaiting-scan'], props)
    await press('Send to the phone’s owner')
    rerender(<PairingCard pairing={stillPairing(qr.linked)} {...props} />)
    expect(part('share')).toBeNull()
    rerender(<PairingCard pairing={stillPairing(qr['awaiting-scan'])} {...props} />)
    expect(send()).not.toBeNull()
  })
})

describe('the Done button', () => {
  it('is shown after the link if the app has a next step', async () => {
    const onDone = vi.fn()
    const { rerender } = await show(qr.linked, { onDone })
    await press('Done')
    expect(onDone.mock.calls).toEqual([[qr.linked.account]])
    rerender(<PairingCard pairing={stillPairing(qr.linked)} />)
    expect(part('done-button')).toBeNull()
    rerender(<PairingCard pairing={stillPairing(qr['awaiting-scan'])} onDone={onDone} />)
    expect(part('done-button')).toBeNull()
  })
})
