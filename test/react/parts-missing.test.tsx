import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { normalizeQrPayload, type PairingSnapshot, type WhatsAppPairingProps } from '../../src/index.js'
import { pairingStates } from '../../src/testing.js'
import { stillPairing } from '../browser/still-pairing.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { part } from './user.js'

const LATER = '../../src/react/parts/later-parts.js'
const ENCODER = '../../src/react/parts/qr-svg.js'

const code: PairingSnapshot = { status: 'pairing-code', pairingCode: 'ABCD1234' }

beforeEach(() => void vi.resetModules())
afterEach(() => {
  for (const module of [LATER, ENCODER]) vi.doUnmock(module)
})

/** Imitates a page that is older than the server's current build, whose chunk was removed. */
function refuse(module: string): void {
  vi.doMock(module, () => {
    throw new Error('Failed to fetch dynamically imported module')
  })
}

/** Loads the component again. The modules that load next to the first request are available or refused. */
async function show(props: Partial<WhatsAppPairingProps> = {}, answer: PairingSnapshot = qr('a')) {
  const { WhatsAppPairing } = await import('../../src/index.js')
  const provider = scriptedProvider({ getQrCode: () => answer, requestPairingCode: () => code })
  render(<WhatsAppPairing provider={provider} {...props} />)
  await settled()
  return provider
}

/** A refused import takes some turns of the real clock. */
const settled = () => act(() => new Promise((resolve) => setTimeout(resolve, 50)))

const field = () => screen.queryByRole('textbox', { name: 'Phone number' })
const qrCode = () => screen.queryByRole('img', { name: 'QR code to scan with WhatsApp' })
const openTab = (name: string) => fireEvent.click(screen.getByRole('tab', { name }))
const tryAgain = () => fireEvent.click(screen.getByRole('button', { name: 'Try again' }))

describe('if the later parts do not load', () => {
  beforeEach(() => refuse(LATER))

  it('the phone tab shows a message instead of the field', async () => {
    await show({ defaultMethod: 'phone-code' })
    expect(field()).toBeNull()
    expect(screen.getByRole('alert').textContent).toContain('Something went wrong')
  })

  it('Try again loads them, and the focus is on the panel until then', async () => {
    await show({ defaultMethod: 'phone-code' })
    vi.doUnmock(LATER)
    screen.getByRole('button', { name: 'Try again' }).focus()
    tryAgain()
    expect(document.activeElement).toBe(part('panel'))
    await waitFor(() => expect(field()).not.toBeNull())
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('Try again shows the message again if they still do not load', async () => {
    await show({ defaultMethod: 'phone-code' })
    const before = screen.getByRole('alert')
    tryAgain()
    expect(screen.queryByRole('alert')).toBeNull()
    const after = await screen.findByRole('alert')
    expect(after).not.toBe(before)
  })

  it('the phone tab loads them when it is opened later', async () => {
    await show()
    vi.doUnmock(LATER)
    openTab('Phone number')
    await waitFor(() => expect(field()).not.toBeNull())
  })

  it('an issued pairing code is shown as plain text', async () => {
    const { usePairingSession } = await import('../../src/index.js')
    const { PairingCard } = await import('../../src/parts.js')
    const provider = scriptedProvider({ getQrCode: () => qr('a'), requestPairingCode: () => code })
    // The app has the number, so the page needs no field.
    function Host() {
      const pairing = usePairingSession({ provider, defaultMethod: 'phone-code' })
      return (
        <>
          <button type="button" onClick={() => pairing.requestPairingCode('5511987654321')}>
            Ask
          </button>
          <PairingCard pairing={pairing} />
        </>
      )
    }
    render(<Host />)
    await settled()
    fireEvent.click(screen.getByRole('button', { name: 'Ask' }))
    const shown = await screen.findByText('ABCD-1234')
    expect([shown.dir, shown.getAttribute('translate')]).toEqual(['ltr', 'no'])
  })

  it('an expired code has a text and Retry', async () => {
    const { PairingCard } = await import('../../src/parts.js')
    render(<PairingCard pairing={stillPairing(pairingStates().qr.expired)} />)
    await settled()
    expect(part('expired-note')?.textContent).toBe('The code has expired.')
    expect(screen.getByRole('button', { name: 'Retry' })).toBeTruthy()
  })

  it('the QR code is shown as usual', async () => {
    await show()
    await waitFor(() => expect(qrCode()).not.toBeNull())
  })

  it('a custom phone form is shown as usual', async () => {
    await show({ defaultMethod: 'phone-code', parts: { PhoneForm: () => <p>Our own form</p> } })
    expect(screen.getByText('Our own form')).toBeTruthy()
    expect(screen.queryByRole('alert')).toBeNull()
  })
})

describe('if the encoder does not load', () => {
  beforeEach(() => refuse(ENCODER))

  it('the box shows a message, and the code after Try again', async () => {
    await show()
    await screen.findByRole('alert')
    expect(part('tile')?.textContent).toContain('Something went wrong')
    vi.doUnmock(ENCODER)
    tryAgain()
    await waitFor(() => expect(qrCode()).not.toBeNull())
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('the next component loads the encoder', async () => {
    await show()
    await screen.findByRole('alert')
    cleanup()
    vi.doUnmock(ENCODER)
    await show()
    await waitFor(() => expect(qrCode()).not.toBeNull())
  })

  it('a picture is shown as usual', async () => {
    const qrPicture = normalizeQrPayload('data:image/png;base64,iVBORw0KGgo=')
    await show({}, { status: 'qr', qrCode: qrPicture })
    await waitFor(() => expect(qrCode()).not.toBeNull())
    expect(screen.queryByRole('alert')).toBeNull()
  })
})

it('the actions of a QR code appear on return to the tab after they failed to load once', async () => {
  refuse(LATER)
  await show()
  await waitFor(() => expect(qrCode()).not.toBeNull())
  expect(screen.queryByRole('button', { name: 'Enlarge' })).toBeNull()
  vi.doUnmock(LATER)
  openTab('Phone number')
  await waitFor(() => expect(field()).not.toBeNull())
  openTab('QR code')
  await screen.findByRole('button', { name: 'Enlarge' })
})
