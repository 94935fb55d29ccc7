import { focusManager, onlineManager, QueryClient } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import fc from 'fast-check'
import { StrictMode } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  PairingError,
  type PairingProvider,
  type PairingSnapshot,
  WhatsAppPairing,
  type WhatsAppPairingProps,
} from '../../src/index.js'
import { greenApi } from '../../src/providers/green-api.js'
import { createEmulator, type EmulatorFault, mockGreenApi } from '../../src/testing.js'
import { providerIds } from '../../stories/playground/emulated-provider.js'
import { randomRuns } from '../long-runs.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, type ScriptedProvider, scriptedProvider, timing } from './scripted-provider.js'
import { createSetup, doing, type Setup, shownStatus } from './setup.js'
import { askForCode, errorCode, part, shownCode, statusLine } from './user.js'

emulateTime()
afterEach(() => {
  vi.restoreAllMocks()
  focusManager.setFocused(undefined)
  onlineManager.setOnline(true)
})

const code: PairingSnapshot = { status: 'pairing-code', pairingCode: 'ABCD1234' }
const shownQr = () => part('qr-code')?.innerHTML
const show = (provider: PairingProvider, props: Partial<WhatsAppPairingProps> = {}) =>
  render(<WhatsAppPairing provider={provider} queryClient={new QueryClient()} {...props} />)
/** The pauses between requests, in whole seconds. */
const pausesOf = ({ calls }: ScriptedProvider) =>
  calls.slice(1).map(({ at }, index) => Math.floor((at - (calls[index]?.at ?? 0)) / 1_000))

/** A provider that fails while `error` is set. Otherwise it rotates its codes. */
function failing(error: PairingError | undefined) {
  const state = { error }
  const say = (snapshot: () => PairingSnapshot) => () => {
    if (state.error) throw state.error
    return snapshot()
  }
  const provider = scriptedProvider({
    getQrCode: say(() => qr(Math.floor(Date.now() / 20_000))),
    getStatus: say(() => ({ status: 'unlinked' })),
    requestPairingCode: say(() => code),
  })
  return Object.assign(state, { provider })
}

