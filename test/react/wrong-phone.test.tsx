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
import { qr, scriptedProvider } from './scripted-provider.js'
import { createSetup, doing, shownStatus } from './setup.js'
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

/** A provider that returns `now`, and counts the unlinks. */
function phone(first: PairingSnapshot) {
  const state = { now: first }
  const provider = scriptedProvider({ getQrCode: () => state.now, getStatus: () => state.now })
  const unlink = vi.fn(async (_: object): Promise<void> => {})
  return Object.assign(state, { unlink, calls: provider.calls, provider: { ...provider, unlink } })
}

const show = (props: Pick<WhatsAppPairingProps, 'provider'> & Partial<WhatsAppPairingProps>) =>
  render(<WhatsAppPairing queryClient={new QueryClient()} {...props} />)

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

  it('is not reported for the expected number in another spelling', async () => {
    const setup = createSetup(id)
    setup.show({ expectedPhoneNumber: '0055 (11) 98765.4321' })
    await advance(3_000)
    await doing(() => void setup.emulator.scan())
    await advance(10_000)
    expect(shownStatus()).toBe('linked')
  })
})

describe('the expected phone number', () => {
  it.each([
    ['in Brazil without its ninth digit', '+55 11 8765-4321'],
    ['in Brazil with its ninth digit', '+55 11 98765-4321'],
    ['with the zero that some countries write in brackets', '+55 (0)11 98765-4321'],
    ['as a link', 'https://wa.me/5511987654321'],
    ['in other digits', '+٥٥ ١١ ٩٨٧٦٥-٤٣٢١'],
    ['with direction marks around it', '\u202a+55 11 98765-4321\u202c'],
    ['without its calling code', '11 98765-4321'],
    ['as it is dialled at home', '(011) 98765-4321'],
  ])('is accepted %s', async (_, expectedPhoneNumber) => {
    const { provider } = phone(linkedTo(SCANNING))
    show({ provider, expectedPhoneNumber })
    await advance(1_000)
    expect(shownStatus()).toBe('linked')
  })

  it.each([
    ['Mexico', '+52 55 1234 5678', '5215512345678'],
    ['Mexico, the other way round', '+52 1 55 1234 5678', '525512345678'],
    ['Argentina', '+54 11 2345-6789', '5491123456789'],
    ['Argentina, the other way round', '+54 9 11 2345-6789', '541123456789'],
  ])('of %s matches with and without its extra digit', async (_, expectedPhoneNumber, linkedNumber) => {
    const { provider } = phone(linkedTo(linkedNumber))
    show({ provider, expectedPhoneNumber })
    await advance(1_000)
    expect(shownStatus()).toBe('linked')
  })

  it('is not compared if the provider does not report the linked number', async () => {
    const { provider } = phone(linkedTo())
    show({ provider, expectedPhoneNumber: EXPECTED })
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

  it('can be set after the session has begun', async () => {
    const one = phone(qr('a'))
    const queryClient = new QueryClient()
    const { rerender } = show({ provider: one.provider, queryClient })
    await advance(1_000)
    rerender(
      <WhatsAppPairing
        provider={one.provider}
        queryClient={queryClient}
        expectedPhoneNumber={`+${EXPECTED}`}
      />,
    )
    one.now = linkedTo(SCANNING)
    await advance(6_000)
    expect(errorCode()).toBe('wrong-phone-number')
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

  it.each([
    ['Côte d’Ivoire', '+225 07 08 09 10 11', '22508091011'],
    ['Benin', '+229 97 12 34 56', '2290197123456'],
    ['Gabon', '+241 066 12 34 56', '24106123456'],
    ['Vietnam', '+84 79 123 4567', '841211234567'],
  ])('of %s matches after a change of the numbering plan', async (_, expectedPhoneNumber, linkedNumber) => {
    const { provider } = phone(linkedTo(linkedNumber))
    show({ provider, expectedPhoneNumber })
    await advance(1_000)
    expect(shownStatus()).toBe('linked')
  })

  it.each([
    '5491155554444.0:53@s.whatsapp.net',
    '5491155554444_1:53@s.whatsapp.net',
    '5491155554444:99@hosted',
  ])('matches %s, which also contains a device', async (linkedNumber) => {
    const { provider } = phone(linkedTo(linkedNumber))
    show({ provider, expectedPhoneNumber: '+54 9 11 5555-4444' })
    await advance(1_000)
    expect(shownStatus()).toBe('linked')
  })

  it('is not compared with an id of WhatsApp that replaces the number', async () => {
    const { provider } = phone(linkedTo('123456789012345:7@lid'))
    show({ provider, expectedPhoneNumber: '+54 9 11 5555-4444' })
    await advance(1_000)
    expect(shownStatus()).toBe('linked')
  })

  it.each(['+55 11 98765-4321', '0055 11 98765 4321', 'https://wa.me/5511987654321'])(
    'written as %s causes no warning',
    async (expectedPhoneNumber) => {
      const warnings = vi.spyOn(console, 'error').mockImplementation(() => {})
      const { provider } = phone(linkedTo(SCANNING))
      show({ provider: { ...provider, sessionId: expectedPhoneNumber }, expectedPhoneNumber })
      await advance(1_000)
      expect(warnings).not.toHaveBeenCalled()
    },
  )

  it.each([
    ['without calling code', '11 98765-4321', 'does not begin with "+"'],
    ['without +', '5511987654321', 'does not begin with "+"'],
    ['as it is dialled at home', '011 98765-4321', 'does not begin with "+"'],
    ['that is probably another spelling', '+55 98765-4321', 'probably that of `expectedPhoneNumber`'],
  ])('%s is reported to the developer once, without the number', async (title, expectedPhoneNumber, text) => {
    const warnings = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { provider } = phone(linkedTo(SCANNING))
    show({ provider: { ...provider, sessionId: title }, expectedPhoneNumber })
    await advance(30_000)
    expect(warnings.mock.calls).toEqual([[expect.stringContaining(text)]])
    expect(String(warnings.mock.calls)).not.toMatch(/98765|5511/)
  })

  it.each(['n/a', 'unknown', '12', '+011 98765-4321'])(
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

  it.each([undefined, ''])('accepts any phone if it is %j', async (expectedPhoneNumber) => {
    const { provider } = phone(linkedTo(SCANNING))
    show({ provider, expectedPhoneNumber })
    await advance(1_000)
    expect(shownStatus()).toBe('linked')
  })
})

describe('a number that is probably the expected one', () => {
  const PROBABLE = [
    ['of a country that is in no table', '+995 577 12 34 56', '99577123456'],
    ['without its area code', '98765-4321', SCANNING],
    ['with a + but without the calling code', '+11987654321', SCANNING],
    ['shorter than the linked one', '+995 12 34 56 7', '995571234567'],
  ] as const
  const isAsked = () => shownStatus() === 'confirming-number'

  async function ask(expectedPhoneNumber: string, linkedNumber: string) {
    const one = phone(linkedTo(linkedNumber))
    const onLinked = vi.fn()
    const onError = vi.fn()
    show({ provider: one.provider, expectedPhoneNumber, onLinked, onError })
    await advance(1_000)
    return { ...one, onLinked, onError }
  }

  it.each(PROBABLE)(
    '%s needs a confirmation, and is not a failure',
    async (_, expectedPhoneNumber, linkedNumber) => {
      const { onLinked, onError } = await ask(expectedPhoneNumber, linkedNumber)
      if (!isAsked()) throw new Error(`${expectedPhoneNumber} and ${linkedNumber}: ${shownStatus()}`)
      expect(heading()).toBe('Is this your number?')
      expect(part('account-number')?.textContent).toBe(groupDigits(linkedNumber))
      expect(part('lead')?.textContent).toContain(expectedPhoneNumber)
      expect(screen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual([
        'Yes',
        'It’s another phone',
      ])
      expect(onLinked).not.toHaveBeenCalled()
      expect(onError).not.toHaveBeenCalled()
    },
  )

  it('is linked when the user confirms it', async () => {
    const { onLinked, onError } = await ask('98765-4321', SCANNING)
    await press('Yes')
    expect(shownStatus()).toBe('linked')
    await advance(60_000)
    expect(shownStatus()).toBe('linked')
    expect(onLinked.mock.calls).toEqual([[{ phoneNumber: SCANNING }]])
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

  it('needs one confirmation, even if the screen opens several times', async () => {
    const { provider } = phone(linkedTo(SCANNING))
    const queryClient = new QueryClient()
    const onLinked = vi.fn()
    const props = { provider, queryClient, onLinked, expectedPhoneNumber: '98765-4321' }
    const { unmount } = show(props)
    await advance(1_000)
    await press('Yes')
    unmount()
    await advance(5_000)
    show(props)
    await advance(1_000)
    expect(shownStatus()).toBe('linked')
    expect(onLinked).toHaveBeenCalledTimes(1)
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
  async function wrong(one: ReturnType<typeof phone>) {
    show({ provider: one.provider, expectedPhoneNumber: EXPECTED })
    await advance(1_000)
    expect(errorCode()).toBe('wrong-phone-number')
  }

  it('unlinks once, even if the user presses several times, and shows its progress', async () => {
    const one = phone(linkedTo(SCANNING))
    let finish = (): void => {}
    one.unlink.mockImplementation(() => new Promise((resolve) => (finish = resolve)))
    await wrong(one)
    const button = screen.getByRole('button', { name: 'Start over' })
    await doing(() => {
      button.click()
      button.click()
    })
    await advance(5_000)
    expect(shownStatus()).toBe('preparing')
    expect(part('status-text')?.textContent).toBe('Clearing the old connection…')
    one.now = qr('a')
    await doing(() => finish())
    await advance(2_000)
    expect(one.unlink).toHaveBeenCalledTimes(1)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('is retried automatically if the provider is down for a moment', async () => {
    const one = phone(linkedTo(SCANNING))
    one.unlink
      .mockRejectedValueOnce(new PairingError('provider-unavailable', 'Down.'))
      .mockImplementation(async () => {
        one.now = qr('a')
      })
    await wrong(one)
    await press('Start over')
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

describe('the account', () => {
  it('gets details from later updates, and keeps those that a response omits', async () => {
    const one = phone(linkedTo(SCANNING))
    const queryClient = new QueryClient()
    const onLinked = vi.fn()
    const { result } = renderHook(() => usePairingSession({ provider: one.provider, queryClient, onLinked }))
    await advance(1_000)
    one.now = { status: 'linked', account: { name: 'Ana Souza' } }
    await advance(16_000)
    one.now = { status: 'linked', account: {} }
    await advance(16_000)
    expect(result.current.session).toMatchObject({ account: { phoneNumber: SCANNING, name: 'Ana Souza' } })
    expect(onLinked).toHaveBeenCalledTimes(1)
  })

  it('never combines one phone’s number with another phone’s name', async () => {
    const one = phone({ status: 'linked', account: { phoneNumber: SCANNING, name: 'Ana Souza' } })
    const queryClient = new QueryClient()
    const { result } = renderHook(() => usePairingSession({ provider: one.provider, queryClient }))
    await advance(1_000)
    one.now = linkedTo(EXPECTED)
    await advance(16_000)
    const { session } = result.current
    expect(session.status === 'linked' && session.account).toEqual({ phoneNumber: EXPECTED })
  })
})
