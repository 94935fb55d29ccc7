import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, fn, waitFor } from 'storybook/test'
import {
  normalizePhoneNumber,
  PairingError,
  type PairingMethod,
  type PairingSession,
  type PairingSessionStatus,
} from '../src/index.js'
import { PairingCard } from '../src/parts.js'
import { pairingStates } from '../src/testing.js'
import { localeOf } from './all-locales.js'
import { stillActions } from './still-actions.js'

const onDone = fn()
const createShareLink = async () => 'https://app.example/pair#token'

interface StateArgs {
  readonly method: PairingMethod
  readonly status: PairingSessionStatus
  /** A variant of this state. */
  readonly look?: Look
  readonly mode?: 'link' | 'relink'
  /** Whether the app makes links for the person who holds the phone. */
  readonly isShared?: boolean
  /** The language tag, for `npm run look`. */
  readonly tag?: string
}

const states = pairingStates()
const otherPhone = { phoneNumber: '4915112345678', name: 'Bruno Lima' }

/** Variants of states. */
const looks = {
  resetting: () => ({ ...states.qr.preparing, reason: 'resetting' as const }),
  retrying: () => ({
    ...states.qr.preparing,
    error: new PairingError('network', 'The server could not be reached.'),
  }),
  slow: () => ({ ...states['phone-code']['awaiting-code'], isSlow: true }),
  'invalid number': () => ({
    ...states['phone-code']['awaiting-number'],
    error: new PairingError('invalid-phone-number', 'Not an international number.'),
  }),
  'cool-down': () => ({
    ...states['phone-code']['awaiting-number'],
    error: new PairingError('rate-limited', 'Too many requests.'),
    retryAt: Date.now() + 30_000,
  }),
  'wrong phone': () => ({
    ...states.qr.failed,
    error: new PairingError('wrong-phone-number', 'Another phone was linked.'),
    account: otherPhone,
  }),
  waiting: () => ({ ...states.qr.preparing, isSlow: true, canStartOver: true, mayTakeMs: 300_000 }),
  'waiting for a reset': () => ({
    ...states.qr.preparing,
    reason: 'resetting' as const,
    isSlow: true,
    canStartOver: true,
  }),
  'waiting for the link': () => ({ ...states.qr.linking, isSlow: true, canStartOver: true }),
  'waiting for a code': () => ({ ...states['phone-code']['requesting-code'], isSlow: true }),
  'code of another page': () => ({
    ...states['phone-code']['awaiting-number'],
    otherCode: { lastDigits: '1234', expiresAt: Date.now() + 90_000 },
  }),
  'code of another page shown': () => ({
    ...states['phone-code']['awaiting-code'],
    phoneNumber: undefined,
    lastDigits: '1234',
  }),
  'code replaced': () => ({
    ...states['phone-code']['awaiting-number'],
    notice: 'code-replaced' as const,
    otherCode: { lastDigits: '1234', expiresAt: Date.now() + 90_000 },
  }),
  'link ended': () => ({ ...states.qr['awaiting-scan'], notice: 'link-ended' as const }),
  'link not finished': () => ({ ...states.qr.expired, notice: 'link-not-finished' as const }),
  'probably the number': () => ({
    method: 'qr' as const,
    methods: states.qr.linked.methods,
    status: 'confirming-number' as const,
    account: states.qr.linked.account,
    expectedPhoneNumber: '+55 11 8765-4321',
  }),
  stale: () => ({ ...states.qr.failed, error: new PairingError('session-stale', 'Stuck.') }),
  'to sign': () => states.passkey.sign,
  signing: () => states.passkey.signing,
  'passkey not used': () => states.passkey.notUsed,
  'passkey not sent': () => ({
    ...states.passkey.sign,
    passkey: { ...states.passkey.sign.passkey, error: new PairingError('network', 'Not reached.') },
  }),
  'hand-off': () => states.passkey.handOff,
  'extension code': () => states.passkey.extensionCode,
  'link to WhatsApp Web': () => states.passkey.link,
  'passkey sent': () => states.passkey.submitted,
  'WhatsApp is silent': () => states.passkey.silent,
  'codes to compare': () => states.passkey.confirm,
  'codes differ': () => ({ ...states.qr.failed, error: new PairingError('passkey-mismatch', 'Other code.') }),
  'passkey at Z-API': () => ({ ...states.qr['passkey-required'], provider: 'z-api' }),
} satisfies Readonly<Record<string, () => PairingSession>>

