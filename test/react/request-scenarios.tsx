import { focusManager } from '@tanstack/react-query'
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import type { ReactElement } from 'react'
import { vi } from 'vitest'
import { type UsePairingSessionOptions, usePairingSession } from '../../src/index.js'
import { processRegistry } from '../../src/poller/registry.js'
import { ownServer } from '../../src/providers/own-server.js'
import { createEmulator, type Emulator, mockOwnServer } from '../../src/testing.js'
import { type EmulatedProvider, emulatedProvider } from '../../stories/playground/emulated-provider.js'
import { advance, startTime } from '../time.js'
import { doing, type Setup, setupOf } from './setup.js'
import { timeTo } from './user.js'

const SEED = { seed: 7 }

/** The providers by the name of their factory, as in the documentation. */
const countedProviders = {
  greenApi: () => emulatedProvider('green-api', SEED),
  zApi: () => emulatedProvider('z-api', SEED),
  wasend: () => emulatedProvider('wasend', SEED),
  evolutionApi: () => emulatedProvider('evolution-api', SEED),
  waha: () => emulatedProvider('waha', SEED),
  ownServer() {
    const emulator = createEmulator(SEED)
    const mockServer = mockOwnServer(emulator)
    const provider = ownServer({ url: 'https://engine.example/pairing', fetch: mockServer.fetch })
    return { emulator, mockServer, provider }
  },
} satisfies Record<string, () => EmulatedProvider>

export type CountedProviderName = keyof typeof countedProviders

/** The ways in which the page gets updates: the server pushes them, the page polls the server, or the page uses the adapter. */
export const ways = ['live', 'polling', 'direct'] as const

export type Way = (typeof ways)[number]

/** The actions on the phone and the page until a phone is linked, or polling has stopped. */
interface Scenario {
  /** The title in the documentation. */
  readonly title: string
  /** The phone is linked before the page opens. */
  readonly isLinkedBefore?: boolean
  readonly method?: 'phone-code'
  run(page: CountedPage): Promise<void>
}

const SECOND_MS = 1_000
const MINUTE_MS = 60_000

export const scenarios = {
  'scanned-at-once': {
    title: 'QR code scanned after 10 s',
    run: (page) => scanAfter(page, 10 * SECOND_MS),
  },
  'scanned-in-second-code': {
    title: 'scanned in the second code, after 70 s',
    run: (page) => scanAfter(page, 70 * SECOND_MS),
  },
  'never-scanned': {
    title: 'never scanned: three codes, then silence',
    async run(page) {
      await timeTo('expired')
      await staySilent(page)
    },
  },
  'scanned-after-retry': {
    title: 'the same, then Retry, scanned after 10 s',
    async run(page) {
      await timeTo('expired')
      await advance(30 * SECOND_MS)
      await doing(() => fireEvent.click(screen.getByRole('button', { name: 'Retry' })))
      await scanAfter(page, 10 * SECOND_MS)
    },
  },
  hidden: {
    title: 'page hidden for 5 min after 10 s, scanned 10 s after that',
    async run(page) {
      await advance(10 * SECOND_MS)
      await doing(() => focusManager.setFocused(false))
      await advance(5 * MINUTE_MS)
      await doing(() => focusManager.setFocused(true))
      await scanAfter(page, 10 * SECOND_MS)
    },
  },
  'code-entered': {
    title: 'pairing code entered after 20 s',
    method: 'phone-code',
    async run({ setup: { emulator } }) {
      await askForCode()
      await advance(20 * SECOND_MS)
      const { state } = emulator
      const code = state.status === 'pairing' ? state.pairingCode?.value : undefined
      await doing(() => void emulator.typeCode(code ?? ''))
      await timeTo('linked')
    },
  },
  'code-not-entered': {
    title: 'pairing code never entered',
    method: 'phone-code',
    async run(page) {
      await askForCode()
      await timeTo('expired')
      await staySilent(page)
    },
  },
  'linked-before': {
    title: 'linked before, page open for 5 min',
    isLinkedBefore: true,
    run: () => advance(5 * MINUTE_MS),
  },
} satisfies Record<string, Scenario>

export type ScenarioName = keyof typeof scenarios

/** Begins a measurement, which stands for a new process. */
export function begin(): void {
  startTime()
}

export function end(): void {
  cleanup()
  processRegistry().close()
  focusManager.setFocused(undefined)
  vi.useRealTimers()
}

export const providerNames = keysOf(countedProviders)
export const scenarioNames = keysOf(scenarios)

/** Returns false if the provider lacks the method of the scenario. */
export function isPossible(providerName: CountedProviderName, scenarioName: ScenarioName): boolean {
  const { method }: Scenario = scenarios[scenarioName]
  const { provider } = countedProviders[providerName]()
  return method === undefined || provider.requestPairingCode !== undefined
}

/** Counts the requests to a provider in a scenario. */
export async function countRequests(
  providerName: CountedProviderName,
  scenarioName: ScenarioName,
  way: Way,
): Promise<number> {
  const scenario: Scenario = scenarios[scenarioName]
  const page = await openCounted(providerName, way, scenario)
  await scenario.run(page)
  page.unmount()
  return page.requests()
}

interface CountedPage {
  readonly setup: Setup
  /** The number of requests to the provider so far. */
  requests(): number
  unmount(): void
}

/** A page without drawings, because its look causes no request. */
function Session(options: UsePairingSessionOptions): ReactElement {
  const { session, retry, requestPairingCode } = usePairingSession(options)
  return (
    <div data-scope="whatsapp-pairing" data-status={session.status}>
      <button type="button" onClick={retry}>
        Retry
      </button>
      <button type="button" onClick={() => requestPairingCode()}>
        Get code
      </button>
    </div>
  )
}

/** Opens the page. */
export async function openCounted(
  providerName: CountedProviderName,
  way: Way,
  { isLinkedBefore, method }: Pick<Scenario, 'isLinkedBefore' | 'method'> = {},
): Promise<CountedPage> {
  const { sockets, ...emulated }: EmulatedProvider = countedProviders[providerName]()
  if (isLinkedBefore) await link(emulated.emulator)
  const setup = setupOf(emulated)
  const provider = way === 'direct' ? setup.provider : setup.proxied({ live: way === 'live' })
  const { unmount } = render(
    <Session
      provider={provider}
      queryClient={setup.queryClient}
      {...(method && { defaultMethod: method, defaultPhoneNumber: '5511987654321' })}
    />,
  )
  return {
    setup,
    unmount,
    requests: () => setup.mockServer.requests.length + (sockets?.requests.length ?? 0),
  }
}

function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): readonly Key[] {
  return Object.keys(record).filter((key): key is Key => Object.hasOwn(record, key))
}

async function link(emulator: Emulator): Promise<void> {
  emulator.start()
  emulator.scan()
  await advance(MINUTE_MS)
}

async function scanAfter({ setup: { emulator } }: CountedPage, ms: number): Promise<void> {
  await advance(ms)
  await doing(() => void emulator.scan())
  await timeTo('linked')
}

/** Fails if a page that has ended sends requests in the next five minutes. */
async function staySilent({ requests }: CountedPage): Promise<void> {
  const before = requests()
  await advance(5 * MINUTE_MS)
  if (requests() > before) throw new Error(`The page has expired, and sent ${requests() - before} requests.`)
}

async function askForCode(): Promise<void> {
  await timeTo('awaiting-number')
  // In this time the page reads the state once, as it does for a user.
  await advance(SECOND_MS)
  await doing(() => fireEvent.click(screen.getByRole('button', { name: 'Get code' })))
  await timeTo('awaiting-code')
}
