import { describe, expect, it } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { later } from '../../src/core/later.js'
import { laterRules } from '../../src/core/later-rules.js'
import type { PairingSession, SlowWait } from '../../src/core/pairing-session.js'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type { PairingMethod } from '../../src/core/provider.js'
import { type SessionOptions, transition } from '../../src/core/session.js'
import type { SessionEvent } from '../../src/core/session-event.js'
import { nextDeadline, nextRequest } from '../../src/core/session-request.js'
import type { SessionFacts } from '../../src/core/session-state.js'
import type { PairingUpdate } from '../../src/core/update.js'
import { timing } from '../server/spy-provider.js'
import { type Fields, run, type Step, T, updateAt } from './session-steps.js'

const account = { phoneNumber: '5511987654321', name: 'Ana' }
const NUMBER = normalizePhoneNumber('+55 11 98765-4321')

/** An update that was read at `atMs`. */
const reads = (
  atMs: number,
  status: PairingUpdate['status'],
  fields: Fields = {},
  how: { readonly isPushed?: true; readonly request?: 'request-pairing-code' | 'start' } = {},
): Step => [atMs, { type: 'updated', update: updateAt(atMs, status, fields), sentAt: T + atMs, ...how }]

const pushed = (atMs: number, status: PairingUpdate['status'], fields: Fields = {}): Step =>
  reads(atMs, status, fields, { isPushed: true })

/** A QR code that lives for 20 s. */
const qr = (atMs: number, name: string, fields: Fields = {}): Step =>
  reads(atMs, 'qr', {
    qrCode: { kind: 'text', value: `2@${name}` },
    codeId: `id-${name}`,
    hideInMs: 20_000,
    expiresInMs: 20_000,
    ...fields,
  })

const passes = (atMs: number): Step => [atMs, { type: 'time-passed' }]
const error = (code: PairingError['code'], retryAfterMs?: number) =>
  new PairingError(code, code, { retryAfterMs })
const fails = (
  atMs: number,
  code: PairingError['code'],
  request: 'read' | 'request-pairing-code' | 'reset' = 'read',
): Step => [atMs, { type: 'request-failed', request, error: error(code) }]
const startsOver = (atMs: number): Step => [atMs, { type: 'reset-requested' }]
const user = (
  atMs: number,
  type: 'started' | 'cancelled' | 'entered' | 'left' | 'number-withdrawn' | 'other-code-shown',
): Step => [atMs, { type }]
const chooses = (atMs: number, method: PairingMethod): Step => [atMs, { type: 'method-chosen', method }]
/** The user has answered whether the linked phone is the expected one. */
const judges = (atMs: number, result: 'same' | 'different'): Step => [
  atMs,
  { type: 'number-compared', result },
]
const submits = (atMs: number): Step => [atMs, { type: 'number-submitted', phoneNumber: NUMBER }]
const code = (value: string, expiresInMs = 150_000, lastDigits = '4321') => ({
  pairingCode: { value, lastDigits, expiresInMs },
})
/** The response to the request for a pairing code. */
const issues = (atMs: number, value: string, fields: Fields = {}): Step =>
  reads(atMs, 'unlinked', { ...code(value), ...fields }, { request: 'request-pairing-code' })

/** The session as short text, such as `awaiting-scan 2@a 1/3` or `failed unauthorized`. */
function words(session: PairingSession): string {
  const more = (): readonly unknown[] => {
    switch (session.status) {
      case 'awaiting-scan': {
        const { payload, number, of } = session.qrCode
        return [payload.kind === 'text' ? payload.value : payload.kind, `${number}/${of}`]
      }
      case 'preparing':
        return [session.reason, session.error?.code, ...waitWords(session)]
      case 'requesting-code':
      case 'linking':
        return waitWords(session)
      case 'awaiting-number': {
        const { error, retryAt, otherCode } = session
        return [error?.code, retryAt && retryAt - T, otherCode && `other …${otherCode.lastDigits}`]
      }
      case 'awaiting-code':
        return [
          session.pairingCode.formatted,
          session.phoneNumber ? undefined : `…${session.lastDigits}`,
          session.isSlow && 'slow',
        ]
      case 'expired':
        return [session.reason]
      case 'linked':
      case 'confirming-number':
        return [session.account.name]
      case 'failed':
        return [session.error.code]
      default:
        return []
    }
  }
  return [session.status, ...more(), session.notice && `(${session.notice})`].filter(Boolean).join(' ')
}

/** A slow wait: whether the user can start over or try again, and how long it may take. */
function waitWords({ isSlow, canStartOver, mayTakeMs }: SlowWait): readonly unknown[] {
  if (!isSlow) return []
  return [canStartOver ? 'start-over' : 'try-again', mayTakeMs && `${mayTakeMs / 60_000}min`]
}

const wordsAfter = (options: Partial<SessionOptions>, steps: readonly Step[]) =>
  words(run(options, steps).session)

type Row = [title: string, expected: string, steps: readonly Step[], options?: Partial<SessionOptions>]

const threeCodes = [qr(0, 'a'), qr(20_000, 'b'), qr(40_000, 'c')] as const

