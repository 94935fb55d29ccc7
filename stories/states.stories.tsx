import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, fn } from 'storybook/test'
import type { PairingMethod, PairingStatus } from '../src/index.js'
import { PairingCard } from '../src/parts.js'
import { pairingStates } from '../src/testing.js'

interface StateArgs {
  readonly method: PairingMethod
  readonly status: PairingStatus
}

const actions = {
  start: fn(),
  retry: fn(),
  cancel: fn(),
  setMethod: fn(),
  requestPairingCode: fn(),
  changeNumber: fn(),
  reportBrokenImage: fn(),
  reportCopied: fn(),
  unlink: fn(),
}

const meta = {
  title: 'States',
  args: { method: 'qr', status: 'idle' },
  render: ({ method, status }, { globals }) => {
    const session = pairingStates()[method][status]
    if (!session) throw new Error(`A ${method} session is never ${status}.`)
    return (
      <PairingCard
        pairing={{ session, ...actions }}
        appName="Acme Inbox"
        defaultPhoneNumber="+55 11 98765-4321"
        theme={globals.theme === 'dark' ? 'dark' : 'light'}
      />
    )
  },
} satisfies Meta<StateArgs>

export default meta

type Story = StoryObj<typeof meta>

const root = (canvas: HTMLElement) => canvas.querySelector<HTMLElement>('[data-scope="whatsapp-pairing"]')

function state(method: PairingMethod, status: PairingStatus, play?: Story['play']): Story {
  return {
    name: `${status} (${method})`,
    args: { method, status },
    play: async (context) => {
      const { canvasElement } = context
      await expect(root(canvasElement)).toHaveAttribute('data-status', status)
      await expect(root(canvasElement)).toHaveAttribute('data-method', method)
      await play?.(context)
    },
  }
}

export const QrIdle: Story = state('qr', 'idle', async ({ canvas, userEvent }) => {
  await userEvent.click(canvas.getByRole('button', { name: 'Show code' }))
  await expect(actions.start).toHaveBeenCalled()
})

export const QrPreparing: Story = state('qr', 'preparing', async ({ canvas }) => {
  await expect(canvas.getByRole('status')).toHaveTextContent('Getting your code…')
})

export const QrAwaitingScan: Story = state('qr', 'awaiting-scan', async ({ canvas, userEvent }) => {
  await expect(await canvas.findByRole('img', { name: 'QR code to scan with WhatsApp' })).toBeVisible()
  await expect(canvas.getByRole('tab', { name: 'QR code' })).toHaveAttribute('aria-selected', 'true')
  await userEvent.click(canvas.getByRole('tab', { name: 'Phone number' }))
  await expect(actions.setMethod).toHaveBeenCalledWith('phone-code')
})

export const QrExpired: Story = state('qr', 'expired', async ({ canvas, userEvent }) => {
  await userEvent.click(canvas.getByRole('button', { name: 'Retry' }))
  await expect(actions.retry).toHaveBeenCalled()
})

export const QrLinking: Story = state('qr', 'linking')

export const QrLinked: Story = state('qr', 'linked', async ({ canvas }) => {
  await expect(canvas.getByText('Ana Souza')).toBeVisible()
  await expect(canvas.getByText('+5511987654321')).toBeVisible()
})

export const QrPasskeyRequired: Story = state('qr', 'passkey-required', async ({ canvas }) => {
  await expect(canvas.getByRole('link', { name: 'Show me how' })).toBeVisible()
})

export const QrFailed: Story = state('qr', 'failed', async ({ canvas }) => {
  await expect(canvas.getByText(/The provider refused this app’s key/)).toBeVisible()
  await expect(canvas.getByText('unauthorized')).toBeVisible()
})

export const PhoneCodeIdle: Story = state('phone-code', 'idle')

export const PhoneCodePreparing: Story = state('phone-code', 'preparing')

export const PhoneCodeAwaitingNumber: Story = state(
  'phone-code',
  'awaiting-number',
  async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'Get code' }))
    await expect(actions.requestPairingCode).toHaveBeenCalledWith('+55 11 98765-4321')
  },
)

export const PhoneCodeRequestingCode: Story = state('phone-code', 'requesting-code', async ({ canvas }) => {
  await expect(canvas.getByRole('button', { name: 'Getting your code…' })).toHaveAttribute(
    'aria-disabled',
    'true',
  )
})

export const PhoneCodeAwaitingCode: Story = state('phone-code', 'awaiting-code', async ({ canvas }) => {
  const code = canvas.getByRole('group', { name: 'Code to enter in WhatsApp' })
  await expect(code).toHaveTextContent('8RBZ-DSEK')
  await expect(code).toHaveAttribute('dir', 'ltr')
  await expect(code).toHaveAttribute('translate', 'no')
})

export const PhoneCodeExpired: Story = state('phone-code', 'expired')

export const PhoneCodeLinking: Story = state('phone-code', 'linking')

export const PhoneCodeLinked: Story = state('phone-code', 'linked')

export const PhoneCodePasskeyRequired: Story = state('phone-code', 'passkey-required')

export const PhoneCodeFailed: Story = state('phone-code', 'failed')