type Look = keyof typeof looks

const meta = {
  title: 'States',
  args: { method: 'qr', status: 'idle', tag: 'en' },
  render: ({ method, status, look, mode, isShared, tag = 'en' }, { globals }) => {
    const session = look ? looks[look]() : pairingStates()[method][status]
    if (!session) throw new Error(`A ${method} session is never ${status}.`)
    return (
      <PairingCard
        pairing={{ session, ...stillActions }}
        appName="Acme Inbox"
        mode={mode}
        locale={localeOf(tag)}
        onDone={onDone}
        supportUrl="https://app.example/help"
        createShareLink={isShared ? createShareLink : undefined}
        defaultPhoneNumber="+55 11 98765-4321"
        theme={globals.theme === 'dark' ? 'dark' : 'light'}
        dir={tag === 'en' ? (globals.direction === 'rtl' ? 'rtl' : 'ltr') : undefined}
      />
    )
  },
} satisfies Meta<StateArgs>

export default meta

type Story = StoryObj<typeof meta>

const root = (canvas: HTMLElement) => canvas.querySelector<HTMLElement>('[data-scope="whatsapp-pairing"]')

function state(
  method: PairingMethod,
  status: PairingSessionStatus,
  play?: Story['play'],
  more: Pick<StateArgs, 'look' | 'mode' | 'isShared'> = {},
): Story {
  const { look, mode, isShared } = more
  return {
    name: [`${status} (${method})`, look, mode, isShared && 'shared'].filter(Boolean).join(', '),
    args: { method, status, ...more },
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
  await expect(stillActions.start).toHaveBeenCalled()
})

export const QrPreparing: Story = state('qr', 'preparing', async ({ canvas }) => {
  await expect(canvas.getByRole('status')).toHaveTextContent('Getting your code…')
})

export const QrAwaitingScan: Story = state('qr', 'awaiting-scan', async ({ canvas, userEvent }) => {
  await expect(await canvas.findByRole('img', { name: 'QR code to scan with WhatsApp' })).toBeVisible()
  await expect(canvas.getByRole('tab', { name: 'QR code' })).toHaveAttribute('aria-selected', 'true')
  await userEvent.click(canvas.getByRole('tab', { name: 'Phone number' }))
  await expect(stillActions.setMethod).toHaveBeenCalledWith('phone-code')
})

export const QrExpired: Story = state('qr', 'expired', async ({ canvas, userEvent }) => {
  await userEvent.click(canvas.getByRole('button', { name: 'Retry' }))
  await expect(stillActions.retry).toHaveBeenCalled()
})

export const QrLinking: Story = state('qr', 'linking')

export const QrLinked: Story = state('qr', 'linked', async ({ canvas }) => {
  await expect(canvas.getByText('Ana Souza')).toBeVisible()
  await expect(canvas.getByText('+55 11 98765 4321')).toBeVisible()
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
    await expect(normalizePhoneNumber(stillActions.requestPairingCode.mock.lastCall?.[0] ?? '')).toBe(
      '5511987654321',
    )
  },
)

export const PhoneCodeRequestingCode: Story = state('phone-code', 'requesting-code', async ({ canvas }) => {
  await expect(canvas.getByRole('button', { name: 'Getting your code…' })).toHaveAttribute(
    'aria-disabled',
    'true',
  )
})

