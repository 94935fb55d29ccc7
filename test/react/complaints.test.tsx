import { QueryClient } from '@tanstack/react-query'
import { fireEvent, render, renderHook, screen } from '@testing-library/react'
import { StrictMode } from 'react'
import { describe, expect, it, vi } from 'vitest'
import {
  PairingError,
  type PairingErrorCode,
  type PairingProvider,
  type PairingSnapshot,
  pairingErrorCodes,
  usePairingSession,
  WhatsAppPairing,
  type WhatsAppPairingProps,
} from '../../src/index.js'
import { emulatedSecrets, providerIds } from '../../stories/playground/emulated-provider.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { createSetup, doing, type Setup, shownStatus } from './setup.js'
import {
  askForCode,
  errorCode,
  heading,
  openTab,
  part,
  press,
  shownCode,
  statusLine,
  toggleTrouble,
} from './user.js'

// Users and developers reported these problems with pairing screens of other products. Each test checks that this screen does not
// have one of them.

emulateTime()

const linked: PairingSnapshot = { status: 'linked', account: { phoneNumber: '5511987654321' } }
const code: PairingSnapshot = { status: 'pairing-code', pairingCode: 'ABCD1234' }

/** A provider that returns `now`, or throws it if it is an error. */
function saying(first: PairingSnapshot | PairingError | (() => PairingSnapshot), requested = code) {
  const state = { now: first }
  const say = (): PairingSnapshot => {
    const { now } = state
    if (now instanceof PairingError) throw now
    return typeof now === 'function' ? now() : now
  }
  const provider = scriptedProvider({
    getQrCode: say,
    getStatus: say,
    requestPairingCode: () => requested,
  })
  return Object.assign(state, { provider, calls: provider.calls })
}

const rotating = () => saying(() => qr(Math.floor(Date.now() / 20_000)))
const show = (provider: PairingProvider, props: Partial<WhatsAppPairingProps> = {}) =>
  render(<WhatsAppPairing provider={provider} queryClient={new QueryClient()} {...props} />)
const shownQr = () => part('qr-code')?.innerHTML
const paths = (setup: Setup) => setup.mockServer.requests.map(({ path }) => path)
/** Requests that change something at a provider. */
const changes = (setup: Setup) =>
  paths(setup).filter((path) => /logout|disconnect|reboot|restart|restore|start$|stop$/.test(path))

describe('expired codes on screen', () => {
  it('the session drops a code within ten seconds after WhatsApp has replaced it', async () => {
    const setup = createSetup('z-api')
    const { result } = renderHook(() =>
      usePairingSession({ provider: setup.proxied(), queryClient: setup.queryClient }),
    )
    let deadMs = 0
    await advance(100_000, () => {
      const { session } = result.current
      const { state } = setup.emulator
      if (session.status !== 'awaiting-scan' || session.qrCode.payload.kind !== 'text') return
      const isAlive = state.status === 'pairing' && state.qrText === session.qrCode.payload.value
      deadMs = isAlive ? 0 : deadMs + 1_000
      // The next poll removes it. Two rotations would be forty seconds.
      expect(deadMs).toBeLessThanOrEqual(10_000)
    })
  })

  it('the screen shows each new code, not only the first one', async () => {
    vi.setSystemTime(20_000_000)
    show(rotating().provider)
    const seen = new Set<string>()
    await advance(45_000, () => void (shownQr() && seen.add(shownQr() ?? '')))
    expect(seen.size).toBe(3)
  })

  it('the screen shows a countdown, and replaces an expired code automatically', async () => {
    vi.setSystemTime(20_000_000)
    show(rotating().provider)
    await advance(1_000)
    const first = part('countdown')
    expect(first?.style.getPropertyValue('--whatsapp-pairing-lifetime')).toMatch(/^\d+ms$/)
    await advance(21_000)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(part('countdown')).not.toBe(first)
  })

  it('the screen replaces a code that WhatsApp invalidates early', async () => {
    const one = saying(qr('a'))
    show(one.provider)
    await advance(2_000)
    const first = shownQr()
    one.now = qr('b')
    await advance(4_000)
    expect(shownQr()).not.toBe(first)
  })

  it('the screen does not show a late QR code after the scan', async () => {
    const one = saying(qr('a'))
    show(one.provider)
    await advance(2_000)
    one.now = { status: 'linking' }
    await advance(4_000)
    one.now = qr('late')
    await advance(8_000, () => expect(part('qr-code')).toBeNull())
    expect(shownStatus()).toBe('linking')
  })

  it('the screen always has a title and a status text', async () => {
    // Between two of its codes, this provider has none for a while.
    createSetup('evolution-api').show()
    // This reads the DOM directly, because a hundred queries by role would take seconds.
    await advance(110_000, () => {
      expect(part('status-text')?.textContent?.length).toBeGreaterThan(5)
      expect(part('title')?.textContent?.length).toBeGreaterThan(5)
    })
  })

  it('the tile stays in place when the code changes', async () => {
    vi.setSystemTime(20_000_000)
    show(rotating().provider)
    await advance(1_000)
    const tile = part('tile')
    await advance(30_000, () => {
      expect(part('tile')).toBe(tile)
      expect(shownQr()).toBeTruthy()
    })
    expect(document.querySelector('canvas')).toBeNull()
  })
})

