import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { normalizeQrPayload } from '../../src/core/normalize-qr-payload.js'
import type { PairingSnapshot } from '../../src/core/provider.js'
import { decodeSnapshot } from '../../src/core/snapshot.js'
import { randomRuns } from '../long-runs.js'
import { IMAGE, QR_LINK, QR_TEXT } from '../providers/fetch-stub.js'
import { timing } from '../server/spy-provider.js'

const codeOf = (input: unknown): unknown => {
  try {
    return decodeSnapshot(input)
  } catch (error) {
    return PairingError.isInstance(error) ? error.code : error
  }
}

const durations = fc.integer({ min: 100, max: 3_600_000 })
const details = fc.record({
  methods: fc.subarray(['qr', 'phone-code'] as const),
  timing: fc.record({
    qrLifetimeMs: durations,
    qrIntervalMs: durations,
    qrMinIntervalMs: durations,
    statusIntervalMs: durations,
    pairingCodeLifetimeMs: durations,
    requestTimeoutMs: durations,
  }),
})
const lifetime = fc.record({ expiresInMs: fc.nat({ max: 90_000 }) }, { requiredKeys: [] })
const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 25 })
  .map((text) => text.trim().slice(0, 100).trim())
  .filter((text) => text !== '')
const account = fc.record(
  {
    phoneNumber: fc.stringMatching(/^[1-9]\d{6,14}$/),
    name,
    avatarUrl: fc.stringMatching(/^https:\/\/[a-z]{1,9}\.example\/[\w./?=&%~-]*$/),
    id: name,
  },
  { requiredKeys: [] },
)
const qrCode = fc.constantFrom(QR_TEXT, QR_LINK, IMAGE.src).map(normalizeQrPayload)

/** Any snapshot in the format of the package's own providers. */
const snapshots: fc.Arbitrary<PairingSnapshot> = fc
  .tuple(
    details,
    fc.oneof(
      fc.record({ status: fc.constantFrom('preparing', 'unlinked', 'stopped', 'stale', 'linking') }),
      fc
        .tuple(qrCode, lifetime)
        .map(([qrCode, lifetime]) => ({ status: 'qr' as const, qrCode, ...lifetime })),
      fc
        .tuple(fc.stringMatching(/^[A-Z0-9]{8}$/), lifetime)
        .map(([pairingCode, lifetime]) => ({ status: 'pairing-code' as const, pairingCode, ...lifetime })),
      fc.record(
        { status: fc.constant('linked' as const), account, syncProgress: fc.nat({ max: 100 }) },
        { requiredKeys: ['status', 'account'] },
      ),
      fc.record(
        {
          status: fc.constant('passkey-required' as const),
          helpUrl: fc.constant('https://help.example/passkey?x=1'),
        },
        { requiredKeys: ['status'] },
      ),
    ),
  )
  .map(([details, snapshot]) => ({ ...details, ...snapshot }))

/** Returns the snapshot as another process receives it. */
const sent = (snapshot: PairingSnapshot): unknown => JSON.parse(JSON.stringify(snapshot))

describe('a snapshot as JSON', () => {
  it('arrives unchanged, for any snapshot', () => {
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        expect(decodeSnapshot(sent(snapshot))).toEqual(snapshot)
      }),
      randomRuns(250, 3_000),
    )
  })

  it.each([
    ['with a dash', 'abcd-1234', 'ABCD1234'],
    ['of ten characters', 'ABCDE12345', 'ABCDE12345'],
  ])('spells its pairing code in one way: %s', (_, pairingCode, arrived) => {
    expect(decodeSnapshot(sent({ status: 'pairing-code', pairingCode }))).toMatchObject({
      pairingCode: arrived,
    })
  })

  it.each([
    [0, 0],
    [99.9, 99],
    [100, 100],
    [101, undefined],
    [-1, undefined],
    [Number.NaN, undefined],
    ['40', undefined],
    [null, undefined],
  ])('limits the progress of copied chats to 0 to 100: %s', (syncProgress, expected) => {
    expect(decodeSnapshot({ status: 'linked', account: {}, syncProgress })).toEqual({
      status: 'linked',
      account: {},
      ...(expected !== undefined && { syncProgress: expected }),
    })
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('drops a lifetime of %s', (expiresInMs) => {
    const snapshot = { status: 'qr', qrCode: normalizeQrPayload(QR_TEXT), expiresInMs } as const
    expect(decodeSnapshot(snapshot)).not.toHaveProperty('expiresInMs')
  })
})

