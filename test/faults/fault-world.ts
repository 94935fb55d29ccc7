import '../late-modules.js'
import { focusManager, onlineManager } from '@tanstack/react-query'
import { vi } from 'vitest'
import { PairingError, type PairingMethod, proxy } from '../../src/index.js'
import { createEmulator, type Emulator } from '../../src/testing.js'
import { type FakeTime, startFakeTime } from '../fake-time.js'
import { createWorldServer, type WorldServer, wishOf } from '../react/world-server.js'
import { type CodeEnds, codeOnScreen, noteCodeEnds } from './code-ends.js'
import { refused } from './interference.js'
import { createLink, type Link } from './link.js'
import { createPage, type Page, type PageOptions } from './page.js'
import { createProviderSide, type ProviderSideOptions, type Service } from './provider-side.js'
import { type Held, watchHeld } from './watch-leaks.js'

const HOST_URL = 'https://host.example/api/pairing'

/** A code is hidden that long after the request about it was due, to leave time for the response. */
const GRACE_MS = 2_000

/** Timers stand still while a machine sleeps; none of those that hide a code is longer than this. */
const LONGEST_TIMER_MS = 2_000

/** Whether the user is signed in at the host, and allowed: `unknown` is not signed in. */
export type Visitor = 'welcome' | 'forbidden' | 'unknown'

/** Options of {@link createFaultWorld}. */
export interface FaultWorldOptions extends ProviderSideOptions, PageOptions {
  readonly id: Service
  readonly method: PairingMethod
  /** False: the page polls. */
  readonly isLive?: boolean
}

/** Everything from a page to a phone, and time: page → link → host → link → provider → phone. */
export interface FaultWorld {
  readonly id: Service
  readonly time: FakeTime
  readonly page: Page
  /** Between the page and the host. */
  readonly pageLink: Link
  readonly server: WorldServer
  /** Between the host and the provider. */
  readonly providerLink: Link
  readonly emulator: Emulator
  readonly codes: CodeEnds
  readonly held: () => Held
  visitor: Visitor
  /** Whether the user looks at the page. */
  readonly isSeen: boolean
  /** When what is on screen changed last, as {@link FakeTime.awake} has it. */
  readonly changedAt: number
  /** For how long, at most, a code stayed on screen after it had expired. */
  readonly overdueMs: number
  /** The part of it that cannot be avoided: the time until a response about the code could be there. */
  readonly unavoidableMs: number
  /** The same where no server ever responds: the age of a code when it was first seen is unknown. */
  readonly trustedMs: number
  /** Called when what is on screen has changed. */
  onChange: () => void
  pass(ms: number): Promise<void>
  /** The phone takes the code on screen; false where there is none that is good. */
  answer(): boolean
  setOnline(isOnline: boolean): void
  setSeen(isSeen: boolean): void
  /** Everything works again. */
  calm(): void
  end(): void
}

export function createFaultWorld({ id, method, isLive, ...options }: FaultWorldOptions): FaultWorld {
  const time = startFakeTime()
  vi.spyOn(Math, 'random').mockImplementation(sameNumbers())
  const held = watchHeld(() => time.timers)
  const emulator = createEmulator({
    now: time.now,
    seed: 7,
    // Z-API restores what was left without a new scan.
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
      // Requests of one provider object never overlap, whatever they are for.
      providerLink = createLink(noting, () => 'any')
      return providerLink.fetch
    },
    options,
  )
  if (!providerLink) throw new Error('An adapter without a network')
  const authorize = (): boolean => {
    if (world.visitor === 'unknown') throw new PairingError('sign-in-required', 'No cookie.')
    return world.visitor === 'welcome'
  }
  const server = createWorldServer(HOST_URL, provider, { authorize })
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
    // What was shown at the last look has been there until now.
    if (end !== undefined) overdueMs = Math.max(overdueMs, time.now() - Math.max(end, time.wokeAt))
    if (page.session === shown) return
    shown = page.session
    changedAt = time.awake()
    await codes.note()
    world.onChange()
  }

  const world: FaultWorld = {
    id,
    time,
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
      const travelMs = pageLink.slowestMs + world.providerLink.slowestMs
      const { qrMinIntervalMs, qrIntervalMs, qrLifetimeMs } = provider.timing
      // Where an answer takes longer than that, there is no second one in time, and the documented rotation counts.
      return GRACE_MS + travelMs + (travelMs > qrIntervalMs ? qrLifetimeMs : qrMinIntervalMs)
    },
    get trustedMs() {
      return (
        GRACE_MS +
        LONGEST_TIMER_MS +
        pageLink.slowestMs +
        world.providerLink.slowestMs +
        provider.timing.qrLifetimeMs
      )
    },
    onChange: () => {},
    pass: (ms) => time.pass(ms, look),
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
      world.providerLink.mend()
      page.canDraw = true
      world.visitor = 'welcome'
      server.kill()
      server.start()
      world.setOnline(true)
      world.setSeen(true)
    },
    end() {
      page.close()
      server.kill()
      onlineManager.setOnline(true)
      focusManager.setFocused(undefined)
      time.end()
      vi.restoreAllMocks()
      vi.unstubAllGlobals()
    },
  }
  return world
}

/** In place of `Math.random`: pauses have a random part, and every run must be the same. */
function sameNumbers(): () => number {
  let state = 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
