import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PairingProvider, PairingSnapshot } from '../../src/core/provider.js'
import { decodeSnapshot } from '../../src/core/snapshot.js'
import { evolutionApi } from '../../src/providers/evolution-api.js'
import { greenApi } from '../../src/providers/green-api.js'
import { waha } from '../../src/providers/waha.js'
import { wasend } from '../../src/providers/wasend.js'
import { zApi } from '../../src/providers/z-api.js'
import { QR_TEXT } from './fetch-stub.js'

const idInstance = '1101000001'
const instanceId = '3C0587A6F2B14D9E'
const sessionId = 'main-1'

type Body = Readonly<Record<string, unknown>>

describe('greenApi readWebhook()', () => {
  const provider = greenApi({ idInstance, apiTokenInstance: 'd75b3a66374942c5b3c019c698abc206' })
  const changed = (stateInstance: unknown, instanceData: Body = {}, rest: Body = {}): Body => ({
    typeWebhook: 'stateInstanceChanged',
    instanceData: {
      idInstance: 1101000001,
      wid: '79001234567@c.us',
      typeInstance: 'whatsapp',
      ...instanceData,
    },
    timestamp: 1586700690,
    stateInstance,
    ...rest,
  })
  const linked = { status: 'linked', account: { phoneNumber: '79001234567', id: '79001234567@c.us' } }

  it.each([
    ['authorized', linked],
    ['yellowCard', linked],
    ['suspended', linked],
    ['sleepMode', linked],
    ['notAuthorized', { status: 'unlinked' }],
    ['starting', { status: 'preparing' }],
    ['pendingCode', { status: 'preparing' }],
    ['somethingNew', { status: 'preparing' }],
  ])('maps %s to %j, like the response about the state', (state, snapshot) => {
    expect(provider.readWebhook?.(changed(state))).toEqual(snapshot)
  })

  it('leaves a ban to the next request, which returns the error', () => {
    expect(provider.readWebhook?.(changed('blocked'))).toBeUndefined()
  })

  it.each<[string, Body, object]>([
    ['is empty', { wid: '' }, {}],
    ['is a hidden number', { wid: '123456789012345@lid' }, { id: '123456789012345@lid' }],
    ['is not text', { wid: {} }, {}],
  ])('returns no account if it is unknown: wid %s', (_title, instanceData, account) => {
    expect(provider.readWebhook?.(changed('authorized', instanceData))).toEqual({ status: 'linked', account })
  })

  it('recognises its instance, written as text or as a number', () => {
    expect(provider.readWebhook?.(changed('notAuthorized', { idInstance: '1101000001' }))).toBeDefined()
    expect(provider.readWebhook?.(changed('notAuthorized', { idInstance: 1101000001 }))).toBeDefined()
  })

  it.each<[string, unknown]>([
    ['another instance', changed('authorized', { idInstance: 1101000002 })],
    ['no instance', changed('authorized', { idInstance: undefined })],
    ['no data about the instance', changed('authorized', {}, { instanceData: null })],
    ['another type', changed('authorized', {}, { typeWebhook: 'incomingMessageReceived' })],
    ['no state', changed(undefined)],
    ['a state that is not text', changed({ state: 'authorized' })],
    ['an empty state', changed(' ')],
  ])('ignores %s', (_title, body) => {
    expect(provider.readWebhook?.(body)).toBeUndefined()
  })
})

describe('zApi readWebhook()', () => {
  const provider = zApi({ instanceId, token: 'F1D4C9A0B2' })
  const connected = { type: 'ConnectedCallback', connected: true, momment: 26151515154, instanceId }
  const disconnected = {
    type: 'DisconnectedCallback',
    disconnected: true,
    error: 'Device has been disconnected',
    momment: 1580163342,
    instanceId,
  }

  it.each(['5544999999999', 5544999999999])('maps a connection of %j to linked', (phone) => {
    expect(provider.readWebhook?.({ ...connected, phone })).toEqual({
      status: 'linked',
      account: { phoneNumber: '5544999999999' },
    })
  })

  it('maps a disconnection to unlinked', () => {
    expect(provider.readWebhook?.(disconnected)).toEqual({ status: 'unlinked' })
  })

  it.each<[string, unknown]>([
    ['another instance', { ...connected, phone: '5544999999999', instanceId: 'other' }],
    ['the end of another instance', { ...disconnected, instanceId: 'other' }],
    ['no instance', { ...disconnected, instanceId: undefined }],
    ['another type', { type: 'ReceivedCallback', instanceId, phone: '5544999999999' }],
    ['a connection without an account', connected],
    ['a connection with an invalid number', { ...connected, phone: '0' }],
  ])('ignores %s', (_title, body) => {
    expect(provider.readWebhook?.(body)).toBeUndefined()
  })
})

