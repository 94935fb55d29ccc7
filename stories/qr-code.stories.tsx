import type { Meta, StoryObj } from '@storybook/react-vite'
import { useEffect, useState } from 'react'
import { expect, waitFor } from 'storybook/test'
import { normalizeQrPayload, type PairingSession, type QrPayload } from '../src/index.js'
import { PairingCard } from '../src/parts.js'
import { qrImage, toBase64 } from '../src/testing/qr-image.js'
import { pairingStates } from '../src/testing.js'
import { pretendPhone } from './own-phone.js'
import { stillActions } from './still-actions.js'

interface QrArgs {
  /** What the provider sends. */
  readonly payload?: QrPayload
  readonly session: PairingSession
  /** Width of the page. */
  readonly width?: string
}

const { qr, 'phone-code': phoneCode } = pairingStates()
const text = qr['awaiting-scan'].qrCode.payload

function withPayload(payload: QrPayload): PairingSession {
  const state = pairingStates().qr['awaiting-scan']
  return { ...state, qrCode: { ...state.qrCode, payload } }
}

/** An event from outside the card of a story: its code expires, or the phone scans it. */
const elsewhere = { happens: (_: PairingSession): void => {} }

/** A card whose Retry button brings the code back. */
function Card({ args, theme, dir }: { args: QrArgs; theme: 'light' | 'dark'; dir: 'ltr' | 'rtl' }) {
  const [session, setSession] = useState(args.session)
  useEffect(() => {
    elsewhere.happens = setSession
  }, [])
  return (
    <div style={{ inlineSize: args.width ?? '100%', maxInlineSize: '100%' }}>
      <PairingCard
        pairing={{ session, ...stillActions, retry: () => setSession(args.session) }}
        appName="Acme Inbox"
        theme={theme}
        dir={dir}
      />
    </div>
  )
}

const meta = {
  title: 'QR code',
  args: { session: qr['awaiting-scan'] },
  render: (args, { globals, loaded }) => (
    <Card
      args={{ ...args, ...loaded }}
      theme={globals.theme === 'dark' ? 'dark' : 'light'}
      dir={globals.direction === 'rtl' ? 'rtl' : 'ltr'}
    />
  ),
} satisfies Meta<QrArgs>

export default meta

type Story = StoryObj<typeof meta>

const label = { name: 'QR code to scan with WhatsApp' }

export const Text: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole('img', label)).toBeVisible()
    await expect(await canvas.findByRole('button', { name: 'Enlarge' })).toBeVisible()
    // On a computer the card has no link that opens WhatsApp.
    await expect(canvas.queryByRole('link')).toBeNull()
  },
}

/** GREEN-API and others send a picture. The component decodes and redraws it, so it is sharp at any size. */
export const ProviderImage: Story = {
  loaders: [
    async () => ({
      session: withPayload(
        normalizeQrPayload(toBase64(await qrImage(text.kind === 'text' ? text.value : ''))),
      ),
    }),
  ],
  play: async ({ canvasElement, canvas }) => {
    const code = () => canvasElement.querySelector('[data-part="qr-code"]')
    await waitFor(() => expect(code()?.querySelector('svg')).not.toBeNull(), { timeout: 5_000 })
    await expect(code()).toHaveAttribute('data-kind', 'image')
    await expect(canvas.getByRole('img', label)).toBeVisible()
  },
}

/** The component does not change a picture without a QR code. */
export const UnreadableImage: Story = {
  args: {
    session: withPayload(
      normalizeQrPayload(
        'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="3"/></svg>',
      ),
    ),
  },
  play: async ({ canvasElement }) => {
    const image = canvasElement.querySelector('[data-part="qr-code"] img')
    await expect(image).toBeVisible()
    await expect(stillActions.reportBrokenImage).not.toHaveBeenCalled()
  },
}

export const Narrow: Story = {
  args: { width: '280px' },
  play: async ({ canvas }) => {
    const { width } = (await canvas.findByRole('img', label)).getBoundingClientRect()
    // The longest text needs 77 modules, including the quiet zone.
    await expect(width / 77).toBeGreaterThanOrEqual(3)
  },
}

/** The code on the whole screen. Escape, the button or a click outside the code closes it. */
export const Enlarged: Story = {
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Enlarge' }))
    const dialog = await canvas.findByRole('dialog', label)
    await expect(dialog.getBoundingClientRect().width).toBe(window.innerWidth)
    await expect(dialog).toContainElement(document.querySelector(':focus'))
  },
}

export const EnlargedAndClosed: Story = {
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Enlarge' }))
    await canvas.findByRole('dialog', label)
    await userEvent.click(canvas.getByRole('button', { name: 'Close' }))
    await waitFor(() => expect(canvas.queryByRole('dialog')).toBeNull())
    await expect(canvas.getByRole('button', { name: 'Enlarge' })).toHaveFocus()
  },
}

/** The component removes an expired code at any size, and Retry replaces it. */
export const EnlargedAndExpired: Story = {
  play: async ({ canvas, canvasElement, userEvent }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Enlarge' }))
    const dialog = await canvas.findByRole('dialog', label)
    elsewhere.happens(qr.expired)
    await waitFor(() => expect(canvasElement.querySelector('[data-part="qr-code"]')).toBeNull())
    await expect(dialog).toBeVisible()
    const retry = [...dialog.querySelectorAll('button')].find(({ textContent }) => textContent === 'Retry')
    await expect(retry).toBeVisible()
    if (retry) await userEvent.click(retry)
    await waitFor(() => expect(dialog.querySelector('[data-part="qr-code"] svg')).toBeVisible())
    // The focused element was removed, but the focus stays in the dialog.
    await expect(dialog).toContainElement(document.querySelector(':focus'))
  },
}

/** The scan closes the enlarged code, and the card shows the next states. */
export const EnlargedAndScanned: Story = {
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Enlarge' }))
    await canvas.findByRole('dialog', label)
    elsewhere.happens(qr.linking)
    await waitFor(() => expect(canvas.queryByRole('dialog')).toBeNull())
    await expect(canvas.getByRole('heading')).toHaveTextContent('Linking…')
    await waitFor(() => expect(document.activeElement).toHaveAttribute('data-part', 'panel'))
  },
}

const onPhone = { beforeEach: pretendPhone, args: { width: '360px' } } satisfies Story

/** On the phone to be linked, which cannot scan its own screen. */
export const OwnPhone: Story = {
  ...onPhone,
  play: async ({ canvas }) => {
    const link = await canvas.findByRole('link', { name: 'Open in WhatsApp on this phone' })
    await expect(link).toHaveAttribute('href', text.kind === 'text' ? text.value : '')
    await expect(link).toHaveAttribute('rel', 'noreferrer')
  },
}

export const OwnPhoneNumber: Story = {
  ...onPhone,
  args: { ...onPhone.args, session: { ...phoneCode['awaiting-number'], methods: ['phone-code', 'qr'] } },
  play: async ({ canvas }) => {
    await expect(canvas.getByText(/A phone can’t scan its own screen/)).toBeVisible()
    await expect(canvas.getAllByRole('tab').map(({ textContent }) => textContent)).toEqual([
      'Phone number',
      'QR code',
    ])
  },
}
