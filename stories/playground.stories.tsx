import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { Playground } from './playground/playground.js'

const meta = {
  title: 'Playground',
  component: Playground,
  args: { theme: 'light' },
  render: (_, { globals }) => <Playground theme={globals.theme === 'dark' ? 'dark' : 'light'} />,
} satisfies Meta<typeof Playground>

export default meta

type Story = StoryObj<typeof meta>

/** Link the simulated phone: scan, type the code, let codes expire, switch the provider, break things. */
export const SimulatedPhone: Story = {}

type Play = NonNullable<Story['play']>

const patiently = { timeout: 12_000 }

async function choose({ canvas, userEvent }: Parameters<Play>[0], provider: string): Promise<void> {
  await userEvent.selectOptions(await canvas.findByLabelText('Provider'), provider)
  await canvas.findByRole('region', { name: 'Simulated phone' })
  await canvas.findByRole('img', { name: 'QR code to scan with WhatsApp' }, patiently)
}

/** Played by a machine: the code from the screen, entered on the phone. */
const byPairingCode =
  (provider: string): Play =>
  async (context) => {
    const { canvas, userEvent } = context
    await choose(context, provider)
    await userEvent.click(canvas.getByRole('tab', { name: 'Phone number' }))
    await userEvent.type(canvas.getByRole('textbox', { name: 'Phone number' }), '+55 11 98765-4321')
    await userEvent.click(canvas.getByRole('button', { name: 'Get code' }))
    await canvas.findByRole('group', { name: 'Code to enter in WhatsApp' }, patiently)
    const code = context.canvasElement.querySelector('[data-part="pairing-code"]')?.textContent ?? ''
    await canvas.findByText(new RegExp(`Enter code: ${code.replace('-', '')}`), undefined, patiently)
    await userEvent.click(canvas.getByRole('button', { name: 'Enter the code on the screen' }))
    await canvas.findByRole('heading', { name: 'You’re linked' }, patiently)
  }

/** The others show a QR code first and offer the field for the number; `test/react/linking.test.tsx` links each of them by both. */
const offersPairingCode =
  (provider: string): Play =>
  async (context) => {
    await choose(context, provider)
    await context.userEvent.click(context.canvas.getByRole('tab', { name: 'Phone number' }))
    await context.canvas.findByRole('textbox', { name: 'Phone number' })
  }

export const GreenApiByPairingCode: Story = { play: byPairingCode('GREEN-API') }

export const ZApiByPairingCode: Story = { play: offersPairingCode('Z-API') }

export const EvolutionApiByPairingCode: Story = { play: offersPairingCode('Evolution API') }

export const WahaByPairingCode: Story = { play: offersPairingCode('WAHA') }

/** WASend has no pairing codes: there are no tabs. */
export const WasendByQrCode: Story = {
  play: async (context) => {
    const { canvas, userEvent } = context
    await choose(context, 'WASend')
    await expect(canvas.queryByRole('tab')).toBeNull()
    await userEvent.click(canvas.getByRole('button', { name: 'Scan the QR code' }))
    await canvas.findByRole('heading', { name: 'You’re linked' }, patiently)
  },
}

/** A newcomer reads: Continue, the passkey in WhatsApp Web, the code on the phone and on the screen, and both are the same. */
export const WahaByPasskey: Story = {
  play: async (context) => {
    const { canvas, userEvent } = context
    await choose(context, 'WAHA')
    await userEvent.selectOptions(canvas.getByLabelText('Passkey'), 'with a code to compare')
    await userEvent.click(canvas.getByRole('button', { name: 'Demand a passkey' }))
    await userEvent.click(canvas.getByRole('button', { name: 'Scan the QR code' }))
    await userEvent.click(await canvas.findByRole('button', { name: 'Continue' }, patiently))
    await userEvent.click(await canvas.findByRole('button', { name: 'Use the passkey' }, patiently))
    await canvas.findByRole('heading', { name: 'Compare the codes' }, patiently)
    const code = context.canvasElement.querySelector('[data-part="passkey-code"]')?.textContent
    await canvas.findByText(`Does your other device show ${code}?`, undefined, patiently)
    await userEvent.click(canvas.getByRole('button', { name: 'Both show the same' }))
    await canvas.findByRole('heading', { name: 'You’re linked' }, patiently)
  },
}

/** A scan reaches the page over the stream; without live events the page polls, and the line below says so. */
export const LiveEventsAndPolling: Story = {
  play: async (context) => {
    const { canvas, userEvent } = context
    await choose(context, 'GREEN-API')
    await canvas.findByText(/^Live events: the server sends updates/, undefined, patiently)
    await userEvent.click(canvas.getByRole('checkbox', { name: 'Live events' }))
    await canvas.findByText(/^Polling: the page reads/, undefined, patiently)
    await userEvent.click(canvas.getByRole('button', { name: 'Scan the QR code' }))
    await canvas.findByRole('heading', { name: 'You’re linked' }, patiently)
  },
}
