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

/** Link the simulated phone: scan, type the code, let codes expire, switch the provider, cause faults. */
export const SimulatedPhone: Story = {}

type Play = NonNullable<Story['play']>

const patiently = { timeout: 12_000 }

/** The time from the press to the first code: a second, or longer on a busy machine. */
const RESET_WITHIN_MS = 5_000

/** The text below the playground when the stream is open. */
const LIVE = /^Live events: the server sends updates/

async function choose({ canvas, userEvent }: Parameters<Play>[0], provider: string): Promise<void> {
  await userEvent.selectOptions(await canvas.findByLabelText('Provider'), provider)
  await canvas.findByRole('region', { name: 'Simulated phone' })
  await canvas.findByRole('img', { name: 'QR code to scan with WhatsApp' }, patiently)
}

/** Plays a pairing: enters the code from the screen on the phone. */
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
    await canvas.findByText(new RegExp(`Enter code: ${code}`), undefined, patiently)
    await userEvent.click(canvas.getByRole('button', { name: 'Enter the code from the screen' }))
    await canvas.findByRole('heading', { name: 'You’re linked' }, patiently)
  }

export const GreenApiByPairingCode: Story = { play: byPairingCode('GREEN-API') }

/**
 * The screen shows a QR code first and offers the field for the number. `test/react/linking.test.tsx` links each provider both
 * ways.
 */
export const EvolutionApiByPairingCode: Story = {
  play: async (context) => {
    await choose(context, 'Evolution API')
    await context.userEvent.click(context.canvas.getByRole('tab', { name: 'Phone number' }))
    await context.canvas.findByRole('textbox', { name: 'Phone number' })
  },
}

/** WASend has no pairing codes, so there are no tabs. */
export const WasendByQrCode: Story = {
  play: async (context) => {
    const { canvas, userEvent } = context
    await choose(context, 'WASend')
    await expect(canvas.queryByRole('tab')).toBeNull()
    await userEvent.click(canvas.getByRole('button', { name: 'Scan the QR code' }))
    await canvas.findByRole('heading', { name: 'You’re linked' }, patiently)
  },
}

/**
 * The steps of a first-time user: Continue, then the passkey in WhatsApp Web, then the same code on the phone and on the screen.
 */
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

/** A scan reaches the page over the stream. Without live events the page polls, and the line below says so. */
export const LiveEventsAndPolling: Story = {
  play: async (context) => {
    const { canvas, userEvent } = context
    await choose(context, 'GREEN-API')
    await canvas.findByText(LIVE, undefined, patiently)
    await userEvent.click(canvas.getByRole('checkbox', { name: 'Live events' }))
    await canvas.findByText(/^Polling: the page reads/, undefined, patiently)
    await userEvent.click(canvas.getByRole('button', { name: 'Scan the QR code' }))
    await canvas.findByRole('heading', { name: 'You’re linked' }, patiently)
  },
}

/** After an end the page sends no request, so a fault begins a new session. Reset always brings the first code back. */
export const FaultsAndReset: Story = {
  play: async (context) => {
    const { canvas, userEvent } = context
    await choose(context, 'GREEN-API')
    await canvas.findByText(LIVE, undefined, patiently)
    for (const code of ['Code 2', 'Code 3', 'Code 4', 'Code 5']) {
      await userEvent.click(canvas.getByRole('button', { name: 'Let the QR code expire' }))
      await canvas.findByText(new RegExp(`^${code},`), undefined, patiently)
    }
    await canvas.findByRole('button', { name: 'Retry' }, patiently)
    await userEvent.selectOptions(
      canvas.getByLabelText('What goes wrong from now on'),
      'the provider fails (500)',
    )
    await canvas.findByText('Still trying to get your code…', undefined, patiently)
    await expect(canvas.queryByRole('img', { name: 'QR code to scan with WhatsApp' })).toBeNull()
    await userEvent.click(canvas.getByRole('button', { name: 'Reset' }))
    await canvas.findByRole('img', { name: 'QR code to scan with WhatsApp' }, { timeout: RESET_WITHIN_MS })
    await userEvent.click(canvas.getByRole('button', { name: 'Scan the QR code' }))
    await canvas.findByRole('heading', { name: 'You’re linked' }, patiently)
    await userEvent.selectOptions(canvas.getByLabelText('Language'), 'Deutsch')
    await userEvent.click(canvas.getByRole('button', { name: 'Reset' }))
    await canvas.findByRole('img', { name: 'QR-Code zum Scannen mit WhatsApp' }, { timeout: RESET_WITHIN_MS })
  },
}
