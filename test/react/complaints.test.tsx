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
import { qr, scriptedProvider } from './scripted-provider.js'
import { advance, emulateTime, settle } from './time.js'
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
import { createWorld, doing, shownStatus, type World } from './world.js'

// What people report about the pairing screens of this field, each in their words, and held not to happen here.

emulateTime()

const linked: PairingSnapshot = { status: 'linked', account: { phoneNumber: '5511987654321' } }
const code: PairingSnapshot = { status: 'pairing-code', pairingCode: 'ABCD1234' }

/** A provider that says whatever `now` holds: an error is thrown. */
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
const paths = (world: World) => world.mockServer.requests.map(({ path }) => path)
/** Calls that change something at a provider. */
const changes = (world: World) =>
  paths(world).filter((path) => /logout|disconnect|reboot|restart|restore|start$|stop$/.test(path))

describe('expired codes on screen', () => {
  it('“every scan was a scan of a code the server had discarded two rotations earlier”', async () => {
    const world = createWorld('z-api')
    const { result } = renderHook(() =>
      usePairingSession({ provider: world.proxied(), queryClient: world.queryClient }),
    )
    let deadMs = 0
    await advance(100_000, () => {
      const { session } = result.current
      const { state } = world.emulator
      if (session.status !== 'awaiting-scan' || session.qrCode.payload.kind !== 'text') return
      const isAlive = state.status === 'pairing' && state.qrText === session.qrCode.payload.value
      deadMs = isAlive ? 0 : deadMs + 1_000
      // Until the next request; two rotations are forty seconds.
      expect(deadMs).toBeLessThanOrEqual(10_000)
    })
  })

  it('“the QR is fetched once, when the dialog opens, and never again”', async () => {
    vi.setSystemTime(20_000_000)
    show(rotating().provider)
    const seen = new Set<string>()
    await advance(45_000, () => void (shownQr() && seen.add(shownQr() ?? '')))
    expect(seen.size).toBe(3)
  })

  it('“the QR stops working; show a timer, refresh it by itself”', async () => {
    vi.setSystemTime(20_000_000)
    show(rotating().provider)
    await advance(1_000)
    const first = part('countdown')
    expect(first?.style.getPropertyValue('--whatsapp-pairing-lifetime')).toMatch(/^\d+ms$/)
    await advance(21_000)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(part('countdown')).not.toBe(first)
  })

  it('“WhatsApp may invalidate the current QR early: never latch on the first one”', async () => {
    const one = saying(qr('a'))
    show(one.provider)
    await advance(2_000)
    const first = shownQr()
    one.now = qr('b')
    await advance(4_000)
    expect(shownQr()).not.toBe(first)
  })

  it('“after the scan one more QR can fire, and it is shown”', async () => {
    const one = saying(qr('a'))
    show(one.provider)
    await advance(2_000)
    one.now = { status: 'linking' }
    await advance(4_000)
    one.now = qr('late')
    await advance(8_000, () => expect(part('qr-code')).toBeNull())
    expect(shownStatus()).toBe('linking')
  })

  it('“the dialog is empty”', async () => {
    // Between two of its codes there is a time without one.
    createWorld('evolution-api').show()
    // Read from the DOM: a hundred queries for a role would take seconds.
    await advance(110_000, () => {
      expect(part('status-text')?.textContent?.length).toBeGreaterThan(5)
      expect(part('title')?.textContent?.length).toBeGreaterThan(5)
    })
  })

  it('“the code flickers and the page jumps when it changes”', async () => {
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

describe('screens without an end', () => {
  it('“it asks for codes for ever, one login after the other”', async () => {
    vi.setSystemTime(20_000_000)
    const { provider, calls } = rotating()
    show(provider)
    await advance(70_000)
    expect(shownStatus()).toBe('expired')
    const { length } = calls
    await advance(3_600_000 / 4)
    expect(calls).toHaveLength(length)
  })

  it('“the popup comes back every twenty seconds after I dismissed it”', async () => {
    vi.setSystemTime(20_000_000)
    const { provider } = rotating()
    const queryClient = new QueryClient()
    const { result } = renderHook(() => usePairingSession({ provider, queryClient }))
    await advance(2_000)
    await doing(() => result.current.cancel())
    await advance(120_000, () => expect(result.current.session.status).toBe('idle'))
  })

  it('“the QR never appears: a spinner, and nothing else”', async () => {
    const one = saying(new PairingError('provider-unavailable', 'Down.'))
    show(one.provider)
    await advance(2_000)
    expect(statusLine()).toBe('Still trying to get your code…')
    await advance(150_000)
    expect(shownStatus()).toBe('failed')
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy()
  })

  it('“I have to press Reconnect again and again”: one press is one round, and more presses are no more codes', async () => {
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

  it('“logging in…, for ever, after the scan”', async () => {
    const one = saying(qr('a'))
    show(one.provider)
    await advance(2_000)
    one.now = { status: 'linking' }
    await advance(310_000)
    expect(errorCode()).toBe('session-stale')
    expect(screen.getByRole('button', { name: 'Start over' })).toBeTruthy()
  })

  it('“429: too many QR codes without scanning”', async () => {
    const world = createWorld('green-api')
    const codes = new Set<string>()
    world.show()
    await advance(600_000, () => {
      const { state } = world.emulator
      if (shownStatus() === 'awaiting-scan' && state.status === 'pairing') codes.add(state.qrText)
    })
    expect(codes.size).toBeLessThanOrEqual(4)
    expect(shownStatus()).toBe('expired')
  })
})

describe('a link that is made, and not shown', () => {
  it('“WhatsApp’s restart after the scan (515) is shown as a failure”', async () => {
    const one = saying(qr('a'))
    const onError = vi.fn()
    show(one.provider, { onError })
    await advance(2_000)
    const seen = new Set<string>()
    const note = () => void seen.add(shownStatus() ?? '')
    note()
    one.now = { status: 'linking' }
    await advance(4_000, note)
    // For a moment it is as if the code had not been scanned.
    one.now = { status: 'unlinked' }
    await advance(5_000, note)
    one.now = linked
    await advance(4_000, note)
    expect([...seen]).toEqual(['awaiting-scan', 'linking', 'linked'])
    expect(onError).not.toHaveBeenCalled()
  })

  it('“it waits for a ‘scanned’ event that some providers never send”', async () => {
    const one = saying(qr('a'))
    show(one.provider)
    await advance(2_000)
    one.now = linked
    await advance(4_000)
    expect(shownStatus()).toBe('linked')
  })

  it('“the modal vanishes while the phone is still linking”', async () => {
    const one = saying(qr('a'))
    show(one.provider)
    await advance(2_000)
    one.now = { status: 'linking' }
    await advance(4_000)
    expect(heading()).toBe('Linking…')
    expect(part('lead')?.textContent).toContain('Keep WhatsApp open')
    expect(part('tile')?.getAttribute('aria-busy')).toBe('true')
  })

  it('“closing the modal kills the pairing”', async () => {
    const world = createWorld('evolution-api')
    const { unmount } = world.show()
    await advance(3_000)
    unmount()
    await doing(() => void world.emulator.scan())
    await advance(20_000)
    expect(changes(world)).toEqual([])
    world.show()
    await advance(6_000)
    expect(shownStatus()).toBe('linked')
  })

  it('“onSuccess fired twice”', async () => {
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

  it('“a code that may be used once is spent by StrictMode’s double mount”', async () => {
    const { provider, calls } = saying(qr('a'))
    render(
      <StrictMode>
        <WhatsAppPairing provider={provider} queryClient={new QueryClient()} />
      </StrictMode>,
    )
    await advance(2_000)
    expect(calls).toHaveLength(1)
  })

  it('“a parent that renders again reloads everything”', async () => {
    const world = createWorld('wasend')
    const { rerender } = world.show()
    await advance(2_000)
    const first = part('qr-code')
    const before = world.server.requests.length
    for (let index = 0; index < 30; index++) rerender(world.element({ onEvent: () => {} }))
    await settle()
    expect(part('qr-code')).toBe(first)
    expect(world.server.requests.length).toBe(before)
  })
})

describe('what a refresh does at the provider', () => {
  it.each(providerIds)(
    '“a refresh disconnects first, and kills the handshake I had just begun”: %s',
    async (id) => {
      const world = createWorld(id)
      world.show()
      await advance(99_000)
      expect(changes(world)).toEqual([])
    },
  )

  it('“the server halves the lifetime of a code”: a first code of a minute is up for a minute', async () => {
    const { provider } = saying(qr('a'))
    show(provider)
    await advance(500)
    await advance(58_000, () => expect(shownQr()).toBeTruthy())
  })

  it('“two places that ask kill each other’s code”: two copies send one request', async () => {
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

  it('“an answer without a code yet is treated as an error”', async () => {
    const one = saying({ status: 'preparing' })
    const onError = vi.fn()
    show(one.provider, { onError })
    await advance(60_000, () => expect(shownStatus()).toBe('preparing'))
    one.now = qr('a')
    await advance(6_000)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(onError).not.toHaveBeenCalled()
  })

  it('“the abandoned code poisons the session: neither QR nor code works until it is deleted”', async () => {
    const world = createWorld('green-api')
    world.emulator.leaveStaleAuth()
    world.show()
    await advance(2_000)
    await press('Start over')
    await advance(8_000)
    expect(changes(world)).toEqual(['/logout'])
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
  ])('“my number is rejected”: %s', async (typed) => {
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
  ])('“twenty minutes of failed attempts, and nobody said why”: %s', async (_, typed, reason) => {
    const { provider, calls } = saying(qr('a'))
    show(provider, { defaultMethod: 'phone-code' })
    await settle()
    await askForCode(typed)
    const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Phone number' })
    expect(document.getElementById(field.getAttribute('aria-describedby') ?? '')?.textContent).toMatch(reason)
    expect(field.value.replace(/[^\da-z]/g, '')).toBe(typed.replace(/[^\da-z]/g, ''))
    expect(calls.filter(({ question }) => question === 'pairing-code')).toHaveLength(0)
  })

  it('“a field for numbers eats the plus and the leading digits”', async () => {
    show(saying(qr('a')).provider, { defaultMethod: 'phone-code' })
    await settle()
    const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Phone number' })
    expect([field.type, field.inputMode]).toEqual(['tel', 'tel'])
  })

  it('“Brazil’s ninth digit and Mexico’s 1 are corrected behind my back”', async () => {
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
      // The next page is another tab.
      sessionStorage.clear()
    }
  })

  it('“I was too slow: say that the code expires”', async () => {
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

  it('“the notification on the phone never comes”: the way without it is beside the code', async () => {
    show(saying(qr('a')).provider, { defaultMethod: 'phone-code' })
    await settle()
    await askForCode()
    expect(part('steps')?.textContent).toMatch(/Linked devices.*Link with phone number instead/s)
  })

  it('“the code looks good, and WhatsApp never knew it”', async () => {
    show(saying(qr('a')).provider, { defaultMethod: 'phone-code' })
    await settle()
    await askForCode()
    await advance(31_000)
    expect(screen.getByRole('button', { name: 'Get a new code' })).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Scan a QR code instead' })).toBeTruthy()
  })

  it('“asking for another code kills the one before, and the old one is still on screen”', async () => {
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

  it('“every change of the QR asks for another code”', async () => {
    const { provider, calls } = rotating()
    show(provider)
    await advance(1_000)
    await openTab('Phone number')
    await askForCode()
    await advance(120_000)
    expect(calls.filter(({ question }) => question === 'pairing-code')).toHaveLength(1)
  })

  it('“in Arabic the halves of the code change places, and a translated page translates it”', async () => {
    show(saying(qr('a')).provider, { defaultMethod: 'phone-code', dir: 'rtl' })
    await settle()
    await askForCode()
    expect(part('pairing-code')?.getAttribute('dir')).toBe('ltr')
    expect(part('pairing-code')?.getAttribute('translate')).toBe('no')
    // One text, and not two halves beside a dash.
    expect([...(part('pairing-code')?.childNodes ?? [])].at(-1)?.textContent).toBe('ABCD-1234')
  })

  it('“what I typed is gone when I look at the other tab”', async () => {
    show(saying(qr('a')).provider)
    await advance(1_000)
    await openTab('Phone number')
    fireEvent.change(screen.getByRole('textbox', { name: 'Phone number' }), { target: { value: '+55 11' } })
    await openTab('QR code')
    await openTab('Phone number')
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Phone number' }).value).toBe('+55 11')
  })

  it('“the request for the code hangs for ever”', async () => {
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

  it('“instant 429 when I ask for the code”', async () => {
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

  it('“the phone has no camera, or is the one that shows this page”', async () => {
    show(saying(qr('a')).provider)
    await advance(1_000)
    await openTab('Phone number')
    expect(part('lead')?.textContent).toContain('no camera needed')
  })

  it('“a late code lands in another dialog”', async () => {
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
    '“only console.error, or one line of the provider’s text”: %s',
    async (failure) => {
      const one = saying(new PairingError(failure, 'Internal: upstream said 0xBEEF'))
      show(one.provider)
      await advance(200_000)
      expect(shownStatus()).toBe('failed')
      expect(heading().length).toBeGreaterThan(5)
      expect(part('lead')?.textContent?.length).toBeGreaterThan(15)
      expect(document.body.textContent).not.toContain('0xBEEF')
      // “no Retry: close it and open it again”
      expect(screen.getAllByRole('button').map(({ dataset }) => dataset.part)).toEqual([
        'retry-button',
        'copy-error-button',
      ])
    },
  )

  it('“red text for a code that simply ran out”', async () => {
    vi.setSystemTime(20_000_000)
    const onError = vi.fn()
    show(rotating().provider, { maxRefreshes: 1, onError })
    await advance(25_000)
    expect(shownStatus()).toBe('expired')
    expect(part('error-code')).toBeNull()
    expect(screen.queryByRole('alert')).toBeNull()
    expect(onError).not.toHaveBeenCalled()
  })

  it('“an answer of an unknown kind is shown as a picture”', async () => {
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

  it('“couldn’t link device / check your phone’s internet connection”: what it means is one press away', async () => {
    show(saying(qr('a')).provider)
    await advance(1_000)
    await toggleTrouble(true)
    const details = part('trouble')
    expect(details?.textContent).toContain('Couldn’t link device')
    expect(details?.textContent).toContain('an expired code')
    // “scan it with WhatsApp, not with the camera”
    expect(details?.textContent).toContain('not the camera')
  })

  it('“your account is restricted” is shown as that, and not retried', async () => {
    const { provider, calls } = saying(new PairingError('account-blocked', 'Banned.'))
    show(provider)
    await advance(60_000)
    expect(heading()).toBe('This account is blocked')
    expect(calls).toHaveLength(1)
  })

  it('“the push connection dies without a word, and so does the screen”', async () => {
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

  it('“an answer of before overwrites what is newer”', async () => {
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
  // One that wants a browser extension, and one that has no way.
  it.each(['z-api', 'waha'] as const)(
    '“it just says ‘continue on your other device’, and then fails”: %s',
    async (id) => {
      const world = createWorld(id)
      world.emulator.demandPasskey()
      const onError = vi.fn()
      world.show({ onError })
      await advance(3_000)
      await doing(() => void world.emulator.scan())
      await advance(15_000)
      expect(shownStatus()).toBe('passkey-required')
      expect(heading()).toContain('passkey')
      expect(part('lead')?.textContent).toMatch(
        id === 'z-api'
          ? /Only web\.whatsapp\.com.*browser extension helps/s
          : /only WhatsApp.*Ask the people who run Acme Inbox/s,
      )
      expect(onError).not.toHaveBeenCalled()
      await doing(() => void world.emulator.solvePasskey())
      await advance(15_000)
      expect(shownStatus()).toBe('linked')
    },
  )
})

describe('secrets', () => {
  it.each(providerIds)(
    '“the API key is in the browser, in the URL, in the link that is shared”: %s',
    async (id) => {
      const world = createWorld(id)
      const sent: string[] = []
      const watched: typeof fetch = (input, init) => {
        sent.push(String(input), JSON.stringify([...new Headers(init?.headers)]), String(init?.body ?? ''))
        return world.server.fetch(input, init)
      }
      world.show({ provider: world.proxied({ fetch: watched }) })
      await advance(5_000)
      await doing(() => void world.emulator.scan())
      await advance(8_000)
      const everything = [
        ...sent,
        document.documentElement.outerHTML,
        JSON.stringify(localStorage),
        JSON.stringify(sessionStorage),
      ].join('\n')
      for (const secret of Object.values(emulatedSecrets)) expect(everything).not.toContain(secret)
      expect(sent.join('\n')).not.toMatch(/2@/)
    },
  )

  it('“the QR is drawn by a stranger’s image service”', async () => {
    for (const id of providerIds) {
      const world = createWorld(id)
      const hosts = new Set<string>()
      const watched: typeof fetch = (input, init) => {
        hosts.add(new URL(String(input)).host)
        return world.server.fetch(input, init)
      }
      const { unmount } = world.show({ provider: world.proxied({ fetch: watched }) })
      await advance(5_000)
      expect(shownQr()).toBeTruthy()
      expect([...hosts]).toEqual(['host.example'])
      for (const { src } of document.querySelectorAll('img')) expect(src).toMatch(/^data:image\//)
      unmount()
    }
  })

  it('“a raw QR does not begin with 2@ any more: it is refused, or taken for the address of a picture”', async () => {
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

  it('“fake pages show a real code to link the attacker’s device”: who is linked stands on every screen', async () => {
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
    // Then there is nothing left to warn of.
    one.now = linked
    await advance(4_000)
    expect(note()).toBe('')
  })

  it('“help text goes through innerHTML”: markup in names and texts stays text', async () => {
    const evil = '<img src=x onerror=alert(1)>'
    const { provider } = saying({ status: 'linked', account: { name: evil } })
    show(provider, { appName: evil, messages: { leadLinked: `${evil} {app}` } })
    await advance(1_000)
    expect(document.querySelector('img')).toBeNull()
    expect(document.body.textContent).toContain(evil)
  })

  it.each<PairingErrorCode>(['unauthorized', 'session-not-found', 'subscription-expired'])(
    '“the customer is told about credentials that are not theirs”: %s',
    async (failure) => {
      show(saying(new PairingError(failure, 'No.')).provider)
      // A refusal is final after the third request.
      await advance(20_000)
      expect(part('lead')?.textContent).toContain('contact the people who run this app')
    },
  )
})
