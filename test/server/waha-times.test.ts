import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { proxy } from '../../src/client/proxy.js'
import type { PairingSession } from '../../src/core/pairing-session.js'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type { PairingUpdate } from '../../src/core/update.js'
import { waha } from '../../src/providers/waha.js'
import { qrImage } from '../../src/testing/qr-image.js'
import {
  createEmulator,
  type Emulator,
  type MockWaha,
  type MockWahaOptions,
  mockWaha,
} from '../../src/testing.js'
import { advance, emulateTime } from '../time.js'
import { type CorePage, openCorePage } from './core-page.js'
import { HANDLER_URL, readTab, separateHandler } from './setup.js'

const SECRET = 'd75b3a66374942c5b3c0'
const PHONE = normalizePhoneNumber('5511987654321')

/** The interval between two painted frames. */
const FRAME_MS = 50

/** A page, the handler, the adapter, and a mock server as slow as WAHA. */
interface Place {
  readonly emulator: Emulator
  readonly mockServer: MockWaha
  readonly page: CorePage
  /** The actions that the provider received, without reads. */
  readonly changes: string[]
  /** The number of requests that the provider received. */
  readonly count: () => number
  /** Webhooks that the handler may not have processed yet. */
  readonly underWay: Set<unknown>
  /** The reasons of all updates that the page received. */
  readonly reasons: (PairingUpdate['reason'] | undefined)[]
  /** Every state of the page, without repetitions. */
  readonly shown: string[]
  watch(): Promise<ReturnType<typeof readTab>>
  /** Lets time pass until the page is in this state. Returns the duration in milliseconds. */
  until(status: PairingSession['status'], limitMs?: number): Promise<number>
  pass(durationMs: number): Promise<void>
}

// Loads the module that draws pictures, which takes real time: a fake clock would continue during it.
beforeAll(() => qrImage('2@a,b').then(() => undefined))
emulateTime()
beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
  return () => {
    vi.restoreAllMocks()
  }
})

/** Opens a page. `before` is applied to the phone and the server first. */
function open(
  options: Partial<MockWahaOptions> & {
    readonly sessionName?: string
    readonly before?: (emulator: Emulator) => void
    readonly hooks?: boolean
    /** Delays a request of the adapter. */
    readonly onWay?: (url: string) => Promise<void>
    /** Whether webhooks arrive. */
    readonly isHeard?: () => boolean
  } = {},
): Place {
  const { sessionName = 'default', before, hooks = false, isHeard = () => true, onWay, ...rest } = options
  let agoMs = 60_000
  // The phone, WhatsApp and the login take 2.1 s, as recorded.
  const emulator = createEmulator({ now: () => Date.now() - agoMs, linkingMs: 2_100, seed: 7 })
  before?.(emulator)
  agoMs = 0
  const underWay: Place['underWay'] = new Set()
  const mockServer = mockWaha(emulator, {
    apiKey: 'K1',
    session: 'default',
    ...(hooks && {
      config: { webhooks: [{ url: `${HANDLER_URL}/webhook?secret=${SECRET}`, events: ['session.status'] }] },
      sendWebhook(request: Request) {
        const taken = isHeard() ? handler(request) : undefined
        underWay.add(taken)
        return taken
      },
    }),
    ...rest,
  })
  const provider = waha({
    baseUrl: 'https://waha.example',
    apiKey: 'K1',
    session: sessionName,
    async fetch(input, init) {
      await onWay?.(String(input))
      return mockServer.fetch(input, init)
    },
  })
  const handler = separateHandler({ provider, authorize: () => true, webhookSecret: SECRET })
  const send: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers)
    headers.set('origin', new URL(HANDLER_URL).origin)
    return handler(new Request(String(input), { ...init, headers }))
  }
  const { connection } = proxy({ url: HANDLER_URL, live: false, fetch: send })
  const reasons: Place['reasons'] = []
  const noted = async (update: Promise<PairingUpdate>): Promise<PairingUpdate> => {
    reasons.push((await update).reason)
    return update
  }
  const page = openCorePage({
    read: (wanted) => noted(connection.read(wanted)),
    act: (action, given) => noted(connection.act(action, given)),
  })
  const shown: string[] = []

  async function pass(durationMs: number): Promise<void> {
    for (let left = durationMs; left > 0; left -= FRAME_MS) {
      page.tick()
      await advance(Math.min(FRAME_MS, left))
      const { session } = page
      const name =
        'notice' in session && session.notice ? `${session.status}: ${session.notice}` : session.status
      if (shown.at(-1) !== name) shown.push(name)
    }
  }

  return {
    emulator,
    mockServer,
    page,
    get changes() {
      return mockServer.requests
        .filter(({ method }) => method !== 'GET')
        .map(({ path }) => path.slice(path.lastIndexOf('/') + 1))
    },
    count: () => mockServer.requests.length,
    underWay,
    reasons,
    shown,
    watch: async () => readTab(await handler(new Request(`${HANDLER_URL}?events`))),
    async until(status, limitMs = 60_000) {
      const from = Date.now()
      while (page.session.status !== status) {
        if (Date.now() - from > limitMs)
          throw new Error(`The page is ${JSON.stringify(page.session)}, not ${status}.`)
        await pass(FRAME_MS)
      }
      return Date.now() - from
    },
    pass,
  }
}

