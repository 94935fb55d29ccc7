import { QueryClient } from '@tanstack/react-query'
import { fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WhatsAppPairing, WhatsAppPairingDialog, type WhatsAppPairingProps } from '../../src/index.js'
import { en } from '../../src/locales/en.js'
import './jsdom-dialog.js'
import { emulateTime, settle } from '../time.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { shownStatus } from './setup.js'

// React writes each exception to the console. The tests collect and check these lines.
let written: string[]

emulateTime()
beforeEach(() => {
  written = []
  vi.spyOn(console, 'error').mockImplementation((...words) => void written.push(words.join(' ')))
})
afterEach(() => {
  vi.restoreAllMocks()
})

const broken = new Error('of the app')
function Broken(): never {
  throw broken
}

async function show(props: Partial<WhatsAppPairingProps>) {
  const onError = vi.fn()
  render(
    <main>
      <h1>The page of the app</h1>
      <WhatsAppPairing
        provider={scriptedProvider({ getQrCode: () => qr('a') })}
        queryClient={new QueryClient()}
        onError={onError}
        {...props}
      />
    </main>,
  )
  await settle()
  return { onError }
}

/** `messages` that throw when the component reads a text. */
const throwing = new Proxy(en.messages, {
  get() {
    throw broken
  },
})

describe('an exception', () => {
  it.each<[string, Partial<WhatsAppPairingProps>]>([
    ['a part of the app', { parts: { Title: Broken } }],
    ['a part of the app inside the tile', { parts: { QrCode: Broken } }],
    ['the texts of a locale', { locale: { ...en, messages: throwing } }],
    ['children', { children: <Broken /> }],
    ['a provider that is null', { provider: JSON.parse('null') }],
  ])(
    "in %s leaves the app's page intact, shows a message and calls onError with the cause",
    async (_, props) => {
      const { onError } = await show(props)
      expect(screen.getByRole('heading', { name: 'The page of the app' })).toBeTruthy()
      expect(screen.getByRole('alert').textContent).not.toBe('')
      expect(onError).toHaveBeenCalled()
      expect(onError.mock.calls[0]?.[0]).toMatchObject({ code: 'component-failed' })
      expect(onError.mock.calls[0]?.[0].cause).toBeInstanceOf(Error)
      expect(written.join()).not.toBe('')
    },
  )

  it('can be retried with a button', async () => {
    let isBroken = true
    function Sometimes() {
      if (isBroken) throw broken
      return <h2>My title</h2>
    }
    await show({ parts: { Title: Sometimes } })
    expect(screen.queryByRole('heading', { name: 'My title' })).toBeNull()
    isBroken = false
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
    await settle()
    expect(screen.getByRole('heading', { name: 'My title' })).toBeTruthy()
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('in a dialog leaves the dialog closable', async () => {
    const onOpenChange = vi.fn()
    render(
      <WhatsAppPairingDialog
        provider={scriptedProvider({ getQrCode: () => qr('a') })}
        queryClient={new QueryClient()}
        defaultOpen
        onOpenChange={onOpenChange}
        parts={{ Title: Broken }}
      />,
    )
    await settle()
    fireEvent.click(screen.getByRole('button', { name: 'Close' }))
    await settle()
    expect(onOpenChange).toHaveBeenCalledExactlyOnceWith(false)
  })
})