describe('QR codes', () => {
  const rows: readonly Row[] = [
    ['waits for the first code', 'preparing', []],
    ['shows nothing before a start', 'idle', [qr(0, 'a')], { autoStart: false }],
    [
      'starts when the user presses Start',
      'awaiting-scan 2@a 1/3',
      [user(0, 'started'), qr(1, 'a')],
      { autoStart: false },
    ],
    ['shows the first code', 'awaiting-scan 2@a 1/3', [qr(0, 'a')]],
    ['shows the second code', 'awaiting-scan 2@b 2/3', [qr(0, 'a'), qr(20_000, 'b')]],
    [
      'keeps a code that is sent again',
      'awaiting-scan 2@a 1/3',
      [qr(0, 'a'), qr(5_000, 'a', { expiresInMs: 15_000 })],
    ],
    ['removes a code from the screen when it expires', 'preparing', [qr(0, 'a'), passes(20_000)]],
    ['keeps a code until just before it expires', 'awaiting-scan 2@a 1/3', [qr(0, 'a'), passes(19_999)]],
    ['hides a code that no update confirms', 'preparing', [qr(0, 'a', { hideInMs: 7_000 }), passes(7_000)]],
    [
      'shows a hidden code again when an update confirms it',
      'awaiting-scan 2@a 1/3',
      [qr(0, 'a', { hideInMs: 7_000 }), passes(7_000), qr(8_000, 'a', { expiresInMs: 12_000 })],
    ],
    [
      'keeps a code that the server omits because the page already has it',
      'awaiting-scan 2@a 1/3',
      [qr(0, 'a'), reads(5_000, 'qr', { codeId: 'id-a', hideInMs: 9_000, expiresInMs: 15_000 })],
    ],
    [
      'never shows a replaced code again',
      'awaiting-scan 2@b 2/3',
      [qr(0, 'a'), qr(5_000, 'b'), qr(5_100, 'a')],
    ],
    [
      'neither shows nor counts a code that has expired on arrival',
      'awaiting-scan 2@c 2/3',
      [qr(0, 'a'), qr(20_000, 'b', { expiresInMs: 0 }), qr(20_100, 'c')],
    ],
    [
      'keeps a code while the provider prepares the next',
      'awaiting-scan 2@a 1/3',
      [qr(0, 'a'), reads(3_000, 'preparing')],
    ],
    ['keeps a code through a failed read', 'awaiting-scan 2@a 1/3', [qr(0, 'a'), fails(3_000, 'network')]],
    [
      'keeps a code through many failed reads',
      'awaiting-scan 2@a 1/3',
      [qr(0, 'a'), ...Array.from({ length: 12 }, (_, n) => fails(3_000 + n, 'network'))],
    ],
    ['expires after three unscanned codes', 'expired unscanned', [...threeCodes, passes(60_000)]],
    ['expires when the provider sends a fourth code', 'expired unscanned', [...threeCodes, qr(50_000, 'd')]],
    [
      'shows no code after the round has ended',
      'expired unscanned',
      [...threeCodes, passes(60_000), qr(60_100, 'd')],
    ],
    [
      'expires after one code if only one is allowed',
      'expired unscanned',
      [qr(0, 'a'), passes(20_000)],
      { maxRefreshes: 1 },
    ],
    [
      'never expires if the number of codes is unlimited',
      'awaiting-scan 2@d 4/Infinity',
      [...threeCodes, qr(60_000, 'd')],
      { maxRefreshes: Number.POSITIVE_INFINITY },
    ],
    [
      'starts another round on Retry',
      'awaiting-scan 2@d 1/3',
      [...threeCodes, passes(60_000), user(61_000, 'started'), qr(61_100, 'd')],
    ],
    [
      'ignores a second press on Retry',
      'awaiting-scan 2@d 1/3',
      [...threeCodes, passes(60_000), user(61_000, 'started'), qr(61_100, 'd'), user(61_200, 'started')],
    ],
    [
      'does not show the expired code of the last round after Retry',
      'preparing',
      [...threeCodes, passes(60_000), user(61_000, 'started'), qr(61_100, 'c', { expiresInMs: 0 })],
    ],
    [
      'does not count the first code if less than 5 s of its lifetime remain',
      'awaiting-scan 2@b 1/3',
      [qr(0, 'a', { expiresInMs: 4_999 }), qr(5_000, 'b')],
    ],
    [
      'counts the first code if 5 s of its lifetime remain',
      'awaiting-scan 2@b 2/3',
      [qr(0, 'a', { expiresInMs: 5_000 }), qr(5_000, 'b')],
    ],
    [
      'counts consecutive codes, even if their lifetimes are short',
      'expired unscanned',
      [
        qr(0, 'a', { expiresInMs: 4_000 }),
        qr(4_100, 'b', { expiresInMs: 4_000 }),
        qr(8_200, 'c', { expiresInMs: 4_000 }),
        qr(12_300, 'd', { expiresInMs: 4_000 }),
        passes(16_400),
      ],
    ],
    [
      'does not count the last code if it expired on a hidden page',
      'awaiting-scan 2@d 3/3',
      [
        ...threeCodes,
        [50_000, { type: 'watched', isWatched: false }],
        passes(60_000),
        [90_000, { type: 'watched', isWatched: true }],
        qr(90_100, 'd'),
      ],
    ],
    [
      'stops at each code in the manual refresh mode',
      'expired refresh-due',
      [qr(0, 'a'), passes(20_000)],
      { refreshMode: 'manual' },
    ],
    [
      'does not show the next code automatically in the manual refresh mode',
      'expired refresh-due',
      [qr(0, 'a'), qr(20_000, 'b')],
      { refreshMode: 'manual' },
    ],
    [
      'shows the next code when the user requests it',
      'awaiting-scan 2@b 2/3',
      [qr(0, 'a'), passes(20_000), user(25_000, 'started'), qr(25_100, 'b')],
      { refreshMode: 'manual' },
    ],
    [
      'shows the next code when the app leaves the manual refresh mode',
      'awaiting-scan 2@b 2/3',
      [qr(0, 'a'), passes(20_000), [21_000, { type: 'expected', refreshMode: 'auto' }], qr(21_100, 'b')],
      { refreshMode: 'manual' },
    ],
    [
      'retries if an image cannot be drawn',
      'preparing retrying invalid-answer',
      [qr(0, 'a'), [1, { type: 'image-broken' }]],
    ],
    [
      'fails if three images cannot be drawn',
      'failed invalid-answer',
      [0, 1, 2].flatMap((n): Step[] => [qr(n * 10, `${n}`), [n * 10 + 1, { type: 'image-broken' }]]),
    ],
    [
      'offers to start over after 30 s without a code',
      'preparing start-over',
      [reads(0, 'preparing'), passes(30_000)],
    ],
    [
      'offers to try again if the provider cannot be reset',
      'preparing try-again',
      [reads(0, 'preparing', { abilities: [] }), passes(30_000)],
    ],
    [
      'restarts the wait after the user tries again',
      'preparing',
      [reads(0, 'preparing', { abilities: [] }), passes(30_000), user(31_000, 'started')],
    ],
    [
      'shows how long the provider may take, if that is known',
      'preparing start-over 5min',
      [reads(0, 'preparing', { timing: { ...timing, startMs: 300_000 } }), passes(30_000)],
    ],
    [
      'offers to start over while a start takes long',
      'preparing starting start-over',
      [reads(0, 'stopped'), [100, { type: 'request-done', request: 'start' }], passes(30_000)],
    ],
    [
      'offers to start over while a reset takes long',
      'preparing resetting start-over',
      [reads(0, 'stale'), user(1_000, 'started'), passes(31_000)],
    ],
    [
      'offers to start over while requests fail',
      'preparing retrying network start-over',
      [reads(0, 'preparing'), fails(20_000, 'network'), passes(30_000)],
    ],
    [
      'offers to start over in the second wait too',
      'preparing start-over',
      [qr(0, 'a'), passes(20_000), passes(49_999), passes(50_000)],
    ],
    [
      'does not offer to start over 30 s after a code that arrived between two waits',
      'preparing',
      [reads(0, 'preparing'), qr(29_000, 'a'), passes(49_000), passes(60_000)],
    ],
    [
      'offers to try again if no update confirms the session for a component that was mounted again',
      'preparing try-again',
      [reads(0, 'linked', { account }), user(1_000, 'left'), user(2_000, 'entered'), passes(32_000)],
    ],
    [
      'only reads again on Try again, and changes nothing at the provider',
      'preparing',
      [
        reads(0, 'stale'),
        user(1_000, 'left'),
        user(1_500, 'entered'),
        passes(31_500),
        user(32_000, 'started'),
      ],
    ],
    [
      'resets when the user starts over',
      'preparing resetting',
      [reads(0, 'preparing'), passes(30_000), startsOver(31_000)],
    ],
    [
      'ignores a press on Start over before it is offered',
      'preparing',
      [reads(0, 'preparing'), startsOver(1_000)],
    ],
    ['does not offer to start over before 30 s', 'preparing', [reads(0, 'preparing'), passes(29_999)]],
    [
      'fails after ten minutes without a code',
      'failed session-stale',
      Array.from({ length: 21 }, (_, n) => reads(n * 30_000, 'preparing')),
    ],
    [
      'fails after the time limit that the provider documents',
      'failed session-stale',
      Array.from({ length: 11 }, (_, n) =>
        reads(n * 30_000, 'preparing', { timing: { ...timing, startMs: 300_000 } }),
      ),
    ],
    [
      'fails 90 s after the last code if the provider repeats that code',
      'failed session-stale',
      [qr(0, 'a'), ...Array.from({ length: 4 }, (_, n) => qr(20_000 + n * 30_000, 'a', { expiresInMs: 0 }))],
    ],
    [
      'fails 90 s after the last code if the provider starts again',
      'failed session-stale',
      [qr(0, 'a'), ...Array.from({ length: 4 }, (_, n) => reads(20_000 + n * 30_000, 'preparing'))],
    ],
    [
      'does not fail earlier than 90 s after the last code',
      'preparing start-over',
      [qr(0, 'a'), ...Array.from({ length: 3 }, (_, n) => reads(20_000 + n * 30_000, 'preparing'))],
    ],
    [
      'does not count the time during which requests failed',
      'preparing start-over',
      [
        qr(0, 'a'),
        ...Array.from({ length: 4 }, (_, n) => fails(20_000 + n * 30_000, 'network')),
        reads(125_000, 'preparing'),
      ],
    ],
    [
      'reads the code again when the phone that shows the page wakes up',
      'preparing',
      [qr(0, 'a'), passes(3_600_000)],
    ],
  ]
  it.each<Row>(rows)('%s', (_, expected, steps, options = {}) => {
    expect(wordsAfter(options, steps)).toBe(expected)
  })

  it('keep their expiry if two updates differ by less than 500 ms', () => {
    const before = run({}, [qr(0, 'a')])
    const [, update] = reads(5_000, 'qr', { codeId: 'id-a', hideInMs: 15_400, expiresInMs: 15_400 })
    const after = transition(before, { ...update, at: T + 5_000 } as SessionEvent, laterRules)
    expect(after.session).toBe(before.session)
  })

  it('that are pushed expire after a lifetime that begins when they are sent', () => {
    const { session } = run({}, [
      reads(0, 'preparing'),
      pushed(9_000, 'qr', {
        at: T + 2_000,
        qrCode: { kind: 'text', value: '2@a' },
        codeId: 'a',
        hideInMs: 20_000,
        expiresInMs: 20_000,
      }),
    ])
    expect(session.status === 'awaiting-scan' && session.qrCode.expiresAt - T).toBe(22_000)
  })
})

