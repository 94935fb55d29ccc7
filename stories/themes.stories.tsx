import type { Meta, StoryObj } from '@storybook/react-vite'
import { type CSSProperties, type ReactElement, useState } from 'react'
import { expect, screen, waitFor } from 'storybook/test'
import {
  type PairingAccount,
  type PairingParts,
  WhatsAppPairingDialog,
  type WhatsAppPairingDialogProps,
} from '../src/index.js'
import { PairingCard, PairingRetryButton, PairingTitle, usePairingContext } from '../src/parts.js'
import { pairingStates } from '../src/testing.js'
import { emulatedProvider } from './playground/emulated-provider.js'
import { stillActions } from './still-actions.js'

type Variables = Readonly<Record<`--whatsapp-pairing-${string}`, string>>

interface ThemeArgs {
  /** Documented variables, set around the component. */
  readonly variables: Variables
  readonly parts?: PairingParts
  readonly state: 'awaiting-scan' | 'expired' | 'linked'
}

const meta = {
  title: 'Themes',
  args: { variables: {}, state: 'expired' },
  render: ({ variables, parts, state }, { globals }) => (
    <div style={variables as CSSProperties}>
      <PairingCard
        pairing={{ session: pairingStates().qr[state], ...stillActions }}
        appName="Acme Inbox"
        parts={parts}
        theme={globals.theme === 'dark' ? 'dark' : 'light'}
        dir={globals.direction === 'rtl' ? 'rtl' : 'ltr'}
      />
    </div>
  ),
} satisfies Meta<ThemeArgs>

export default meta

type Story = StoryObj<typeof meta>

/** `theme="inherit"` in a page with a dark `color-scheme`, independent of the system's preference. */
export const InDarkPage: Story = {
  render: ({ state }) => (
    <div style={{ colorScheme: 'dark', background: '#0b141a', padding: 24 }}>
      <PairingCard
        theme="inherit"
        appName="Acme Inbox"
        pairing={{ session: pairingStates().qr[state], ...stillActions }}
      />
    </div>
  ),
  play: async ({ canvasElement }) => {
    const card = canvasElement.querySelector('[data-part="card"]')
    await expect(card && getComputedStyle(card).backgroundColor).toBe('rgb(17, 27, 33)')
  },
}

/** One colour. The component computes the colours of the text on it and of links. */
export const Violet: Story = { args: { variables: { '--whatsapp-pairing-brand': '#5b3df5' } } }

/** A colour too light for white text, and for a link on white. */
export const Yellow: Story = { args: { variables: { '--whatsapp-pairing-brand': '#ffd60a' } } }

export const Black: Story = { args: { variables: { '--whatsapp-pairing-brand': '#000000' } } }

export const SquareAndSerif: Story = {
  args: {
    variables: {
      '--whatsapp-pairing-brand': '#b3261e',
      '--whatsapp-pairing-radius': '2px',
      '--whatsapp-pairing-font': 'Georgia, serif',
    },
    state: 'linked',
  },
}

export const Dense: Story = {
  args: {
    variables: { '--whatsapp-pairing-density': '0.7', '--whatsapp-pairing-code-size': '256px' },
    state: 'awaiting-scan',
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole('img', { name: 'QR code to scan with WhatsApp' })).toBeVisible()
  },
}

function NumberOfTheCode(): ReactElement | null {
  const { session } = usePairingContext().pairing
  return session.status === 'awaiting-scan' ? <p>Code {session.qrCode.number}</p> : null
}

/** The default title with other words, a custom status line, and no safety note. */
export const OwnParts: Story = {
  args: {
    state: 'awaiting-scan',
    parts: {
      Title: () => <PairingTitle>Connect your shop</PairingTitle>,
      StatusText: NumberOfTheCode,
      SafetyNote: null,
    },
  },
  play: async ({ canvas, canvasElement }) => {
    await expect(canvas.getByRole('region', { name: 'Connect your shop' })).toBeVisible()
    await expect(canvas.getByText('Code 2')).toBeVisible()
    await expect(canvasElement.querySelector('[data-part="safety-note"]')).toBeNull()
  },
}

/** A custom part inside another part. */
export const OwnRetryButton: Story = {
  args: { parts: { RetryButton: () => <PairingRetryButton>Show another</PairingRetryButton> } },
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'Show another' }))
    await expect(stillActions.retry).toHaveBeenCalled()
  },
}

const newPhone = () => {
  const { emulator, provider } = emulatedProvider('z-api', { linkingMs: 500 })
  return { emulator, provider: { ...provider, sessionId: crypto.randomUUID() } }
}

function WithButton({
  phone,
  ...props
}: Partial<WhatsAppPairingDialogProps> & { phone: ReturnType<typeof newPhone> }): ReactElement {
  const [isOpen, setOpen] = useState(false)
  const [account, setAccount] = useState<PairingAccount>()
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Connect WhatsApp
      </button>
      <WhatsAppPairingDialog
        provider={phone.provider}
        appName="Acme Inbox"
        open={isOpen}
        onOpenChange={setOpen}
        onLinked={setAccount}
        {...props}
      />
      {account && <p>Connected: +{account.phoneNumber}</p>}
    </>
  )
}

const withPhone = { loaders: [() => ({ phone: newPhone() })] } satisfies Story

/** The component in the browser's native dialog. */
export const InADialog: Story = {
  ...withPhone,
  render: (_, { globals, loaded }) => (
    <WithButton
      phone={loaded.phone}
      theme={globals.theme === 'dark' ? 'dark' : 'light'}
      dir={globals.direction === 'rtl' ? 'rtl' : 'ltr'}
    />
  ),
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'Connect WhatsApp' }))
    await expect(await screen.findByRole('dialog', { name: 'Link your WhatsApp' })).toBeVisible()
    await screen.findByRole('img', { name: 'QR code to scan with WhatsApp' }, { timeout: 5_000 })
    await userEvent.click(screen.getByRole('button', { name: 'Close' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    await expect(canvas.getByRole('button', { name: 'Connect WhatsApp' })).toHaveFocus()
    await userEvent.click(canvas.getByRole('button', { name: 'Connect WhatsApp' }))
    await screen.findByRole('dialog')
  },
}

/** With `closeOnLinked` the page behind the dialog shows the linked account. */
export const InADialogThatClosesOnceLinked: Story = {
  ...withPhone,
  render: (_, { globals, loaded }) => (
    <WithButton
      phone={loaded.phone}
      closeOnLinked
      theme={globals.theme === 'dark' ? 'dark' : 'light'}
      dir={globals.direction === 'rtl' ? 'rtl' : 'ltr'}
    />
  ),
  play: async ({ canvas, userEvent, loaded }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'Connect WhatsApp' }))
    await screen.findByRole('img', { name: 'QR code to scan with WhatsApp' }, { timeout: 5_000 })
    loaded.phone.emulator.scan()
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), { timeout: 10_000 })
    await expect(canvas.getByText(/^Connected: ./)).toBeVisible()
    await expect(canvas.getByRole('button', { name: 'Connect WhatsApp' })).toHaveFocus()
  },
}
