import { QueryClient } from '@tanstack/react-query'
import { render, renderHook } from '@testing-library/react'
import { cloneElement, type ReactElement, StrictMode } from 'react'
import { describe, expect, it, vi } from 'vitest'
import {
  normalizeQrPayload,
  PairingError,
  type PairingEvent,
  type PairingProvider,
  type PairingSnapshot,
  usePairingSession,
  WhatsAppPairing,
  type WhatsAppPairingProps,
} from '../../src/index.js'
import { emulatedSecrets, type ProviderId, providerIds } from '../../stories/playground/emulated-provider.js'
import { advance, emulateTime, settle } from '../time.js'
import { pretendPhone } from './every-element.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { createSetup, doing, shownStatus } from './setup.js'
import { changingProvider, rotatingProvider, showPairing } from './show-pairing.js'
import { askForCode, openTab, part, press, shownCode, toggleTrouble } from './user.js'

emulateTime()

const linked: PairingSnapshot = { status: 'linked', account: { phoneNumber: '5511987654321', name: 'Ana' } }

function collect() {
  const events: PairingEvent[] = []
  return { events, onEvent: (event: PairingEvent) => void events.push(event) }
}

/** Collects the events of a component. Its provider returns `now`, or throws it if it is an error. */
function watch(first: PairingSnapshot | PairingError, props: Partial<WhatsAppPairingProps> = {}) {
  const { events, onEvent } = collect()
  const setup = changingProvider(first)
  const queryClient = new QueryClient()
  const element = <WhatsAppPairing {...{ provider: setup.provider, queryClient, onEvent }} {...props} />
  return Object.assign(setup, { events, queryClient, element, ...render(element) })
}

/** Collects the events of a hook. */
function watchHook(provider: PairingProvider) {
  const { events, onEvent } = collect()
  const queryClient = new QueryClient()
  return { events, ...renderHook(() => usePairingSession({ provider, queryClient, onEvent })) }
}

type Wrap = (element: ReactElement<WhatsAppPairingProps>) => ReactElement

const strict: Wrap = (element) => <StrictMode>{element}</StrictMode>
const inMain: Wrap = (element) => <main>{element}</main>
const copies = (element: ReactElement, copy: ReactElement) => (
  <>
    <main>{element}</main>
    <aside>{copy}</aside>
  </>
)
const twice: Wrap = (element) => copies(element, element)
const silent: Wrap = (element) => cloneElement(element, { onEvent: undefined })
const afterSilent: Wrap = (element) => copies(silent(element), element)
const beforeSilent: Wrap = (element) => copies(element, silent(element))

const typesOf = (events: readonly PairingEvent[]) => events.map(({ type }) => type)
const attemptsOf = (events: readonly PairingEvent[]) => [...new Set(events.map(({ attemptId }) => attemptId))]

describe('the events of a pairing by QR code', () => {
  it.each<readonly [ProviderId, string, boolean]>([
    ['green-api', 'with live events', true],
    ['green-api', 'with polling', false],
    ['evolution-api', 'with live events', true],
  ])('at %s, %s, come once each, in order, with one id and the elapsed time', async (id, _, live) => {
    const setup = createSetup(id)
    const { events, onEvent } = collect()
    setup.show({ provider: setup.proxied({ live }), onEvent })
    await advance(63_000)
    await doing(() => void setup.emulator.scan())
    await advance(10_000)
    const { attemptId = '' } = events[0] ?? {}
    expect(attemptId).toMatch(/^\w+-1$/)
    const common = { attemptId, method: 'qr', provider: id, elapsedMs: expect.any(Number) }
    expect(events.filter(({ type }) => type !== 'linking')).toEqual([
      // The page does not know the provider before the first response.
      { ...common, type: 'started', provider: 'proxy', elapsedMs: 0 },
      { ...common, type: 'shown', number: 1 },
      { ...common, type: 'refreshed', number: 2 },
      { ...common, type: 'linked' },
    ])
    const elapsed = events.map(({ elapsedMs }) => elapsedMs)
    expect(elapsed).toEqual(elapsed.toSorted((a, b) => a - b))
    expect(elapsed.at(-1)).toBeGreaterThan(63_000)
    expect(elapsed.at(-1)).toBeLessThan(73_000)
  })
})

