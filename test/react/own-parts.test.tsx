import { act, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PairingPartName, PairingParts } from '../../src/index.js'
import {
  PairingCard,
  PairingCloseButton,
  PairingCountryPicker,
  type PairingCountryPickerProps,
  PairingIcon,
  PairingPanel,
  usePairingContext,
} from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { stillPairing } from '../browser/still-pairing.js'
import { pretendPhone, type Scene, scenes } from './every-element.js'
import { part } from './user.js'

beforeEach(pretendPhone)
afterEach(() => void vi.unstubAllGlobals())

/** The element of each part. A missing name is a type error. */
const elements: Readonly<Record<PairingPartName, string>> = {
  Title: 'title',
  MethodTabs: 'method-tabs',
  Instructions: 'instructions',
  Panel: 'panel',
  Tile: 'tile',
  QrCode: 'qr-code',
  QrActions: 'qr-actions',
  EnlargeButton: 'enlarge-button',
  EnlargedCode: 'enlarged-code',
  OpenInWhatsApp: 'open-in-whatsapp',
  Account: 'account',
  NumberCheck: 'number-check',
  DoneButton: 'done-button',
  ErrorCode: 'error-code',
  Passkey: 'passkey',
  PasskeyHelp: 'passkey-help',
  PasskeyHandoff: 'passkey-handoff',
  PasskeyCheck: 'passkey-check',
  SupportLink: 'support-link',
  StartButton: 'start-button',
  RetryButton: 'retry-button',
  PhoneForm: 'phone-form',
  OtherCode: 'other-code',
  CountryPicker: 'country-picker',
  PairingCode: 'pairing-code',
  CopyButton: 'copy-button',
  Countdown: 'countdown',
  StatusText: 'status-text',
  Announcement: 'announcement',
  CodeRecipient: 'code-recipient',
  SlowCode: 'slow-code',
  WayOut: 'way-out',
  SwitchMethodButton: 'switch-method-button',
  Share: 'share',
  PrintNote: 'print-note',
  Trouble: 'trouble',
  SafetyNote: 'safety-note',
  CloseButton: 'close-button',
  Icon: 'icon',
}

/** Returns true if another part draws the element: a slow code offers the other method, and a long wait has its own button. */
const isDrawnByAnother = (element: string) =>
  (element === 'switch-method-button' && part('slow-code') !== null) ||
  (element === 'retry-button' && part('way-out') !== null)

/** The first scene that contains each element. */
const firstWith = new Map<string, Scene>()

beforeAll(async () => {
  pretendPhone()
  for (const show of scenes) {
    await show({})
    for (const element of Object.values(elements))
      if (part(element) && !firstWith.has(element) && !isDrawnByAnother(element)) firstWith.set(element, show)
  }
}, 60_000)

describe.each(Object.entries(elements))('the slot %s', (name, element) => {
  const show = async (parts: PairingParts) => {
    const scene = firstWith.get(element)
    if (!scene) throw new Error(`No scene shows ${element}.`)
    await scene({ parts })
  }

  it('renders a custom component instead of the part', async () => {
    await show({ [name]: () => <span>{`Own ${name}`}</span> })
    expect(screen.queryAllByText(`Own ${name}`).length).toBeGreaterThan(0)
    expect(part(element)).toBeNull()
  })

  it('renders nothing for null', async () => {
    await show({ [name]: null })
    expect(part(element)).toBeNull()
    expect(part('root')).not.toBeNull()
  })
})

const states = pairingStates()
const settled = () => act(() => new Promise((resolve) => setTimeout(resolve, 20)))

describe('a custom component', () => {
  it('gets the session from the context', () => {
    const Announcement = () => <p>{`Now: ${usePairingContext().pairing.session.status}`}</p>
    render(<PairingCard parts={{ Announcement }} pairing={stillPairing(states.qr['awaiting-scan'])} />)
    expect(screen.getByText('Now: awaiting-scan')).toBeTruthy()
  })

  it('can render the part that it replaces: the panel with its content, an icon, the close button', () => {
    const parts: PairingParts = {
      Panel: ({ children }) => <PairingPanel className="mine">{children}</PairingPanel>,
      Icon: ({ name, size }) => <PairingIcon name={name} size={size} className={`icon-${name}`} />,
      CloseButton: () => <PairingCloseButton>Not now</PairingCloseButton>,
    }
    const onClose = vi.fn()
    const pairing = stillPairing(states.qr['awaiting-scan'])
    render(<PairingCard as="dialog" onClose={onClose} parts={parts} pairing={pairing} />)
    expect(part('panel')?.className).toBe('mine')
    expect(part('panel')?.contains(part('tile'))).toBe(true)
    expect(document.querySelector('.icon-shield')).not.toBeNull()
    fireEvent.click(screen.getByText('Not now'))
    expect(onClose).toHaveBeenCalledOnce()
  })

  it('for the close button closes the dialog with `close`', () => {
    const CloseButton = () => (
      <button type="button" onClick={usePairingContext().close}>
        Later
      </button>
    )
    const onClose = vi.fn()
    const pairing = stillPairing(states.qr['awaiting-scan'])
    render(<PairingCard as="dialog" onClose={onClose} parts={{ CloseButton }} pairing={pairing} />)
    expect(document.querySelector('dialog')?.open).toBe(true)
    fireEvent.click(screen.getByText('Later'))
    expect(onClose).toHaveBeenCalledOnce()
  })

  it('for the country picker gets its props, and can choose a country', async () => {
    const CountryPicker = (props: PairingCountryPickerProps) => (
      <>
        <button type="button" onClick={() => props.onChoose('FR')}>{`Now ${props.country ?? 'none'}`}</button>
        <PairingCountryPicker {...props} />
      </>
    )
    const pairing = stillPairing(states['phone-code']['awaiting-number'])
    render(<PairingCard parts={{ CountryPicker }} defaultCountry="BR" pairing={pairing} />)
    await settled()
    fireEvent.click(screen.getByRole('button', { name: 'Now BR' }))
    expect(screen.getByRole('button', { name: 'Now FR' })).toBeTruthy()
  })
})