describe('limits of requests and waits', () => {
  it('a page without a scan stops its requests after three codes', async () => {
    vi.setSystemTime(20_000_000)
    const { provider, calls } = rotating()
    show(provider)
    await advance(70_000)
    expect(shownStatus()).toBe('expired')
    const { length } = calls
    await advance(3_600_000 / 4)
    expect(calls).toHaveLength(length)
  })

  it('cancel() keeps the session idle, and no new code appears', async () => {
    vi.setSystemTime(20_000_000)
    const { provider } = rotating()
    const queryClient = new QueryClient()
    const { result } = renderHook(() => usePairingSession({ provider, queryClient }))
    await advance(2_000)
    await doing(() => result.current.cancel())
    await advance(120_000, () => expect(result.current.session.status).toBe('idle'))
  })

  it('the screen explains a missing code, and offers Try again in the end', async () => {
    const one = saying(new PairingError('provider-unavailable', 'Down.'))
    show(one.provider)
    await advance(2_000)
    expect(statusLine()).toBe('Still trying to get your code…')
    await advance(150_000)
    expect(shownStatus()).toBe('failed')
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy()
  })

  it('several presses of Retry start one round', async () => {
    vi.setSystemTime(20_000_000)
    const { provider } = rotating()
    show(provider, { maxRefreshes: 1 })
    await advance(23_000)
    const retry = screen.getByRole('button', { name: 'Retry' })
    const before = provider.calls.length
    await doing(() => {
      for (let index = 0; index < 10; index++) fireEvent.click(retry)
    })
    await advance(500)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(provider.calls.length).toBeLessThanOrEqual(before + 1)
    await advance(30_000)
    expect(shownStatus()).toBe('expired')
  })

  it('a link that never finishes ends in an error with Start over', async () => {
    const one = saying(qr('a'))
    show(one.provider)
    await advance(2_000)
    one.now = { status: 'linking' }
    await advance(310_000)
    expect(errorCode()).toBe('session-stale')
    expect(screen.getByRole('button', { name: 'Start over' })).toBeTruthy()
  })

  it('an open page uses at most four codes in ten minutes', async () => {
    const setup = createSetup('green-api')
    const codes = new Set<string>()
    setup.show()
    await advance(600_000, () => {
      const { state } = setup.emulator
      if (shownStatus() === 'awaiting-scan' && state.status === 'pairing') codes.add(state.qrText)
    })
    expect(codes.size).toBeLessThanOrEqual(4)
    expect(shownStatus()).toBe('expired')
  })
})

