import '../late-modules.js'
import { focusManager, onlineManager } from '@tanstack/react-query'
import { vi } from 'vitest'
import { PairingError, type PairingMethod, proxy } from '../../src/index.js'
import { createEmulator, type Emulator } from '../../src/testing.js'
import { createPageServer, type PageServer, wishOf } from '../react/page-server.js'
import { advance } from '../time.js'
import { type CodeEnds, codeOnScreen, noteCodeEnds } from './code-ends.js'
import { refused } from './interference.js'
import { createLink, type Link } from './link.js'
import { type Machine, startMachine } from './machine.js'
import { createPage, type Page, type PageOptions } from './page.js'
import { createProviderSide, type ProviderSideOptions, type Service } from './provider-side.js'
import { type Held, watchHeld } from './watch-leaks.js'

const HOST_URL = 'https://host.example/api/pairing'

/** How long after the request about it was due a code is hidden, to leave time for the response. */
const GRACE_MS = 2_000

/** Timers stop while a machine sleeps; no timer that hides a code is longer than this. */
const LONGEST_TIMER_MS = 2_000

/** The user at the host: `forbidden` is signed in without permission, `unknown` is not signed in. */
export type Visitor = 'welcome' | 'forbidden' | 'unknown'

/** Options of {@link createFaultSetup}. */
export interface FaultSetupOptions extends ProviderSideOptions, PageOptions {
  readonly id: Service
  readonly method: PairingMethod
  /** False: the page polls. */
  readonly isLive?: boolean
}

/** Everything from a page to a phone, and the machine of the page: page → link → host → link → provider → phone. */
export interface FaultSetup {
  readonly id: Service
  readonly machine: Machine
  readonly page: Page
  /** The link between the page and the host. */
  readonly pageLink: Link
  readonly server: PageServer
  /** The link between the host and the provider. */
  readonly providerLink: Link
  readonly emulator: Emulator
  readonly codes: CodeEnds
  readonly held: () => Held
  visitor: Visitor
  /** Whether the page is visible. */
  readonly isSeen: boolean
  /** When the screen last changed, in the time of {@link Machine.awake}. */
  readonly changedAt: number
  /** The longest time that a code stayed on screen after it had expired. */
  readonly overdueMs: number
  /** The unavoidable part of it: the time until a response about the code can arrive. */
  readonly unavoidableMs: number
  /** The same if no server ever responds, because the age of a code is unknown when it is first seen. */
  readonly trustedMs: number
  /** Called when the screen has changed. */
  onChange: () => void
  pass(ms: number): Promise<void>
  /** The phone accepts the code on screen; false if no valid code is there. */
  answer(): boolean
  setOnline(isOnline: boolean): void
  setSeen(isSeen: boolean): void
  /** Ends all faults. */
  calm(): void
  end(): void
}

export function createFaultSetup({ id, method, isLive, ...options }: FaultSetupOptions): FaultSetup {
  const machine = startMachine()
  vi.spyOn(Math, 'random').mockImplementation(sameNumbers())
  const held = watchHeld()
  const emulator = createEmulator({
    now: machine.now,
    seed: 7,
    // Z-API restores an existing login without a new scan.
    ...(id === 'z-api' && options.resettingMs && { linkingMs: options.resettingMs }),
  })
  const codes = noteCodeEnds(emulator)
  let providerLink: Link | undefined
  const provider = createProviderSide(
    id,
    emulator,
    (mockServer) => {
      const noting: typeof fetch = async (...request) => {
        const answer = await mockServer.fetch(...request)
        await codes.note()
        return answer
      }
      // Requests of one provider object never overlap, regardless of their purpose.
      providerLink = createLink(noting, () => 'any')
      return providerLink.fetch
    },
    options,
  )
  if (!providerLink) throw new Error('An adapter without a network')
  const authorize = (): boolean => {
    if (setup.visitor === 'unknown') throw new PairingError('sign-in-required', 'No cookie.')
    return setup.visitor === 'welcome'
  }
  const server = createPageServer(HOST_URL, provider, { authorize })
  const pageLink = createLink(server.fetch, wishOf)
  const page = createPage(
    () => proxy({ url: HOST_URL, fetch: pageLink.fetch, live: isLive ?? true }),
    method,
    options,
  )
  let shown: Page['session']
  let isSeen = true
  let changedAt = 0
  let overdueMs = 0

  async function look(): Promise<void> {
    const code = codeOnScreen(shown)
    const end = code === undefined ? undefined : codes.endOf(code)
    // What the last look showed has been on screen until now.
    if (end !== undefined) overdueMs = Math.max(overdueMs, machine.now() - Math.max(end, machine.wokeAt))
    if (page.session === shown) return
    shown = page.session
    changedAt = machine.awake()
    await codes.note()
    setup.onChange()
  }

  const setup: FaultSetup = {
    id,
    machine,
    page,
    pageLink,
    server,
    providerLink,
    emulator,
    codes,
    held,
    visitor: 'welcome',
    get isSeen() {
      return isSeen
    },
    get changedAt() {
      return changedAt
    },
    get overdueMs() {
      return overdueMs
    },
    get unavoidableMs() {
      const travelMs = pageLink.slowestMs + setup.providerLink.slowestMs
      const { qrMinIntervalMs, qrIntervalMs, qrLifetimeMs } = provider.timing
      // If a response takes longer than that, a second one cannot arrive in time, and the documented rotation counts.
      return GRACE_MS + travelMs + (travelMs > qrIntervalMs ? qrLifetimeMs : qrMinIntervalMs)
    },
    get trustedMs() {
      return (
        GRACE_MS +
        LONGEST_TIMER_MS +
        pageLink.slowestMs +
        setup.providerLink.slowestMs +
        provider.timing.qrLifetimeMs
      )
    },
    onChange: () => {},
    pass: (ms) => advance(ms, look),
    answer() {
      const code = codeOnScreen(page.session)
      if (code === undefined) return false
      const isQr = page.session?.status === 'awaiting-scan'
      return (isQr ? emulator.scan(codes.read(code)) : emulator.typeCode(code)).ok
    },
    setOnline(isOnline) {
      pageLink.interfere = isOnline ? undefined : refused
      onlineManager.setOnline(isOnline)
    },
    setSeen(seen) {
      isSeen = seen
      focusManager.setFocused(seen)
    },
    calm() {
      emulator.recover()
      pageLink.mend()
      setup.providerLink.mend()
      page.canDraw = true
      setup.visitor = 'welcome'
      server.kill()
      server.start()
      setup.setOnline(true)
      setup.setSeen(true)
    },
    end() {
      page.close()
      server.kill()
      onlineManager.setOnline(true)
      focusManager.setFocused(undefined)
      vi.useRealTimers()
      vi.restoreAllMocks()
      vi.unstubAllGlobals()
    },
  }
  return setup
}

/** Replaces `Math.random`, because pauses have a random part and every run must be the same. */
function sameNumbers(): () => number {
  let state = 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