describe('pairing codes', () => {
  const phone: Partial<SessionOptions> = { method: 'phone-code' }
  const rows: readonly Row[] = [
    ['waits for the phone number', 'awaiting-number', [reads(0, 'unlinked')], phone],
    ['requests a code', 'requesting-code', [reads(0, 'unlinked'), submits(1_000)], phone],
    ['shows the code', 'awaiting-code ABCD-1234', [submits(0), issues(1_000, 'ABCD1234')], phone],
    [
      'reports after 30 s that a code is slow',
      'awaiting-code ABCD-1234 slow',
      [submits(0), issues(0, 'ABCD1234'), passes(30_000)],
      phone,
    ],
    [
      'offers to start over after 30 s without a code',
      'requesting-code start-over',
      [reads(0, 'unlinked'), submits(0), passes(30_000)],
      phone,
    ],
    ['does not offer to start over before 30 s', 'requesting-code', [submits(0), passes(29_999)], phone],
    [
      'returns to the number when the user starts over',
      'awaiting-number',
      [submits(0), passes(30_000), user(31_000, 'number-withdrawn')],
      phone,
    ],
    [
      'offers a code that arrives after the user went back',
      'awaiting-number other …4321',
      [submits(0), passes(30_000), user(31_000, 'number-withdrawn'), issues(32_000, 'ABCD1234')],
      phone,
    ],
    [
      'expires with the code',
      'expired code-not-entered',
      [submits(0), issues(0, 'ABCD1234'), passes(150_000)],
      phone,
    ],
    [
      'requests another code for the same number after Retry',
      'requesting-code',
      [submits(0), issues(0, 'ABCD1234'), passes(150_000), user(151_000, 'started')],
      phone,
    ],
    [
      'returns to the number, and offers the code that is still valid',
      'awaiting-number other …4321',
      [submits(0), issues(0, 'ABCD1234'), user(1, 'number-withdrawn')],
      phone,
    ],
    [
      'does not extend the lifetime of a repeated code',
      'expired code-not-entered',
      [submits(0), issues(0, 'ABCD1234'), reads(100_000, 'unlinked', code('ABCD1234')), passes(150_000)],
      phone,
    ],
    [
      'shows a later code for the same number',
      'awaiting-code WXYZ-9876',
      [submits(0), issues(0, 'ABCD1234'), reads(45_000, 'unlinked', code('WXYZ9876'))],
      phone,
    ],
    [
      'keeps the code if an update omits it',
      'awaiting-code ABCD-1234',
      [submits(0), issues(0, 'ABCD1234'), reads(3_000, 'unlinked')],
      phone,
    ],
    [
      'reports that a code for another number replaced its code',
      'awaiting-number other …0000 (code-replaced)',
      [submits(0), issues(0, 'ABCD1234'), reads(3_000, 'unlinked', code('WXYZ9876', 150_000, '0000'))],
      phone,
    ],
    [
      'reports that a change replaced its code',
      'awaiting-number (code-replaced)',
      [
        submits(0),
        issues(0, 'ABCD1234', { revision: T }),
        reads(3_000, 'unlinked', { revision: T + 2_000, reason: 'code-replaced' }),
      ],
      phone,
    ],
    [
      'reports that a reset ended its code',
      'awaiting-number (code-replaced)',
      [
        submits(0),
        issues(0, 'ABCD1234', { revision: T }),
        reads(3_000, 'preparing', { revision: T + 2_000, reason: 'reset' }),
      ],
      phone,
    ],
    [
      'keeps its code after its own request',
      'awaiting-code ABCD-1234',
      [
        submits(0),
        issues(1_000, 'ABCD1234', { revision: T + 500, reason: 'code-replaced' }),
        reads(3_000, 'unlinked', { revision: T + 500, ...code('ABCD1234') }),
      ],
      phone,
    ],
    [
      'ignores a pushed code without a number',
      'awaiting-number',
      [reads(0, 'unlinked', code('ABCD1234', 150_000, ''))],
      phone,
    ],
    [
      'shows the code again after a page reload',
      'awaiting-code ABCD-1234',
      [[0, { type: 'number-remembered', phoneNumber: NUMBER }], reads(1, 'unlinked', code('ABCD1234'))],
      phone,
    ],
    [
      'shows no code for another number after a page reload',
      'awaiting-number other …9999',
      [
        [0, { type: 'number-remembered', phoneNumber: NUMBER }],
        reads(1, 'unlinked', code('ABCD1234', 150_000, '9999')),
      ],
      phone,
    ],
    [
      'shows why a number got no code',
      'awaiting-number code-refused',
      [submits(0), fails(1, 'code-refused', 'request-pairing-code')],
      phone,
    ],
    [
      'reports a response without a code',
      'awaiting-number code-refused',
      [submits(0), reads(1, 'unlinked', {}, { request: 'request-pairing-code' })],
      phone,
    ],
    [
      'waits 30 s after "too many requests"',
      'awaiting-number rate-limited 30001',
      [submits(0), fails(1, 'rate-limited', 'request-pairing-code')],
      phone,
    ],
    [
      'sends no number during those 30 s',
      'awaiting-number rate-limited 30001',
      [submits(0), fails(1, 'rate-limited', 'request-pairing-code'), submits(2)],
      phone,
    ],
    [
      'accepts a number after those 30 s',
      'awaiting-number',
      [submits(0), fails(1, 'rate-limited', 'request-pairing-code'), passes(30_001)],
      phone,
    ],
    [
      'fails if the app has to change something',
      'failed unauthorized',
      [submits(0), fails(1, 'unauthorized', 'request-pairing-code')],
      phone,
    ],
    [
      'offers only the QR code if the provider has no pairing codes',
      'preparing',
      [submits(0), fails(1, 'not-supported', 'request-pairing-code')],
      phone,
    ],
    [
      'reports an invalid number',
      'awaiting-number invalid-phone-number',
      [[0, { type: 'number-submitted', phoneNumber: '+49 12' }]],
      phone,
    ],
    ['switches to the code when the app submits a number', 'requesting-code', [qr(0, 'a'), submits(1_000)]],
    [
      'keeps the QR code while the user opens the other method',
      'awaiting-scan 2@a 1/3',
      [qr(0, 'a'), chooses(1_000, 'phone-code'), chooses(2_000, 'qr')],
    ],
    [
      'keeps the pairing code while the user opens the QR code',
      'awaiting-code ABCD-1234',
      [submits(0), issues(0, 'ABCD1234'), chooses(1_000, 'qr'), qr(1_100, 'a'), chooses(2_000, 'phone-code')],
      phone,
    ],
    [
      'chooses no method that the provider lacks',
      'preparing',
      [reads(0, 'preparing', { methods: ['qr'] }), chooses(1, 'phone-code')],
    ],
    [
      'changes to a method that the provider supports',
      'preparing',
      [reads(0, 'preparing', { methods: ['qr'] })],
      phone,
    ],
  ]
  it.each<Row>(rows)('%s', (_, expected, steps, options = {}) => {
    expect(wordsAfter(options, steps)).toBe(expected)
  })
})

