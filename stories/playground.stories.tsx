import type { Meta, StoryObj } from '@storybook/react-vite'
import { Playground } from './playground/playground.js'

const meta = {
  title: 'Playground',
  component: Playground,
  render: (_, { globals }) => <Playground theme={globals.theme === 'dark' ? 'dark' : 'light'} />,
  args: { theme: 'light' },
} satisfies Meta<typeof Playground>

export default meta

/** Link the simulated phone: scan, type the code, let codes run out, switch the provider, break things. */
export const SimulatedPhone: StoryObj<typeof meta> = {
  name: 'Simulated phone',
  play: async ({ canvas, userEvent }) => {
    await canvas.findByRole('img', { name: 'QR code to scan with WhatsApp' }, { timeout: 10_000 })
    await userEvent.click(canvas.getByRole('button', { name: 'Scan the QR code' }))
    await canvas.findByText('You’re linked', undefined, { timeout: 15_000 })
  },
}