describe('the events of a pairing with a passkey', () => {
  it.each(['z-api', 'waha'] as const)('contain the passkey step at %s and the link after it', async (id) => {
    const setup = createSetup(id)
    const { events, onEvent } = collect()
    setup.emulator.demandPasskey()
    setup.show({ onEvent })
    await advance(3_000)
    await doing(() => void setup.emulator.scan())
    await advance(15_000)
    await doing(() => void setup.emulator.solvePasskey())
    await advance(15_000)
    const steps = events.flatMap(({ type, step }) => (type === 'passkey-step' ? [step] : []))
    expect(steps).toEqual(['assert'])
    expect(typesOf(events).filter((type) => type !== 'linking' && type !== 'passkey-step')).toEqual([
      'started',
      'shown',
      'passkey-required',
      'linked',
    ])
  })
})

describe.each(['green-api', 'z-api'] as const)('the events of a pairing by code at %s', (id) => {
  it('are the choice of the method, the request, the code, its copy and the link', async () => {
    const writeText = vi.fn(async () => {})
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText } })
    const setup = createSetup(id)
    const { events, onEvent } = collect()
    setup.show({ onEvent })
    await advance(3_000)
    await openTab('Phone number')
    await askForCode()
    await advance(1_000)
    await press('Copy code')
    await doing(() => void setup.emulator.typeCode(shownCode() ?? ''))
    await advance(10_000)
    Reflect.deleteProperty(navigator, 'clipboard')
    expect(typesOf(events).filter((type) => type !== 'linking')).toEqual([
      'started',
      'shown',
      'method-chosen',
      'code-requested',
      'code-shown',
      'copied',
      'linked',
    ])
    expect(events.map(({ method }) => method)).toEqual([
      ...['qr', 'qr'],
      ...events.slice(2).map(() => 'phone-code'),
    ])
    expect(writeText).toHaveBeenCalledTimes(1)
  })
})

describe('an event about an obstacle', () => {
  it('is sent if the user does not enter the pairing code', async () => {
    const { events } = watch(qr('a'))
    await advance(1_000)
    await openTab('Phone number')
    await askForCode()
    await advance(90_000)
    const types = typesOf(events)
    expect(types.filter((type) => type === 'slow-code')).toHaveLength(1)
    expect(types.indexOf('slow-code')).toBeGreaterThan(types.indexOf('code-shown'))
  })

  it('is sent once for each wait without a code', async () => {
    const setup = watch({ status: 'preparing' })
    await advance(80_000)
    setup.now = qr('a')
    await advance(6_000)
    expect(typesOf(setup.events)).toEqual(['started', 'stalled', 'shown'])
    expect(setup.events[1]?.elapsedMs).toBeGreaterThanOrEqual(30_000)
  })

  it('is sent once for each series of requests that fail with the same error', async () => {
    const setup = watch(new PairingError('network', 'No connection.'))
    await advance(8_000)
    setup.now = new PairingError('provider-unavailable', 'Down.')
    await advance(20_000)
    setup.now = qr('a')
    await advance(60_000)
    const retries = setup.events.filter(({ type }) => type === 'retrying')
    expect(retries.map(({ code: found }) => found)).toEqual(['network', 'provider-unavailable'])
  })
})

describe('an event about an opened element', () => {
  it('is sent each time for the enlarged code and the list of troubles', async () => {
    const { events } = watch(qr('a'))
    await advance(1_000)
    await press('Enlarge')
    await press('Close')
    for (const isOpen of [true, false, true]) await toggleTrouble(isOpen)
    expect(typesOf(events)).toEqual(['started', 'shown', 'enlarged', 'trouble-opened', 'trouble-opened'])
  })

  it('is sent for the link that opens WhatsApp on the same phone', async () => {
    pretendPhone()
    const LINK = 'https://wa.me/settings/linked_devices#2@ref,noise,identity,adv,1'
    const { events } = watch({ status: 'qr', qrCode: normalizeQrPayload(LINK) }, { defaultMethod: 'qr' })
    await advance(1_000)
    const link = part('open-in-whatsapp')
    link?.addEventListener('click', (event) => event.preventDefault())
    link?.click()
    vi.unstubAllGlobals()
    expect(typesOf(events)).toEqual(['started', 'shown', 'opened-in-whatsapp'])
  })
})