export const PhoneCodeAwaitingCode: Story = state('phone-code', 'awaiting-code', async ({ canvas }) => {
  const group = canvas.getByRole('group', { name: 'Code to enter in WhatsApp' })
  const code = group.querySelector('[data-part="pairing-code"]')
  await expect(code).toHaveTextContent(/^8RBZ-DSEK$/)
  await expect(code).toHaveAttribute('dir', 'ltr')
  await expect(code).toHaveAttribute('translate', 'no')
})

export const PhoneCodeExpired: Story = state('phone-code', 'expired')

export const PhoneCodeLinking: Story = state('phone-code', 'linking')

export const PhoneCodeLinked: Story = state('phone-code', 'linked')

export const PhoneCodePasskeyRequired: Story = state('phone-code', 'passkey-required')

export const PhoneCodeFailed: Story = state('phone-code', 'failed')

export const QrRelink: Story = state(
  'qr',
  'awaiting-scan',
  async ({ canvas }) => {
    await expect(canvas.getByRole('heading')).toHaveTextContent('Link your WhatsApp again')
  },
  { mode: 'relink' },
)

export const QrShared: Story = state(
  'qr',
  'awaiting-scan',
  async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole('button', { name: /^Send to/ }))
    await expect(await canvas.findByRole('button', { name: 'Copy link' })).toBeVisible()
  },
  { isShared: true },
)

export const QrResetting: Story = state(
  'qr',
  'preparing',
  async ({ canvas }) => {
    await expect(canvas.getByRole('status')).toHaveTextContent('Clearing the old connection…')
  },
  { look: 'resetting' },
)

export const QrRetrying: Story = state(
  'qr',
  'preparing',
  async ({ canvas }) => {
    await expect(canvas.getByRole('status')).toHaveTextContent('Still trying to get your code…')
  },
  { look: 'retrying' },
)

export const QrTroubleOpen: Story = state('qr', 'awaiting-scan', async ({ canvas, userEvent }) => {
  await userEvent.click(canvas.getByText('Trouble linking?'))
  await waitFor(() => expect(canvas.getByText('Couldn’t link device')).toBeVisible())
  await expect(canvas.getAllByRole('term')).toHaveLength(4)
})

export const QrWrongPhone: Story = state(
  'qr',
  'failed',
  async ({ canvas, userEvent }) => {
    await expect(canvas.getByRole('heading')).toHaveTextContent('Another number is linked')
    await userEvent.click(canvas.getByRole('button', { name: 'Start over' }))
    await expect(stillActions.retry).toHaveBeenCalled()
  },
  { look: 'wrong phone' },
)

export const QrSlow: Story = state(
  'qr',
  'preparing',
  async ({ canvas, userEvent }) => {
    await expect(await canvas.findByText(/No code has arrived yet\. .* up to 5 min\./)).toBeVisible()
    await userEvent.click(canvas.getByRole('button', { name: 'Start over' }))
    await expect(stillActions.startOver).toHaveBeenCalled()
  },
  { look: 'waiting' },
)

export const QrSlowReset: Story = state(
  'qr',
  'preparing',
  async ({ canvas }) => {
    await expect(await canvas.findByText('The old connection is still being cleared.')).toBeVisible()
  },
  { look: 'waiting for a reset' },
)

export const QrSlowLinking: Story = state(
  'qr',
  'linking',
  async ({ canvas }) => {
    await expect(await canvas.findByText(/This is taking longer than usual/)).toBeVisible()
    await expect(canvas.getByRole('button', { name: 'Start over' })).toBeVisible()
  },
  { look: 'waiting for the link' },
)

export const PhoneCodeSlowRequest: Story = state(
  'phone-code',
  'requesting-code',
  async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Back to the number' }))
    await expect(stillActions.changeNumber).toHaveBeenCalled()
  },
  { look: 'waiting for a code' },
)

export const PhoneCodeOfAnotherPage: Story = state(
  'phone-code',
  'awaiting-number',
  async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Show the code for …1234' }))
    await expect(stillActions.showOtherCode).toHaveBeenCalled()
  },
  { look: 'code of another page' },
)

