import {
  type DefaultOptions,
  focusManager,
  keepPreviousData,
  onlineManager,
  QueryClient,
  QueryClientProvider,
} from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { Profiler, StrictMode } from 'react'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  type PairingProvider,
  type PairingQueryKey,
  type PairingSnapshot,
  PairingStatus,
  pairingSessionQueryOptions,
  type SessionCell,
  usePairingSession,
  WhatsAppPairing,
} from '../../src/index.js'
import { qrImage } from '../../src/testing/qr-image.js'
import { providerIds } from '../../stories/playground/emulated-provider.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, type SpyProvider, scriptedProvider } from './scripted-provider.js'
import { createSetup, doing, shownStatus } from './setup.js'
import { hang, linked, rotatingProvider, showPairing } from './show-pairing.js'
import { part, statusLine } from './user.js'

beforeAll(() => qrImage('2@a,b').then(() => undefined))
emulateTime()
afterEach(() => {
  focusManager.setFocused(undefined)
  onlineManager.setOnline(true)
})

const steady = (sessionId?: string) => scriptedProvider({ getQrCode: () => qr('a') }, sessionId)

describe('the requests of the hook', () => {
  it.each([
    ['hidden', () => focusManager.setFocused(false)],
    ['offline', () => onlineManager.setOnline(false)],
  ])('are not scheduled in a page that is %s: no timer wakes it up for them', async (_, leave) => {
    const provider = steady()
    const queryClient = new QueryClient()
    const options = pairingSessionQueryOptions({ provider, queryClient })
    const query = queryClient
      .getQueryCache()
      .build<SessionCell, Error, SessionCell, PairingQueryKey>(queryClient, { queryKey: options.queryKey })
    const interval = () => typeof options.refetchInterval === 'function' && options.refetchInterval(query)
    showPairing(provider, { queryClient })
    await advance(1_000)
    expect(interval()).toBeGreaterThan(0)
    await doing(() => void leave())
    expect(interval()).toBe(false)
  })

  it.each(providerIds)('in a minute of waiting are exactly as many as the timing says: %s', async (id) => {
    const { timing } = createSetup(id).provider
    // The first code is valid for a minute, so the screen does not change.
    const provider = steady()
    showPairing({ ...provider, timing })
    await advance(59_900)
    const qrRequests = Math.ceil(59_900 / timing.qrIntervalMs)
    // Every response contains the state. So a read of the status follows only if no response came in its interval.
    const statusPerQr = Math.ceil(timing.qrIntervalMs / timing.statusIntervalMs) - 1
    expect(provider.calls.filter((call) => call === 'getQrCode')).toHaveLength(qrRequests)
    const statusRequests = provider.calls.filter((call) => call === 'getStatus').length
    expect(statusRequests).toBeLessThanOrEqual(qrRequests * statusPerQr)
    expect(statusRequests).toBeGreaterThanOrEqual((qrRequests - 1) * statusPerQr)
  })

  it('never overlap with a provider that takes five seconds, and codes are still shown', async () => {
    let open = 0
    const slow = async () => {
      expect(++open).toBe(1)
      const code = qr(Math.floor(Date.now() / 20_000))
      await new Promise((resolve) => setTimeout(resolve, 5_000))
      open--
      return code
    }
    vi.setSystemTime(20_000_000)
    showPairing(scriptedProvider({ getQrCode: slow, getStatus: slow }), {
      maxRefreshes: Number.POSITIVE_INFINITY,
    })
    let shownMs = 0
    let shownAt: number | undefined
    await advance(60_000, (now) => {
      shownMs += now - (shownAt ?? now)
      shownAt = shownStatus() === 'awaiting-scan' ? now : undefined
    })
    expect(shownMs).toBeGreaterThan(25_000)
  })

  it('are shared by all components with the same provider and session', async () => {
    const [provider, single] = [steady(), steady('single')]
    showPairing(single)
    const queryClient = new QueryClient()
    showPairing(provider, { queryClient })
    showPairing({ ...provider }, { queryClient })
    await advance(30_000)
    expect(provider.calls).toEqual(single.calls)
  })

  it('are not doubled by StrictMode', async () => {
    const provider = steady()
    render(
      <StrictMode>
        <WhatsAppPairing provider={provider} queryClient={new QueryClient()} />
      </StrictMode>,
    )
    await advance(4_000)
    expect(provider.calls.filter((call) => call === 'getQrCode')).toHaveLength(1)
  })

  it('do not become more if the component is mounted repeatedly', async () => {
    const [staying, moving] = [steady('staying'), steady('moving')]
    const { unmount: leave } = showPairing(staying)
    await advance(10_000)
    leave()
    const queryClient = new QueryClient()
    for (let index = 0; index < 20; index++) {
      const { unmount } = showPairing(moving, { queryClient })
      await advance(500)
      unmount()
    }
    expect(moving.calls.length).toBeLessThanOrEqual(staying.calls.length + 1)
  })

  it('are not sent again if each render creates a new provider object, and the code stays', async () => {
    const setup = createSetup('green-api')
    const { rerender } = setup.show()
    await advance(2_000)
    const code = part('qr-code')
    const before = [setup.mockServer.requests.length, setup.server.requests.length]
    for (let index = 0; index < 50; index++) rerender(setup.element({ onEvent: () => {} }))
    await settle()
    expect([setup.mockServer.requests.length, setup.server.requests.length]).toEqual(before)
    expect(part('qr-code')).toBe(code)
  })

  it('of the previous provider are aborted and ignored when the app changes the provider', async () => {
    let respond = (_: PairingSnapshot): void => {}
    const first = scriptedProvider(
      { getQrCode: () => new Promise<PairingSnapshot>((resolve) => (respond = resolve)) },
      'one',
    )
    const queryClient = new QueryClient()
    const called = vi.fn()
    const element = (provider: PairingProvider) => (
      <WhatsAppPairing provider={provider} queryClient={queryClient} onLinked={called} onError={called} />
    )
    const { rerender } = render(element(first))
    await settle()
    rerender(element(steady('two')))
    await advance(1_000)
    const second = part('qr-code')?.innerHTML
    expect(second).toBeTruthy()
    expect(first.details[0]?.signal?.aborted).toBe(true)
    await doing(() => respond(linked))
    await advance(3_000)
    expect(part('qr-code')?.innerHTML).toBe(second)
    expect(called).not.toHaveBeenCalled()
    rerender(element(first))
    await advance(1_000)
    expect(shownStatus()).toBe('preparing')
    expect(first.calls).toHaveLength(2)
  })

  it('are aborted and sent again if the server does not respond within two minutes', async () => {
    const signals: (AbortSignal | undefined)[] = []
    const read = ({ signal }: { readonly signal?: AbortSignal | undefined }) => {
      signals.push(signal)
      return hang()
    }
    const provider = { id: 'proxy', sessionId: 'silent', connection: { read, act: hang } }
    render(<WhatsAppPairing provider={provider} queryClient={new QueryClient()} />)
    await advance(119_000)
    expect(signals.map((signal) => signal?.aborted)).toEqual([false])
    await advance(3_000)
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, false])
    expect(statusLine()).toBe('Still trying to get your code…')
  })

  it('do not increase when the app invalidates its whole cache', async () => {
    const queryClient = new QueryClient()
    const provider = steady()
    showPairing(provider, { queryClient })
    await advance(1_000)
    await doing(() => void queryClient.invalidateQueries())
    await settle()
    expect(provider.calls).toHaveLength(1)
  })

  it('stop while the page is hidden, and that time does not count a code', async () => {
    const provider = rotatingProvider()
    showPairing(provider)
    await advance(2_000)
    await doing(() => focusManager.setFocused(false))
    const before = provider.calls.length
    await advance(300_000)
    expect(provider.calls.length).toBe(before)
    expect(shownStatus()).toBe('preparing')
    await doing(() => focusManager.setFocused(true))
    await advance(250)
    // The user saw the first code for two seconds, so it does not count.
    expect(statusLine()).toContain('1 of 3')
  })

  it('wait while the device is offline, and a code still disappears at its expiry', async () => {
    const provider = rotatingProvider()
    showPairing(provider)
    await advance(1_000)
    await doing(() => onlineManager.setOnline(false))
    await advance(21_000)
    expect(part('qr-code')).toBeNull()
    await advance(300_000)
    expect(provider.calls).toHaveLength(1)
    await doing(() => onlineManager.setOnline(true))
    await advance(500)
    expect(shownStatus()).toBe('awaiting-scan')
  })
})

