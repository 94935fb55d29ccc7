import { act, cleanup, fireEvent, render } from '@testing-library/react'
import { vi } from 'vitest'
import {
  normalizeQrPayload,
  PairingError,
  type PairingSession,
  type WhatsAppPairingProps,
} from '../../src/index.js'
import { PairingCard } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { stillPairing } from '../browser/still-pairing.js'
import './jsdom-dialog.js'
import { part } from './user.js'

const LINK = 'https://wa.me/settings/linked_devices#2@ref,noise,identity,adv,1'
const states = pairingStates()
const { 'awaiting-scan': scan, linked } = states.qr
const { 'awaiting-number': number, 'awaiting-code': code } = states['phone-code']

/** A session in every state, and the variants of states with an additional part. */
export const sessions: readonly PairingSession[] = [
  { ...scan, qrCode: { ...scan.qrCode, payload: normalizeQrPayload(LINK) } },
  { ...code, isSlow: true },
  ...Object.values(states.qr),
  ...Object.values(states['phone-code']),
  ...Object.values(states.passkey),
  { ...number, error: new PairingError('code-refused', 'No code for this number.') },
  { ...number, retryAt: Date.now() + 60_000 },
  { ...number, otherCode: { lastDigits: '0000', expiresAt: Date.now() + 60_000 } },
  { ...states.qr.linking, isSlow: true },
  {
    method: 'qr',
    methods: linked.methods,
    status: 'confirming-number',
    account: linked.account,
    expectedPhoneNumber: '+55 11 8765-4321',
  },
  { ...linked, account: { ...linked.account, avatarUrl: 'https://pps.whatsapp.net/a.jpg' } },
  { ...linked, syncProgress: 40 },
]

/** Imitates a phone, on which the component offers the QR code as a link. `vi.unstubAllGlobals()` undoes this. */
export function pretendPhone(): void {
  vi.stubGlobal('matchMedia', (query: string) => ({ matches: query === '(pointer: coarse)' }))
  vi.stubGlobal('screen', { width: 412, height: 915 })
}

/** Modules that load on demand take some turns of the real clock. */
const settled = (): Promise<void> => act(() => new Promise<void>((resolve) => setTimeout(resolve, 20)))

function click(name: string): void {
  const element = part(name)
  if (element) fireEvent.click(element)
}

type Props = Pick<
  WhatsAppPairingProps,
  'appLogo' | 'classNames' | 'parts' | 'defaultPhoneNumber' | 'supportUrl' | 'createShareLink' | 'onDone'
>

/** Shows the card as a dialog in one session, with one element opened. */
export type Scene = (props: Props) => Promise<void>

const sceneOf =
  (session: PairingSession, open?: () => void | Promise<void>, more?: Props): Scene =>
  async (props) => {
    cleanup()
    const pairing = stillPairing(session)
    render(<PairingCard as="dialog" onClose={() => {}} pairing={pairing} {...props} {...more} />)
    await settled()
    await open?.()
    await settled()
  }

/** A browser that can share links with other apps, but does not allow clipboard access. */
async function makeLink(): Promise<void> {
  Object.defineProperty(navigator, 'share', { configurable: true, value: async () => {} })
  click('send-button')
  await settled()
  click('copy-link-button')
}

/** Together these scenes show every element. */
export const scenes: readonly Scene[] = [
  ...sessions.map((session) => sceneOf(session)),
  sceneOf(scan, () => click('enlarge-button')),
  sceneOf(scan, () => click('trouble-summary')),
  sceneOf(scan, undefined, { createShareLink: async () => 'https://app.example/pair' }),
  sceneOf(scan, makeLink, { createShareLink: async () => 'https://app.example/pair' }),
  sceneOf(linked, undefined, { onDone: () => {} }),
  sceneOf(number, undefined, { defaultPhoneNumber: '0055 11 8765-4321' }),
  sceneOf(scan, undefined, { appLogo: 'https://app.example/logo.png' }),
  sceneOf(states.qr.failed, undefined, { supportUrl: 'https://app.example/help' }),
  sceneOf(number, () => {
    const country = part('country-input')
    if (country) fireEvent.keyDown(country, { key: 'ArrowDown' })
  }),
]