export const PhoneCodeOfAnotherPageShown: Story = state(
  'phone-code',
  'awaiting-code',
  async ({ canvas }) => {
    await expect(await canvas.findByText('…1234')).toBeVisible()
  },
  { look: 'code of another page shown' },
)

export const PhoneCodeReplaced: Story = state(
  'phone-code',
  'awaiting-number',
  async ({ canvas }) => {
    await expect(await canvas.findByText(/Your code was replaced/)).toBeVisible()
  },
  { look: 'code replaced' },
)

export const QrLinkEnded: Story = state(
  'qr',
  'awaiting-scan',
  async ({ canvas }) => {
    await expect(canvas.getByRole('heading')).toHaveTextContent('Link your WhatsApp again')
    await expect(await canvas.findByText(/The link ended soon after it was made/)).toBeVisible()
  },
  { look: 'link ended' },
)

export const QrLinkNotFinished: Story = state('qr', 'expired', undefined, { look: 'link not finished' })

export const QrConfirmingNumber: Story = state(
  'qr',
  'confirming-number',
  async ({ canvas, userEvent }) => {
    await expect(await canvas.findByRole('heading')).toHaveTextContent('Is this your number?')
    await userEvent.click(canvas.getByRole('button', { name: 'Yes' }))
    await expect(stillActions.confirmNumber).toHaveBeenCalledWith(true)
    await userEvent.click(canvas.getByRole('button', { name: 'It’s another phone' }))
    await expect(stillActions.confirmNumber).toHaveBeenCalledWith(false)
  },
  { look: 'probably the number' },
)

export const QrStale: Story = state(
  'qr',
  'failed',
  async ({ canvas }) => {
    await expect(canvas.getByRole('button', { name: 'Start over' })).toBeVisible()
    await expect(canvas.getByText(/This can take a minute/)).toBeVisible()
  },
  { look: 'stale' },
)

export const QrPasskeyAtZApi: Story = state(
  'qr',
  'passkey-required',
  async ({ canvasElement }) => {
    await expect(canvasElement.querySelector('[data-part="lead"]')).toHaveTextContent(
      /Ask the people who run Acme Inbox .* Z-API’s browser extension/,
    )
  },
  { look: 'passkey at Z-API' },
)

const ceremony = (look: Look, play?: Story['play']): Story => state('qr', 'passkey-required', play, { look })

export const PasskeySign: Story = ceremony('to sign', async ({ canvas, userEvent }) => {
  await expect(canvas.getByText('+55 11 98765 4321')).toBeVisible()
  await expect(canvas.getByText('Acme Inbox', { selector: '[data-part="passkey-target"] *' })).toBeVisible()
  await userEvent.click(canvas.getByRole('button', { name: 'Continue' }))
  await expect(stillActions.signWithPasskey).toHaveBeenCalled()
  await userEvent.click(canvas.getByRole('button', { name: 'Start over' }))
  await expect(stillActions.startOver).toHaveBeenCalled()
})

export const PasskeySigning: Story = ceremony('signing', async ({ canvas, userEvent }) => {
  await expect(canvas.getByText('Waiting for your passkey…')).toBeVisible()
  await expect(canvas.getByRole('timer')).toHaveTextContent(/^\d+:\d\d$/)
  await userEvent.click(canvas.getByRole('button', { name: 'Cancel' }))
  await expect(stillActions.cancelPasskey).toHaveBeenCalled()
})

export const PasskeyNotUsed: Story = ceremony('passkey not used', async ({ canvas }) => {
  await expect(canvas.getByText(/^Cancelled, or this device has no passkey/)).toBeVisible()
  await expect(canvas.getByRole('button', { name: 'Continue' })).toBeVisible()
})

export const PasskeyNotSent: Story = ceremony('passkey not sent', async ({ canvas }) => {
  await expect(canvas.getByText(/^Check your internet connection/)).toBeVisible()
})

