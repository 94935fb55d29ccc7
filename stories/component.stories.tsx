import { propArgTypes } from 'virtual:component-props'
import type { Meta, StoryObj } from '@storybook/react-vite'
import { QRCodeSVG } from 'qrcode.react'
import { useState } from 'react'
import { combineParameters } from 'storybook/preview-api'
import { expect, fn } from 'storybook/test'
import { proxy, usePairingSession, WhatsAppPairing, type WhatsAppPairingProps } from '../src/index.js'
import { emulatedProvider, type ProviderId } from './playground/emulated-provider.js'

/** An emulated phone that links half a second after a scan, and a session that no other story shares. */
function useEmulated(id: ProviderId) {
  return useState(() => {
    const { emulator, provider } = emulatedProvider(id, { linkingMs: 500 })
    return { emulator, provider: { ...provider, sessionId: crypto.randomUUID() } }
  })[0]
}

/** Documented CSS variables as controls, in addition to the props of the component. */
interface ThemeArgs {
  readonly brand?: string
  readonly radius?: string
  readonly density?: number
  readonly width?: string
  readonly codeSize?: string
  readonly font?: string
}

type Args = WhatsAppPairingProps & ThemeArgs

function DropIn({ brand, radius, density, width, codeSize, font, ...props }: Args) {
  const { provider } = useEmulated('z-api')
  const variables = {
    '--whatsapp-pairing-brand': brand,
    '--whatsapp-pairing-radius': radius,
    '--whatsapp-pairing-density': density,
    '--whatsapp-pairing-width': width,
    '--whatsapp-pairing-code-size': codeSize,
    '--whatsapp-pairing-font': font,
  } as React.CSSProperties
  return (
    <div style={variables}>
      <WhatsAppPairing {...props} provider={provider} />
    </div>
  )
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

const text = { control: 'text' } as const
const boolean = { control: 'boolean' } as const
const choice = (...options: string[]) => ({ control: 'inline-radio', options }) as const
const themeArg = { table: { category: 'CSS variables' } } as const

/** Added to the description and the type of each prop, which come from its TSDoc. */
const controls: NonNullable<Meta<Args>['argTypes']> = {
  provider: { control: false },
  appName: text,
  theme: choice('light', 'dark', 'auto', 'inherit'),
  method: choice('qr', 'phone-code'),
  mode: choice('link', 'relink'),
  refreshMode: choice('auto', 'manual'),
  autoStart: boolean,
  samePhoneLink: boolean,
  maxRefreshes: { control: { type: 'number', min: 1 } },
  expectedPhoneNumber: text,
  defaultCountry: text,
  supportUrl: text,
  brand: { ...themeArg, control: 'color' },
  radius: { ...themeArg, control: 'text' },
  density: { ...themeArg, control: { type: 'range', min: 0.6, max: 1.4, step: 0.1 } },
  width: { ...themeArg, control: 'text' },
  codeSize: { ...themeArg, control: 'text' },
  font: { ...themeArg, control: 'text' },
}

const described = Object.entries(propArgTypes).map(([name, argType]) => [
  name,
  { ...argType, control: false },
])

const meta = {
  title: 'Component',
  component: WhatsAppPairing,
  tags: ['autodocs'],
  // The documentation shows this code. Each story uses a separate emulated phone instead.
  args: { provider: proxy({ url: '/api/pairing' }), appName: 'Acme Inbox' },
  argTypes: combineParameters(Object.fromEntries(described), controls),
  render: (args, { globals }) => <DropIn theme={globals.theme === 'dark' ? 'dark' : 'light'} {...args} />,
} satisfies Meta<Args>

export default meta

type Story = StoryObj<typeof meta>

const codeShown: Story['play'] = async ({ canvas }) => {
  await canvas.findByRole('img', { name: 'QR code to scan with WhatsApp' }, { timeout: 5_000 })
}

/** The component with its defaults. */
export const AsItComes: Story = { play: codeShown }

/** A brand colour, other corners and a smaller code, set with the documented variables outside the component. */
export const Themed: Story = {
  args: { brand: '#5b3df5', radius: '6px', density: 1, width: '760px', codeSize: '256px', font: 'system-ui' },
  play: async (context) => {
    await codeShown(context)
    const tile = context.canvasElement.querySelector('[data-part="tile"]')
    await expect(tile?.getBoundingClientRect().width).toBe(256)
  },
}

/** In a narrow place, such as a phone or a sidebar, the card follows its container and not the window. */
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

/** The user requests the code. */
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