describe('an attempt', () => {
  it('ends in `expired` with a reason, and Retry begins another one', async () => {
    const { events, onEvent } = collect()
    showPairing(rotatingProvider(), { maxRefreshes: 2, onEvent })
    await advance(45_000)
    expect(events.at(-1)).toMatchObject({ type: 'expired', reason: 'unscanned' })
    await press('Retry')
    await advance(1_000)
    expect(typesOf(events)).toEqual(['started', 'shown', 'refreshed', 'expired', 'started', 'shown'])
    const [first = '', second = ''] = attemptsOf(events)
    expect(attemptsOf(events)).toHaveLength(2)
    expect(first.replace(/-1$/, '-2')).toBe(second)
    expect(events[4]?.elapsedMs).toBe(0)
  })

  it('ends in `expired` if the user does not enter the pairing code', async () => {
    const { events } = watch(qr('a'), { defaultMethod: 'phone-code' })
    await settle()
    await askForCode()
    await advance(165_000)
    expect(events.at(-1)).toMatchObject({ type: 'expired', reason: 'code-not-entered', method: 'phone-code' })
  })

  it('ends in `failed` with the code of the last error only', async () => {
    const setup = watch(new PairingError('network', 'Down.'))
    await advance(2_500)
    expect(typesOf(setup.events)).toEqual(['started', 'retrying'])
    setup.now = new PairingError('subscription-expired', 'No.')
    await advance(5_000)
    expect(setup.events.slice(2)).toMatchObject([{ type: 'failed', code: 'subscription-expired' }])
  })

  it('ends in `gave-up` if the screen closes before an end, and continues with the same id on reopening', async () => {
    const setup = watch(qr('a'))
    await advance(4_000)
    setup.unmount()
    await settle()
    expect(setup.events.at(-1)).toMatchObject({ type: 'gave-up', elapsedMs: 4_000 })
    render(setup.element)
    setup.now = linked
    await advance(6_000)
    expect(typesOf(setup.events)).toEqual(['started', 'shown', 'gave-up', 'linked'])
    expect(attemptsOf(setup.events)).toHaveLength(1)
  })

  it('ends in `gave-up` once if it is cancelled', async () => {
    const { events, result, unmount } = watchHook(changingProvider(qr('a')).provider)
    await advance(1_000)
    await doing(() => result.current.cancel())
    unmount()
    await settle()
    expect(typesOf(events)).toEqual(['started', 'shown', 'gave-up'])
  })

  it.each<[string, PairingSnapshot | PairingError]>([
    ['linked', linked],
    ['failed', new PairingError('subscription-expired', 'No.')],
  ])('that has ended (%s) does not end in `gave-up` when the screen closes', async (end, snapshot) => {
    const setup = watch(snapshot)
    await advance(1_000)
    setup.unmount()
    await settle()
    expect(typesOf(setup.events)).toEqual(['started', end])
  })

  it("begins with the user's press if `autoStart` is false", async () => {
    const setup = watch(qr('a'), { autoStart: false })
    await advance(5_000)
    expect(setup.events).toEqual([])
    await press('Show code')
    expect(setup.events[0]).toMatchObject({ type: 'started', elapsedMs: 0 })
    setup.unmount()
    await settle()
    expect(typesOf(setup.events)).toEqual(['started', 'shown', 'gave-up'])
  })

  it('includes the event `unlinked` of its link, and the next event belongs to another attempt', async () => {
    const setup = watch(qr('a'))
    await advance(1_000)
    setup.now = linked
    await advance(6_000)
    setup.now = { status: 'unlinked' }
    await advance(25_000)
    expect(typesOf(setup.events)).toEqual(['started', 'shown', 'linked', 'unlinked', 'started'])
    expect(setup.events.map(({ attemptId }) => attemptId.at(-1))).toEqual(['1', '1', '1', '1', '2'])
    const [, , { elapsedMs: linkedMs = 0 } = {}, unlinked, again] = setup.events
    expect(unlinked?.elapsedMs).toBeGreaterThan(linkedMs)
    expect(again?.elapsedMs).toBe(0)
  })

  it('is not `unlinked` when the app begins another one', async () => {
    const { events, result } = watchHook(changingProvider(linked).provider)
    await advance(1_000)
    await doing(() => result.current.start())
    await advance(1_000)
    expect(typesOf(events)).toEqual(['started', 'linked', 'started', 'linked'])
  })

  it('has no negative time after the clock was set back', async () => {
    vi.setSystemTime(3_600_000_000)
    const setup = watch(qr('a'))
    await advance(1_000)
    vi.setSystemTime(Date.now() - 3_600_000)
    setup.now = linked
    await advance(10_000)
    expect(setup.events.at(-1)?.type).toBe('linked')
    for (const { elapsedMs } of setup.events) expect(elapsedMs).toBeGreaterThanOrEqual(0)
  })
})

