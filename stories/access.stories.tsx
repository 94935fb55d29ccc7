import type { Meta, StoryObj } from '@storybook/react-vite'
import { useState } from 'react'
import { expect, waitFor } from 'storybook/test'
import { type PairingSession, WhatsAppPairing } from '../src/index.js'
import { PairingCard } from '../src/parts.js'
import { pairingStates } from '../src/testing.js'
import { emulatedProvider } from './playground/emulated-provider.js'
import { stillActions } from './still-actions.js'

/** Codes that expire quickly, so that the next state is shown soon. */
function useQuickCodes() {
  return useState(() => {
    const { provider } = emulatedProvider('green-api', { firstCodeMs: 3_000, codeMs: 3_000 })
    return { ...provider, sessionId: crypto.randomUUID() }
  })[0]
}

interface AccessArgs {
  readonly session?: PairingSession
}

const meta = {
  title: 'Access',
  render: ({ session = pairingStates()['phone-code']['awaiting-code'] }, { globals }) => (
    <PairingCard
      pairing={{ session, ...stillActions }}
      appName="Acme Inbox"
      theme={globals.theme === 'dark' ? 'dark' : 'light'}
      dir={globals.direction === 'rtl' ? 'rtl' : 'ltr'}
    />
  ),
} satisfies Meta<AccessArgs>

export default meta

type Story = StoryObj<typeof meta>

const part = (canvas: HTMLElement, name: string) => canvas.querySelector<HTMLElement>(`[data-part="${name}"]`)

/** The screen shows the code as one text with its dash. Screen readers read it character by character. The copy has no dash. */
export const CodeSpelledOut: Story = {
  play: async ({ canvasElement }) => {
    await waitFor(() => expect(part(canvasElement, 'pairing-code')).toHaveTextContent(/^8RBZ-DSEK$/))
    await expect(part(canvasElement, 'pairing-code-spelled')).toHaveTextContent('8, R, B, Z, D, S, E, K')
  },
}

/** With `refreshMode="manual"`: one code has expired, and the user requests the next one. */
export const NextCodeOnDemand: Story = {
  args: { session: { ...pairingStates().qr.expired, reason: 'refresh-due' } },
  play: async ({ canvas, userEvent }) => {
    stillActions.retry.mockClear()
    await userEvent.click(canvas.getByRole('button', { name: 'Show a new code' }))
    await expect(stillActions.retry).toHaveBeenCalledOnce()
  },
}

function OnDemand({ theme }: { theme: 'light' | 'dark' }) {
  return (
    <WhatsAppPairing provider={useQuickCodes()} refreshMode="manual" appName="Acme Inbox" theme={theme} />
  )
}

/** A complete round with codes of three seconds. The focus follows the user's actions. */
export const OnDemandLive: Story = {
  render: (_, { globals }) => <OnDemand theme={globals.theme === 'dark' ? 'dark' : 'light'} />,
  play: async ({ canvas, canvasElement, userEvent }) => {
    const button = await canvas.findByRole('button', { name: 'Show a new code' }, { timeout: 10_000 })
    await userEvent.click(button)
    await expect(part(canvasElement, 'panel')).toHaveFocus()
    await waitFor(() => expect(canvas.getByRole('status')).toHaveTextContent('code 2 of 3'), {
      timeout: 10_000,
    })
  },
}

/** Text at twice its size, as in a browser with enlarged text. */
export const LargeText: Story = {
  decorators: [
    (Story) => {
      document.documentElement.style.fontSize = '200%'
      return <Story />
    },
  ],
  beforeEach: () => () => {
    document.documentElement.style.fontSize = ''
  },
  play: async ({ canvasElement }) => {
    await expect(canvasElement.scrollWidth).toBeLessThanOrEqual(canvasElement.clientWidth)
  },
}