describe('a pairing code that another page requested', () => {
  const phone: Partial<SessionOptions> = { method: 'phone-code' }
  const theirs = (value = 'WXYZ9876', digits = '0000', expiresInMs = 150_000) =>
    code(value, expiresInMs, digits)
  const shows = (atMs: number): Step => user(atMs, 'other-code-shown')
  const rows: readonly Row[] = [
    [
      'is offered with the last digits of its number',
      'awaiting-number other …0000',
      [reads(0, 'unlinked', theirs())],
      phone,
    ],
    [
      'is offered when an update is pushed',
      'awaiting-number other …0000',
      [pushed(0, 'unlinked', theirs())],
      phone,
    ],
    [
      'is shown after the user accepts the offer',
      'awaiting-code WXYZ-9876 …0000',
      [reads(0, 'unlinked', theirs()), shows(1_000)],
      phone,
    ],
    ['is not shown automatically in the other tab', 'awaiting-scan 2@a 1/3', [qr(0, 'a', theirs())]],
    [
      'is offered to a user who opens the method in the other tab',
      'awaiting-number other …0000',
      [qr(0, 'a', theirs()), chooses(1_000, 'phone-code')],
    ],
    ['is not shown if it does not exist', 'awaiting-number', [reads(0, 'unlinked'), shows(1_000)], phone],
    [
      'is offered until it expires',
      'awaiting-number other …0000',
      [reads(0, 'unlinked', theirs()), passes(149_999)],
      phone,
    ],
    [
      'is not offered after it expires',
      'awaiting-number',
      [reads(0, 'unlinked', theirs()), passes(150_000)],
      phone,
    ],
    [
      'keeps its lifetime if updates repeat it',
      'awaiting-number',
      [reads(0, 'unlinked', theirs()), reads(100_000, 'unlinked', theirs()), passes(150_000)],
      phone,
    ],
    [
      'is not offered if it has expired on arrival',
      'awaiting-number',
      [reads(0, 'unlinked', theirs('WXYZ9876', '0000', 0))],
      phone,
    ],
    [
      'expires on screen like a code of the own page',
      'expired code-not-entered',
      [reads(0, 'unlinked', theirs()), shows(1_000), passes(150_000)],
      phone,
    ],
    [
      'needs the number again on Retry, because this page does not have it',
      'awaiting-number',
      [reads(0, 'unlinked', theirs()), shows(1_000), passes(150_000), user(151_000, 'started')],
      phone,
    ],
    [
      'is slow after 30 s on screen',
      'awaiting-code WXYZ-9876 …0000 slow',
      [reads(0, 'unlinked', theirs()), shows(0), passes(30_000)],
      phone,
    ],
    [
      'is replaced by a later code for the same number',
      'awaiting-code EFGH-5678 …0000',
      [reads(0, 'unlinked', theirs()), shows(1_000), reads(2_000, 'unlinked', theirs('EFGH5678'))],
      phone,
    ],
    [
      'is replaced by a code for a third number, which is offered',
      'awaiting-number other …7777 (code-replaced)',
      [reads(0, 'unlinked', theirs()), shows(1_000), reads(2_000, 'unlinked', theirs('EFGH5678', '7777'))],
      phone,
    ],
    [
      'is replaced in the offer by a later code',
      'awaiting-number other …7777',
      [reads(0, 'unlinked', theirs()), reads(2_000, 'unlinked', theirs('EFGH5678', '7777'))],
      phone,
    ],
    [
      'is not offered after a change that ended it',
      'awaiting-number',
      [reads(0, 'unlinked', theirs()), reads(2_000, 'preparing', { revision: T + 1_000, reason: 'reset' })],
      phone,
    ],
    [
      'is offered after the change that created it',
      'awaiting-number other …0000',
      [
        reads(0, 'unlinked'),
        reads(2_000, 'unlinked', { revision: T + 1_000, reason: 'code-replaced', ...theirs() }),
      ],
      phone,
    ],
    [
      'is replaced by a code of the own page',
      'awaiting-code ABCD-1234',
      [reads(0, 'unlinked', theirs()), submits(1_000), issues(2_000, 'ABCD1234')],
      phone,
    ],
    [
      'is offered again if the own number got no code',
      'awaiting-number code-refused other …0000',
      [reads(0, 'unlinked', theirs()), submits(1_000), fails(2_000, 'code-refused', 'request-pairing-code')],
      phone,
    ],
    [
      'is offered again when the user returns to the number',
      'awaiting-number other …0000',
      [reads(0, 'unlinked', theirs()), shows(1_000), user(2_000, 'number-withdrawn')],
      phone,
    ],
    [
      'is not offered while the own number waits for its code',
      'requesting-code',
      [reads(0, 'unlinked', theirs()), submits(1_000), reads(2_000, 'unlinked', theirs())],
      phone,
    ],
    [
      'is not offered to another session',
      'awaiting-number',
      [reads(0, 'unlinked', theirs()), reads(1_000, 'unlinked', { session: 'session-b' })],
      phone,
    ],
    [
      'leads to the link that the phone makes with it',
      'linked Ana',
      [reads(0, 'unlinked', theirs()), shows(1_000), reads(5_000, 'linked', { account })],
      phone,
    ],
    [
      'is not offered after the link has ended',
      'awaiting-number (link-ended)',
      [
        reads(0, 'unlinked', theirs()),
        reads(5_000, 'linked', { account }),
        reads(8_000, 'unlinked'),
        reads(8_300, 'unlinked'),
      ],
      phone,
    ],
    [
      'is not offered after the clock is set back',
      'awaiting-number',
      [reads(0, 'unlinked', theirs()), passes(-5_000)],
      phone,
    ],
  ]
  it.each<Row>(rows)('%s', (_, expected, steps, options = {}) => {
    expect(wordsAfter(options, steps)).toBe(expected)
  })

  it('is polled while it is offered, because the user may link with it', () => {
    expect(nextRequest(run(phone, [reads(0, 'unlinked', theirs())]).facts)).toMatchObject({
      kind: 'read',
      at: T + 3_000,
    })
    expect(nextRequest(run(phone, [reads(0, 'unlinked', theirs()), passes(150_000)]).facts)).toBeUndefined()
  })

  it('shows only the last four digits of the phone number', () => {
    const { session } = run(phone, [reads(0, 'unlinked', theirs()), shows(1_000)])
    expect(session).toMatchObject({ lastDigits: '0000' })
    expect(session.status === 'awaiting-code' && session.phoneNumber).toBeUndefined()
  })
})