const linkedBefore = (emulator: Emulator): void => {
  emulator.start()
  emulator.scan()
}

describe('a page on a WAHA server that delays QR requests by 5 to 10 s', () => {
  it.each([65, 500, 1_000])(
    'shows the first code of a session that starts in %i ms within 1.5 s',
    async (startingMs) => {
      const place = open({ stopped: true, startingMs })
      expect(await place.until('awaiting-scan')).toBeLessThanOrEqual(1_500)
      expect(place.changes).toEqual(['start'])
    },
  )

  it('shows the code of a running session immediately', async () => {
    expect(await open().until('awaiting-scan')).toBeLessThanOrEqual(100)
  })

  it('is linked immediately if the phone was linked before, with one request', async () => {
    const place = open({ before: linkedBefore })
    expect(await place.until('linked')).toBeLessThanOrEqual(100)
    expect(place.count()).toBe(1)
  })

  it.each([0, 700, 1_500, 2_300, 2_900, 4_100])(
    'is linked within one interval of WAHA, for a scan %i ms after the code appeared',
    async (afterMs) => {
      const place = open()
      await place.until('awaiting-scan')
      await place.pass(afterMs)
      place.emulator.scan()
      // WAHA reports WORKING 2.1 s after the scan.
      expect(await place.until('linked')).toBeLessThanOrEqual(2_100 + 3_000 + 100)
      expect(place.shown.filter((name) => name.startsWith('failed'))).toEqual([])
    },
  )

  it('is linked within two intervals if WAHA delays the QR request, because the status changed after it was read', async () => {
    let heldAt = 0
    const place = open({
      async onWay(url) {
        if (!url.includes('/auth/qr') || place.page.session.status !== 'awaiting-scan' || heldAt > 0) return
        place.emulator.scan()
        await new Promise((resolve) => setTimeout(resolve, 2_010))
        heldAt = Date.now()
      },
    })
    await place.until('linked')
    expect(heldAt).toBeGreaterThan(0)
    expect(Date.now() - heldAt).toBeLessThanOrEqual(6_000)
  })

  it.each(['shop', 'Default', 'default2', 'shop 1', 'são'])(
    'fails immediately, with one request, if the request to WAHA Core is for the session %s',
    async (sessionName) => {
      const place = open({ sessionName })
      await place.until('failed', 1_000)
      expect(place.page.session).toMatchObject({ error: { code: 'session-not-found' } })
      await place.pass(30_000)
      expect(place.count()).toBe(1)
    },
  )
})

describe('a page on a WAHA session whose phone unlinks the device', () => {
  it.each([5_000, 40_000, 170_000])(
    'reports it and shows a new code without a press, %i ms after the link',
    async (afterMs) => {
      const place = open()
      await place.until('awaiting-scan')
      place.emulator.scan()
      await place.until('linked')
      await place.pass(afterMs)
      place.emulator.disconnect()
      await place.until('preparing', 20_000)
      expect(place.reasons).toContain('unlinked')
      // A restart of 3 s, which keeps an existing link, and a logout of 4 s.
      expect(await place.until('awaiting-scan')).toBeLessThanOrEqual(11_000)
      expect(place.changes).toEqual(['restart', 'logout'])
      expect(place.shown.filter((name) => name.includes(':'))).not.toEqual([])
      place.emulator.scan()
      await place.until('linked')
      expect(place.shown.filter((name) => name.startsWith('failed'))).toEqual([])
    },
  )

  it('reports no such reason if the session was never seen linked: the user starts over', async () => {
    const place = open()
    place.emulator.leaveStaleAuth()
    await place.until('failed')
    expect(place.page.session).toMatchObject({ error: { code: 'session-stale' } })
    await place.pass(30_000)
    expect([place.changes, place.reasons.filter(Boolean)]).toEqual([[], []])
    place.page.fold({ type: 'started' })
    await place.until('awaiting-scan')
    expect(place.changes).toEqual(['logout'])
  })
})

/** The user of the page requests a pairing code. */
function submitNumber({ page }: Place): void {
  page.fold({ type: 'method-chosen', method: 'phone-code' })
  page.fold({ type: 'number-submitted', phoneNumber: PHONE })
}

/** The user enters the pairing code on the phone. */
function enterCode({ page: { session }, emulator }: Place) {
  if (session.status !== 'awaiting-code') throw new Error(`The page shows no pairing code: ${session.status}`)
  emulator.typeCode(session.pairingCode.value)
  return session.pairingCode
}

