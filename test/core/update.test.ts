import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeUpdate } from '../../src/core/decode-update.js'
import { PairingError, pairingErrorCodes } from '../../src/core/errors.js'
import { normalizeQrPayload } from '../../src/core/normalize-qr-payload.js'
import { encodeUpdate, type PairingUpdate } from '../../src/core/update.js'
import { randomRuns } from '../long-runs.js'
import { IMAGE, QR_LINK, QR_TEXT } from '../providers/fetch-stub.js'
import { timing } from '../server/spy-provider.js'

const plain: PairingUpdate = {
  v: 1,
  session: 'session-a',
  origin: 'process-1',
  seq: 7,
  at: 1_800_000_000_000,
  status: 'unlinked',
  provider: 'any',
  methods: ['qr'],
  abilities: ['unlink'],
  timing,
}

const qr: PairingUpdate = {
  ...plain,
  status: 'qr',
  qrCode: normalizeQrPayload(QR_TEXT),
  codeId: 'process-1-3',
  hideInMs: 4_000,
  expiresInMs: 20_000,
}

const amount = fc.nat({ max: 3_600_000 })
const id = fc.stringMatching(/^[\w-]{1,30}$/)
const name = fc.stringMatching(/^[A-Za-z]{1,25}$/)

/** Any update as a handler sends it. */
const updates: fc.Arbitrary<PairingUpdate> = fc
  .tuple(
    fc.record({
      v: fc.constantFrom(1, 2),
      session: id,
      origin: id,
      seq: amount,
      at: amount,
      provider: id,
      methods: fc.subarray(['qr', 'phone-code'] as const),
      abilities: fc.subarray(['unlink', 'reset'] as const),
      timing: fc.constant(timing),
    }),
    fc.record(
      {
        revision: amount,
        reason: fc.constantFrom('code-replaced', 'reset', 'disconnected', 'unlinked'),
        error: fc.record(
          { code: fc.constantFrom(...pairingErrorCodes), retryInMs: amount },
          { requiredKeys: ['code'] },
        ),
        pairingCode: fc.record({
          value: fc.stringMatching(/^[A-Z0-9]{8}$/),
          lastDigits: fc.stringMatching(/^\d{4}$/),
          expiresInMs: amount,
        }),
        nextInMs: amount,
        heldMs: amount,
        authorizedForMs: amount,
      },
      { requiredKeys: [] },
    ),
    fc.oneof(
      fc.record({ status: fc.constantFrom('preparing', 'unlinked', 'stopped', 'stale', 'linking') }),
      fc.record({
        status: fc.constant('qr' as const),
        qrCode: fc.constantFrom(QR_TEXT, QR_LINK, IMAGE.src).map(normalizeQrPayload),
        codeId: id,
        hideInMs: amount,
        expiresInMs: amount,
      }),
      fc.record(
        {
          status: fc.constant('linked' as const),
          account: fc.record(
            { phoneNumber: fc.stringMatching(/^[1-9]\d{6,14}$/), name },
            { requiredKeys: [] },
          ),
          syncProgress: fc.nat({ max: 100 }),
        },
        { requiredKeys: ['status', 'account'] },
      ),
      fc.record(
        {
          status: fc.constant('passkey-required' as const),
          helpUrl: fc.constant('https://help.example/a?x=1'),
        },
        { requiredKeys: ['status'] },
      ),
    ),
  )
  .map(([base, details, state]) => ({ ...base, ...details, ...state }))

function decodedOrCode(input: unknown): PairingUpdate | string {
  try {
    return decodeUpdate(input)
  } catch (error) {
    if (PairingError.isInstance(error)) return error.code
    throw error
  }
}

describe('an update as JSON', () => {
  it('arrives unchanged, for any update', () => {
    fc.assert(
      fc.property(updates, (update) => {
        expect(decodeUpdate(JSON.parse(encodeUpdate(update)))).toEqual(update)
      }),
      randomRuns(250, 3_000),
    )
  })

  it.each<readonly [string, string | null | undefined, boolean]>([
    ['omits the code that the page has', 'process-1-3', false],
    ['contains the code if the page has another one', 'process-1-2', true],
    ['contains the code if the page has none', null, true],
    ['contains the code if the page does not report its code', undefined, true],
  ])('%s', (_, has, isThere) => {
    const { qrCode, ...rest } = qr
    expect(decodeUpdate(JSON.parse(encodeUpdate(qr, has)))).toEqual(isThere ? qr : rest)
  })
})