describe('an event', () => {
  it.each<readonly [string, before: Wrap, after: Wrap]>([
    ['under StrictMode', strict, strict],
    ['if the component moves to another place', (element) => element, inMain],
    ['if one of two copies unmounts', twice, inMain],
    ['if only the second of two copies has a callback', afterSilent, afterSilent],
    ['if only the first of two copies has a callback', beforeSilent, beforeSilent],
  ])('is reported once %s, and the attempt does not end', async (_, before, after) => {
    const { events, onEvent } = collect()
    const { provider } = changingProvider(qr('a'))
    const element = <WhatsAppPairing {...{ provider, queryClient: new QueryClient(), onEvent }} />
    const { rerender } = render(before(element))
    await advance(1_000)
    rerender(after(element))
    await advance(1_000)
    expect(typesOf(events)).toEqual(['started', 'shown'])
  })

  it('goes to the current callback, and a new callback sends no request', async () => {
    const { element, rerender, provider, queryClient } = watch(qr('a'), { onEvent: undefined })
    await advance(1_000)
    const told: string[] = []
    const before = provider.calls.length
    rerender(
      <WhatsAppPairing
        provider={provider}
        queryClient={queryClient}
        onEvent={({ type }) => void told.push(`late ${type}`)}
      />,
    )
    await settle()
    expect(provider.calls.length).toBe(before)
    expect(told).toEqual(['late started', 'late shown'])
    rerender(element)
    await openTab('Phone number')
    expect(told).toHaveLength(2)
  })

  it('names the provider of its attempt, even after the app has changed the provider', async () => {
    const { events, onEvent } = collect()
    const queryClient = new QueryClient()
    const element = (sessionId: string, id: string) => {
      const provider: PairingProvider = { ...scriptedProvider({ getQrCode: () => qr(id) }, sessionId), id }
      return <WhatsAppPairing {...{ provider, queryClient, onEvent }} />
    }
    const { rerender } = render(element('one', 'first'))
    await advance(1_000)
    rerender(element('two', 'second'))
    await advance(1_000)
    const first = ['first gave-up', 'first shown', 'first started']
    expect(events.map(({ provider, type }) => `${provider} ${type}`).toSorted()).toEqual([
      ...first,
      ...['second shown', 'second started'],
    ])
    expect(attemptsOf(events)).toHaveLength(2)
  })

  it('does not prevent the link if its callback throws, and reportError gets the exception', async () => {
    vi.setSystemTime(20_000_000)
    const reported = vi.fn()
    vi.stubGlobal('reportError', reported)
    const told: string[] = []
    const one = changingProvider(() => qr(Math.floor(Date.now() / 20_000)))
    const { provider } = one
    const callback = (name: string) => () => {
      told.push(name)
      throw new Error(`The host's ${name}.`)
    }
    showPairing(provider, { onEvent: ({ type }) => callback(type)(), onLinked: callback('onLinked') })
    await advance(25_000)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(provider.calls.length).toBeLessThan(20)
    one.now = linked
    await advance(5_000)
    expect(shownStatus()).toBe('linked')
    expect(told.toSorted()).toEqual(['linked', 'onLinked', 'refreshed', 'shown', 'started'])
    expect(reported).toHaveBeenCalledTimes(told.length)
  })

  it('is not reported for a cancelled request', async () => {
    let answer = (_: PairingSnapshot): void => {}
    const slow = () => new Promise<PairingSnapshot>((resolve) => (answer = resolve))
    const { events, result } = watchHook(changingProvider(slow, { requestPairingCode: slow }).provider)
    await settle()
    const answerLate = answer
    // The session no longer needs this request, but the provider ignores the abort signal.
    await doing(() => result.current.requestPairingCode('+55 11 98765-4321'))
    await advance(1_000)
    answerLate(linked)
    await advance(1_000)
    expect(typesOf(events)).toEqual(['started', 'method-chosen', 'code-requested'])
  })
})

describe('the content of the events', () => {
  it('is the documented fields, without codes, numbers, names, tokens or addresses', async () => {
    const { events, onEvent } = collect()
    const secrets: string[] = ['5511987654321', '987654321', 'Ana', ...Object.values(emulatedSecrets)]
    for (const id of providerIds) {
      const setup = createSetup(id)
      const { unmount } = setup.show({ onEvent })
      await advance(3_000)
      const { state } = setup.emulator
      secrets.push(state.status === 'pairing' ? state.qrText : 'none')
      if (id !== 'wasend') {
        await openTab('Phone number')
        await askForCode()
        await advance(1_000)
        secrets.push(shownCode() ?? 'none', (shownCode() ?? 'none').replace('-', ''))
      }
      await doing(() => void setup.emulator.scan())
      await advance(10_000)
      unmount()
    }
    expect(events.length).toBeGreaterThan(10)
    const told = JSON.stringify(events)
    for (const secret of secrets) expect(told).not.toContain(secret)
    const fields = new Set(events.flatMap((event) => Object.keys(event)))
    expect([...fields].toSorted()).toEqual(['attemptId', 'elapsedMs', 'method', 'number', 'provider', 'type'])
  })
})