describe('a link', () => {
  const rows: readonly Row[] = [
    ['is linking if the provider reports it', 'linking', [qr(0, 'a'), reads(1_000, 'linking')]],
    [
      'is not linking only because a code is missing',
      'preparing',
      [qr(0, 'a'), passes(20_000), reads(20_100, 'preparing')],
    ],
    ['is linked if the provider reports it', 'linked Ana', [qr(0, 'a'), reads(1_000, 'linked', { account })]],
    ['is linked at the first update', 'linked Ana', [reads(0, 'linked', { account })]],
    ['is linked without an account', 'linked', [reads(0, 'linked')]],
    [
      'adds a name that arrives later',
      'linked Ana',
      [reads(0, 'linked'), reads(3_000, 'linked', { account })],
    ],
    [
      'keeps the name if a later update omits it',
      'linked Ana',
      [reads(0, 'linked', { account }), reads(3_000, 'linked', { account: { id: '1' } })],
    ],
    [
      'does not mix the accounts of two phones',
      'linked',
      [reads(0, 'linked', { account }), reads(3_000, 'linked', { account: { phoneNumber: '447700900123' } })],
    ],
    [
      'stays linking if "not linked" lasts only a moment',
      'linking',
      [reads(0, 'linking'), reads(9_999, 'unlinked')],
    ],
    [
      'returns to codes after 10 s of "not linked", and reports why',
      'preparing (link-not-finished)',
      [reads(0, 'linking'), reads(10_000, 'unlinked')],
    ],
    [
      'returns to codes after 10 s of "stopped" too',
      'preparing starting (link-not-finished)',
      [reads(0, 'linking'), reads(10_000, 'stopped')],
    ],
    [
      'stays linking if "stopped" lasts only a moment',
      'linking',
      [reads(0, 'linking'), reads(9_999, 'stopped')],
    ],
    [
      'reports a failed link if an earlier link is still in the way',
      'failed session-stale (link-not-finished)',
      [reads(0, 'linking'), reads(10_000, 'stale')],
    ],
    [
      'reports a failed link while the next code is on screen',
      'awaiting-scan 2@b 1/3 (link-not-finished)',
      [reads(0, 'linking'), qr(10_000, 'b')],
    ],
    [
      'reports a failed link if the pairing code expires after it',
      'expired code-not-entered (link-not-finished)',
      [
        submits(0),
        issues(0, 'ABCD1234'),
        reads(5_000, 'linking'),
        reads(15_000, 'unlinked'),
        passes(150_000),
      ],
      { method: 'phone-code' },
    ],
    [
      'no longer reports a failed link in the next round',
      'preparing',
      [reads(0, 'linking'), reads(10_000, 'unlinked'), passes(40_000), user(41_000, 'started')],
    ],
    [
      'offers to start over after 30 s of linking',
      'linking start-over',
      [reads(0, 'linking'), passes(30_000)],
    ],
    [
      'offers to try again if the provider cannot be reset',
      'linking try-again',
      [reads(0, 'linking', { abilities: [] }), passes(30_000)],
    ],
    [
      'resets when the user starts over',
      'preparing resetting',
      [reads(0, 'linking'), passes(30_000), startsOver(31_000)],
    ],
    [
      'returns to the number field if a pairing code led to the failed link',
      'awaiting-number',
      [submits(0), issues(0, 'ABCD1234'), reads(5_000, 'linking'), passes(35_000), startsOver(36_000)],
      { method: 'phone-code' },
    ],
    [
      'fails after five minutes of linking',
      'failed session-stale',
      Array.from({ length: 11 }, (_, n) => reads(n * 30_000, 'linking')),
    ],
    ['shows no code during linking', 'linking', [reads(0, 'linking'), qr(1_000, 'a')]],
    [
      'moves from an expired code to linking',
      'linking',
      [qr(0, 'a'), passes(20_000), reads(20_100, 'linking')],
      { maxRefreshes: 1 },
    ],
    [
      'moves from an expired code to linked',
      'linked Ana',
      [qr(0, 'a'), passes(20_000), reads(20_100, 'linked', { account })],
      { maxRefreshes: 1 },
    ],
    [
      'stays linked if only one update denies the link',
      'linked Ana',
      [reads(0, 'linked', { account }), reads(3_000, 'unlinked')],
    ],
    [
      'starts again if two updates deny the link',
      'preparing (link-ended)',
      [reads(0, 'linked', { account }), reads(3_000, 'unlinked'), reads(3_300, 'unlinked')],
    ],
    [
      'shows the next code immediately after two updates deny the link',
      'awaiting-scan 2@a 1/3 (link-ended)',
      [reads(0, 'linked', { account }), reads(3_000, 'unlinked'), qr(3_300, 'a')],
    ],
    [
      'stays linked if the same update arrives twice',
      'linked Ana',
      [
        reads(0, 'linked', { account }),
        reads(3_000, 'unlinked', { seq: 1e9 }),
        reads(3_300, 'unlinked', { seq: 1e9 }),
      ],
    ],
    [
      'stays linked if the next update confirms the link again',
      'linked Ana',
      [
        reads(0, 'linked', { account }),
        reads(3_000, 'unlinked'),
        reads(3_300, 'linked'),
        reads(6_000, 'unlinked'),
      ],
    ],
    [
      'stays linked through failed reads',
      'linked Ana',
      [reads(0, 'linked', { account }), ...Array.from({ length: 12 }, (_, n) => fails(n, 'network'))],
    ],
    [
      'starts again if two updates report a stopped session',
      'preparing starting (link-ended)',
      [reads(0, 'linked', { account }), reads(3_000, 'stopped'), reads(3_300, 'stopped')],
    ],
    [
      'reports an earlier link that is in the way after two updates deny the link',
      'failed session-stale (link-ended)',
      [reads(0, 'linked', { account }), reads(3_000, 'stale'), reads(3_300, 'stale')],
    ],
    [
      'reports after three minutes that the phone was unlinked',
      'preparing (unlinked-on-phone)',
      [reads(0, 'linked', { account }), reads(180_000, 'unlinked'), reads(180_300, 'unlinked')],
    ],
    [
      'ends immediately if another page unlinks the phone',
      'preparing (unlinked-on-phone)',
      [
        reads(0, 'linked', { account }),
        reads(3_000, 'preparing', { revision: T + 2_000, reason: 'disconnected' }),
      ],
    ],
    ['ignores a code while linked', 'linked Ana', [reads(0, 'linked', { account }), qr(1_000, 'a')]],
    [
      'fails if another phone than the expected one is linked',
      'failed wrong-phone-number',
      [reads(0, 'linked', { account })],
      { expectedPhoneNumber: '447700900123' },
    ],
    [
      'is complete when the expected number is linked',
      'linked Ana',
      [reads(0, 'linked', { account })],
      { expectedPhoneNumber: '5511987654321' },
    ],
    ['is complete immediately if no number is expected', 'linked Ana', [reads(0, 'linked', { account })]],
    [
      'lets the user confirm a number that is probably the expected one',
      'confirming-number Ana',
      [reads(0, 'linked', { account }), reads(3_000, 'linked', { account })],
      { expectedPhoneNumber: '5521987654321' },
    ],
    [
      'is linked when the user confirms the number',
      'linked Ana',
      [reads(0, 'linked', { account }), judges(5_000, 'same'), reads(6_000, 'linked', { account })],
      { expectedPhoneNumber: '5521987654321' },
    ],
    [
      'fails when the user says that it is another phone',
      'failed wrong-phone-number',
      [reads(0, 'linked', { account }), judges(5_000, 'different')],
      { expectedPhoneNumber: '5521987654321' },
    ],
    [
      'does not repeat the confirmation in another component',
      'linked Ana',
      [
        reads(0, 'linked', { account }),
        judges(5_000, 'same'),
        user(6_000, 'left'),
        user(8_000, 'entered'),
        [8_000, { type: 'expected', phoneNumber: '5521987654321' }],
        reads(8_100, 'linked', { account }),
      ],
      { expectedPhoneNumber: '5521987654321' },
    ],
    [
      'is compared again if the app expects another number',
      'failed wrong-phone-number',
      [reads(0, 'linked', { account }), [5_000, { type: 'expected', phoneNumber: '447700900123' }]],
      { expectedPhoneNumber: '5511987654321' },
    ],
    [
      'starts again if the link ends during the confirmation',
      'preparing (link-ended)',
      [reads(0, 'linked', { account }), reads(3_000, 'unlinked'), reads(3_300, 'unlinked')],
      { expectedPhoneNumber: '5521987654321' },
    ],
    [
      'accepts a link if the provider does not report the number',
      'linked',
      [reads(0, 'linked')],
      { expectedPhoneNumber: '447700900123' },
    ],
    [
      'fails if another number is reported later',
      'failed wrong-phone-number',
      [reads(0, 'linked'), reads(3_000, 'linked', { account })],
      { expectedPhoneNumber: '447700900123' },
    ],
    [
      'requires a passkey if the provider reports it',
      'passkey-required',
      [qr(0, 'a'), reads(1_000, 'passkey-required')],
    ],
    [
      'is linked after the passkey',
      'linked Ana',
      [reads(0, 'passkey-required'), reads(60_000, 'linked', { account })],
    ],
  ]
  it.each<Row>(rows)('%s', (_, expected, steps, options = {}) => {
    expect(wordsAfter(options, steps)).toBe(expected)
  })
})