export const PasskeyHandOff: Story = ceremony('hand-off', async ({ canvas, userEvent }) => {
  await userEvent.click(canvas.getByRole('button', { name: 'Continue' }))
  await expect(stillActions.requestPasskeyHandoff).toHaveBeenCalled()
})

export const PasskeyExtensionCode: Story = ceremony('extension code', async ({ canvas }) => {
  await expect(
    canvas.getByRole('group', { name: 'Code for the extension – not for WhatsApp' }),
  ).toHaveTextContent(/FA48-HS63/)
  await expect(canvas.getByRole('link', { name: 'Install the extension' })).toHaveAttribute(
    'href',
    'https://example.com/extension',
  )
  await expect(canvas.getByRole('button', { name: 'Get a new code' })).toBeVisible()
})

export const PasskeyLink: Story = ceremony('link to WhatsApp Web', async ({ canvas }) => {
  await expect(canvas.getByRole('link', { name: 'Open WhatsApp Web' })).toBeVisible()
})

export const PasskeySent: Story = ceremony('passkey sent', async ({ canvas }) => {
  await expect(canvas.getByRole('heading')).toHaveTextContent('WhatsApp is checking')
  await expect(canvas.queryByRole('button')).toBeNull()
})

export const PasskeySilent: Story = ceremony('WhatsApp is silent', async ({ canvas }) => {
  await expect(canvas.getByText(/^Nothing happens\? Open WhatsApp on the phone/)).toBeVisible()
  await expect(canvas.getByRole('button', { name: 'Start over' })).toBeVisible()
})

export const PasskeyConfirm: Story = ceremony('codes to compare', async ({ canvas, userEvent }) => {
  await expect(canvas.getByRole('heading', { name: 'Compare the codes' })).toHaveFocus()
  await userEvent.click(canvas.getByRole('button', { name: 'Both show the same' }))
  await expect(stillActions.confirmPasskey).toHaveBeenCalledWith(true)
  await userEvent.click(canvas.getByRole('button', { name: 'They differ' }))
  await expect(stillActions.confirmPasskey).toHaveBeenCalledWith(false)
})

export const PasskeyMismatch: Story = state(
  'qr',
  'failed',
  async ({ canvas }) => {
    await expect(canvas.getByRole('heading')).toHaveTextContent('The codes were different')
    await expect(canvas.getByText('Linked devices')).toBeVisible()
  },
  { look: 'codes differ' },
)

export const PhoneCodeInvalidNumber: Story = state(
  'phone-code',
  'awaiting-number',
  async ({ canvas }) => {
    const field = canvas.getByRole('textbox', { name: 'Phone number' })
    await expect(field).toHaveAttribute('aria-invalid', 'true')
    await expect(field).toHaveAccessibleDescription(/Check the number/)
  },
  { look: 'invalid number' },
)

export const PhoneCodeCoolDown: Story = state(
  'phone-code',
  'awaiting-number',
  async ({ canvas, userEvent }) => {
    stillActions.requestPairingCode.mockClear()
    const button = canvas.getByRole('button', { name: 'Get code' })
    await expect(button).toHaveAttribute('aria-disabled', 'true')
    await expect(canvas.getByText('You can ask for another code in a moment.')).toBeVisible()
    await userEvent.click(button)
    await expect(stillActions.requestPairingCode).not.toHaveBeenCalled()
  },
  { look: 'cool-down' },
)

export const PhoneCodeSlow: Story = state(
  'phone-code',
  'awaiting-code',
  async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole('button', { name: 'Get a new code' }))
    await expect(stillActions.requestPairingCode).toHaveBeenCalledWith('5511987654321')
    await userEvent.click(canvas.getByRole('button', { name: 'Scan a QR code instead' }))
    await expect(stillActions.setMethod).toHaveBeenCalledWith('qr')
  },
  { look: 'slow' },
)
