import { QueryClient } from '@tanstack/react-query'
import { render, screen, waitFor } from '@testing-library/react'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import '../../src/styles/styles.css'
import {
  type PairingMethod,
  type PairingSession,
  type PairingSessionStatus,
  WhatsAppPairing,
} from '../../src/index.js'
import { PairingCard } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { accessibilityTree } from './accessibility-tree.js'
import { listen } from './heard.js'
import { loadLaterParts } from './load-later-parts.js'
import { quickProvider } from './quick-provider.js'
import { stillPairing } from './still-pairing.js'

const ROOT = '[data-scope="whatsapp-pairing"]'

const patiently = { timeout: 15_000 }

const inPage = (selector: string) =>
  waitFor(() => expect(document.querySelector(selector)).not.toBeNull(), patiently)

/** Shows the component in one state, after all its modules have loaded. */
async function show(session: PairingSession) {
  render(
    <PairingCard
      pairing={stillPairing(session)}
      appName="Acme Inbox"
      defaultCountry="BR"
      defaultPhoneNumber="+55 11 98765-4321"
    />,
  )
  if (session.status === 'awaiting-scan') await inPage('[data-part="qr-code"] svg')
  if (document.querySelector('[data-part="phone-form"]')) await inPage('[data-part="country-input"]')
}

/** The states in the order of a walk through all of them. */
const walk: readonly (readonly [PairingMethod, PairingSessionStatus])[] = [
  ['qr', 'idle'],
  ['qr', 'preparing'],
  ['qr', 'awaiting-scan'],
  ['qr', 'expired'],
  ['phone-code', 'awaiting-number'],
  ['phone-code', 'requesting-code'],
  ['phone-code', 'awaiting-code'],
  ['phone-code', 'expired'],
  ['qr', 'linking'],
  ['qr', 'linked'],
  ['qr', 'passkey-required'],
  ['qr', 'failed'],
]

// The snapshots are readable files. Each line is one node of a screen reader, with its role, name and states.
describe('the accessibility tree of Chromium', () => {
  beforeAll(loadLaterParts)
  // Large enough for Enlarge, which a smaller window does not offer.
  beforeEach(() => page.viewport(1280, 1200))

  it.each(walk)('%s: %s matches its file', async (method, status) => {
    const session = pairingStates()[method][status]
    if (!session) throw new Error(`A ${method} session is never ${status}.`)
    await show(session)
    // The button loads after the code was painted.
    if (status === 'awaiting-scan')
      await expect.element(page.getByRole('button', { name: 'Enlarge' })).toBeEnabled()
    await expect(await accessibilityTree(ROOT)).toMatchFileSnapshot(
      `./accessibility-trees/${method}-${status}.txt`,
    )
  })

  it.each(['extensionCode', 'confirm'] as const)(
    'matches its file for the step %s of a passkey',
    async (step) => {
      await show(pairingStates().passkey[step])
      const tree = await accessibilityTree(ROOT)
      // The countdown changes the time.
      await expect(tree.replace(/"\d+:\d\d"/, '"time"')).toMatchFileSnapshot(
        `./accessibility-trees/passkey-${step}.txt`,
      )
    },
  )
})

describe('a user with a screen reader', () => {
  it('gets one announcement for each step, and finds the code character by character', async () => {
    const { emulator, provider } = quickProvider('green-api', { firstCodeMs: 3_000, codeMs: 3_000 })
    render(<WhatsAppPairing provider={provider} queryClient={new QueryClient()} maxRefreshes={1} />)
    const heard = listen('[role="status"]')
    await userEvent.click(
      await screen.findByRole('button', { name: 'Use your phone number instead' }, patiently),
    )
    await userEvent.type(screen.getByRole('textbox', { name: 'Phone number' }), '+55 11 98765-4321')
    await userEvent.click(screen.getByRole('button', { name: 'Get code' }))
    await screen.findByRole('group', { name: 'Code to enter in WhatsApp' }, patiently)
    const code = document.querySelector('[data-part="pairing-code"]')?.textContent ?? ''
    const tree = await accessibilityTree(ROOT)
    const spelled = [...code.replace('-', '')].join(', ')
    expect(tree).toMatch(
      new RegExp(`\\n( +)group "Code to enter in WhatsApp"\\n\\1  "${spelled}"\\n\\1button "Copy code"`),
    )
    expect(tree).not.toContain(code)

    emulator.typeCode(code)
    await inPage('[data-status="linked"]')
    // Texts of waiting may be between the steps, depending on the provider's speed.
    const steps = heard.filter((text) => !/^(?:Getting your code…|Linking…)$/.test(text))
    expect(steps).toEqual([
      'Waiting for your scan · code 1 of 1',
      'The code has expired. We didn’t see a scan.',
      'Waiting for your number',
      'Waiting for you to enter the code',
      'You’re linked',
    ])
  }, 40_000)
})
