import { QueryClient } from '@tanstack/react-query'
import { fireEvent, render, screen } from '@testing-library/react'
import { StrictMode } from 'react'
import { describe, expect, it, vi } from 'vitest'
import {
  type PairingCallbacks,
  type PairingSession,
  usePairingSession,
  WhatsAppPairingDialog,
  type WhatsAppPairingDialogProps,
} from '../../src/index.js'
import { PairingCard, PairingCloseButton, PairingRoot } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { stillPairing } from '../browser/still-pairing.js'
import './jsdom-dialog.js'
import { advance, emulateTime } from '../time.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { shownStatus } from './setup.js'

emulateTime()

const account = { name: 'Ana' }

/** A page that calls usePairingSession, and shows the same session in a dialog. */
function show({ onLinked, ...props }: Partial<WhatsAppPairingDialogProps> & { host?: PairingCallbacks }) {
  const { host = {}, ...dialog } = props
  const state = { isScanned: false }
  const answer = () => (state.isScanned ? ({ status: 'linked', account } as const) : qr('a'))
  const target = {
    provider: scriptedProvider({ getQrCode: answer, getStatus: answer }),
    queryClient: new QueryClient(),
  }
  function Page() {
    usePairingSession({ ...target, ...host })
    return <WhatsAppPairingDialog {...target} defaultOpen {...dialog} onLinked={onLinked} />
  }
  const page = (
    <StrictMode>
      <Page />
    </StrictMode>
  )
  render(page)
  return {
    scan: async () => {
      await advance(1_000)
      state.isScanned = true
      await advance(10_000)
    },
  }
}

const dialog = () => document.querySelector('dialog')

describe('a dialog after the phone was linked', () => {
  it('leaves `onLinked` to the page if the page has the callback', async () => {
    const onLinked = vi.fn()
    const { scan } = show({ host: { onLinked } })
    await scan()
    expect(onLinked).toHaveBeenCalledExactlyOnceWith(account)
  })

  it('calls its `onLinked`, and stays open', async () => {
    const onLinked = vi.fn()
    const { scan } = show({ onLinked })
    await scan()
    expect(onLinked).toHaveBeenCalledExactlyOnceWith(account)
    expect(shownStatus()).toBe('linked')
  })

  it('closes with closeOnLinked, and calls its `onLinked`', async () => {
    const [onLinked, onOpenChange] = [vi.fn(), vi.fn()]
    const { scan } = show({ onLinked, onOpenChange, closeOnLinked: true })
    await scan()
    expect(dialog()).toBeNull()
    expect(onLinked).toHaveBeenCalledExactlyOnceWith(account)
    expect(onOpenChange.mock.calls).toEqual([[false]])
  })

  it('closes with closeOnLinked even if only the page has `onLinked`', async () => {
    const onLinked = vi.fn()
    const { scan } = show({ host: { onLinked }, closeOnLinked: true })
    await scan()
    expect(onLinked).toHaveBeenCalledOnce()
    expect(dialog()).toBeNull()
  })

  it('calls onOpenChange(false) once if the app keeps it open', async () => {
    const onOpenChange = vi.fn()
    const { scan } = show({ open: true, onOpenChange, closeOnLinked: true })
    await scan()
    expect(onOpenChange.mock.calls).toEqual([[false]])
    expect(shownStatus()).toBe('linked')
  })
})

it('the dialog gets the focus even in a browser that focuses only elements with a `tabindex`', () => {
  show({})
  expect(document.activeElement).toBe(dialog())
})

describe('a custom session in a dialog', () => {
  const session: PairingSession = pairingStates().qr['awaiting-scan']

  it('is open while it is mounted, and calls onClose when the user presses Close', () => {
    const onClose = vi.fn()
    render(<PairingCard as="dialog" onClose={onClose} pairing={stillPairing(session)} />)
    expect(screen.getByRole('dialog', { name: 'Link your WhatsApp' })).toHaveProperty('open', true)
    fireEvent.click(screen.getByRole('button', { name: 'Close' }))
    expect(onClose).toHaveBeenCalledOnce()
  })

  it('stays open if the app prevents the click on Close', () => {
    const onClose = vi.fn()
    render(
      <PairingRoot as="dialog" onClose={onClose} pairing={stillPairing(session)}>
        <PairingCloseButton className="mine" onClick={(event) => event.preventDefault()}>
          Not now
        </PairingCloseButton>
      </PairingRoot>,
    )
    const button = screen.getByRole('button', { name: 'Close' })
    expect([button.textContent, button.className]).toEqual(['Not now', 'mine'])
    fireEvent.click(button)
    expect(onClose).not.toHaveBeenCalled()
  })

  it('has no close button without onClose', () => {
    render(<PairingCard as="dialog" pairing={stillPairing(session)} />)
    expect(screen.getByRole('dialog')).toHaveProperty('open', true)
    expect(screen.queryByRole('button', { name: 'Close' })).toBeNull()
  })
})
