import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import type { PairingProvider, PairingSnapshot } from '../../src/core/provider.js'
import type { PairingErrorListener } from '../../src/server/report.js'
import type { PairingServerEvent, PairingServerListener } from '../../src/server/server-events.js'
import { createSessionEvents } from '../../src/server/session-events.js'
import { everythingIn } from '../providers/fetch-stub.js'
import { advance, emulateTime, settle } from '../time.js'
import { createSetup, type Setup, type SetupOptions } from './setup.js'
import { qr, spyProvider, timing } from './spy-provider.js'

const NUMBER = '5511987654321'
const SECRET = 'd75b3a66374942c5b3c019c698abc2067e15'
const account = { phoneNumber: NUMBER, name: 'Ana Souza', avatarUrl: 'https://pps.whatsapp.net/ana' }
const session = { provider: 'spy', sessionId: 'main', tenant: 'acme' }

emulateTime()
beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
})

afterEach(() => {
  vi.restoreAllMocks()
})

/** A handler whose provider reports the content of `state`, with the handler's events. */
function eventful(methods: Partial<PairingProvider> = {}, options: SetupOptions = {}) {
  const events: PairingServerEvent[] = []
  const state: { snapshot: PairingSnapshot } = { snapshot: qr('1') }
  const read = async (): Promise<PairingSnapshot> => state.snapshot
  const provider = spyProvider({ getStatus: read, getQrCode: read, ...methods })
  const setup = createSetup(
    {},
    {
      provider: () => provider,
      tenant: () => 'acme',
      onEvent: (event) => void events.push(event),
      ...options,
    },
  )
  /** Sets the next response of the provider. */
  const say = async (snapshot: PairingSnapshot): Promise<void> => {
    state.snapshot = snapshot
    await advance(60_000)
    await setup.get('?want=code')
  }
  return { setup, events, say }
}

const typesIn = (events: readonly PairingServerEvent[], ...left: readonly string[]): string[] =>
  events.map(({ type }) => type).filter((type) => !left.includes(type))