describe('a provider that limits requests', () => {
  it('gets no request before its stated time, and the code appears after it', async () => {
    const setup = createSetup('green-api')
    setup.emulator.fail('rate-limited', { retryAfterMs: 20_000 })
    // The socket of GREEN-API has no such limit, so this test does not use it.
    setup.show({ provider: setup.proxied({ live: false }) })
    await advance(2_000)
    expect(setup.mockServer.requests).toHaveLength(1)
    setup.emulator.recover()
    await advance(17_500)
    expect(setup.mockServer.requests).toHaveLength(1)
    expect(statusLine()).toBe('Still trying to get your code…')
    await advance(12_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('without a stated time gets the next requests after 5, 10, 20 and 30 seconds', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const { provider } = failing(new PairingError('rate-limited', 'Too often.'))
    show(provider)
    await advance(120_000)
    expect(pausesOf(provider)).toEqual([5, 10, 20, 30, 30])
  })

  it.each([
    [
      'hides its Retry-After from the page',
      (response: Response) => new Response(null, { status: response.status }),
    ],
    [
      'sends a 429 without CORS headers, which the page cannot read',
      () => Promise.reject(new TypeError('Failed to fetch')),
    ],
  ])('that %s gets fewer and fewer requests, and its error is reported', async (_, hide) => {
    const emulator = createEmulator({ seed: 7 })
    const instance = { idInstance: '1101000001', apiTokenInstance: 'secret-token' }
    const mockServer = mockGreenApi(emulator, instance)
    const direct: typeof fetch = async (input, init) => {
      const response = await mockServer.fetch(input, init)
      return response.status === 429 ? hide(response) : response
    }
    emulator.fail('rate-limited', { retryAfterMs: 600_000 })
    show(greenApi({ ...instance, fetch: direct, dangerouslyAllowBrowser: true }))
    await advance(60_000)
    expect(mockServer.requests.length).toBeLessThanOrEqual(7)
    emulator.recover()
    await advance(40_000)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(document.body.innerHTML).not.toContain('secret-token')
  })

  it('permanently causes an error after a while, and gets the next request on Retry', async () => {
    const one = failing(new PairingError('rate-limited', 'Too often.'))
    show(one.provider)
    await advance(300_000)
    expect(errorCode()).toBe('rate-limited')
    const { length } = one.provider.calls
    expect(length).toBe(8)
    await advance(600_000)
    expect(one.provider.calls).toHaveLength(length)
    one.error = undefined
    await doing(() => screen.getByRole('button', { name: 'Try again' }).click())
    await advance(1_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })
})

describe('the pauses after errors', () => {
  it('have different lengths on different pages, so that their requests do not coincide', async () => {
    const pages = [0, 0.5, 1].map((random) => {
      const { provider } = failing(new PairingError('provider-unavailable', 'Down.'))
      return { random, provider }
    })
    for (const { random, provider } of pages) {
      vi.spyOn(Math, 'random').mockReturnValue(random)
      const { unmount } = show(provider)
      await advance(40_000)
      unmount()
      await advance(61_000)
    }
    const seconds = pages.map(({ provider: { calls } }) => (calls.at(4)?.at ?? 0) - (calls[0]?.at ?? 0))
    expect(new Set(seconds).size).toBe(3)
    // The random jitter only adds, up to a quarter.
    expect(seconds[0]).toBeGreaterThanOrEqual(15_000)
    expect(seconds[2]).toBeLessThanOrEqual(19_000)
  })

  it('are never shorter than the provider demands', async () => {
    for (const random of [0, 0.99]) {
      vi.spyOn(Math, 'random').mockReturnValue(random)
      const { provider } = failing(new PairingError('rate-limited', 'Too often.', { retryAfterMs: 12_000 }))
      const { unmount } = show(provider)
      await advance(60_000)
      for (const pause of pausesOf(provider)) expect(pause).toBeGreaterThanOrEqual(12)
      unmount()
    }
  })

  it.each([1e12, Number.POSITIVE_INFINITY, Number.NaN, -1])(
    "are limited if the provider's value is invalid (%s)",
    async (retryAfterMs) => {
      const { provider } = failing(new PairingError('rate-limited', 'Too often.', { retryAfterMs }))
      show(provider)
      await advance(60_000)
      expect(provider.calls.length).toBeLessThanOrEqual(5)
    },
  )
})

describe('a device that is offline', () => {
  it('sends no request and hides a code at its expiry, and continues immediately when it is online', async () => {
    vi.setSystemTime(20_000_000)
    const { provider } = failing(undefined)
    show(provider)
    await advance(2_000)
    await doing(() => onlineManager.setOnline(false))
    const { length } = provider.calls
    await advance(21_000)
    expect(part('qr-code')).toBeNull()
    await advance(300_000)
    expect(provider.calls).toHaveLength(length)
    await doing(() => onlineManager.setOnline(true))
    await advance(500)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('shows a pairing code until it expires, and later the link that was made with it', async () => {
    const setup = createSetup('green-api')
    setup.show({ defaultMethod: 'phone-code' })
    await advance(2_000)
    await askForCode()
    await advance(1_000)
    const value = shownCode() ?? ''
    await doing(() => onlineManager.setOnline(false))
    await advance(60_000, () => expect(shownCode()).toBe(value))
    await doing(() => void setup.emulator.typeCode(value))
    await advance(10_000)
    await doing(() => onlineManager.setOnline(true))
    await advance(5_000)
    expect(shownStatus()).toBe('linked')
  })

  it('sends a submitted number once, when the network returns', async () => {
    const { provider } = failing(undefined)
    show(provider, { defaultMethod: 'phone-code' })
    await advance(1_000)
    await doing(() => onlineManager.setOnline(false))
    await askForCode()
    await advance(30_000)
    expect(provider.calls.filter(({ question }) => question === 'pairing-code')).toHaveLength(0)
    await doing(() => onlineManager.setOnline(true))
    await advance(1_000)
    expect(shownCode()).toBe('ABCD-1234')
    expect(provider.calls.filter(({ question }) => question === 'pairing-code')).toHaveLength(1)
  })
})

describe('a hidden page', () => {
  it.each(providerIds)(
    'sends %s no request, even through the server, and continues when it is visible again',
    async (id) => {
      const setup = createSetup(id)
      setup.show()
      await advance(3_000)
      await doing(() => focusManager.setFocused(false))
      await advance(1_000)
      const before = setup.mockServer.requests.length
      await advance(120_000)
      expect(setup.mockServer.requests.length).toBe(before)
      expect(setup.server.watchers).toBe(0)
      expect(part('qr-code')).toBeNull()
      await doing(() => focusManager.setFocused(true))
      await advance(6_000)
      expect(shownStatus()).toBe('awaiting-scan')
      await doing(() => void setup.emulator.scan())
      await advance(10_000)
      expect(shownStatus()).toBe('linked')
    },
  )
})

describe('a laptop after sleep', () => {
  const hour = 3_600_000
  const codeOfHour = () => qr(Math.floor(Date.now() / 20_000))

  /** The timers stop during sleep, as on most machines. Only the clock advances. */
  const sleep = (ms: number) => void vi.setSystemTime(Date.now() + ms)

  it('shows no expired QR code two seconds after it wakes up, even if the next one is pushed', async () => {
    vi.setSystemTime(20_000_000)
    let push = (_: PairingSnapshot): void => {}
    const asking = scriptedProvider({ getQrCode: codeOfHour })
    const pushing: PairingProvider = {
      ...scriptedProvider({ getQrCode: codeOfHour }),
      subscribe: (listener) => {
        push = listener
        return () => {}
      },
    }
    for (const provider of [asking, pushing]) {
      const { unmount } = show(provider)
      await advance(1_000)
      const promised = { ...codeOfHour(), nextInMs: 60_000, confirmInMs: 60_000 } as PairingSnapshot
      if (provider === pushing) await doing(() => push(promised))
      const before = shownQr()
      expect(before).toBeTruthy()
      sleep(hour)
      await advance(2_250)
      expect(shownQr()).not.toBe(before)
      await advance(6_000)
      expect(shownStatus()).toBe('awaiting-scan')
      unmount()
    }
  })

  it('shows an expired pairing code as expired, and keeps a valid one', async () => {
    const { provider } = failing(undefined)
    show(provider, { defaultMethod: 'phone-code' })
    await settle()
    await askForCode()
    sleep(60_000)
    await advance(2_250)
    expect(shownCode()).toBe('ABCD-1234')
    expect(part('slow-code')).not.toBeNull()
    sleep(hour)
    await advance(2_250)
    expect(shownCode()).toBeUndefined()
    await advance(3_000)
    expect(shownStatus()).toBe('expired')
  })

  it('shows a link that was made during sleep', async () => {
    const setup = createSetup('z-api')
    setup.show()
    await advance(3_000)
    await doing(() => void setup.emulator.scan())
    sleep(hour)
    await advance(25_000)
    expect(shownStatus()).toBe('linked')
  })

  it('shows neither a failure nor an ended link if it was linking', async () => {
    let now: PairingSnapshot = { status: 'linking' }
    const provider = scriptedProvider({ getQrCode: () => now, getStatus: () => now })
    show(provider)
    await advance(4_000)
    expect(shownStatus()).toBe('linking')
    sleep(hour)
    await advance(4_000)
    expect(shownStatus()).toBe('linking')
    now = { status: 'linked', account: {} }
    await advance(4_000)
    expect(shownStatus()).toBe('linked')
    sleep(hour)
    await advance(1_000)
    now = { status: 'unlinked' }
    await doing(() => focusManager.setFocused(false))
    await doing(() => focusManager.setFocused(true))
    await advance(8_000)
    expect(shownStatus()).not.toBe('linked')
  })

  it('enables the button if the limit has ended', async () => {
    const one = failing(undefined)
    show(one.provider, { defaultMethod: 'phone-code' })
    await settle()
    one.error = new PairingError('rate-limited', 'Too often.', { retryAfterMs: 60_000 })
    await askForCode()
    expect(part('submit-button')?.getAttribute('aria-disabled')).toBe('true')
    sleep(hour)
    await advance(2_250)
    expect(part('submit-button')?.getAttribute('aria-disabled')).toBe('false')
  })

  it('ignores and does not await the response of an old request', async () => {
    vi.setSystemTime(20_000_000)
    let answer = (_: PairingSnapshot): void => {}
    let isSlow = true
    const provider = scriptedProvider({
      getQrCode: () =>
        isSlow ? new Promise<PairingSnapshot>((resolve) => (answer = resolve)) : codeOfHour(),
    })
    show(provider)
    await settle()
    const asked = codeOfHour()
    sleep(hour)
    await doing(() => answer({ ...asked, expiresInMs: 20_000 } as PairingSnapshot))
    await advance(750)
    expect(part('qr-code')).toBeNull()
    isSlow = false
    await advance(6_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })
})

describe('responses', () => {
  it('that hang once cause a pause and do not end the pairing', async () => {
    const setup = createSetup('evolution-api')
    setup.emulator.fail('hang', { times: 1 })
    setup.show()
    await advance(40_000)
    expect(shownStatus()).toBe('awaiting-scan')
    await doing(() => void setup.emulator.scan())
    await advance(15_000)
    expect(shownStatus()).toBe('linked')
  })

  it('that hang while a code is shown have no effect except that the code expires in time', async () => {
    let isHanging = false
    const orHang = (snapshot: PairingSnapshot) => () => (isHanging ? new Promise<never>(() => {}) : snapshot)
    const provider = scriptedProvider({
      getQrCode: orHang(qr('a')),
      getStatus: orHang({ status: 'unlinked' }),
    })
    show(provider)
    await advance(7_000)
    expect(part('qr-code')).not.toBeNull()
    isHanging = true
    await advance(8_000)
    expect(part('qr-code')).toBeNull()
    expect(shownStatus()).toBe('preparing')
  })

  it('that take five seconds each never overlap, and codes are still shown', async () => {
    vi.setSystemTime(20_000_000)
    let open = 0
    const slowly = (snapshot: () => PairingSnapshot) => async () => {
      open += 1
      expect(open).toBe(1)
      const given = snapshot()
      await new Promise((resolve) => setTimeout(resolve, 5_000))
      open -= 1
      return given
    }
    const provider = scriptedProvider({
      getQrCode: slowly(() => qr(Math.floor(Date.now() / 20_000))),
      getStatus: slowly(() => ({ status: 'unlinked' })),
    })
    show(provider, { maxRefreshes: Number.POSITIVE_INFINITY })
    let shownMs = 0
    let shownAt: number | undefined
    await advance(60_000, (now) => {
      shownMs += now - (shownAt ?? now)
      shownAt = shownStatus() === 'awaiting-scan' ? now : undefined
    })
    expect(shownMs).toBeGreaterThan(25_000)
  })

  it('that arrive after a newer pushed code do not restore an old code', async () => {
    let push = (_: PairingSnapshot): void => {}
    const waiting: ((snapshot: PairingSnapshot) => void)[] = []
    let calls = 0
    const isFirst = () => calls++ === 0
    const provider: PairingProvider = {
      ...scriptedProvider({
        // The stream begins after the first response.
        getQrCode: () =>
          isFirst()
            ? { status: 'preparing' }
            : new Promise<PairingSnapshot>((resolve) => void waiting.push(resolve)),
      }),
      subscribe: (listener) => {
        push = listener
        return () => {}
      },
    }
    show(provider)
    await settle()
    await doing(() => push(qr('a')))
    await advance(1_000)
    await doing(() => push(qr('b')))
    await advance(1_000)
    const newest = shownQr()
    await doing(() => waiting.shift()?.(qr('a')))
    await advance(1_000)
    expect(shownQr()).toBe(newest)
    await doing(() => push({ status: 'linked', account: {} }))
    await doing(() => waiting.shift()?.(qr('c')))
    await advance(1_000)
    expect(shownStatus()).toBe('linked')
  })

  it('that arrive in the same moment as a pushed update do not undo it', async () => {
    // Between the end of a request and the moment when its response is stored, there are some dozen microtasks.
    for (let turns = 0; turns < 80; turns++) {
      let push = (_: PairingSnapshot): void => {}
      let isAnswered = false
      const provider: PairingProvider = {
        ...scriptedProvider({
          getQrCode: async () => {
            if (isAnswered) {
              let turn = Promise.resolve()
              for (let index = 0; index < turns; index++) turn = turn.then(() => {})
              void turn.then(() => push({ status: 'linked', account: {} }))
            }
            return qr('a')
          },
        }),
        subscribe: (listener) => {
          push = listener
          return () => {}
        },
      }
      const { unmount } = show({ ...provider, sessionId: `turns ${turns}` })
      await advance(2_000)
      isAnswered = true
      await advance(3_500)
      expect(shownStatus()).toBe('linked')
      unmount()
    }
  })

  it('to a polling page and a page with live events are not counted twice', async () => {
    for (const id of providerIds) {
      const setup = createSetup(id)
      const { unmount } = setup.show()
      await advance(10_000)
      expect(statusLine()).toContain('1 of 3')
      unmount()
    }
  })
})

describe('a component', () => {
  it('that is mounted twice is one session, and survives the unmount of one copy', async () => {
    vi.setSystemTime(20_000_000)
    const { provider } = failing(undefined)
    const queryClient = new QueryClient()
    const copy = <WhatsAppPairing provider={provider} queryClient={queryClient} />
    const { rerender } = render(
      <>
        <main>{copy}</main>
        <aside>{copy}</aside>
      </>,
    )
    await advance(2_000)
    expect(document.querySelectorAll('[data-part="qr-code"]')).toHaveLength(2)
    rerender(<main>{copy}</main>)
    const { length } = provider.calls
    await advance(20_000)
    expect(document.querySelectorAll('[data-part="qr-code"]')).toHaveLength(1)
    expect(provider.calls.length).toBeGreaterThan(length)
  })

  it('that is mounted repeatedly sends no more requests than one that stays', async () => {
    const staying = scriptedProvider({ getQrCode: () => qr('a') })
    const { unmount: leave } = show(staying)
    await advance(10_000)
    leave()
    const moving = scriptedProvider({ getQrCode: () => qr('a') })
    const queryClient = new QueryClient()
    for (let index = 0; index < 20; index++) {
      const { unmount } = show(moving, { queryClient })
      await advance(500)
      unmount()
    }
    expect(moving.calls.length).toBeLessThanOrEqual(staying.calls.length + 1)
  })

  // The first provider pushes to the server. At the second, a request for a code changes the session.
  it.each(['green-api', 'evolution-api'] as const)(
    'under StrictMode sends %s no more requests, and opens one stream',
    async (id) => {
      const requests = async (strict: boolean) => {
        const setup = createSetup(id)
        const { unmount } = render(strict ? <StrictMode>{setup.element()}</StrictMode> : setup.element())
        await advance(15_000)
        expect(setup.server.openStreams).toBe(1)
        unmount()
        await advance(1_000)
        expect(setup.server.openStreams).toBe(0)
        return setup.mockServer.requests.map(({ path }) => path)
      }
      expect(await requests(true)).toEqual(await requests(false))
    },
  )

  it('whose provider changes during a request shows only the code of the new one', async () => {
    let answer = (_: PairingSnapshot): void => {}
    const first = scriptedProvider(
      { getQrCode: () => new Promise<PairingSnapshot>((resolve) => (answer = resolve)) },
      'one',
    )
    const second = scriptedProvider({ getQrCode: () => qr('second') }, 'two')
    const queryClient = new QueryClient()
    const told = vi.fn()
    const element = (provider: PairingProvider) => (
      <WhatsAppPairing provider={provider} queryClient={queryClient} onLinked={told} onError={told} />
    )
    const { rerender } = render(element(first))
    await settle()
    rerender(element(second))
    await advance(1_000)
    const seconds = shownQr()
    expect(seconds).toBeTruthy()
    expect(first.signals[0]?.aborted).toBe(true)
    await doing(() => answer({ status: 'linked', account: {} }))
    await advance(3_000)
    expect(shownQr()).toBe(seconds)
    expect(told).not.toHaveBeenCalled()
    rerender(element(first))
    await advance(1_000)
    expect(shownStatus()).toBe('preparing')
    expect(first.calls).toHaveLength(2)
  })

  it('that unmounts during a request for a pairing code aborts that request', async () => {
    const provider = scriptedProvider({
      getQrCode: () => qr('a'),
      requestPairingCode: () => new Promise<never>(() => {}),
    })
    const { unmount } = show(provider, { defaultMethod: 'phone-code' })
    await settle()
    await askForCode()
    unmount()
    await advance(180_000)
    expect(provider.signals.at(-1)?.aborted).toBe(true)
    expect(provider.calls.filter(({ question }) => question === 'pairing-code')).toHaveLength(1)
  })
})

describe('an unmount', () => {
  const faults: readonly EmulatorFault[] = [
    'rate-limited',
    'server-error',
    'network',
    'hang',
    'half-json',
    'not-an-image',
  ]
  type Happening = (setup: Setup) => void
  const happenings: Readonly<Record<string, Happening>> = {
    scan: ({ emulator }) => void emulator.scan(),
    rotate: ({ emulator }) => void emulator.rotate(),
    passkey: ({ emulator }) => emulator.demandPasskey(),
    disconnect: ({ emulator }) => void emulator.disconnect(),
    'leave leftovers': ({ emulator }) => emulator.leaveStaleAuth(),
    recover: ({ emulator }) => emulator.recover(),
    hide: () => focusManager.setFocused(false),
    show: () => focusManager.setFocused(true),
    'go offline': () => onlineManager.setOnline(false),
    'go online': () => onlineManager.setOnline(true),
    press: () => document.querySelector<HTMLButtonElement>('[data-part="retry-button"]')?.click(),
    'other tab': () => document.querySelector<HTMLButtonElement>('[aria-selected="false"]')?.click(),
    'get code': () => document.querySelector<HTMLButtonElement>('[data-part="submit-button"]')?.click(),
    ...Object.fromEntries(faults.map((fault) => [fault, ({ emulator }: Setup) => emulator.fail(fault)])),
  }

  it('at any moment ends all requests, streams, timers and callbacks', async () => {
    const story = fc.record({
      id: fc.constantFrom(...providerIds),
      live: fc.boolean(),
      strict: fc.boolean(),
      steps: fc.array(
        fc.record({
          what: fc.constantFrom(...Object.keys(happenings)),
          ms: fc.integer({ min: 0, max: 9_000 }),
        }),
        { maxLength: 10 },
      ),
      lastMs: fc.integer({ min: 0, max: 6_000 }),
    })
    await fc.assert(
      fc.asyncProperty(story, async ({ id, live, strict, steps, lastMs }) => {
        const setup = createSetup(id)
        const told: string[] = []
        const element = setup.element({
          provider: setup.proxied({ live }),
          defaultPhoneNumber: '+55 11 98765-4321',
          onLinked: () => void told.push('linked'),
          onError: () => void told.push('failed'),
          onEvent: ({ type }) => void told.push(type),
        })
        const { unmount } = render(strict ? <StrictMode>{element}</StrictMode> : element)
        for (const { what, ms } of steps) {
          await advance(ms)
          await doing(() => happenings[what]?.(setup))
        }
        await advance(lastMs)
        unmount()
        // The server may still be sending a response until it notices the unmount.
        await settle()
        const before = {
          mockServer: setup.mockServer.requests.length,
          page: setup.server.requests.length,
          told: [...told],
        }
        focusManager.setFocused(true)
        onlineManager.setOnline(true)
        setup.emulator.recover()
        await advance(5_000)
        expect(setup.server.openStreams).toBe(0)
        expect(setup.server.watchers).toBe(0)
        // The page drops the cached session after a minute. The server drops the state when its codes have expired.
        await advance(300_000)
        expect(vi.getTimerCount()).toBe(0)
        expect(setup.server.requests.length).toBe(before.page)
        // A change that has reached the server may finish there.
        expect(setup.mockServer.requests.length - before.mockServer).toBeLessThanOrEqual(1)
        expect(told).toEqual(before.told)
        expect(setup.queryClient.getQueryCache().getAll()).toHaveLength(0)
      }),
      { ...randomRuns(15, 200), endOnFailure: true },
    )
  }, 120_000)

  it('leaves no timer after the cache was dropped, even after many unmounts', async () => {
    const queryClient = new QueryClient()
    const provider = scriptedProvider({ getQrCode: () => qr('a') })
    for (let index = 0; index < 20; index++) {
      const { unmount } = show({ ...provider, sessionId: String(index), timing }, { queryClient })
      await settle()
      unmount()
    }
    await advance(61_000)
    expect(queryClient.getQueryCache().getAll()).toHaveLength(0)
    expect(vi.getTimerCount()).toBe(0)
  })
})