describe('an obstacle to pairing', () => {
  const rows: readonly Row[] = [
    ['starts a stopped provider session', 'preparing starting', [reads(0, 'stopped')]],
    [
      'waits for the code after the start',
      'preparing starting',
      [reads(0, 'stopped'), [100, { type: 'request-done', request: 'start' }]],
    ],
    [
      'shows the code after the start',
      'awaiting-scan 2@a 1/3',
      [reads(0, 'stopped'), [100, { type: 'request-done', request: 'start' }], qr(500, 'a')],
    ],
    [
      'fails if the start had no effect',
      'failed session-stale',
      [reads(0, 'stopped'), [100, { type: 'request-done', request: 'start' }], reads(500, 'stopped')],
    ],
    [
      'waits if another process still reports "stopped" after the start',
      'preparing starting',
      [
        reads(0, 'stopped'),
        [100, { type: 'request-done', request: 'start' }],
        reads(100, 'preparing', { revision: T + 100 }, { request: 'start' }),
        reads(200, 'stopped', { origin: 'process-2' }),
      ],
    ],
    [
      'fails if the process that ran the start still reports "stopped"',
      'failed session-stale',
      [
        reads(0, 'stopped'),
        [100, { type: 'request-done', request: 'start' }],
        reads(100, 'preparing', { revision: T + 100 }, { request: 'start' }),
        reads(200, 'stopped', { revision: T + 100 }),
      ],
    ],
    [
      'starts again after codes were shown',
      'preparing starting',
      [
        reads(0, 'stopped'),
        [100, { type: 'request-done', request: 'start' }],
        qr(500, 'a'),
        reads(21_000, 'stopped'),
      ],
    ],
    [
      'does not start after the round has ended',
      'expired unscanned',
      [...threeCodes, passes(60_000), reads(60_100, 'stopped')],
    ],
    ['fails if an earlier link is in the way', 'failed session-stale', [reads(0, 'stale')]],
    [
      'resets automatically if the app says that the phone was linked before',
      'preparing resetting',
      [reads(0, 'stale')],
      { clearsLeftovers: true },
    ],
    ['resets on Start over', 'preparing resetting', [reads(0, 'stale'), user(1_000, 'started')]],
    ['fails immediately after a refusal', 'failed unauthorized', [fails(0, 'unauthorized')]],
    [
      'fails immediately if the provider was refused',
      'failed unauthorized',
      [reads(0, 'preparing', { error: { code: 'unauthorized' } })],
    ],
    [
      'treats a refusal as a transient error if the server tries again',
      'preparing retrying provider-unavailable',
      [reads(0, 'preparing', { error: { code: 'unauthorized' }, willRetry: true })],
    ],
    [
      'fails when the server confirms the refusal',
      'failed session-not-found',
      [
        reads(0, 'preparing', { error: { code: 'session-not-found' }, willRetry: true }),
        reads(5_000, 'preparing', { error: { code: 'session-not-found' } }),
      ],
    ],
    ['retries a transient error', 'preparing retrying network', [fails(0, 'network')]],
    [
      'retries a transient error of the provider',
      'preparing retrying timeout',
      [reads(0, 'preparing', { error: { code: 'timeout', retryInMs: 1_000 } })],
    ],
    [
      'retries seven transient errors',
      'preparing retrying network',
      Array.from({ length: 7 }, (_, n) => fails(n, 'network')),
    ],
    [
      'fails after the eighth transient error',
      'failed network',
      Array.from({ length: 8 }, (_, n) => fails(n, 'network')),
    ],
    [
      'retries two other errors',
      'preparing retrying invalid-answer',
      [fails(0, 'invalid-answer'), fails(1, 'invalid-answer')],
    ],
    [
      'fails after the third other error',
      'failed invalid-answer',
      [0, 1, 2].map((n) => fails(n, 'invalid-answer')),
    ],
    [
      'counts an error of the provider once, even if it is read again',
      'preparing retrying timeout',
      Array.from({ length: 20 }, (_, n) =>
        reads(n, 'preparing', { seq: 1e9, error: { code: 'timeout', retryInMs: 1_000 } }),
      ),
    ],
    [
      'resets the count of failures after an update',
      'preparing',
      [fails(0, 'network'), reads(1_000, 'preparing')],
    ],
    [
      'tries again on Retry',
      'preparing',
      [...Array.from({ length: 8 }, (_, n) => fails(n, 'network')), user(100, 'started')],
    ],
    [
      'shows a code after Retry',
      'awaiting-scan 2@a 1/3',
      [fails(0, 'unauthorized'), user(100, 'started'), qr(200, 'a')],
    ],
    [
      'stays failed after any pushed update',
      'failed unauthorized',
      [fails(0, 'unauthorized'), pushed(1_000, 'unlinked')],
    ],
    [
      'stays failed after the clock is set back',
      'failed unauthorized',
      [fails(0, 'unauthorized'), passes(-5_000)],
    ],
    [
      'resets after the clock is set back',
      'preparing resetting',
      [reads(0, 'stale'), passes(-5_000), user(-4_000, 'started')],
    ],
    [
      'stays linked after the clock is set back',
      'linked Ana',
      [reads(0, 'linked', { account }), passes(-5_000)],
    ],
    ['hides a code of unknown age when the clock is set back', 'preparing', [qr(0, 'a'), passes(-5_000)]],
    [
      'expires a pairing code of unknown age when the clock is set back',
      'expired code-not-entered',
      [submits(0), issues(0, 'ABCD1234'), passes(-5_000)],
      { method: 'phone-code' },
    ],
    ['is idle after a cancel', 'idle', [qr(0, 'a'), user(1, 'cancelled')]],
    ['ignores updates after a cancel', 'idle', [user(1, 'cancelled'), reads(2, 'linked', { account })]],
  ]
  it.each<Row>(rows)('%s', (_, expected, steps, options = {}) => {
    expect(wordsAfter(options, steps)).toBe(expected)
  })
})

