import { QueryClient } from '@tanstack/react-query'
import { render, screen, waitFor } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import '../../src/styles/styles.css'
import { proxy, WhatsAppPairing, type WhatsAppPairingProps } from '../../src/index.js'
import { scanScreen } from './scan-screen.js'
import { openWhatsAppAccount, type WhatsAppAccount } from './whatsapp-account.js'

// Component → proxy → pairing handler → Baileys adapter → Baileys itself → the test server, and a phone that only sees
// the screen.

const NUMBER = '5511987654321'

/** Baileys answers in well under a second; machines that run other tests too take longer. */
const patiently = { timeout: 30_000 }

const accounts: WhatsAppAccount[] = []

afterEach(() => Promise.all(accounts.splice(0).map((account) => account.end())))

async function open(codeLifetimeMs?: number, props: Partial<WhatsAppPairingProps> = {}) {
  const account = await openWhatsAppAccount(codeLifetimeMs)
  accounts.push(account)
  const onLinked = vi.fn()
  const onError = vi.fn()
  render(
    <WhatsAppPairing
      provider={proxy({ url: account.pairingUrl })}
      queryClient={new QueryClient()}
      appName="Acme Inbox"
      onLinked={onLinked}
      onError={onError}
      {...props}
    />,
  )
  return { ...account, onLinked, onError }
}

const shown = (selector: string) =>
  waitFor(() => expect(document.querySelector(selector)).not.toBeNull(), patiently)

/** The code in the pixels of the screen: the first, or the one that has taken another's place. */
async function codeOnScreen(previous?: string): Promise<string> {
  return waitFor(async () => {
    await shown('[data-part="qr-code"] svg')
    const code = await scanScreen()
    expect(code).not.toBe(previous)
    return code
  }, patiently)
}

const ok = { ok: true }

describe('a phone, WhatsApp and real Baileys', () => {
  it('link by the QR code in the pixels of the screen', async () => {
    const { act, onLinked, onError } = await open()
    await expect(act('scan', await codeOnScreen())).resolves.toEqual(ok)
    await shown('[data-status="linked"]')
    expect(onLinked).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ phoneNumber: NUMBER }))
    expect(onError).not.toHaveBeenCalled()
  })

  it('link by the pairing code on the screen', async () => {
    const { act, onLinked, onError } = await open()
    await userEvent.click(await screen.findByRole('tab', { name: 'Phone number' }, patiently))
    await userEvent.type(screen.getByRole('textbox', { name: 'Phone number' }), '+55 11 98765-4321')
    await userEvent.click(screen.getByRole('button', { name: 'Get code' }))
    await screen.findByRole('group', { name: 'Code to enter in WhatsApp' }, patiently)
    const code = document.querySelector('[data-part="pairing-code"]')?.textContent ?? ''
    await expect(act('type-code', code)).resolves.toEqual(ok)
    await shown('[data-status="linked"]')
    expect(onLinked).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ phoneNumber: NUMBER }))
    expect(onError).not.toHaveBeenCalled()
  })

  it('link after Retry, where the codes of a round have expired', async () => {
    // Long enough to take a screenshot and read it on a busy machine.
    const { act, onError } = await open(4_000, { maxRefreshes: 2 })
    const first = await codeOnScreen()
    await shown('[data-status="expired"]')
    await expect(act('scan', first)).resolves.toEqual({ ok: false, reason: 'code-expired' })
    await userEvent.click(screen.getByRole('button', { name: 'Retry' }))
    await expect(act('scan', await codeOnScreen(first))).resolves.toEqual(ok)
    await shown('[data-status="linked"]')
    expect(onError).not.toHaveBeenCalled()
  })

  it('link at the next scan, where the phone refused the first', async () => {
    const { act, onError } = await open()
    const code = await codeOnScreen()
    await act('decline')
    await expect(act('scan', code)).resolves.toEqual({ ok: false, reason: 'declined' })
    await shown('[data-status="awaiting-scan"]')
    await act('accept')
    await expect(act('scan', await codeOnScreen())).resolves.toEqual(ok)
    await shown('[data-status="linked"]')
    expect(onError).not.toHaveBeenCalled()
  })

  it('link where WhatsApp wants a passkey, which Baileys only reports, and the app answers for it on its socket', async () => {
    const { act, onLinked, onError } = await open()
    const code = await codeOnScreen()
    await act('want-passkey')
    await expect(act('scan', code)).resolves.toEqual({ ok: false, reason: 'passkey-required' })
    await screen.findByRole('heading', { name: 'WhatsApp wants your passkey' }, patiently)
    // Nothing is offered that cannot work, and no other code is shown.
    expect(screen.queryByRole('button', { name: 'Continue' })).toBeNull()
    expect(document.querySelector('[data-part="qr-code"] svg')).toBeNull()
    await expect(act('pass-passkey')).resolves.toEqual(ok)
    await shown('[data-status="linked"]')
    expect(onLinked).toHaveBeenCalledOnce()
    expect(onError).not.toHaveBeenCalled()
  })

  it('link by another code, where WhatsApp restarts in the middle', async () => {
    const { act, onError } = await open()
    const before = await codeOnScreen()
    await act('restart-whatsapp')
    await expect(act('scan', await codeOnScreen(before))).resolves.toEqual(ok)
    await shown('[data-status="linked"]')
    expect(onError).not.toHaveBeenCalled()
  })

  it('link by another code, where the app’s server restarts in the middle', async () => {
    const { act, onError } = await open()
    const before = await codeOnScreen()
    await act('restart-app')
    await expect(act('scan', before)).resolves.toEqual({ ok: false, reason: 'code-expired' })
    await expect(act('scan', await codeOnScreen(before))).resolves.toEqual(ok)
    await shown('[data-status="linked"]')
    expect(onError).not.toHaveBeenCalled()
  })

  it('link again after the phone has logged the app out', async () => {
    const { act, onLinked, onError } = await open()
    const before = await codeOnScreen()
    await act('scan', before)
    await shown('[data-status="linked"]')
    await expect(act('log-out')).resolves.toEqual(ok)
    await expect(act('scan', await codeOnScreen(before))).resolves.toEqual(ok)
    await shown('[data-status="linked"]')
    expect(onLinked).toHaveBeenCalledTimes(2)
    expect(onError).not.toHaveBeenCalled()
  })
})