describe('the end of the pairing', () => {
  it('WhatsApp’s restart after the scan (515) is not shown as a failure', async () => {
    const one = saying(qr('a'))
    const onError = vi.fn()
    show(one.provider, { onError })
    await advance(2_000)
    const seen = new Set<string>()
    const note = () => void seen.add(shownStatus() ?? '')
    note()
    one.now = { status: 'linking' }
    await advance(4_000, note)
    // For a moment the provider responds as if the code had not been scanned.
    one.now = { status: 'unlinked' }
    await advance(5_000, note)
    one.now = linked
    await advance(4_000, note)
    expect([...seen]).toEqual(['awaiting-scan', 'linking', 'linked'])
    expect(onError).not.toHaveBeenCalled()
  })

  it('the screen shows the link even if the provider never reports the scan', async () => {
    const one = saying(qr('a'))
    show(one.provider)
    await advance(2_000)
    one.now = linked
    await advance(4_000)
    expect(shownStatus()).toBe('linked')
  })

  it('the screen says that the phone is linking, and stays open', async () => {
    const one = saying(qr('a'))
    show(one.provider)
    await advance(2_000)
    one.now = { status: 'linking' }
    await advance(4_000)
    expect(heading()).toBe('Linking…')
    expect(part('lead')?.textContent).toContain('Keep WhatsApp open')
    expect(part('tile')?.getAttribute('aria-busy')).toBe('true')
  })

  it('closing the screen does not end the pairing', async () => {
    const setup = createSetup('evolution-api')
    const { unmount } = setup.show()
    await advance(3_000)
    unmount()
    await doing(() => void setup.emulator.scan())
    await advance(20_000)
    expect(changes(setup)).toEqual([])
    setup.show()
    await advance(6_000)
    expect(shownStatus()).toBe('linked')
  })

  it('onLinked is called once with two copies, StrictMode and a remount', async () => {
    const onLinked = vi.fn()
    const one = saying(qr('a'))
    const queryClient = new QueryClient()
    const element = (key: string) => (
      <StrictMode key={key}>
        <WhatsAppPairing provider={one.provider} queryClient={queryClient} onLinked={onLinked} />
        <WhatsAppPairing provider={one.provider} queryClient={queryClient} onLinked={onLinked} />
      </StrictMode>
    )
    const { rerender } = render(element('first'))
    await advance(2_000)
    one.now = linked
    await advance(4_000)
    rerender(element('second'))
    await advance(60_000)
    expect(onLinked).toHaveBeenCalledTimes(1)
  })

  it('StrictMode requests one code, not two', async () => {
    const { provider, calls } = saying(qr('a'))
    render(
      <StrictMode>
        <WhatsAppPairing provider={provider} queryClient={new QueryClient()} />
      </StrictMode>,
    )
    await advance(2_000)
    expect(calls).toHaveLength(1)
  })

  it('a rerender of the parent sends no request and keeps the code', async () => {
    const setup = createSetup('wasend')
    const { rerender } = setup.show()
    await advance(2_000)
    const first = part('qr-code')
    const before = setup.server.requests.length
    for (let index = 0; index < 30; index++) rerender(setup.element({ onEvent: () => {} }))
    await settle()
    expect(part('qr-code')).toBe(first)
    expect(setup.server.requests.length).toBe(before)
  })
})

describe('the effect of a refresh at the provider', () => {
  it.each(providerIds)('an open page never disconnects or restarts the session: %s', async (id) => {
    const setup = createSetup(id)
    setup.show()
    await advance(99_000)
    expect(changes(setup)).toEqual([])
  })

  it('the first code is shown for its full minute', async () => {
    const { provider } = saying(qr('a'))
    show(provider)
    await advance(500)
    await advance(58_000, () => expect(shownQr()).toBeTruthy())
  })

  it('two copies on a page send the requests of one', async () => {
    const { provider, calls } = saying(qr('a'))
    const alone = saying(qr('a'))
    const queryClient = new QueryClient()
    const { unmount } = show(alone.provider)
    await advance(20_000)
    unmount()
    render(
      <>
        <WhatsAppPairing provider={provider} queryClient={queryClient} />
        <WhatsAppPairing provider={provider} queryClient={queryClient} />
      </>,
    )
    await advance(20_000)
    expect(calls.length).toBe(alone.calls.length)
  })

  it('a response without a code is not an error', async () => {
    const one = saying({ status: 'preparing' })
    const onError = vi.fn()
    show(one.provider, { onError })
    await advance(60_000, () => expect(shownStatus()).toBe('preparing'))
    one.now = qr('a')
    await advance(6_000)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(onError).not.toHaveBeenCalled()
  })

  it('Start over logs out a stale session, and a new code appears', async () => {
    const setup = createSetup('green-api')
    setup.emulator.leaveStaleAuth()
    setup.show()
    await advance(2_000)
    await press('Start over')
    await advance(8_000)
    expect(changes(setup)).toEqual(['/logout'])
    expect(shownStatus()).toBe('awaiting-scan')
  })
})