describe('updates that arrive out of order, or from another source', () => {
  const rows: readonly Row[] = [
    [
      'ignores an older response of the same process',
      'linking',
      [reads(0, 'linking', { seq: 9 }), reads(100, 'linked', { seq: 8, account })],
    ],
    [
      'accepts a response of another process',
      'linked Ana',
      [reads(0, 'linking', { seq: 1e9 }), reads(100, 'linked', { origin: 'process-2', seq: 1, account })],
    ],
    [
      'drops all data of another session',
      'preparing',
      [reads(0, 'linked', { account }), reads(100, 'preparing', { session: 'session-b' })],
    ],
    [
      'shows the code of the new session',
      'awaiting-scan 2@b 1/3',
      [qr(0, 'a'), qr(100, 'b', { session: 'session-b' })],
    ],
    [
      'drops the pairing code and the number of another session, and offers the code of the new one',
      'awaiting-number other …4321',
      [
        submits(0),
        issues(0, 'ABCD1234'),
        reads(100, 'unlinked', { session: 'session-b', ...code('ABCD1234') }),
      ],
      { method: 'phone-code' },
    ],
    [
      'hides a code after a change made it invalid',
      'preparing',
      [qr(0, 'a'), reads(100, 'preparing', { revision: T + 50, reason: 'reset' })],
    ],
    [
      'shows a hidden code again if it is still valid',
      'awaiting-scan 2@a 1/3',
      [qr(0, 'a'), qr(100, 'a', { revision: T + 50, reason: 'code-replaced' })],
    ],
    [
      'keeps a code if an update has no revision',
      'awaiting-scan 2@a 1/3',
      [qr(0, 'a', { revision: T }), reads(100, 'preparing')],
    ],
    [
      'shows no cached data before an update confirms it',
      'preparing',
      [reads(0, 'linked', { account }), user(1_000, 'left'), user(1_001, 'entered')],
    ],
    [
      'fails if a component mounts again on a link and gets only transient errors',
      'failed network',
      [
        reads(0, 'linked', { account }),
        user(1_000, 'left'),
        user(2_000, 'entered'),
        ...Array.from({ length: 8 }, (_, n) => fails(3_000 + n, 'network')),
      ],
    ],
    [
      'fails if a component mounts again on a link and gets a refusal',
      'failed sign-in-required',
      [
        reads(0, 'linked', { account }),
        user(1_000, 'left'),
        user(2_000, 'entered'),
        fails(3_000, 'sign-in-required'),
      ],
    ],
    [
      'shows cached data after an update confirms it',
      'linked Ana',
      [reads(0, 'linked', { account }), user(1_000, 'left'), user(1_001, 'entered'), reads(1_100, 'linked')],
    ],
    [
      'starts a round if a component mounts 1 s after the last one expired',
      'awaiting-scan 2@d 1/3',
      [...threeCodes, passes(60_000), user(61_000, 'left'), user(62_000, 'entered'), qr(62_100, 'd')],
    ],
    [
      'stays expired if a component only moved',
      'expired unscanned',
      [
        ...threeCodes,
        passes(60_000),
        user(61_000, 'left'),
        user(61_500, 'entered'),
        reads(61_600, 'unlinked'),
      ],
    ],
    [
      'starts with the number if a component mounts after an expired pairing code',
      'awaiting-number',
      [
        submits(0),
        issues(0, 'ABCD1234'),
        passes(150_000),
        user(151_000, 'left'),
        user(153_000, 'entered'),
        reads(153_100, 'unlinked'),
      ],
      { method: 'phone-code' },
    ],
    [
      'starts a round if a component mounts after a transient failure',
      'awaiting-scan 2@a 1/3',
      [
        ...Array.from({ length: 8 }, (_, n) => fails(n, 'network')),
        user(1_000, 'left'),
        user(2_000, 'entered'),
        qr(2_100, 'a'),
      ],
    ],
    [
      'stays failed if a component mounts after another failure',
      'failed unauthorized',
      [
        fails(0, 'unauthorized'),
        user(1_000, 'left'),
        user(2_000, 'entered'),
        reads(2_100, 'preparing', { error: { code: 'unauthorized' } }),
      ],
    ],
    [
      'is linked if the read after mounting reports it',
      'linked Ana',
      [
        fails(0, 'unauthorized'),
        user(1_000, 'left'),
        user(2_000, 'entered'),
        reads(2_100, 'linked', { account }),
      ],
    ],
  ]
  it.each<Row>(rows)('%s', (_, expected, steps, options = {}) => {
    expect(wordsAfter(options, steps)).toBe(expected)
  })
})

