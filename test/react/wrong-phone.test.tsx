import { QueryClient } from '@tanstack/react-query'
import { render, renderHook, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { groupDigits } from '../../src/core/group-digits.js'
import {
  PairingError,
  type PairingSnapshot,
  usePairingSession,
  WhatsAppPairing,
  WhatsAppPairingDialog,
  type WhatsAppPairingProps,
} from '../../src/index.js'
import './jsdom-dialog.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr } from './scripted-provider.js'
import { createSetup, doing, shownStatus } from './setup.js'
import { changingProvider } from './show-pairing.js'
import { askForCode, errorCode, heading, openTab, part, press, shownCode } from './user.js'

emulateTime()
afterEach(() => {
  vi.restoreAllMocks()
})

const SCANNING = '5511987654321'
const EXPECTED = '4915112345678'

const linkedTo = (phoneNumber?: string): PairingSnapshot => ({
  status: 'linked',
  account: phoneNumber ? { phoneNumber } : {},
})

/** A provider that can unlink its phone. */
function phone(first: PairingSnapshot) {
  const unlink = vi.fn(async (_: object): Promise<void> => {})
  const one = changingProvider(first)
  return Object.assign(one, { unlink, provider: { ...one.provider, unlink } })
}

const show = ({
  provider,
  ...props
}: Pick<WhatsAppPairingProps, 'provider'> & Partial<WhatsAppPairingProps>) =>
  render(<WhatsAppPairing provider={provider} queryClient={new QueryClient()} {...props} />)

describe.each(['green-api', 'z-api'] as const)('%s: the wrong phone', (id) => {
  const paths = (setup: ReturnType<typeof createSetup>) => setup.mockServer.requests.map(({ path }) => path)

  it('is detected, unlinked only after Start over, and then the right one can be linked', async () => {
    const setup = createSetup(id)
    const onLinked = vi.fn()
    const onError = vi.fn()
    setup.show({ expectedPhoneNumber: '+49 151 12345678', onLinked, onError })
    await advance(3_000)
    await doing(() => void setup.emulator.scan())
    await advance(10_000)
    expect(shownStatus()).toBe('failed')
    expect(heading()).toBe('Another number is linked')
    expect(part('error-cause')?.textContent).toContain(`You linked ${groupDigits(SCANNING)}`)
    expect(onError.mock.calls.map(([error]) => error.code)).toEqual(['wrong-phone-number'])
    await advance(30_000)
    expect(paths(setup).some((path) => /logout|disconnect/.test(path))).toBe(false)

    await press('Start over')
    await advance(10_000)
    expect(paths(setup).filter((path) => /logout|disconnect/.test(path))).toHaveLength(1)
    expect(shownStatus()).toBe('awaiting-scan')
    await openTab('Phone number')
    await askForCode('+49 151 12345678')
    await advance(1_000)
    await doing(() => void setup.emulator.typeCode(shownCode() ?? ''))
    await advance(10_000)
    expect(shownStatus()).toBe('linked')
    expect(onLinked.mock.calls.map(([account]) => account.phoneNumber)).toEqual([EXPECTED])
  })
})

// The tables of compare-phone-numbers.test.ts compare the spellings.
describe('the expected phone number', () => {
  it.each([
    ['matches another spelling of the linked number', '0055 (11) 8765.4321', SCANNING],
    ['accepts a link whose number the provider does not report', EXPECTED, undefined],
    ['accepts any phone if it is undefined', undefined, SCANNING],
    ['accepts any phone if it is empty', '', SCANNING],
  ])('%s', async (_, expectedPhoneNumber, linkedNumber) => {
    show({ provider: phone(linkedTo(linkedNumber)).provider, expectedPhoneNumber })
    await advance(30_000)
    expect(shownStatus()).toBe('linked')
  })

  it('is compared as soon as the provider reports the number, even long after the link', async () => {
    const one = phone(linkedTo())
    show({ provider: one.provider, expectedPhoneNumber: EXPECTED })
    await advance(2_000)
    expect(shownStatus()).toBe('linked')
    one.now = linkedTo(SCANNING)
    await advance(16_000)
    expect(errorCode()).toBe('wrong-phone-number')
    expect(screen.getByRole('button', { name: 'Start over' })).toBeTruthy()
  })

  it('can be set after the link', async () => {
    const one = phone(linkedTo(SCANNING))
    const queryClient = new QueryClient()
    const { rerender } = show({ provider: one.provider, queryClient })
    await advance(1_000)
    expect(shownStatus()).toBe('linked')
    rerender(
      <WhatsAppPairing provider={one.provider} queryClient={queryClient} expectedPhoneNumber={EXPECTED} />,
    )
    await settle()
    expect(errorCode()).toBe('wrong-phone-number')
  })

  it('stays valid if another component on the page does not set it', async () => {
    const one = phone(qr('a'))
    const queryClient = new QueryClient()
    const Badge = () => (
      <output>{usePairingSession({ provider: one.provider, queryClient }).session.status}</output>
    )
    render(
      <>
        <Badge />
        <WhatsAppPairing provider={one.provider} queryClient={queryClient} expectedPhoneNumber={EXPECTED} />
        <Badge />
      </>,
    )
    await advance(1_000)
    one.now = linkedTo(SCANNING)
    await advance(6_000)
    expect(errorCode()).toBe('wrong-phone-number')
  })

  it.each<[title: string, expectedPhoneNumber: string, warning: string | undefined]>([
    ['with a + and spaces', '+55 11 98765-4321', undefined],
    ['with 00', '0055 11 98765 4321', undefined],
    ['as a link', 'https://wa.me/5511987654321', undefined],
    ['without calling code', '11 98765-4321', 'does not begin with "+"'],
    ['without +', '5511987654321', 'does not begin with "+"'],
    ['as it is dialled at home', '011 98765-4321', 'does not begin with "+"'],
    ['that is probably another spelling', '+55 98765-4321', 'probably that of `expectedPhoneNumber`'],
  ])('%s causes one warning without the number, or none', async (title, expectedPhoneNumber, warning) => {
    const warnings = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { provider } = phone(linkedTo(SCANNING))
    show({ provider: { ...provider, sessionId: title }, expectedPhoneNumber })
    await advance(30_000)
    expect(warnings.mock.calls).toEqual(warning === undefined ? [] : [[expect.stringContaining(warning)]])
    expect(String(warnings.mock.calls)).not.toMatch(/98765|5511/)
  })

  it.each(['n/a', '+011 98765-4321'])(
    'that is invalid (%s) accepts no phone, and the provider gets no request',
    async (expectedPhoneNumber) => {
      const { provider, calls } = phone(linkedTo(SCANNING))
      const onError = vi.fn()
      show({ provider, expectedPhoneNumber, onError })
      await advance(1_000)
      expect(errorCode()).toBe('invalid-options')
      await press('Try again')
      await advance(1_000)
      expect(errorCode()).toBe('invalid-options')
      expect(calls).toHaveLength(0)
      expect(onError.mock.calls[0]?.[0].message).not.toContain(expectedPhoneNumber)
    },
  )
})

describe('a number that is probably the expected one', () => {
  const isAsked = () => shownStatus() === 'confirming-number'

  async function ask(expectedPhoneNumber: string, linkedNumber: string) {
    const one = phone(linkedTo(linkedNumber))
    const onLinked = vi.fn()
    const onError = vi.fn()
    show({ provider: one.provider, expectedPhoneNumber, onLinked, onError })
    await advance(1_000)
    return { ...one, onLinked, onError }
  }

  it('needs a confirmation, and is not a failure', async () => {
    const { onLinked, onError } = await ask('98765-4321', SCANNING)
    expect(isAsked()).toBe(true)
    expect(heading()).toBe('Is this your number?')
    expect(part('account-number')?.textContent).toBe(groupDigits(SCANNING))
    expect(part('lead')?.textContent).toContain('98765-4321')
    expect(screen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual([
      'Yes',
      'It’s another phone',
    ])
    expect(onLinked).not.toHaveBeenCalled()
    expect(onError).not.toHaveBeenCalled()
  })

  it('can be unlinked only after the user has denied it', async () => {
    const one = await ask('98765-4321', SCANNING)
    await advance(60_000)
    expect(screen.queryByRole('button', { name: 'Start over' })).toBeNull()
    await press('It’s another phone')
    expect(errorCode()).toBe('wrong-phone-number')
    expect(one.unlink).not.toHaveBeenCalled()
    expect(one.onError).toHaveBeenCalledTimes(1)
    await press('Start over')
    await advance(1_000)
    expect(one.unlink).toHaveBeenCalledTimes(1)
    expect(one.onLinked).not.toHaveBeenCalled()
  })

  it('is linked when the user confirms it, which is needed once even if the screen opens again', async () => {
    const { provider } = phone(linkedTo(SCANNING))
    const queryClient = new QueryClient()
    const onLinked = vi.fn()
    const props = { provider, queryClient, onLinked, expectedPhoneNumber: '98765-4321' }
    const { unmount } = show(props)
    await advance(1_000)
    await press('Yes')
    expect(shownStatus()).toBe('linked')
    unmount()
    await advance(5_000)
    show(props)
    await advance(60_000)
    expect(shownStatus()).toBe('linked')
    expect(onLinked.mock.calls).toEqual([[{ phoneNumber: SCANNING }]])
  })

  it('keeps a dialog with closeOnLinked open', async () => {
    const closed = vi.fn()
    const one = phone(qr('a'))
    render(
      <WhatsAppPairingDialog
        open
        closeOnLinked
        onOpenChange={closed}
        provider={one.provider}
        queryClient={new QueryClient()}
        expectedPhoneNumber="98765-4321"
      />,
    )
    await advance(1_000)
    one.now = linkedTo(SCANNING)
    await advance(6_000)
    expect(isAsked()).toBe(true)
    expect(closed).not.toHaveBeenCalled()
    await press('Yes')
    expect(closed).toHaveBeenCalledWith(false)
  })
})

describe('starting over after the wrong phone', () => {
  it('unlinks once after several presses, and retries if the provider is down for a moment', async () => {
    const one = phone(linkedTo(SCANNING))
    one.unlink
      .mockRejectedValueOnce(new PairingError('provider-unavailable', 'Down.'))
      .mockImplementation(async () => {
        one.now = qr('a')
      })
    show({ provider: one.provider, expectedPhoneNumber: EXPECTED })
    await advance(1_000)
    const button = screen.getByRole('button', { name: 'Start over' })
    await doing(() => {
      button.click()
      button.click()
    })
    await settle()
    expect(one.unlink).toHaveBeenCalledTimes(1)
    expect([shownStatus(), part('status-text')?.textContent]).toEqual([
      'preparing',
      'Clearing the old connection…',
    ])
    await advance(5_000)
    expect(one.unlink).toHaveBeenCalledTimes(2)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('shows an error if the provider cannot unlink, and after a logout on the phone the right one can be linked', async () => {
    const one = phone(linkedTo(SCANNING))
    const { unlink: _, ...provider } = one.provider
    show({ provider, expectedPhoneNumber: EXPECTED })
    await advance(1_000)
    expect(part('lead')?.textContent).toContain('Linked devices')
    await press('Start over')
    await advance(2_000)
    expect(errorCode()).toBe('not-supported')
    expect(part('lead')?.textContent).not.toContain('way of linking')
    one.now = qr('a')
    await press('Try again')
    await advance(2_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('gives custom markup the account that was linked instead', async () => {
    const { provider } = phone(linkedTo(SCANNING))
    const queryClient = new QueryClient()
    const { result } = renderHook(() =>
      usePairingSession({ provider, queryClient, expectedPhoneNumber: EXPECTED }),
    )
    await advance(1_000)
    expect(result.current.session).toMatchObject({ status: 'failed', account: { phoneNumber: SCANNING } })
  })
})