describe('the pairing code', () => {
  it.each([
    '+55 11 98765-4321',
    '5511987654321',
    '00 55 11 98765 4321',
    '+55 (0)11 98765.4321',
    ' +55-11-98765-4321 ',
    'tel:+5511987654321',
  ])('the field accepts the spelling %s', async (typed) => {
    const requested = vi.fn(async () => code)
    show({ ...saying(qr('a')).provider, requestPairingCode: requested }, { defaultMethod: 'phone-code' })
    await settle()
    await askForCode(typed)
    expect(requested).toHaveBeenCalledWith('5511987654321', expect.anything())
  })

  it.each([
    ['too short', '123456', /Too short for a number/],
    ['a national number', '011 98765-4321', /country code/],
    ['words', 'my phone', /Type your phone number first/],
    ['nothing', '', /Type your phone number first/],
  ])('the field explains why it refuses input: %s', async (_, typed, reason) => {
    const { provider, calls } = saying(qr('a'))
    show(provider, { defaultMethod: 'phone-code' })
    await settle()
    await askForCode(typed)
    const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Phone number' })
    expect(document.getElementById(field.getAttribute('aria-describedby') ?? '')?.textContent).toMatch(reason)
    expect(field.value.replace(/[^\da-z]/g, '')).toBe(typed.replace(/[^\da-z]/g, ''))
    expect(calls.filter(({ question }) => question === 'pairing-code')).toHaveLength(0)
  })

  it('the field has the type “tel”, which keeps the plus and leading digits', async () => {
    show(saying(qr('a')).provider, { defaultMethod: 'phone-code' })
    await settle()
    const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Phone number' })
    expect([field.type, field.inputMode]).toEqual(['tel', 'tel'])
  })

  it('the field does not change Brazil’s ninth digit or Mexico’s 1', async () => {
    for (const number of ['551187654321', '5511987654321', '5215512345678', '525512345678']) {
      const requested = vi.fn(async () => code)
      const { unmount } = show(
        { ...saying(qr('a')).provider, requestPairingCode: requested },
        { defaultMethod: 'phone-code' },
      )
      await settle()
      await askForCode(`+${number}`)
      expect(requested).toHaveBeenCalledWith(number, expect.anything())
      unmount()
      // The next page stands for a new tab.
      sessionStorage.clear()
    }
  })

  it('the screen shows the time of a code, says that it has expired, and offers Retry', async () => {
    show(saying(qr('a')).provider, { defaultMethod: 'phone-code' })
    await settle()
    await askForCode()
    expect(part('countdown')?.style.getPropertyValue('--whatsapp-pairing-lifetime')).toBe('160000ms')
    await advance(161_000)
    expect(shownCode()).toBeUndefined()
    expect(part('expired-note')?.textContent).toContain('We didn’t see you enter it')
    await press('Retry')
    expect(shownCode()).toBe('ABCD-1234')
  })

  it('the screen explains how to enter the code without a notification on the phone', async () => {
    show(saying(qr('a')).provider, { defaultMethod: 'phone-code' })
    await settle()
    await askForCode()
    expect(part('steps')?.textContent).toMatch(/Linked devices.*Link with phone number instead/s)
  })

  it('the screen offers a new code and the QR code after half a minute without a link', async () => {
    show(saying(qr('a')).provider, { defaultMethod: 'phone-code' })
    await settle()
    await askForCode()
    await advance(31_000)
    expect(screen.getByRole('button', { name: 'Get a new code' })).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Scan a QR code instead' })).toBeTruthy()
  })

  it('the old code disappears when the user requests a new one', async () => {
    const codes = ['ABCD1234', 'EFGH5678']
    const provider = scriptedProvider({
      getQrCode: () => qr('a'),
      requestPairingCode: () => ({ status: 'pairing-code', pairingCode: codes.shift() ?? '' }),
    })
    show(provider, { defaultMethod: 'phone-code' })
    await settle()
    await askForCode()
    await advance(31_000)
    fireEvent.click(screen.getByRole('button', { name: 'Get a new code' }))
    await advance(250, () => expect(shownCode()).not.toBe('ABCD-1234'))
    expect(shownCode()).toBe('EFGH-5678')
  })

  it('changes of the QR code do not request another pairing code', async () => {
    const { provider, calls } = rotating()
    show(provider)
    await advance(1_000)
    await openTab('Phone number')
    await askForCode()
    await advance(120_000)
    expect(calls.filter(({ question }) => question === 'pairing-code')).toHaveLength(1)
  })

  it('the code is left to right in Arabic, and page translators leave it unchanged', async () => {
    show(saying(qr('a')).provider, { defaultMethod: 'phone-code', dir: 'rtl' })
    await settle()
    await askForCode()
    expect(part('pairing-code')?.getAttribute('dir')).toBe('ltr')
    expect(part('pairing-code')?.getAttribute('translate')).toBe('no')
    // The code is one text node, and not two halves with a dash between them.
    expect([...(part('pairing-code')?.childNodes ?? [])].at(-1)?.textContent).toBe('ABCD-1234')
  })

  it('the typed number survives a change of tabs', async () => {
    show(saying(qr('a')).provider)
    await advance(1_000)
    await openTab('Phone number')
    fireEvent.change(screen.getByRole('textbox', { name: 'Phone number' }), { target: { value: '+55 11' } })
    await openTab('QR code')
    await openTab('Phone number')
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Phone number' }).value).toBe('+55 11')
  })

  it('a request that hangs ends with an error, and the button works again', async () => {
    const provider = scriptedProvider({
      getQrCode: () => qr('a'),
      requestPairingCode: () => new Promise<never>(() => {}),
    })
    show(provider, { defaultMethod: 'phone-code' })
    await settle()
    await askForCode()
    expect(screen.getByRole('button', { name: 'Getting your code…' })).toBeTruthy()
    await advance(61_000)
    expect(part('error')?.textContent).toContain('Try again')
    expect(screen.getByRole('button', { name: 'Get code' }).getAttribute('aria-disabled')).toBe('false')
  })

  it('a refusal with 429 shows when the user can request a code again', async () => {
    const { provider } = saying(qr('a'))
    const requestPairingCode = async () => {
      throw new PairingError('rate-limited', 'Too often.')
    }
    show({ ...provider, requestPairingCode }, { defaultMethod: 'phone-code' })
    await settle()
    await askForCode()
    expect(part('phone-hint')?.textContent).toMatch(/another code in a moment/)
    expect(screen.getByRole('button', { name: 'Get code' }).getAttribute('aria-disabled')).toBe('true')
  })

  it('the phone tab says that no camera is needed, and leads to the place where WhatsApp takes the code', async () => {
    show(saying(qr('a')).provider)
    await advance(1_000)
    await openTab('Phone number')
    expect(part('lead')?.textContent).toContain('no camera needed')
    const steps = [...document.querySelectorAll('[data-part="step"]')].map((step) => step.textContent)
    expect(steps[0]).toBe(part('lead')?.textContent)
    expect(steps.at(-1)).toMatch(/Linked devices.*Link with phone number instead/)
    expect(steps).toHaveLength(4)
  })

  it('a code that arrives after the user went back is not shown', async () => {
    let answer = (_: PairingSnapshot): void => {}
    const provider = scriptedProvider({
      getQrCode: () => qr('a'),
      requestPairingCode: () => new Promise<PairingSnapshot>((resolve) => (answer = resolve)),
    })
    const queryClient = new QueryClient()
    const { result } = renderHook(() =>
      usePairingSession({ provider, queryClient, defaultMethod: 'phone-code' }),
    )
    await settle()
    await doing(() => result.current.requestPairingCode('+55 11 98765-4321'))
    await settle()
    await doing(() => result.current.changeNumber())
    await settle()
    await doing(() => answer(code))
    await advance(1_000)
    expect(result.current.session.status).toBe('awaiting-number')
  })
})