describe('wasend readWebhook()', () => {
  const provider = wasend({ apiKey: 'wsd_0123456789', sessionId })
  const status = (value: unknown, rest: Body = {}): Body => ({
    event: 'session.status',
    session: sessionId,
    me: { id: '7911111111@c.us', pushName: 'Ana' },
    payload: { status: value, statuses: [{ status: value, timestamp: 1700000002000 }], data: null },
    ...rest,
  })
  const passkey = { status: 'passkey-required' }

  it.each([
    [
      'WORKING',
      {
        status: 'linked',
        account: { phoneNumber: '7911111111', name: 'Ana', id: '7911111111@c.us' },
      },
    ],
    ['working', { status: 'linked' }],
    ['SCAN_QR_CODE', { status: 'unlinked' }],
    ['STARTING', { status: 'preparing' }],
    ['STOPPED', { status: 'stopped' }],
    ['FAILED', { status: 'stopped' }],
    ['PASSKEY_REQUIRED', passkey],
    ['PASSKEY_CONFIRMATION_REQUIRED', passkey],
  ])('maps %s to %j, like the response about the session', (value, snapshot) => {
    expect(provider.readWebhook?.(status(value))).toMatchObject(snapshot)
  })

  it('returns no account if none is known', () => {
    expect(provider.readWebhook?.(status('WORKING', { me: null }))).toEqual({ status: 'linked', account: {} })
  })

  it.each<[string, unknown]>([
    ['another session', status('WORKING', { session: 'main-2' })],
    ['no session', status('WORKING', { session: undefined })],
    ['another event', status('WORKING', { event: 'message' })],
    ['a status that WAHA does not have', status('CONNECTED')],
    ['no status', status(undefined)],
    ['no payload', status('WORKING', { payload: null })],
  ])('ignores %s', (_title, body) => {
    expect(provider.readWebhook?.(body)).toBeUndefined()
  })
})

/** Keys and values similar to the real ones, mixed with arbitrary ones. */
const keys = [
  'typeWebhook',
  'instanceData',
  'stateInstance',
  'idInstance',
  'wid',
  'type',
  'instanceId',
  'phone',
]
  .concat(['event', 'session', 'payload', 'status', 'me', 'id', 'pushName'])
  .concat(['instance', 'data', 'state', 'qrcode', 'code', 'base64', 'wuid', 'statusCode'])
const words = ['stateInstanceChanged', idInstance, 'authorized', 'blocked', 'ConnectedCallback', instanceId]
  .concat(['DisconnectedCallback', 'session.status', sessionId, 'WORKING', '79001234567@c.us'])
  .concat(['connection.update', 'qrcode.updated', 'open', 'close', 'refused', QR_TEXT])
const nearBodies = fc.letrec((tie) => ({
  body: fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 8 }),
  value: fc.oneof({ maxDepth: 3 }, fc.constantFrom(...words), fc.anything(), tie('body')),
})).body

/** Bodies with the right envelope, and arbitrary contents. */
const envelopes = fc.oneof(
  fc.record({
    typeWebhook: fc.constant('stateInstanceChanged'),
    instanceData: fc.record({ idInstance: fc.constant(1101000001), wid: fc.anything() }),
    stateInstance: fc.oneof(fc.constantFrom('authorized', 'starting'), fc.anything()),
  }),
  fc.record({
    type: fc.constantFrom('ConnectedCallback', 'DisconnectedCallback'),
    instanceId: fc.constant(instanceId),
    phone: fc.anything(),
  }),
  fc.record({
    event: fc.constant('session.status'),
    session: fc.constant(sessionId),
    me: fc.oneof(fc.anything(), fc.record({ id: fc.anything(), pushName: fc.anything() })),
    payload: fc.record({ status: fc.oneof(fc.constantFrom('WORKING', 'FAILED'), fc.anything()) }),
  }),
  fc.record({
    event: fc.constant('connection.update'),
    instance: fc.constant(sessionId),
    data: fc.record({
      state: fc.oneof(fc.constantFrom('open', 'close'), fc.anything()),
      wuid: fc.anything(),
      profileName: fc.anything(),
      profilePictureUrl: fc.anything(),
    }),
  }),
  fc.record({
    event: fc.constant('qrcode.updated'),
    instance: fc.constant(sessionId),
    data: fc.record({ qrcode: fc.record({ code: fc.anything(), base64: fc.anything() }) }),
  }),
)