describe('nextRequest()', () => {
  const phone: Partial<SessionOptions> = { method: 'phone-code' }
  const rows: readonly Row[] = [
    ['reads the code immediately', 'read code -1800000000000', []],
    ['requests nothing before a start', 'nothing', [], { autoStart: false }],
    ['reads at the time that the update states', 'read code 3000', [qr(0, 'a')]],
    ['names the code that the page has', 'id-a', [qr(0, 'a')]],
    ['reads one second after a pushed update was due', 'read code 4000', [pushed(0, 'preparing')]],
    [
      'reads immediately when the provider stops pushing',
      'read code 100',
      [pushed(0, 'preparing'), [100, { type: 'push-ended' }]],
    ],
    ['is not rescheduled by other events', 'read code 3000', [qr(0, 'a'), user(2_000, 'number-withdrawn')]],
    ['reads the state while linking', 'read state 1000', [reads(0, 'linking', { nextInMs: 1_000 })]],
    [
      'reads the state once more after the last code has expired',
      'read state 60000',
      [...threeCodes, passes(60_000)],
    ],
    [
      'requests nothing after that last read',
      'nothing',
      [...threeCodes, passes(60_000), reads(60_100, 'unlinked')],
    ],
    [
      'reads again while the provider prepares, because the last code may have been scanned just in time',
      'read state 63100',
      [...threeCodes, passes(60_000), reads(60_100, 'preparing')],
    ],
    [
      'requests nothing when the provider no longer prepares',
      'nothing',
      [...threeCodes, passes(60_000), reads(60_100, 'preparing'), reads(63_100, 'unlinked')],
    ],
    [
      'requests nothing after the provider has prepared for 20 seconds',
      'nothing',
      [...threeCodes, passes(60_000), reads(60_100, 'preparing'), reads(80_100, 'preparing')],
    ],
    [
      'reads again after a pairing code too',
      'read state 153100',
      [submits(0), issues(0, 'ABCD1234'), passes(150_000), reads(150_100, 'preparing')],
      phone,
    ],
    [
      'requests nothing if that last read fails',
      'nothing',
      [...threeCodes, passes(60_000), fails(60_100, 'network')],
    ],
    ['starts a stopped provider session immediately', 'start 0', [reads(0, 'stopped')]],
    ['resets immediately on Start over', 'reset 1000', [reads(0, 'stale'), user(1_000, 'started')]],
    [
      'unlinks the wrong phone on Start over',
      'unlink 1000',
      [reads(0, 'linked', { account }), user(1_000, 'started')],
      { expectedPhoneNumber: '447700900123' },
    ],
    [
      'requests a pairing code immediately',
      'request-pairing-code 0',
      [submits(1_000)],
      { method: 'phone-code' },
    ],
    [
      'reads the state while a pairing code is valid',
      'read state 3000',
      [submits(0), issues(0, 'ABCD1234')],
      { method: 'phone-code' },
    ],
    [
      'reads the state once while the number field is shown',
      'read state -1800000000000',
      [],
      { method: 'phone-code' },
    ],
    [
      'requests nothing while the user types the number',
      'nothing',
      [reads(0, 'unlinked')],
      { method: 'phone-code' },
    ],
    [
      'keeps polling while a QR code may have been scanned',
      'read state 3000',
      [qr(0, 'a'), chooses(1_000, 'phone-code')],
    ],
    ['waits 1 s after a failed read', 'read code 1000', [fails(0, 'network')]],
    [
      'waits 2 s after the second failed read',
      'read code 3000',
      [fails(0, 'network'), fails(1_000, 'network')],
    ],
    [
      'waits as long as the server states',
      'read code 7000',
      [reads(0, 'preparing', { error: { code: 'timeout', retryInMs: 7_000 } })],
    ],
    [
      'reads a linked state at the time that the update states',
      'read state 15000',
      [reads(0, 'linked', { nextInMs: 15_000 })],
    ],
    [
      'confirms immediately that a link has ended',
      'read state 3000',
      [reads(0, 'linked'), reads(3_000, 'unlinked')],
    ],
    [
      'keeps reading until the state of a phone-code session is known',
      'read state 3000',
      [reads(0, 'preparing')],
      phone,
    ],
    [
      'keeps reading if the first update of a phone-code session has an error',
      'read state 7000',
      [reads(0, 'preparing', { error: { code: 'timeout', retryInMs: 7_000 } })],
      phone,
    ],
    ['starts a stopped phone-code session immediately', 'start 0', [reads(0, 'stopped')]],
    [
      'starts without waiting for an update that arrives first',
      'start 0',
      [reads(0, 'stopped'), pushed(10, 'stopped')],
    ],
    [
      'resets without waiting for an update that arrives first',
      'reset 0',
      [reads(0, 'stale'), pushed(10, 'stale'), pushed(20, 'preparing')],
      { clearsLeftovers: true },
    ],
    [
      'reads a link that existed before the start at the usual interval',
      'read state 3020',
      [reads(0, 'stopped'), reads(10, 'linked'), reads(20, 'linked')],
    ],
    [
      'keeps the pause after a failed start',
      'start 1000',
      [reads(0, 'stopped'), fails(0, 'network', 'reset'), pushed(10, 'stopped')],
    ],
    [
      'requests nothing after the state of a phone-code session is known',
      'nothing',
      [reads(0, 'unlinked')],
      phone,
    ],
    ['requests nothing after a failure', 'nothing', [fails(0, 'unauthorized')]],
    [
      'reads the state once if a component mounts again after a failure',
      'read state 2000',
      [fails(0, 'unauthorized'), user(1_000, 'left'), user(2_000, 'entered')],
    ],
    ['reads immediately after the clock was set back', 'read code -5000', [qr(0, 'a'), passes(-5_000)]],
  ]
  it.each<Row>(rows)('%s', (_, expected, steps, options = {}) => {
    const request = nextRequest(run(options, steps).facts)
    if (expected.startsWith('id-')) expect(request).toMatchObject({ has: expected })
    else if (!request) expect('nothing').toBe(expected)
    else
      expect(
        [request.kind, request.kind === 'read' && request.want, request.at - T]
          .filter((word) => word !== false)
          .join(' '),
      ).toBe(expected)
  })
})

describe('later.wantedStream()', () => {
  it.each<readonly [string, PairingMethod | undefined, readonly Step[]]>([
    ['streams while a code is on screen', 'qr', [qr(0, 'a')]],
    ['streams the state for the other method', 'phone-code', [qr(0, 'a'), chooses(1, 'phone-code')]],
    ['ends with the round', undefined, [...threeCodes, passes(60_000)]],
    ['streams while linking', 'qr', [reads(0, 'linking')]],
    [
      'streams for three minutes after a link',
      'qr',
      [reads(0, 'linked'), reads(180_000, 'linked', { account })],
    ],
    [
      'ends three minutes after a link',
      undefined,
      [reads(0, 'linked'), reads(180_001, 'linked', { account })],
    ],
    [
      'streams until a link is confirmed for a component that was mounted again',
      'qr',
      [reads(0, 'linked'), user(1_000, 'left'), user(200_000, 'entered')],
    ],
    ['ends after a failure', undefined, [fails(0, 'unauthorized')]],
  ])('%s', (_, expected, steps) => {
    expect(later.wantedStream(run({}, steps).facts)).toBe(expected)
  })
})

describe('nextDeadline()', () => {
  const deadline = (facts: SessionFacts) => nextDeadline(facts) - T
  it.each<[string, number, readonly Step[], Partial<SessionOptions>?]>([
    ['is the time at which a code is hidden', 7_000, [qr(0, 'a', { hideInMs: 7_000 })]],
    ['is the time at which the session offers to start over', 30_000, [reads(0, 'preparing')]],
    ['is the time at which the session offers to start over during linking', 30_000, [reads(0, 'linking')]],
    [
      'is the time at which the session offers to start over without a pairing code',
      30_000,
      [submits(0)],
      { method: 'phone-code' },
    ],
    [
      'is the time at which the code of another page expires',
      100_000,
      [reads(0, 'unlinked', code('WXYZ9876', 100_000, '0000'))],
      { method: 'phone-code' },
    ],
    [
      'is undefined after the session offers to start over',
      Number.POSITIVE_INFINITY,
      [reads(0, 'preparing'), passes(30_000)],
    ],
    ['is the time at which the last code expires', 60_000, [...threeCodes]],
    ['is undefined after the round', Number.POSITIVE_INFINITY, [...threeCodes, passes(60_000)]],
    [
      'is the time at which a pairing code is slow',
      30_000,
      [submits(0), issues(0, 'ABCD1234')],
      { method: 'phone-code' },
    ],
    [
      'is the time at which a slow pairing code expires',
      150_000,
      [submits(0), issues(0, 'ABCD1234'), passes(30_000)],
      { method: 'phone-code' },
    ],
    [
      'is the end of the wait after too many requests',
      30_001,
      [submits(0), fails(1, 'rate-limited', 'request-pairing-code')],
      { method: 'phone-code' },
    ],
    ['is undefined when a phone is linked', Number.POSITIVE_INFINITY, [reads(0, 'linked')]],
  ])('%s', (_, expected, steps, options = {}) => {
    expect(deadline(run(options, steps).facts)).toBe(expected)
  })
})