describe('failures', () => {
  it.each(pairingErrorCodes)(
    'the screen shows a title, advice and Try again, and no text of the provider: %s',
    async (failure) => {
      const one = saying(new PairingError(failure, 'Internal: upstream said 0xBEEF'))
      show(one.provider)
      await advance(200_000)
      expect(shownStatus()).toBe('failed')
      expect(heading().length).toBeGreaterThan(5)
      expect(part('lead')?.textContent?.length).toBeGreaterThan(15)
      expect(document.body.textContent).not.toContain('0xBEEF')
      // A complaint was: “no Retry: close it and open it again”.
      expect(screen.getAllByRole('button').map(({ dataset }) => dataset.part)).toEqual([
        'retry-button',
        'copy-error-button',
      ])
    },
  )

  it('an expired code is not shown as an error', async () => {
    vi.setSystemTime(20_000_000)
    const onError = vi.fn()
    show(rotating().provider, { maxRefreshes: 1, onError })
    await advance(25_000)
    expect(shownStatus()).toBe('expired')
    expect(part('error-code')).toBeNull()
    expect(screen.queryByRole('alert')).toBeNull()
    expect(onError).not.toHaveBeenCalled()
  })

  it('a value that is not a picture is not shown as one', async () => {
    const values = ['passkeyRequired', 'https://example.com/code.png', '<svg onload="alert(1)">', '{}']
    for (const value of values) {
      const odd = { status: 'qr', qrCode: { kind: 'image', src: value } } as const
      const { unmount } = show(saying(odd).provider)
      await advance(10_000)
      expect(document.querySelector('img')).toBeNull()
      expect(document.body.innerHTML).not.toContain('example.com')
      unmount()
    }
  })

  it('the help explains “Couldn’t link device”', async () => {
    show(saying(qr('a')).provider)
    await advance(1_000)
    await toggleTrouble(true)
    const details = part('trouble')
    expect(details?.textContent).toContain('Couldn’t link device')
    expect(details?.textContent).toContain('an expired code')
    // A complaint was: “scan it with WhatsApp, not with the camera”.
    expect(details?.textContent).toContain('not the camera')
  })

  it('a blocked account is shown as such, and not retried', async () => {
    const { provider, calls } = saying(new PairingError('account-blocked', 'Banned.'))
    show(provider)
    await advance(60_000)
    expect(heading()).toBe('This account is blocked')
    expect(calls).toHaveLength(1)
  })

  it('the page polls if the push connection is silent', async () => {
    const { provider } = saying(qr('a'))
    const subscribe: PairingProvider['subscribe'] = () => () => {}
    vi.setSystemTime(20_000_000)
    const rotatingProvider = { ...rotating().provider, subscribe }
    const { unmount } = show(rotatingProvider)
    await advance(25_000)
    expect(statusLine()).toContain('2 of 3')
    unmount()
    show({ ...provider, sessionId: 'other', subscribe })
    await advance(2_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('an old response does not replace a newer code', async () => {
    const one = saying(qr('a'))
    show(one.provider)
    await advance(6_000)
    one.now = qr('b')
    await advance(6_000)
    const newest = shownQr()
    one.now = qr('a')
    await advance(12_000, () => expect([newest, undefined]).toContain(shownQr()))
  })
})

describe('passkeys', () => {
  // The first needs a browser extension, and the second has no way to continue.
  it.each(['z-api', 'waha'] as const)(
    'the screen explains the passkey, and the link succeeds after it: %s',
    async (id) => {
      const setup = createSetup(id)
      setup.emulator.demandPasskey()
      const onError = vi.fn()
      setup.show({ onError })
      await advance(3_000)
      await doing(() => void setup.emulator.scan())
      await advance(15_000)
      expect(shownStatus()).toBe('passkey-required')
      expect(heading()).toContain('passkey')
      expect(part('lead')?.textContent).toMatch(
        id === 'z-api'
          ? /Only web\.whatsapp\.com.*browser extension helps/s
          : /only WhatsApp.*Ask the people who run Acme Inbox/s,
      )
      expect(onError).not.toHaveBeenCalled()
      await doing(() => void setup.emulator.solvePasskey())
      await advance(15_000)
      expect(shownStatus()).toBe('linked')
    },
  )
})

describe('secrets', () => {
  it.each(providerIds)('no credential reaches the page, a URL or the storage: %s', async (id) => {
    const setup = createSetup(id)
    const sent: string[] = []
    const watched: typeof fetch = (input, init) => {
      sent.push(String(input), JSON.stringify([...new Headers(init?.headers)]), String(init?.body ?? ''))
      return setup.server.fetch(input, init)
    }
    setup.show({ provider: setup.proxied({ fetch: watched }) })
    await advance(5_000)
    await doing(() => void setup.emulator.scan())
    await advance(8_000)
    const everything = [
      ...sent,
      document.documentElement.outerHTML,
      JSON.stringify(localStorage),
      JSON.stringify(sessionStorage),
    ].join('\n')
    for (const secret of Object.values(emulatedSecrets)) expect(everything).not.toContain(secret)
    expect(sent.join('\n')).not.toMatch(/2@/)
  })

  it('no QR code is drawn by an external service', async () => {
    for (const id of providerIds) {
      const setup = createSetup(id)
      const hosts = new Set<string>()
      const watched: typeof fetch = (input, init) => {
        hosts.add(new URL(String(input)).host)
        return setup.server.fetch(input, init)
      }
      const { unmount } = setup.show({ provider: setup.proxied({ fetch: watched }) })
      await advance(5_000)
      expect(shownQr()).toBeTruthy()
      expect([...hosts]).toEqual(['host.example'])
      for (const { src } of document.querySelectorAll('img')) expect(src).toMatch(/^data:image\//)
      unmount()
    }
  })

  it('codes with and without the prefix 2@ are drawn as codes', async () => {
    for (const value of [
      '2@ref,noise,identity,adv',
      'https://wa.me/settings/linked_devices#2@ref,noise,identity,adv,1',
    ]) {
      const { unmount } = show(saying({ status: 'qr', qrCode: { kind: 'text', value } }).provider)
      await advance(1_000)
      expect(part('qr-code')?.querySelector('svg')).not.toBeNull()
      expect(document.querySelector('img, a[href*="wa.me"]')).toBeNull()
      unmount()
    }
  })

  it('every screen with a code names the app that will be linked', async () => {
    const one = saying(qr('a'))
    show(one.provider, { appName: 'Acme Inbox' })
    const note = () => part('safety-note')?.textContent ?? ''
    const warning = 'This links Acme Inbox to your WhatsApp. Never scan or enter a code you didn’t ask for.'
    await advance(2_000, () => expect(note()).toBe(warning))
    await openTab('Phone number')
    await askForCode()
    expect(note()).toBe(warning)
    one.now = { status: 'linking' }
    await advance(4_000)
    expect(note()).toBe(warning)
    // After the link, the warning has no purpose.
    one.now = linked
    await advance(4_000)
    expect(note()).toBe('')
  })

  it('markup in names and texts stays text', async () => {
    const evil = '<img src=x onerror=alert(1)>'
    const { provider } = saying({ status: 'linked', account: { name: evil } })
    show(provider, { appName: evil, messages: { leadLinked: `${evil} {app}` } })
    await advance(1_000)
    expect(document.querySelector('img')).toBeNull()
    expect(document.body.textContent).toContain(evil)
  })

  it.each<PairingErrorCode>(['unauthorized', 'session-not-found', 'subscription-expired'])(
    "a user sees whom to contact if the app's credentials are refused: %s",
    async (failure) => {
      show(saying(new PairingError(failure, 'No.')).provider)
      // A refusal is final after the third request.
      await advance(20_000)
      expect(part('lead')?.textContent).toContain('contact the people who run this app')
    },
  )
})
