import type { Meta, StoryObj } from '@storybook/react-vite'
import { QRCodeSVG } from 'qrcode.react'
import { useState } from 'react'
import { expect, fn } from 'storybook/test'
import { usePairingSession, WhatsAppPairing, type WhatsAppPairingProps } from '../src/index.js'
import { emulatedProvider, type ProviderId } from './playground/emulated-provider.js'

/** An emulated phone that links half a second after a scan, and a session that no other story shares. */
function useEmulated(id: ProviderId) {
  return useState(() => {
    const { emulator, provider } = emulatedProvider(id, { linkingMs: 500 })
    return { emulator, provider: { ...provider, sessionId: crypto.randomUUID() } }
  })[0]
}

function DropIn(props: Partial<WhatsAppPairingProps>) {
  const { provider } = useEmulated('z-api')
  return <WhatsAppPairing provider={provider} appName="Acme Inbox" {...props} />
}

function OwnMarkup() {
  const { emulator, provider } = useEmulated('z-api')
  const { session, retry } = usePairingSession({ provider })
  return (
    <main>
      <h1>My own screen</h1>
      <p role="status">{session.status}</p>
      {session.status === 'awaiting-scan' &&
        (session.qrCode.payload.kind === 'text' ? (
          <QRCodeSVG value={session.qrCode.payload.value} size={256} marginSize={4} title="Scan me" />
        ) : (
          <img src={session.qrCode.payload.src} alt="Scan me" />
        ))}
      {session.status === 'expired' && (
        <button type="button" onClick={retry}>
          New code
        </button>
      )}
      {session.status === 'linked' && <p>Hello, {session.account.name}</p>}
      <button type="button" onClick={() => emulator.scan()}>
        (the phone scans)
      </button>
    </main>
  )
}

const meta = {
  title: 'Usage',
  component: DropIn,
  render: (args, { globals }) => <DropIn {...args} theme={globals.theme === 'dark' ? 'dark' : 'light'} />,
} satisfies Meta<typeof DropIn>

export default meta

type Story = StoryObj<typeof meta>

const codeShown: Story['play'] = async ({ canvas }) => {
  await canvas.findByRole('img', { name: 'QR code to scan with WhatsApp' }, { timeout: 5_000 })
}

/** As it comes. */
export const AsItComes: Story = { play: codeShown }

/** One brand colour, other corners, a smaller code: the documented variables, set from outside. */
export const Themed: Story = {
  decorators: [
    (Story) => (
      <div
        style={
          {
            '--whatsapp-pairing-brand': '#5b3df5',
            '--whatsapp-pairing-on-brand': '#ffffff',
            '--whatsapp-pairing-radius': '6px',
            '--whatsapp-pairing-code-size': '256px',
          } as React.CSSProperties
        }
      >
        <Story />
      </div>
    ),
  ],
  play: async (context) => {
    await codeShown(context)
    const tile = context.canvasElement.querySelector('[data-part="tile"]')
    await expect(tile?.getBoundingClientRect().width).toBe(256)
  },
}

/** On a phone or in a sidebar: the card follows its container, not the window. */
export const Narrow: Story = {
  decorators: [
    (Story) => (
      <div style={{ inlineSize: 300, maxInlineSize: '100%' }}>
        <Story />
      </div>
    ),
  ],
  play: async (context) => {
    await codeShown(context)
    const { canvasElement } = context
    await expect(canvasElement.scrollWidth).toBeLessThanOrEqual(canvasElement.clientWidth)
  },
}

/** The user asks for the code. */
export const StartedByTheUser: Story = {
  args: { autoStart: false, onEvent: fn() },
  play: async (context) => {
    const { canvas, userEvent } = context
    await userEvent.click(await canvas.findByRole('button', { name: 'Show code' }))
    await codeShown(context)
  },
}

/** `usePairingSession`: the session without markup. */
export const Headless: Story = {
  render: () => <OwnMarkup />,
  play: async ({ canvas, userEvent }) => {
    await canvas.findByTitle('Scan me', undefined, { timeout: 5_000 })
    await userEvent.click(canvas.getByRole('button', { name: '(the phone scans)' }))
    await canvas.findByText('Hello, Ana Souza', undefined, { timeout: 15_000 })
  },
}