describe('decodeSnapshot()', () => {
  const statuses = [
    'preparing',
    'unlinked',
    'stopped',
    'stale',
    'linking',
    'linked',
    'passkey-required',
    'qr',
    'pairing-code',
  ]

  it('throws only invalid-answer, and accepts its own result again, for any JSON', () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(QR_TEXT, IMAGE.src, 'javascript:alert(1)', 'ABCD-1234', '5511987654321@c.us', 1e300),
    )
    const almost = fc.record(
      {
        status: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...statuses) }, anything),
        qrCode: fc.oneof(
          anything,
          fc.record({ kind: anything, value: anything, src: anything }, { requiredKeys: [] }),
        ),
        pairingCode: anything,
        expiresInMs: anything,
        account: fc.oneof(
          anything,
          fc.record(
            { phoneNumber: anything, name: anything, avatarUrl: anything, id: anything },
            { requiredKeys: [] },
          ),
        ),
        helpUrl: anything,
        methods: fc.oneof(anything, fc.array(anything)),
        timing: fc.oneof(
          anything,
          anything.map((qrLifetimeMs) => ({ ...timing, qrLifetimeMs })),
        ),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(anything, almost), (json) => {
        const once = codeOf(json)
        if (once === 'invalid-answer') return
        if (typeof once !== 'object' || once === null || !('status' in once)) throw once
        expect(statuses).toContain(once.status)
        expect(codeOf(JSON.parse(JSON.stringify(once)))).toEqual(once)
      }),
      randomRuns(500, 10_000),
    )
  })

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a page', '<!DOCTYPE html>'],
    ['a list', [{ status: 'linked' }]],
    ['no status', { account: { name: 'Ana' } }],
    ['a status that is a property of every object', { status: 'constructor' }],
    ['a status that is an object', { status: { toString: 'linked' } }],
    ['a code without text', { status: 'qr' }],
    ['a code that is a script', { status: 'qr', qrCode: { kind: 'image', src: 'javascript:alert(1)' } }],
    ['no pairing code', { status: 'pairing-code' }],
    ['a pairing code that is not one', { status: 'pairing-code', pairingCode: 'ERROR' }],
  ])('refuses %s', (_, input) => {
    expect(codeOf(input)).toBe('invalid-answer')
  })

  it.each<unknown>([QR_TEXT, Buffer.from(QR_TEXT), { value: Buffer.from(QR_TEXT) }])(
    'accepts a code without its kind: %j',
    (qrCode) => {
      expect(decodeSnapshot({ status: 'qr', qrCode })).toEqual({
        status: 'qr',
        qrCode: { kind: 'text', value: QR_TEXT },
      })
    },
  )

  it('derives the kind of a code from its text', () => {
    const decoded = decodeSnapshot({ status: 'qr', qrCode: { kind: 'image', value: QR_TEXT } })
    expect(decoded).toEqual({ status: 'qr', qrCode: { kind: 'text', value: QR_TEXT } })
  })

  const accountOf = (account: unknown): unknown => {
    const snapshot = decodeSnapshot({ status: 'linked', account })
    return snapshot.status === 'linked' ? snapshot.account : snapshot
  }

  it.each([
    ['nothing', undefined],
    ['text', 'Ana'],
    ['a list', ['Ana']],
    ['fields of the wrong type', { phoneNumber: {}, name: [], avatarUrl: true, id: null }],
    ['a script as avatar', { avatarUrl: 'javascript:alert(1)' }],
    ['a script after white space as avatar', { avatarUrl: ' \tjavascript:alert(1)//https://x/' }],
    ['a data URI as avatar', { avatarUrl: 'data:image/svg+xml,<svg onload=alert(1)>' }],
    ['an insecure avatar', { avatarUrl: 'http://cdn.example/ana.jpg' }],
    ['an avatar URL without a scheme', { avatarUrl: '//cdn.example/ana.jpg' }],
    ['an avatar with a password', { avatarUrl: 'https://user:secret@cdn.example/ana.jpg' }],
    ['an avatar URL that closes its HTML attribute', { avatarUrl: 'https://cdn.example/"onerror="alert(1)' }],
    ['a very long avatar URL', { avatarUrl: `https://cdn.example/${'a'.repeat(2_000)}` }],
    ['an invalid number', { phoneNumber: '0' }],
    ['an id as number', { phoneNumber: '123456789012345@lid' }],
    ['keys that every object has', JSON.parse('{"__proto__":{"name":"Eve"},"constructor":{"name":"Eve"}}')],
  ])('drops from an account: %s', (_, account) => {
    expect(accountOf(account)).toEqual({})
    expect(Object.getPrototypeOf(accountOf(account))).toBe(Object.prototype)
  })

  it('truncates a very long name and a very long id', () => {
    const huge = 'A'.repeat(1_000_000)
    expect(accountOf({ name: huge, id: huge })).toEqual({ name: 'A'.repeat(100), id: 'A'.repeat(100) })
  })

  it('keeps markup in a name, because the page shows it as text', () => {
    expect(accountOf({ name: '<img src=x onerror=alert(1)>' })).toEqual({
      name: '<img src=x onerror=alert(1)>',
    })
  })

  it.each(['javascript:alert(1)', 'http://help.example/', 'https://user@help.example/', '/help', 7])(
    'drops %s as the URL of instructions',
    (helpUrl) => {
      expect(decodeSnapshot({ status: 'passkey-required', helpUrl })).toEqual({ status: 'passkey-required' })
    },
  )

  it.each([
    ['only some durations', { qrLifetimeMs: 20_000 }],
    ['text', { ...timing, statusIntervalMs: '3000' }],
    ['a negative time', { ...timing, statusIntervalMs: -1 }],
    ['null, as JSON writes NaN', { ...timing, requestTimeoutMs: null }],
    ['a list', Object.values(timing)],
  ])('drops the timing %s', (_, timing) => {
    expect(decodeSnapshot({ status: 'unlinked', timing })).toEqual({ status: 'unlinked' })
  })

  it('never lets a server make the browser send requests without a pause', () => {
    const none = Object.fromEntries(Object.keys(timing).map((key) => [key, 0]))
    const decoded = decodeSnapshot({ status: 'unlinked', timing: none })
    for (const duration of Object.values(decoded.timing ?? { none: 0 }))
      expect(duration).toBeGreaterThanOrEqual(100)
  })

  it('drops unknown methods', () => {
    const decoded = decodeSnapshot({ status: 'unlinked', methods: ['qr', 'sms', null, 'phone-code', ['qr']] })
    expect(decoded.methods).toEqual(['qr', 'phone-code'])
  })
})
