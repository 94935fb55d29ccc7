import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PairingProvider, PairingSnapshot } from '../../src/core/provider.js'
import { evolutionApi } from '../../src/providers/evolution-api.js'
import { greenApi } from '../../src/providers/green-api.js'
import { waha } from '../../src/providers/waha.js'
import { wasend } from '../../src/providers/wasend.js'
import { zApi } from '../../src/providers/z-api.js'
import { QR_LINK } from '../providers/fetch-stub.js'
import { timing } from './spy-provider.js'
import { createWorld, shownIn } from './world.js'

// The kind: anything that a webhook says about a session, by every adapter that reads webhooks: held up for an hour, sent ten times,
// forged by a third party that knows the secret, without a time, or from the future. Its word alone reaches no page and no callback.

const NOW = Date.UTC(2026, 10, 21)
const SECRET = 'd75b3a66374942c5b3c019c698abc2067e15'
const BEARER = { headers: { authorization: `Bearer ${SECRET}` } }

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
})

afterEach(() => {
  vi.useRealTimers()
})

const pass = (durationMs: number) => vi.advanceTimersByTimeAsync(durationMs)

const server = { baseUrl: 'https://api.example', apiKey: SECRET }
const jid = '5511987654321@s.whatsapp.net'

interface Claim {
  readonly adapter: PairingProvider
  /** A webhook about each state that it may claim, sent at this time. */
  readonly claims: Readonly<Record<string, (at: number) => object>>
}

const wahaClaim = (status: string) => (at: number) => ({
  event: 'session.status',
  session: 'main-1',
  timestamp: at,
  me: { id: jid, pushName: 'Mallory' },
  payload: { status },
})

const wahaClaims = {
  linked: wahaClaim('WORKING'),
  stopped: wahaClaim('FAILED'),
  'passkey-required': wahaClaim('PASSKEY_REQUIRED'),
}

const evolutionClaim = (event: string, data: object) => (at: number) => ({
  event,
  instance: 'shop',
  date_time: new Date(at).toISOString(),
  data,
})

const adapters: Readonly<Record<string, Claim>> = {
  greenApi: {
    adapter: greenApi({ idInstance: '1101000001', apiTokenInstance: SECRET }),
    claims: Object.fromEntries(
      ['authorized', 'sleepMode', 'starting', 'notAuthorized'].map((stateInstance) => [
        stateInstance,
        (at: number) => ({
          typeWebhook: 'stateInstanceChanged',
          instanceData: { idInstance: 1101000001, wid: '5511987654321@c.us' },
          timestamp: Math.round(at / 1_000),
          stateInstance,
        }),
      ]),
    ),
  },
  zApi: {
    adapter: zApi({ instanceId: '3C0587A6', token: SECRET }),
    claims: {
      linked: (at) => ({
        type: 'ConnectedCallback',
        instanceId: '3C0587A6',
        momment: at,
        phone: '5511987654321',
      }),
      unlinked: (at) => ({ type: 'DisconnectedCallback', instanceId: '3C0587A6', momment: at }),
    },
  },
  wasend: { adapter: wasend({ apiKey: SECRET, sessionId: 'main-1' }), claims: wahaClaims },
  waha: { adapter: waha({ ...server, session: 'main-1' }), claims: wahaClaims },
  evolutionApi: {
    adapter: evolutionApi({ ...server, instanceName: 'shop' }),
    claims: {
      open: evolutionClaim('connection.update', { state: 'open', wuid: jid }),
      connecting: evolutionClaim('connection.update', { state: 'connecting' }),
      close: evolutionClaim('connection.update', { state: 'close', statusReason: 401 }),
      refused: evolutionClaim('connection.update', { state: 'refused' }),
      'the code limit': evolutionClaim('qrcode.updated', { statusCode: 500 }),
    },
  },
}

const rows = Object.entries(adapters).flatMap(([name, { adapter, claims }]) =>
  Object.entries(claims).map(([claim, body]) => ({ name, claim, adapter, body })),
)

/** The webhooks of an adapter, in front of a provider whose state a test decides. */
function hooked({ readWebhook, webhookSentAt }: PairingProvider, state: () => PairingSnapshot) {
  const onLinked = vi.fn()
  const onUnlinked = vi.fn()
  const world = createWorld(
    {
      ...(readWebhook && { readWebhook }),
      ...(webhookSentAt && { webhookSentAt }),
      getStatus: async () => state(),
      getQrCode: async () =>
        state().status === 'unlinked' ? { status: 'qr', qrCode: { kind: 'text', value: QR_LINK } } : state(),
    },
    { webhookSecret: SECRET, onLinked, onUnlinked },
  )
  return { world, onLinked, onUnlinked }
}

const unlinked = (): PairingSnapshot => ({ status: 'unlinked' })

describe.each(rows)('a webhook of $name that says $claim', ({ adapter, body }) => {
  it.each([
    ['is an hour old', () => [body(NOW - 3_600_000)]],
    ['is 59 s old', () => [body(NOW - 59_000)]],
    ['is of this moment, and forged', () => [body(NOW)]],
    ['is from the future', () => [body(NOW + 3_600_000)]],
    ['comes ten times', () => Array.from({ length: 10 }, () => body(NOW))],
    ['comes in the wrong order', () => [body(NOW), body(NOW - 30_000)]],
  ])('and %s changes nothing on a page with a QR code', async (_, bodies) => {
    const { world, onLinked, onUnlinked } = hooked(adapter, unlinked)
    const tab = await world.watch()
    await pass(3_000)
    for (const sent of bodies()) expect((await world.webhook(sent, BEARER)).status).toBe(200)
    await pass(15_000)
    expect(new Set(shownIn(tab))).toEqual(new Set(['qr']))
    expect(onLinked).not.toHaveBeenCalled()
    expect(onUnlinked).not.toHaveBeenCalled()
    tab.leave()
    await pass(0)
  })

  it('makes the handler read the state, which is what a page is shown', async () => {
    let state: PairingSnapshot = { status: 'unlinked' }
    const { world, onLinked } = hooked(adapter, () => state)
    const tab = await world.watch()
    await pass(1_500)
    state = { status: 'linked', account: { name: 'Ana' } }
    await world.webhook(body(Date.now()), BEARER)
    await pass(timing.qrMinIntervalMs)
    expect(shownIn(tab).at(-1)).toBe('linked')
    expect(onLinked).toHaveBeenCalledOnce()
    expect(onLinked.mock.calls[0]?.[0]).toMatchObject({ account: { name: 'Ana' } })
    tab.leave()
    await pass(0)
  })

  it('shows no page that a link has ended, where the provider still reports it', async () => {
    const { world, onUnlinked } = hooked(adapter, () => ({ status: 'linked', account: {} }))
    const tab = await world.watch()
    await world.webhook(body(NOW), BEARER)
    await pass(10_000)
    expect(new Set(shownIn(tab))).toEqual(new Set(['linked']))
    expect(onUnlinked).not.toHaveBeenCalled()
    tab.leave()
    await pass(0)
  })
})