describe('decodeUpdate()', () => {
  it('throws only invalid-answer, and accepts its own result again, for any JSON', () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(QR_TEXT, IMAGE.src, 'javascript:alert(1)', 'ABCD-1234', '5511987654321@c.us', 1e300),
    )
    const names = [
      ...Object.keys(qr),
      'revision',
      'reason',
      'error',
      'pairingCode',
      'account',
      'helpUrl',
      'nextInMs',
    ]
    const almost = fc
      .tuple(updates, fc.dictionary(fc.constantFrom(...names), anything, { maxKeys: 3 }))
      .map(([update, broken]) => ({ ...update, ...broken }))
    fc.assert(
      fc.property(fc.oneof(anything, almost), (json) => {
        const once = decodedOrCode(json)
        if (typeof once === 'string') expect(once).toBe('invalid-answer')
        else expect(decodedOrCode(JSON.parse(JSON.stringify(once)))).toEqual(once)
      }),
      randomRuns(500, 10_000),
    )
  })

  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a page', '<!DOCTYPE html>'],
    ['a list', [plain]],
    ['an empty object', {}],
    ['a snapshot', { status: 'linked', account: {} }],
    ['a code that is a script', { ...qr, qrCode: { kind: 'image', src: 'javascript:alert(1)' } }],
    ['a pairing code that is not one', { ...plain, pairingCode: { value: 'ERROR', expiresInMs: 1 } }],
  ])('refuses %s', (_, input) => {
    expect(decodedOrCode(input)).toBe('invalid-answer')
  })

  it.each(['v', 'session', 'origin', 'status', 'provider', 'timing'] as const)(
    'refuses an update without "%s"',
    (field) => {
      expect(decodedOrCode({ ...plain, [field]: undefined })).toBe('invalid-answer')
    },
  )

  it.each(['seq', 'at', 'methods', 'abilities'] as const)('accepts an update without "%s"', (field) => {
    expect(decodedOrCode({ ...plain, [field]: undefined })).toMatchObject({ status: 'unlinked' })
  })

  it.each(['teleporting', 'constructor', 'pairing-code', ''])(
    'treats the status "%s" as preparing',
    (status) => {
      expect(decodeUpdate({ ...plain, status })).toEqual({ ...plain, status: 'preparing' })
    },
  )

  it.each<readonly [string, object]>([
    ['fields of another version', { v: 2, colour: 'green' }],
    ['an unknown reason', { reason: 'bored' }],
    ['an error without a code', { error: { retryInMs: 5 } }],
    ['a pairing code without a lifetime', { pairingCode: { value: 'ABCD1234' } }],
    ['an account of another state', { account: { name: 'Ana' } }],
    ['instructions at an unsafe address', { helpUrl: 'javascript:alert(1)' }],
    ['an unknown ability', { abilities: ['unlink', 'fly'] }],
    ['invalid durations', { nextInMs: -1, hideInMs: '5', expiresInMs: null, heldMs: {} }],
  ])('drops %s', (_, more) => {
    const expected = 'v' in more ? { ...plain, v: 2 } : plain
    expect(decodeUpdate({ ...plain, ...more })).toEqual(expected)
  })

  it('treats an unknown error code as "unknown"', () => {
    expect(decodeUpdate({ ...plain, error: { code: 'constructor' } }).error).toEqual({ code: 'unknown' })
  })

  it('limits a wait to one day, because timers cannot wait longer', () => {
    const long = 1e12
    const update = decodeUpdate({
      ...qr,
      nextInMs: long,
      hideInMs: long,
      expiresInMs: long,
      error: { code: 'network', retryInMs: long },
      pairingCode: { value: 'ABCD1234', lastDigits: '4321', expiresInMs: long },
    })
    const day = 86_400_000
    expect(update).toMatchObject({ nextInMs: day, hideInMs: day, expiresInMs: day })
    expect([update.error?.retryInMs, update.pairingCode?.expiresInMs]).toEqual([day, day])
  })

  it('keeps at most four digits of a phone number', () => {
    const pairingCode = { value: 'ABCD1234', lastDigits: '5511987654321', expiresInMs: 1_000 }
    expect(decodeUpdate({ ...plain, pairingCode }).pairingCode?.lastDigits).toBe('')
  })
})