describe('onEvent', () => {
  it('receives each step of an attempt once, with session and tenant', async () => {
    const { events, say } = eventful()
    await say(qr('1'))
    await say(qr('1'))
    await say(qr('2'))
    await say({ status: 'linking' })
    await say({ status: 'linking' })
    await say({ status: 'preparing' })
    await say({ status: 'linked', account })
    await say({ status: 'linked', account })
    await say({ status: 'stopped' })
    await say({ status: 'unlinked' })
    expect(events.filter(({ type }) => type !== 'call')).toEqual([
      { type: 'code', method: 'qr', ...session },
      { type: 'code', method: 'qr', ...session },
      { type: 'login', ...session },
      { type: 'linked', ...session },
      { type: 'unlinked', ...session },
    ])
  })

  it.each<readonly [string, readonly PairingSnapshot[], readonly string[]]>([
    [
      'a link without `linking`, which some providers do not report',
      [qr('1'), { status: 'linked', account }],
      ['code', 'login', 'linked'],
    ],
    ['an existing link', [{ status: 'linked', account }], ['linked']],
    [
      'two logins that end without a link',
      [{ status: 'linking' }, qr('1'), { status: 'linking' }, qr('2')],
      ['login', 'code', 'login', 'code'],
    ],
    [
      'a passkey',
      [qr('1'), { status: 'linking' }, { status: 'passkey-required' }, { status: 'linked', account }],
      ['code', 'login', 'passkey-required', 'linked'],
    ],
    [
      'a link that is lost and restored',
      [{ status: 'linked', account }, { status: 'unlinked' }, { status: 'linked', account }],
      ['linked', 'unlinked', 'login', 'linked'],
    ],
    ['a sleeping session', [{ status: 'stopped' }, { status: 'preparing' }], []],
  ])('receives %s', async (_, snapshots, expected) => {
    const { events, say } = eventful()
    for (const snapshot of snapshots) await say(snapshot)
    expect(typesIn(events, 'call')).toEqual(expected)
  })

  it('receives what a provider pushes', async () => {
    let push = (_snapshot: PairingSnapshot): void => {}
    const { setup, events } = eventful({
      subscribe(listener) {
        push = listener
        return () => {}
      },
    })
    const tab = await setup.watch()
    await settle()
    push({ status: 'linking' })
    push({ status: 'linked', account })
    expect(typesIn(events, 'call', 'watchers', 'code')).toEqual(['login', 'linked'])
    tab.leave()
    await settle()
  })

  it('receives each action with its duration and error, once for joined pages', async () => {
    let isDown = false
    const slow = (): Promise<void> =>
      new Promise((resolve, reject) =>
        setTimeout(() => (isDown ? reject(new PairingError('provider-unavailable')) : resolve()), 250),
      )
    const { setup, events } = eventful({ reset: slow, unlink: slow })
    const resets = Promise.all([1, 2, 3].map(() => setup.post({ action: 'reset' })))
    await advance(250)
    await resets
    isDown = true
    const unlink = setup.post({ action: 'unlink' })
    await advance(250)
    await unlink
    await setup.post({ action: 'request-pairing-code', phoneNumber: NUMBER })
    expect(events.filter(({ type }) => type === 'action' || type === 'code')).toEqual([
      { type: 'action', action: 'reset', durationMs: 250, ...session },
      { type: 'action', action: 'unlink', durationMs: 250, code: 'provider-unavailable', ...session },
      { type: 'action', action: 'request-pairing-code', durationMs: 0, ...session },
      { type: 'code', method: 'phone-code', ...session },
    ])
  })

  it('receives the end of a link that the action unlink ended, once', async () => {
    const { setup, events, say } = eventful()
    await say({ status: 'linked', account })
    await setup.post({ action: 'unlink' })
    await say(qr('1'))
    expect(typesIn(events, 'call', 'action')).toEqual(['linked', 'unlinked', 'code'])
  })

  it('receives each provider call with its duration and error', async () => {
    const { setup, events } = eventful({
      getStatus: () =>
        new Promise((_, reject) => setTimeout(() => reject(new PairingError('timeout')), 1_200)),
    })
    const answer = setup.get('?want=state')
    await advance(1_200)
    await answer
    expect(events).toEqual([
      { type: 'call', call: 'state', durationMs: 1_200, code: 'timeout', provider: 'spy', sessionId: 'main' },
    ])
  })

  it.each<readonly [string, SetupOptions, (setup: Setup) => Promise<Response>, object]>([
    [
      'a user without permission',
      { authorize: () => false },
      (setup) => setup.get(),
      { request: 'read', status: 403, code: 'forbidden' },
    ],
    [
      'a user who is not signed in',
      { authorize: () => Promise.reject(new PairingError('sign-in-required')) },
      (setup) => setup.get('?events'),
      { request: 'events', status: 401, code: 'sign-in-required' },
    ],
    [
      'a page of another site',
      {},
      (setup) => setup.post({ action: 'unlink' }, { origin: 'https://evil.example' }),
      { request: 'action', status: 403, code: 'cross-origin' },
    ],
    [
      'another phone',
      { authorize: () => ({ expectedPhoneNumber: NUMBER }) },
      (setup) => setup.post({ action: 'request-pairing-code', phoneNumber: '447700900123' }),
      { request: 'action', status: 409, code: 'wrong-phone-number' },
    ],
    [
      'a start',
      { allowStart: false },
      (setup) => setup.post({ action: 'start' }),
      { request: 'action', status: 403, code: 'forbidden' },
    ],
    [
      'too many watchers',
      { maxWatchers: 0 },
      (setup) => setup.get('?events'),
      { request: 'events', status: 429, code: 'rate-limited' },
    ],
    [
      'a forged webhook',
      { webhookSecret: SECRET },
      (setup) => setup.webhook({}, { query: '?secret=wrong' }),
      { request: 'webhook', status: 403, code: 'forbidden' },
    ],
    [
      'another method',
      {},
      (setup) => setup.get('', { method: 'PUT' }),
      { request: 'other', status: 405, code: 'invalid-request' },
    ],
    [
      'a request without parameters',
      {},
      (setup) => setup.get(''),
      { request: 'read', status: 400, code: 'invalid-request' },
    ],
  ])('receives the refusal of %s with its reason', async (_, options, send, expected) => {
    const { setup, events } = eventful({}, options)
    const { status } = await send(setup)
    const refused = events.filter(({ type }) => type === 'refused')
    expect(refused).toEqual([{ type: 'refused', ...expected, status }])
  })

  it('receives webhooks, watchers, outages of the bus and errors', async () => {
    const { setup, events } = eventful(
      { readWebhook: () => ({ status: 'unlinked' }) },
      {
        webhookSecret: SECRET,
        bus: { publish: () => Promise.reject(new Error('broker')), subscribe: () => () => {} },
      },
    )
    const tab = await setup.watch()
    await setup.webhook({}, { query: `?secret=${SECRET}` })
    tab.leave()
    await advance(timing.qrMinIntervalMs)
    expect(typesIn(events, 'call', 'code')).toEqual(
      expect.arrayContaining(['watchers', 'webhook', 'bus-failed', 'error']),
    )
    expect(events).toContainEqual({ type: 'error', in: 'bus', code: 'unknown' })
  })

  it('never receives a secret, number, name, code or URL', async () => {
    const leaky = new Error(`https://api.provider.example/waInstance/${SECRET}`)
    const { setup, events, say } = eventful(
      {
        reset: () => Promise.reject(leaky),
        unlink: () => Promise.reject(new PairingError('subscription-expired', leaky.message)),
        readWebhook: () => {
          throw leaky
        },
      },
      { webhookSecret: SECRET, authorize: () => ({ expectedPhoneNumber: NUMBER }) },
    )
    const tab = await setup.watch()
    await say(qr('code-of-the-provider'))
    await say({ status: 'passkey-required', helpUrl: 'https://help.example/x' })
    await say({
      status: 'linked',
      account: { ...account, phoneNumber: '447700900123', id: '447700900123@lid' },
    })
    await say({ status: 'unlinked' })
    for (const action of ['reset', 'unlink', 'start', SECRET]) await setup.post({ action })
    for (const phoneNumber of [NUMBER, '447700900123', SECRET])
      await setup.post({ action: 'request-pairing-code', phoneNumber })
    await setup.webhook({ token: SECRET }, { query: `?secret=${SECRET}` })
    await setup.get(`?want=${SECRET}`, { headers: { origin: `https://${SECRET}.example`, cookie: SECRET } })
    tab.leave()
    await settle()
    expect(new Set(typesIn(events)).size).toBeGreaterThan(8)
    const everything = everythingIn(events)
    for (const leak of [
      SECRET,
      NUMBER,
      '447700900123',
      'Ana',
      'ABCD1234',
      'code-of-the-provider',
      'http',
      '@lid',
      '.ts:',
    ])
      expect(everything).not.toContain(leak)
  })

  it.each<readonly [string, PairingServerListener]>([
    [
      'throws',
      () => {
        throw new Error('statsd')
      },
    ],
    ['rejects', () => Promise.reject(new Error('statsd'))],
  ])(
    'does not change a response if it %s, and each event is reported once to onError',
    async (_, onEvent) => {
      const onError = vi.fn<PairingErrorListener>()
      const { setup } = eventful({}, { onEvent, onError })
      expect((await setup.get('?want=code')).status).toBe(200)
      expect((await setup.get('?want=nothing')).status).toBe(400)
      expect((await setup.post({ action: 'reset' })).status).toBe(200)
      await settle()
      expect(onError.mock.calls.length).toBeGreaterThanOrEqual(3)
      for (const call of onError.mock.calls) expect(call).toEqual([new Error('statsd'), { in: 'onEvent' }])
    },
  )

  it('may fail together with onError and log without stopping anything', async () => {
    const fail = (): never => {
      throw new Error('all down')
    }
    const { setup } = eventful({}, { onEvent: fail, onError: fail, log: fail })
    expect((await setup.get('?want=code')).status).toBe(200)
    expect((await setup.get('?want=nothing')).status).toBe(400)
  })

  it('keeps the state of the 10,000 most recent sessions only', () => {
    const linked: string[] = []
    const events = createSessionEvents((event) => {
      if (event.type === 'linked') linked.push(event.sessionId)
    })
    const look = (id: number): void =>
      events.observe(
        { provider: spyProvider({ sessionId: `${id}` }), tenant: '' },
        { status: 'linked', account },
      )
    for (let id = 0; id < 10_000; id += 1) look(id)
    for (const id of [0, 10_000, 0, 9_999, 1]) look(id)
    expect(linked.slice(10_000)).toEqual(['10000', '1'])
  })
})
