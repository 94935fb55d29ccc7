import { describe, expect, it, vi } from 'vitest'
import type { PairingSnapshot } from '../../src/core/provider.js'
import { advance, emulateTime, settle } from '../time.js'
import { readTab, separateHandler, shownIn, type Tab } from './setup.js'
import { qr, type SpyProvider, spyProvider, timing } from './spy-provider.js'

const SESSIONS = 20
const WATCHERS_PER_SESSION = 10
const WATCHERS = SESSIONS * WATCHERS_PER_SESSION

/** WhatsApp's interval: another code every 20 seconds. */
const CODE_MS = 20_000

/** Long enough for two codes, several requests about each, and heartbeats. */
const A_WHILE_MS = 25_000

/** The heartbeat interval of each stream. */
const HEARTBEAT_MS = 5_000

/** The server drops the cached state of a session after this time without a page. */
const IDLE_MS = 60_000

const LINKED: PairingSnapshot = { status: 'linked', account: { phoneNumber: '5511987654321' } }

emulateTime()

interface Setup {
  /** The provider calls for each session, oldest first. */
  calls(): readonly (readonly string[])[]
  /** Opens this many streams for each session. */
  watch(perSession: number): Promise<readonly Tab[]>
  /** Scans all codes. The provider reports this at the next read. */
  scan(): void
  /** Sends the provider's webhooks and waits until the server has accepted them. */
  sendWebhooks(): Promise<void>
}

function setUp(): Setup {
  const since = Date.now()
  let isLinked = false
  const providers = Array.from({ length: SESSIONS }, (_, index): SpyProvider => {
    const code = () => qr(Math.floor((Date.now() - since) / CODE_MS))
    return spyProvider({
      sessionId: String(index),
      getStatus: async () => (isLinked ? LINKED : { status: 'unlinked' }),
      getQrCode: async () => (isLinked ? LINKED : code()),
      readWebhook: () => LINKED,
    })
  })
  const handler = separateHandler({
    provider: ({ url }) => {
      const provider = providers[Number(new URL(url).pathname.split('/')[1])]
      if (!provider) throw new Error(`There is no session at ${url}`)
      return provider
    },
    tenant: () => 'acme',
    authorize: () => true,
    webhookSecret: 'webhook-secret-of-the-test',
    // Exactly the number that the test needs, so that a page that leaves must free its place.
    maxWatchersPerSession: WATCHERS_PER_SESSION,
    maxWatchers: WATCHERS,
  })
  const urlOf = (session: number): string => `https://host.example/${session}`
  const sessions = [...providers.keys()]

  async function open(session: number): Promise<Tab> {
    const response = await handler(new Request(`${urlOf(session)}?events`))
    expect(response.status).toBe(200)
    return readTab(response)
  }

  return {
    calls: () => providers.map(({ calls }) => calls),
    watch: (perSession) =>
      Promise.all(sessions.flatMap((session) => Array.from({ length: perSession }, () => open(session)))),
    scan() {
      isLinked = true
    },
    async sendWebhooks() {
      const headers = {
        authorization: 'Bearer webhook-secret-of-the-test',
        'content-type': 'application/json',
      }
      const init = { method: 'POST', headers, body: '{}' }
      const send = (session: number) => handler(new Request(`${urlOf(session)}/webhook`, init))
      const answers = await Promise.all(sessions.map(send))
      if (!answers.every(({ ok }) => ok)) throw new Error('A webhook was refused')
    },
  }
}

/** How many updates with this status each watcher received, without duplicates: `[1]` means one each. */
const timesSeen = (watchers: readonly Tab[], status: string): readonly number[] => [
  ...new Set(watchers.map((tab) => shownIn(tab).filter((one) => one === status).length)),
]

async function leave(watchers: readonly Tab[]): Promise<void> {
  for (const tab of watchers) tab.leave()
  await settle()
}

describe('200 watchers on 20 sessions', () => {
  it('cause exactly as many provider requests as one watcher on each session', async () => {
    const few = setUp()
    const fewWatchers = await few.watch(1)
    await advance(A_WHILE_MS)
    await leave(fewWatchers)
    const many = setUp()
    await many.watch(WATCHERS_PER_SESSION)
    await advance(A_WHILE_MS)
    expect(few.calls().every((calls) => calls.length > 5)).toBe(true)
    expect(many.calls()).toEqual(few.calls())
  })

  it('each get one update about a scan, after the next poll', async () => {
    const setup = setUp()
    const watchers = await setup.watch(WATCHERS_PER_SESSION)
    await advance(4_000)
    setup.scan()
    await advance(timing.statusIntervalMs)
    expect(watchers).toHaveLength(WATCHERS)
    expect(timesSeen(watchers, 'linked')).toEqual([1])
  })

  it('each get one update about a scan, at most one minimum interval after the webhook', async () => {
    const setup = setUp()
    const watchers = await setup.watch(WATCHERS_PER_SESSION)
    await advance(4_000)
    setup.scan()
    await setup.sendWebhooks()
    await advance(timing.qrMinIntervalMs)
    expect(timesSeen(watchers, 'linked')).toEqual([1])
  })

  it('leave no request and no timer behind, and free their places', async () => {
    const setup = setUp()
    const watchers = await setup.watch(WATCHERS_PER_SESSION)
    await advance(HEARTBEAT_MS + 1_000)
    const asked = structuredClone(setup.calls())
    await leave(watchers)
    await advance(IDLE_MS)
    expect(vi.getTimerCount()).toBe(0)
    await advance(A_WHILE_MS)
    expect(setup.calls()).toEqual(asked)
    expect(await setup.watch(WATCHERS_PER_SESSION)).toHaveLength(WATCHERS)
  })
})