describe.each<[string, PairingProvider]>([
  ['greenApi', greenApi({ idInstance, apiTokenInstance: 'secret-token' })],
  ['zApi', zApi({ instanceId, token: 'secret-token' })],
  ['wasend', wasend({ apiKey: 'secret-token', sessionId })],
  ['waha', waha({ baseUrl: 'https://waha.example.com', apiKey: 'secret-token', session: sessionId })],
  [
    'evolutionApi',
    evolutionApi({
      baseUrl: 'https://evolution.example.com',
      apiKey: 'secret-token',
      instanceName: sessionId,
    }),
  ],
])('%s readWebhook(), for any input', (_name, provider) => {
  it.each<[string, fc.Arbitrary<unknown>]>([
    ['anything', fc.anything({ withNullPrototype: true, withMap: true, withBigInt: true })],
    ['JSON', fc.jsonValue()],
    ['a body similar to a webhook', nearBodies],
    ['a webhook with other contents', envelopes],
  ])('returns a valid snapshot or undefined, and changes nothing: %s', (_title, bodies) => {
    fc.assert(
      fc.property(bodies, (body) => {
        const before = fc.stringify(body)
        const snapshot = provider.readWebhook?.(body)
        expect(fc.stringify(body)).toBe(before)
        if (snapshot) expect(throughWire(snapshot)).toEqual(snapshot)
      }),
    )
  })
})

/** Encodes and decodes a snapshot as for a browser. */
function throughWire(snapshot: PairingSnapshot): PairingSnapshot {
  return decodeSnapshot(JSON.parse(JSON.stringify(snapshot)))
}

describe('webhookSentAt()', () => {
  const seconds = 1_796_004_305
  const options = { baseUrl: 'https://api.example', apiKey: 'd75b3a66374942c5b3c019c698abc206' }
  const providers: readonly (readonly [string, PairingProvider, string])[] = [
    ['greenApi', greenApi({ idInstance, apiTokenInstance: 'd75b3a66374942c5b3c019c698abc206' }), 'timestamp'],
    ['zApi', zApi({ instanceId, token: 'T0KEN', clientToken: 'CL1ENT' }), 'momment'],
    ['waha', waha({ ...options, session: 'default' }), 'timestamp'],
    ['wasend', wasend({ apiKey: options.apiKey, sessionId }), 'timestamp'],
  ]

  it.each(providers)('of %s reads seconds, milliseconds and ISO 8601', (_, provider, field) => {
    const read = (value: unknown) => provider.webhookSentAt?.({ [field]: value })
    expect(read(seconds)).toBe(seconds * 1_000)
    expect(read(seconds * 1_000 + 7)).toBe(seconds * 1_000 + 7)
    expect(read(String(seconds))).toBe(seconds * 1_000)
    expect(read(new Date(seconds * 1_000).toISOString())).toBe(seconds * 1_000)
    for (const value of [undefined, null, {}, [], 'yesterday', '', Number.NaN])
      expect(read(value)).toBeUndefined()
    for (const body of [undefined, null, 7, 'text', []])
      expect(provider.webhookSentAt?.(body)).toBeUndefined()
  })

  it.each([0, 60, -180, 330, 345, 840, -720])(
    'of evolutionApi reads date_time as local time, with the offset of %s minutes',
    (offsetMinutes) => {
      const provider = evolutionApi({ ...options, instanceName: 'acme' })
      const sentAt = Date.now() - 8_000
      const date_time = new Date(sentAt + offsetMinutes * 60_000).toISOString()
      expect(provider.webhookSentAt?.({ date_time })).toBe(sentAt)
    },
  )
})
