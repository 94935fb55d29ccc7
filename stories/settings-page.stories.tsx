import type { Meta, StoryObj } from '@storybook/react-vite'
import { QueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { expect, waitFor } from 'storybook/test'
import {
  PairingError,
  type PairingProxy,
  PairingStatus,
  type PairingStatusProps,
  type PairingUpdate,
} from '../src/index.js'

type Answer = Partial<PairingUpdate> | PairingError

/** A server that always returns the same state, until the link ends. */
function serverThatSays(answer: Answer): PairingProxy {
  let current = answer
  let seq = 0
  const read = async (): Promise<PairingUpdate> => {
    seq += 1
    if (current instanceof PairingError) throw current
    return {
      v: 1,
      session: 'story',
      origin: 'story',
      seq,
      at: Date.now(),
      status: 'unlinked',
      provider: 'green-api',
      methods: ['qr'],
      abilities: ['unlink'],
      timing: {
        qrLifetimeMs: 20_000,
        qrIntervalMs: 5_000,
        qrMinIntervalMs: 1_000,
        statusIntervalMs: 3_000,
        pairingCodeLifetimeMs: 160_000,
        requestTimeoutMs: 30_000,
      },
      ...current,
    }
  }
  const act = async () => {
    current = { status: 'unlinked', reason: 'disconnected', revision: Date.now() }
    return read()
  }
  return { id: 'story', sessionId: crypto.randomUUID(), connection: { read, act } }
}

const ana: Answer = { status: 'linked', account: { phoneNumber: '5511987654321', name: 'Ana Souza' } }

interface RowArgs extends Pick<PairingStatusProps, 'onLink'> {
  readonly answer: Answer
}

function Row({ answer, ...props }: RowArgs & Pick<PairingStatusProps, 'theme' | 'dir'>) {
  const [{ provider, queryClient }] = useState(() => ({
    provider: serverThatSays(answer),
    queryClient: new QueryClient(),
  }))
  return (
    <PairingStatus
      provider={provider}
      queryClient={queryClient}
      dialog={{ appName: 'Acme Inbox' }}
      {...props}
    />
  )
}

const meta = {
  title: 'Settings page',
  args: { answer: ana },
  render: (args, { globals }) => (
    <Row
      {...args}
      theme={globals.theme === 'dark' ? 'dark' : 'light'}
      dir={globals.direction === 'rtl' ? 'rtl' : 'ltr'}
    />
  ),
} satisfies Meta<RowArgs>

export default meta

type Story = StoryObj<typeof meta>

const shows = (status: string, text: string): NonNullable<Story['play']> =>
  async function play({ canvasElement }) {
    const row = canvasElement.querySelector('[data-part="link"]')
    await waitFor(() => expect(row).toHaveAttribute('data-status', status))
    await waitFor(() => expect(row).toHaveTextContent(text))
  }

/** A linked account. */
export const Linked: Story = { play: shows('linked', 'Ana Souza') }

/** The confirmation names what stops working. Escape cancels it. */
export const Disconnecting: Story = {
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Disconnect' }))
    await expect(canvas.getByRole('group', { name: /^This app will stop sending/ })).toHaveFocus()
    await userEvent.keyboard('{Escape}')
    await expect(canvas.getByRole('button', { name: 'Disconnect' })).toHaveFocus()
    await userEvent.keyboard('{Enter}')
    await waitFor(() => expect(canvas.getByRole('button', { name: 'Cancel' })).toBeVisible())
  },
}

export const NotLinked: Story = { args: { answer: {} }, play: shows('not-linked', 'Not linked') }

export const LoggedOutOnThePhone: Story = {
  args: { answer: { reason: 'unlinked' } },
  play: shows('needs-attention', 'The phone was unlinked.'),
}

export const KeyRefused: Story = {
  args: { answer: { status: 'preparing', error: { code: 'unauthorized' } } },
  play: shows('needs-attention', 'refused this app’s key'),
}

export const Unreachable: Story = {
  args: { answer: new PairingError('network', 'No connection.') },
  play: shows('unknown', 'No connection'),
}

const accounts: readonly (readonly [string, Answer])[] = [
  ['Sales', ana],
  [
    'Support',
    { status: 'linked', account: { phoneNumber: '4915112345678', name: 'Bruno Lima' }, abilities: [] },
  ],
  ['Returns', {}],
  ['Events', { status: 'stopped', reason: 'unlinked' }],
  ['Archive', new PairingError('provider-unavailable', 'Down.')],
]

/**
 * Five accounts: two linked, one of them at a provider that cannot unlink, one not linked, one that needs attention, one unknown.
 */
export const FiveAccounts: Story = {
  render: (_, { globals }) => (
    <main style={{ inlineSize: 560, maxInlineSize: '100%' }}>
      <h1 style={{ fontSize: '1.25rem' }}>WhatsApp numbers</h1>
      {accounts.map(([name, answer]) => (
        <section key={name} aria-label={name}>
          <h2 style={{ fontSize: '1rem' }}>{name}</h2>
          <Row
            answer={answer}
            theme={globals.theme === 'dark' ? 'dark' : 'light'}
            dir={globals.direction === 'rtl' ? 'rtl' : 'ltr'}
          />
        </section>
      ))}
    </main>
  ),
  play: async ({ canvas, canvasElement, userEvent }) => {
    const statuses = () =>
      [...canvasElement.querySelectorAll<HTMLElement>('[data-part="link"]')].map(
        ({ dataset }) => dataset.status,
      )
    await waitFor(() =>
      expect(statuses()).toEqual(['linked', 'linked', 'not-linked', 'needs-attention', 'unknown']),
    )
    await expect(canvas.getAllByRole('button', { name: 'Disconnect' })).toHaveLength(1)
    await userEvent.click(canvas.getByRole('button', { name: 'Disconnect' }))
    await userEvent.click(canvas.getByRole('button', { name: 'Disconnect' }))
    await waitFor(() => expect(statuses()[0]).toBe('not-linked'))
  },
}

/** In a narrow column of 280 pixels. */
export const Narrow: Story = {
  args: {
    answer: { ...ana, account: { phoneNumber: '5511987654321', name: 'A name of twenty-five chars' } },
  },
  decorators: [
    (Story) => (
      <div style={{ inlineSize: 280, maxInlineSize: '100%' }}>
        <Story />
      </div>
    ),
  ],
  play: async ({ canvas, canvasElement, userEvent }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Disconnect' }))
    const row = canvasElement.querySelector('[data-part="link"]')
    await expect(row?.scrollWidth).toBeLessThanOrEqual(row?.clientWidth ?? 0)
    await expect(row?.clientWidth).toBeLessThanOrEqual(280)
  },
}