describe('a pairing code of WAHA', () => {
  it('appears immediately after a QR code of a connection under a minute old, and keeps that QR code', async () => {
    const place = open({ stopped: true })
    await place.until('awaiting-scan')
    await place.pass(40_000)
    const { state: before } = place.emulator
    submitNumber(place)
    expect(await place.until('awaiting-code')).toBeLessThanOrEqual(150)
    expect(place.changes).toEqual(['start', 'request-code'])
    expect(place.emulator.state).toMatchObject({ qrText: Reflect.get(before, 'qrText') })
    // The connection ends 160 s after its start.
    expect(enterCode(place).expiresAt - Date.now()).toBeLessThanOrEqual(118_000)
    await place.until('linked')
  })

  it.each([
    ['a start', { stopped: true }, ['start', 'request-code']],
    ['a connection of unknown age', {}, ['logout', 'request-code']],
  ] as const)('requires after %s: %j', async (_title, options, expected) => {
    const place = open(options)
    submitNumber(place)
    await place.until('awaiting-code')
    expect(place.changes).toEqual(expected)
    enterCode(place)
    expect(await place.until('linked')).toBeLessThanOrEqual(5_200)
  })

  it('that was not entered fails the session: nothing is sent until the user starts over', async () => {
    const place = open({ stopped: true })
    submitNumber(place)
    await place.until('awaiting-code')
    await place.until('expired', 170_000)
    await place.pass(60_000)
    expect(place.changes).toEqual(['start', 'request-code'])
    place.page.fold({ type: 'started' })
    await place.until('awaiting-code')
    expect(place.changes).toEqual(['start', 'request-code', 'logout', 'request-code'])
    enterCode(place)
    await place.until('linked')
  })

  it.each([
    { statusCode: 500, exception: { name: 'TypeError', message: 'x is not a function' } },
    { statusCode: 500, message: 'Internal server error' },
    { statusCode: 501, message: 'The method is not implemented by the engine' },
  ])('is refused by an engine without codes, and the session stays unchanged: %j', async (body) => {
    const place = open({
      stopped: true,
      intercept: (path) =>
        path.endsWith('/auth/request-code') ? Response.json(body, { status: body.statusCode }) : undefined,
    })
    await place.until('awaiting-scan')
    place.page.fold({ type: 'method-chosen', method: 'phone-code' })
    for (let attempt = 0; attempt < 3; attempt += 1) {
      place.page.fold({ type: 'number-submitted', phoneNumber: PHONE })
      await place.until('awaiting-number')
      expect(place.page.session).toMatchObject({ error: { code: 'code-refused' } })
      await place.pass(30_000)
    }
    expect(place.changes.filter((name) => name === 'logout').length).toBeLessThanOrEqual(1)
    place.page.fold({ type: 'method-chosen', method: 'qr' })
    await place.until('awaiting-scan')
  })
})

describe('requests to a WAHA server that sends webhooks to the handler', () => {
  /** Lets time pass. Checking the secret of a webhook takes real time, during which the clock stops. */
  async function watched({ underWay }: Place, durationMs: number): Promise<void> {
    for (let left = durationMs; left > 0; left -= 50) {
      await advance(50)
      await Promise.all(underWay)
      underWay.clear()
    }
  }

  /** Counts the requests for the first three codes of each of two connections, with a page that watches. */
  async function countRounds(hooks: boolean): Promise<readonly number[]> {
    const place = open({ hooks })
    const tab = await place.watch()
    const rounds: number[] = []
    for (let round = 0; round < 2; round += 1) {
      const before = place.count()
      await watched(place, 100_000)
      rounds.push(place.count() - before)
      // Passes the other codes of this connection; the next one begins.
      await watched(place, 50_000)
      place.emulator.restart()
      place.emulator.start()
      await watched(place, 6_000)
    }
    tab.leave()
    return rounds
  }

  it('slow down after two changes that webhooks announced: from about 56 to 13 for three codes', async () => {
    const [first = 0, second = 0] = await countRounds(true)
    expect(first).toBeLessThanOrEqual(64)
    expect(second).toBeLessThanOrEqual(18)
    for (const count of await countRounds(false)) expect(count).toBeGreaterThanOrEqual(50)
  })

  it.each([
    ['the webhooks end', false, 20_000],
    ['the webhooks continue', true, 2_500],
  ])('notice a scan if %s: %s', async (_title, isHeard, limitMs) => {
    let hears = true
    const place = open({
      hooks: true,
      isHeard: () => hears,
    })
    const tab = await place.watch()
    await watched(place, 105_000)
    const before = place.count()
    await watched(place, 10_000)
    expect(place.count() - before).toBe(0)
    hears = isHeard
    place.emulator.scan()
    const scannedAt = Date.now()
    await watched(place, 30_000)
    const linked = tab.events.find(({ data }) => data.status === 'linked')
    // WAHA reports WORKING 2.1 s after the scan.
    expect((linked?.at ?? Number.POSITIVE_INFINITY) - scannedAt - 2_100).toBeLessThanOrEqual(limitMs)
    tab.leave()
  })
})
