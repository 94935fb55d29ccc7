import { QueryClient } from '@tanstack/react-query'
import { render, screen, waitFor } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import '../../src/styles/styles.css'
import { proxy, WhatsAppPairing } from '../../src/index.js'
import { scanScreen } from './scan-screen.js'
import { openWhatsAppAccount, type WhatsAppAccount } from './whatsapp-account.js'

// The chain is component → proxy → pairing handler → Baileys adapter → Baileys → the test server, and a phone that only sees the
// screen. test/providers/baileys.test.ts tests the other cases between Baileys and WhatsApp.

const NUMBER = '5511987654321'

/** Baileys responds in well under a second. A machine that runs other tests at the same time takes longer. */
const patiently = { timeout: 30_000 }

const accounts: WhatsAppAccount[] = []

afterEach(() => Promise.all(accounts.splice(0).map((account) => account.end())))

async function open() {
  const account = await openWhatsAppAccount()
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
    />,
  )
  return { ...account, onLinked, onError }
}

const shown = (selector: string) =>
  waitFor(() => expect(document.querySelector(selector)).not.toBeNull(), patiently)

/** Returns the code in the pixels of the screen. With `previous`, it waits for the code that replaces it. */
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
  it('link with the pairing code on the screen', async () => {
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

  it('link with another code if the app’s server restarts during the pairing', async () => {
    const { act, onError } = await open()
    const before = await codeOnScreen()
    await act('restart-app')
    await expect(act('scan', before)).resolves.toEqual({ ok: false, reason: 'code-expired' })
    await expect(act('scan', await codeOnScreen(before))).resolves.toEqual(ok)
    await shown('[data-status="linked"]')
    expect(onError).not.toHaveBeenCalled()
  })

  it('link with the QR code in the pixels of the screen, and again after the phone has logged the app out', async () => {
    const { act, onLinked, onError } = await open()
    const first = await codeOnScreen()
    await expect(act('scan', first)).resolves.toEqual(ok)
    await shown('[data-status="linked"]')
    expect(onLinked).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ phoneNumber: NUMBER }))
    await expect(act('log-out')).resolves.toEqual(ok)
    await expect(act('scan', await codeOnScreen(first))).resolves.toEqual(ok)
    await shown('[data-status="linked"]')
    expect(onLinked).toHaveBeenCalledTimes(2)
    expect(onError).not.toHaveBeenCalled()
  })
})
