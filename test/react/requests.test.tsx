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
  type PairingQueryKey,
  PairingStatus,
  pairingSessionQueryOptions,
  type SessionCell,
  usePairingSession,
  WhatsAppPairing,
} from '../../src/index.js'
import { qrImage } from '../../src/testing/qr-image.js'
import { providerIds } from '../../stories/playground/emulated-provider.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { createSetup, doing, shownStatus } from './setup.js'

beforeAll(() => qrImage('2@a,b').then(() => undefined))
emulateTime()
afterEach(() => {
  focusManager.setFocused(undefined)
  onlineManager.setOnline(true)
})

const questions = (provider: ReturnType<typeof scriptedProvider>) =>
  provider.calls.map(({ question }) => question)

describe('the requests of the hook', () => {
  it.each([
    ['hidden', () => focusManager.setFocused(false)],
    ['offline', () => onlineManager.setOnline(false)],
  ])('are not scheduled in a page that is %s: no timer wakes it up for them', async (_, leave) => {
    const provider = scriptedProvider({ getQrCode: () => qr('a') })
    const queryClient = new QueryClient()
    const options = pairingSessionQueryOptions({ provider, queryClient })
    const query = queryClient
      .getQueryCache()
      .build<SessionCell, Error, SessionCell, PairingQueryKey>(queryClient, { queryKey: options.queryKey })
    const interval = () => typeof options.refetchInterval === 'function' && options.refetchInterval(query)
    render(<WhatsAppPairing provider={provider} queryClient={queryClient} />)
    await advance(1_000)
    expect(interval()).toBeGreaterThan(0)
    await doing(() => void leave())
    expect(interval()).toBe(false)
  })

  it.each(providerIds)('in a minute of waiting are exactly as many as the timing says: %s', async (id) => {
    const { timing } = createSetup(id).provider
    // The first code is valid for a minute, so the screen does not change.
    const provider = scriptedProvider({ getQrCode: () => qr('a') })
    render(<WhatsAppPairing provider={{ ...provider, timing }} queryClient={new QueryClient()} />)
    await advance(59_900)
    const qrQuestions = Math.ceil(59_900 / timing.qrIntervalMs)
    // Every response contains the state. So a read of the status follows only if no response came in its interval.
    const statusPerQr = Math.ceil(timing.qrIntervalMs / timing.statusIntervalMs) - 1
    expect(questions(provider).filter((question) => question === 'qr-code')).toHaveLength(qrQuestions)
    const statusQuestions = questions(provider).filter((question) => question === 'status').length
    expect(statusQuestions).toBeLessThanOrEqual(qrQuestions * statusPerQr)
    expect(statusQuestions).toBeGreaterThanOrEqual((qrQuestions - 1) * statusPerQr)
  })

  it('never overlap in one session, even with a slow provider', async () => {
    let open = 0
    let most = 0
    const slow = async () => {
      most = Math.max(most, ++open)
      await new Promise((resolve) => setTimeout(resolve, 7_000))
      open--
      return qr(Math.floor(Date.now() / 20_000))
    }
    render(
      <WhatsAppPairing
        provider={scriptedProvider({ getQrCode: slow, getStatus: slow })}
        queryClient={new QueryClient()}
      />,
    )
    await advance(60_000)
    expect(most).toBe(1)
  })

  it('are shared by all components with the same provider and session', async () => {
    const provider = scriptedProvider({ getQrCode: () => qr('a') })
    const single = scriptedProvider({ getQrCode: () => qr('a') }, 'single')
    render(<WhatsAppPairing provider={single} queryClient={new QueryClient()} />)
    const queryClient = new QueryClient()
    render(
      <>
        <WhatsAppPairing provider={provider} queryClient={queryClient} />
        <WhatsAppPairing provider={{ ...provider }} queryClient={queryClient} />
      </>,
    )
    await advance(30_000)
    expect(questions(provider)).toEqual(questions(single))
  })

  it('are not doubled by StrictMode', async () => {
    const provider = scriptedProvider({ getQrCode: () => qr('a') })
    render(
      <StrictMode>
        <WhatsAppPairing provider={provider} queryClient={new QueryClient()} />
      </StrictMode>,
    )
    await advance(4_000)
    expect(questions(provider).filter((question) => question === 'qr-code')).toHaveLength(1)
  })

  it('are not restarted if each render creates a new provider object', async () => {
    const setup = createSetup('green-api')
    const { rerender } = setup.show()
    await advance(2_000)
    const before = setup.mockServer.requests.length
    for (let index = 0; index < 50; index++) rerender(setup.element())
    await settle()
    expect(setup.mockServer.requests.length).toBe(before)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('end with the component: the current one is aborted, and no other follows', async () => {
    const provider = scriptedProvider({ getQrCode: () => new Promise<never>(() => {}) })
    const { unmount } = render(<WhatsAppPairing provider={provider} queryClient={new QueryClient()} />)
    await settle()
    unmount()
    await advance(120_000)
    expect(provider.calls).toHaveLength(1)
    expect(provider.signals[0]?.aborted).toBe(true)
  })

  it('do not increase when the app invalidates its whole cache', async () => {
    const queryClient = new QueryClient()
    const provider = scriptedProvider({ getQrCode: () => qr('a') })
    render(<WhatsAppPairing provider={provider} queryClient={queryClient} />)
    await advance(1_000)
    await doing(() => void queryClient.invalidateQueries())
    await settle()
    expect(provider.calls).toHaveLength(1)
  })

  it('stop while the page is hidden, and that time does not count a code', async () => {
    const provider = scriptedProvider({ getQrCode: () => qr(Math.floor(Date.now() / 20_000)) })
    vi.setSystemTime(20_000_000)
    render(<WhatsAppPairing provider={provider} queryClient={new QueryClient()} />)
    await advance(2_000)
    await doing(() => focusManager.setFocused(false))
    const before = provider.calls.length
    await advance(300_000)
    expect(provider.calls.length).toBe(before)
    expect(shownStatus()).toBe('preparing')
    await doing(() => focusManager.setFocused(true))
    await advance(250)
    // The user saw the first code for two seconds, so it does not count.
    expect(screen.getByRole('status').textContent).toContain('1 of 3')
  })

  it('wait while the device is offline', async () => {
    const provider = scriptedProvider({ getQrCode: () => qr('a') })
    render(<WhatsAppPairing provider={provider} queryClient={new QueryClient()} />)
    await advance(1_000)
    await doing(() => onlineManager.setOnline(false))
    await advance(30_000)
    expect(provider.calls).toHaveLength(1)
    await doing(() => onlineManager.setOnline(true))
    await advance(250)
    expect(provider.calls.length).toBeGreaterThan(1)
  })
})

describe('the rendering of the component', () => {
  it('causes four commits in a minute of waiting: state changes and two announcements of the remaining time', async () => {
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
})

describe('the query client', () => {
  function Status({ provider }: { provider: ReturnType<typeof scriptedProvider> }) {
    return <output>{usePairingSession({ provider }).session.status}</output>
  }
  const answering = (sessionId: string) => scriptedProvider({ getQrCode: () => qr('a') }, sessionId)

  it('is the one of the app if it has a provider', async () => {
    const queryClient = new QueryClient()
    render(
      <QueryClientProvider client={queryClient}>
        <Status provider={answering('host')} />
      </QueryClientProvider>,
    )
    await settle()
    expect(screen.getByRole('status').textContent).toBe('awaiting-scan')
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
    const provider = scriptedProvider({ getQrCode: () => qr('a') })
    render(<WhatsAppPairing provider={provider} queryClient={queryClient} />)
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
    const provider = answering('private')
    render(
      <>
        <Status provider={provider} />
        <Status provider={provider} />
      </>,
    )
    await settle()
    expect(screen.getAllByRole('status').map((element) => element.textContent)).toEqual([
      'awaiting-scan',
      'awaiting-scan',
    ])
    expect(provider.calls).toHaveLength(1)
  })
})