it('a minute of waiting causes four commits: state changes and two announcements of the remaining time', async () => {
  const commits: string[] = []
  const setup = createSetup('z-api')
  render(
    <Profiler id="pairing" onRender={() => void commits.push(shownStatus() ?? '')}>
      {setup.element()}
    </Profiler>,
  )
  await advance(2_000)
  expect(shownStatus()).toBe('awaiting-scan')
  const before = commits.length
  await advance(55_000)
  expect(commits.length - before).toBe(4)
  expect(setup.mockServer.requests.length).toBeGreaterThan(15)
})

describe('the query client', () => {
  function Status({ provider }: { readonly provider: SpyProvider }) {
    return <output>{usePairingSession({ provider }).session.status}</output>
  }

  it('is the one of the app if it has a provider', async () => {
    const queryClient = new QueryClient()
    render(
      <QueryClientProvider client={queryClient}>
        <Status provider={steady('host')} />
      </QueryClientProvider>,
    )
    await settle()
    expect(statusLine()).toBe('awaiting-scan')
    expect(queryClient.getQueryCache().getAll()).toHaveLength(1)
  })

  // A persister reads what it stored: a copy of the cached data as JSON, which is an empty object here.
  it.each<readonly [string, NonNullable<DefaultOptions['queries']>]>([
    ['persister', { persister: () => JSON.parse('{}') }],
    ['previous data as placeholder', { placeholderData: keepPreviousData }],
    ['initial data', { initialData: {} }],
  ])('may have default options for its own queries: %s', async (_, queries) => {
    const queryClient = new QueryClient({ defaultOptions: { queries } })
    const getStatus = () => ({ status: 'linked', account: { name: 'Ana' } }) as const
    showPairing(steady(), { queryClient })
    render(
      <PairingStatus
        provider={scriptedProvider({ getQrCode: () => qr('a'), getStatus }, 'linked')}
        queryClient={queryClient}
      />,
    )
    await advance(3_000)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(screen.getByText('Ana')).toBeTruthy()
  })

  it('is a private one, shared by all components, without such a provider', async () => {
    const provider = steady('private')
    render(
      <>
        <Status provider={provider} />
        <Status provider={provider} />
      </>,
    )
    await settle()
    expect(screen.getAllByRole('status').map(({ textContent }) => textContent)).toEqual([
      'awaiting-scan',
      'awaiting-scan',
    ])
    expect(provider.calls).toHaveLength(1)
  })
})
