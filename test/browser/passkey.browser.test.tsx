import { QueryClient } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { commands, userEvent } from 'vitest/browser'
import '../../src/styles/styles.css'
import { type PairingProvider, proxy, type SignPasskey, WhatsAppPairing } from '../../src/index.js'
import { createPollerRegistry } from '../../src/poller/registry.js'
import { createHandler } from '../../src/server/handler.js'
import type { DemandPasskeyOptions, EmulatorAction } from '../../src/testing.js'
import { emulatedProvider } from '../../stories/playground/emulated-provider.js'
import { signOnWhatsAppWeb } from './virtual-passkey.js'

// The chain is component → proxy → pairing handler → adapter → mock server. The passkey is real: Chromium's virtual authenticator
// signs in a tab of https://web.whatsapp.com, and the emulated WhatsApp verifies the signature. test/react/passkey.test.tsx tests
// the other steps of the ceremony, and test/server/passkey-providers.test.ts tests each provider.

const patiently = { timeout: 15_000 }

let publicKey: string

beforeEach(async () => {
  publicKey = await commands.openWhatsAppWeb()
})

afterEach(() => commands.closeWhatsAppWeb())

const heading = (name: string) => screen.findByRole('heading', { name }, patiently)
const button = (name: string) => screen.findByRole('button', { name }, patiently)

/** A provider that allows more frequent polls than real ones, so that no test waits four seconds for a state. */
const hurried = (provider: PairingProvider): PairingProvider => ({
  ...provider,
  timing: { ...provider.timing, qrIntervalMs: 400, qrMinIntervalMs: 200, statusIntervalMs: 400 },
})

/** Continues until WhatsApp demands the passkey. */
async function demand(id: 'waha' | 'z-api', signPasskey: SignPasskey, options?: DemandPasskeyOptions) {
  const { emulator, provider, mockServer } = emulatedProvider(id, { linkingMs: 100 })
  emulator.registerPasskey({ publicKey })
  const actions: EmulatorAction[] = []
  emulator.subscribe(({ action }) => void actions.push(action))
  const written: unknown[] = []
  const note = (entry: unknown) => void written.push(entry)
  const handler = createHandler(
    {
      provider: hurried(provider),
      authorize: () => true,
      allowPasskeyAnswers: true,
      log: note,
      onEvent: note,
    },
    createPollerRegistry(),
  )
  const url = `${location.origin}/api/pairing`
  const queryClient = new QueryClient()
  const onEvent = vi.fn(note)
  const onError = vi.fn()
  render(
    <WhatsAppPairing
      provider={proxy({
        url,
        sessionId: id,
        fetch: async (input, init) => handler(new Request(input, init)),
      })}
      queryClient={queryClient}
      appName="Acme Inbox"
      signPasskey={signPasskey}
      onEvent={onEvent}
      onError={onError}
    />,
  )
  await screen.findByRole('img', { name: 'QR code to scan with WhatsApp' }, patiently)
  emulator.demandPasskey(options)
  emulator.scan()
  await heading('WhatsApp wants your passkey')
  const { state } = emulator
  if (state.status !== 'passkey-required') throw new Error('No passkey is required.')
  const { challenge } = state.challenge
  /** Everything that the page stores or logs. */
  const kept = () =>
    JSON.stringify([
      queryClient
        .getQueryCache()
        .getAll()
        .map((query) => query.state),
      written,
    ]) + document.documentElement.outerHTML
  const requests = (path: RegExp) => mockServer.requests.filter((request) => path.test(request.path))
  const count = (action: EmulatorAction) => actions.filter((done) => done === action).length
  return { emulator, challenge, kept, requests, count, onError }
}

describe('a passkey at WAHA', () => {
  it('signs on web.whatsapp.com after the user confirms their identity, and links when both codes are the same', async () => {
    let isRefused = true
    const signPasskey: SignPasskey = (...given) => signOnWhatsAppWeb({ isRefused })(...given)
    const walk = await demand('waha', signPasskey, { comparesCode: true })
    await userEvent.click(await button('Continue'))
    await screen.findByText(/^Cancelled, or this device has no passkey/, undefined, patiently)
    expect(walk.requests(/\/auth\/passkey$/)).toHaveLength(0)
    isRefused = false
    const sign = await button('Continue')
    while (document.activeElement !== sign) await userEvent.keyboard('{Tab}')
    await userEvent.keyboard('{Enter}')
    expect(await heading('Compare the codes')).toHaveFocus()
    const { state } = walk.emulator
    const code = state.status === 'passkey-required' && state.code
    expect(document.querySelector('[data-part="passkey-code"]')?.textContent).toBe(code)
    await userEvent.click(await button('Both show the same'))
    await heading('You’re linked')
    expect(walk.requests(/\/auth\/passkey$/)).toHaveLength(1)
    expect(walk.requests(/\/passkey\/confirm$/)).toHaveLength(1)
    expect(walk.kept()).not.toContain(walk.challenge)
    expect(walk.onError).not.toHaveBeenCalled()
  })
})

describe('a passkey at Z-API', () => {
  it('signs on web.whatsapp.com, and links without a code to compare', async () => {
    const walk = await demand('z-api', signOnWhatsAppWeb())
    await userEvent.click(await button('Continue'))
    await heading('You’re linked')
    expect(walk.requests(/passkey-prologue$/).map(({ method }) => method)).toEqual(['POST'])
    expect(walk.count('answerPasskey')).toBe(1)
    expect(walk.requests(/extension-token$/)).toEqual([])
    expect(walk.kept()).not.toContain(walk.challenge)
    expect(walk.onError).not.toHaveBeenCalled()
  })
})
