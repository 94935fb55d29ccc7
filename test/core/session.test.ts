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

/** A function that returns an update with this status. */
const reading =
  (status: PairingUpdate['status']) =>
  (atMs: number, fields?: Fields, how?: Parameters<typeof reads>[3]): Step =>
    reads(atMs, status, fields, how)
const preparing = reading('preparing')
const unlinked = reading('unlinked')
const stopped = reading('stopped')
const stale = reading('stale')
const linking = reading('linking')
const linked = reading('linked')

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
  code: PairingError['code'] = 'network',
  request: 'read' | 'request-pairing-code' | 'reset' = 'read',
): Step => [atMs, { type: 'request-failed', request, error: error(code) }]
const startsOver = (atMs: number): Step => [atMs, { type: 'reset-requested' }]
const user = (
  atMs: number,
  type: 'started' | 'cancelled' | 'entered' | 'left' | 'number-withdrawn' | 'other-code-shown',
): Step => [atMs, { type }]
const starts = (atMs: number): Step => user(atMs, 'started')
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
  unlinked(atMs, { ...code(value), ...fields }, { request: 'request-pairing-code' })

/** The session as short text, such as `awaiting-scan a 1/3` or `failed unauthorized`. */
function words(session: PairingSession): string {
  const more = (): readonly unknown[] => {
    switch (session.status) {
      case 'awaiting-scan': {
        const { payload, number, of } = session.qrCode
        return [payload.kind === 'text' ? payload.value.slice(2) : payload.kind, `${number}/${of}`]
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

type Row = [title: string, expected: string, steps: readonly Step[], options?: Partial<SessionOptions>]

const times = (count: number, step: (n: number) => Step): readonly Step[] =>
  Array.from({ length: count }, (_, n) => step(n))

const otherSession = { session: 'session-b' }
const imageBroken = { type: 'image-broken' } as const
const NEVER = Number.POSITIVE_INFINITY

const manual: Partial<SessionOptions> = { refreshMode: 'manual' }
const onDemand: Partial<SessionOptions> = { autoStart: false }
const phone: Partial<SessionOptions> = { method: 'phone-code' }
/** Options that expect another phone than Ana's. */
const expectsAnother: Partial<SessionOptions> = { expectedPhoneNumber: '447700900123' }
/** The number differs from Ana's as if it was mistyped. */
const expectsSimilar: Partial<SessionOptions> = { expectedPhoneNumber: '5521987654321' }

const threeCodes = [qr(0, 'a'), qr(20_000, 'b'), qr(40_000, 'c')] as const
const expiredRound = [...threeCodes, passes(60_000)] as const
const startDone: Step = [100, { type: 'request-done', request: 'start' }]
const eightErrors = times(8, (n) => fails(n))
const codeShown = [submits(0), issues(0, 'ABCD1234')] as const
const linkedToAna = linked(0, { account })
const twoDenials = [unlinked(3_000), unlinked(3_300)] as const
/** All components leave, and one is mounted again. */
const remounted = [user(1_000, 'left'), user(2_000, 'entered')] as const

function itReaches(rows: readonly Row[], common: Partial<SessionOptions> = {}, title = '%s'): void {
  it.each<Row>(rows)(title, (_, expected, steps, options) => {
    expect(words(run({ ...common, ...options }, steps).session)).toBe(expected)
  })
}

describe('a session with QR codes', () => {
  itReaches([
    ['waits for the first code', 'preparing', []],
    ['shows nothing before a start', 'idle', [qr(0, 'a')], onDemand],
    ['starts when the user presses Start', 'awaiting-scan a 1/3', [starts(0), qr(1, 'a')], onDemand],
    ['keeps a repeated code', 'awaiting-scan a 1/3', [qr(0, 'a'), qr(5_000, 'a', { expiresInMs: 15_000 })]],
    ['removes a code from the screen when it expires', 'preparing', [qr(0, 'a'), passes(20_000)]],
    ['keeps a code until just before it expires', 'awaiting-scan a 1/3', [qr(0, 'a'), passes(19_999)]],
    ['hides a code that no update confirms', 'preparing', [qr(0, 'a', { hideInMs: 7_000 }), passes(7_000)]],
    [
      'shows a hidden code again when an update confirms it',
      'awaiting-scan a 1/3',
      [qr(0, 'a', { hideInMs: 7_000 }), passes(7_000), qr(8_000, 'a', { expiresInMs: 12_000 })],
    ],
    [
      'keeps a code that the server omits because the page already has it',
      'awaiting-scan a 1/3',
      [qr(0, 'a'), reads(5_000, 'qr', { codeId: 'id-a', hideInMs: 9_000, expiresInMs: 15_000 })],
    ],
    ['shows no replaced code again', 'awaiting-scan b 2/3', [qr(0, 'a'), qr(5_000, 'b'), qr(5_100, 'a')]],
    [
      'neither shows nor counts a code that has expired on arrival',
      'awaiting-scan c 2/3',
      [qr(0, 'a'), qr(20_000, 'b', { expiresInMs: 0 }), qr(20_100, 'c')],
    ],
    ['keeps a code while the next is prepared', 'awaiting-scan a 1/3', [qr(0, 'a'), preparing(3_000)]],
    [
      'keeps a code if reads fail',
      'awaiting-scan a 1/3',
      [qr(0, 'a'), ...times(12, (n) => fails(3_000 + n))],
    ],
    ['expires after three unscanned codes', 'expired unscanned', [...expiredRound]],
    ['expires when the provider sends a fourth code', 'expired unscanned', [...threeCodes, qr(50_000, 'd')]],
    ['shows no code after the round has ended', 'expired unscanned', [...expiredRound, qr(60_100, 'd')]],
    [
      'expires after one code if only one is allowed',
      'expired unscanned',
      [qr(0, 'a'), passes(20_000)],
      { maxRefreshes: 1 },
    ],
    [
      'never expires if the number of codes is unlimited',
      'awaiting-scan d 4/Infinity',
      [...threeCodes, qr(60_000, 'd')],
      { maxRefreshes: Number.POSITIVE_INFINITY },
    ],
    [
      'ignores a second press on Retry',
      'awaiting-scan d 1/3',
      [...expiredRound, starts(61_000), qr(61_100, 'd'), starts(61_200)],
    ],
    [
      'does not show the expired code of the last round after Retry',
      'preparing',
      [...expiredRound, starts(61_000), qr(61_100, 'c', { expiresInMs: 0 })],
    ],
    [
      'does not count the first code if less than 5 s of its lifetime remain',
      'awaiting-scan b 1/3',
      [qr(0, 'a', { expiresInMs: 4_999 }), qr(5_000, 'b')],
    ],
    [
      'counts the first code if 5 s of its lifetime remain',
      'awaiting-scan b 2/3',
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
      'awaiting-scan d 3/3',
      [
        ...threeCodes,
        [50_000, { type: 'watched', isWatched: false }],
        passes(60_000),
        [90_000, { type: 'watched', isWatched: true }],
        qr(90_100, 'd'),
      ],
    ],
    ['stops at each code in manual mode', 'expired refresh-due', [qr(0, 'a'), passes(20_000)], manual],
    [
      'does not show the next code automatically in the manual refresh mode',
      'expired refresh-due',
      [qr(0, 'a'), qr(10_000, 'b')],
      manual,
    ],
    [
      'shows the next code when the user requests it',
      'awaiting-scan b 2/3',
      [qr(0, 'a'), passes(20_000), starts(25_000), qr(25_100, 'b')],
      manual,
    ],
    [
      'shows the next code when the app leaves the manual refresh mode',
      'awaiting-scan b 2/3',
      [qr(0, 'a'), passes(20_000), [21_000, { type: 'expected', refreshMode: 'auto' }], qr(21_100, 'b')],
      manual,
    ],
    [
      'retries if it cannot draw an image',
      'preparing retrying invalid-answer',
      [qr(0, 'a'), [1, imageBroken]],
    ],
    [
      'fails if three images cannot be drawn',
      'failed invalid-answer',
      [0, 1, 2].flatMap((n): Step[] => [qr(n * 10, `${n}`), [n * 10 + 1, imageBroken]]),
    ],
    [
      'offers to start over after 30 s without a code',
      'preparing start-over',
      [preparing(0), passes(30_000)],
    ],
    [
      'offers to try again if the provider cannot be reset',
      'preparing try-again',
      [preparing(0, { abilities: [] }), passes(30_000)],
    ],
    [
      'restarts the wait after the user tries again',
      'preparing',
      [preparing(0, { abilities: [] }), passes(30_000), starts(31_000)],
    ],
    [
      'shows how long the provider may take, if that is known',
      'preparing start-over 5min',
      [preparing(0, { timing: { ...timing, startMs: 300_000 } }), passes(30_000)],
    ],
    [
      'offers to start over while a start takes long',
      'preparing starting start-over',
      [stopped(0), startDone, passes(30_000)],
    ],
    [
      'offers to start over while a reset takes long',
      'preparing resetting start-over',
      [stale(0), starts(1_000), passes(31_000)],
    ],
    [
      'offers to start over while requests fail',
      'preparing retrying network start-over',
      [preparing(0), fails(20_000), passes(30_000)],
    ],
    [
      'offers to start over in the second wait too',
      'preparing start-over',
      [qr(0, 'a'), passes(20_000), passes(49_999), passes(50_000)],
    ],
    [
      'does not offer to start over 30 s after a code that arrived between two waits',
      'preparing',
      [preparing(0), qr(29_000, 'a'), passes(49_000), passes(60_000)],
    ],
    [
      'offers to try again if no update confirms the session for a component that was mounted again',
      'preparing try-again',
      [linkedToAna, ...remounted, passes(32_000)],
    ],
    [
      'only reads again on Try again, and changes nothing at the provider',
      'preparing',
      [stale(0), user(1_000, 'left'), user(1_500, 'entered'), passes(31_500), starts(32_000)],
    ],
    [
      'resets when the user starts over',
      'preparing resetting',
      [preparing(0), passes(30_000), startsOver(31_000)],
    ],
    ['ignores a press on Start over before it is offered', 'preparing', [preparing(0), startsOver(1_000)]],
    ['does not offer to start over before 30 s', 'preparing', [preparing(0), passes(29_999)]],
    [
      'fails after ten minutes without a code',
      'failed session-stale',
      times(21, (n) => preparing(n * 30_000)),
    ],
    [
      'fails after the time limit that the provider documents',
      'failed session-stale',
      times(11, (n) => preparing(n * 30_000, { timing: { ...timing, startMs: 300_000 } })),
    ],
    [
      'fails 90 s after the last code if the provider repeats that code',
      'failed session-stale',
      [qr(0, 'a'), ...times(4, (n) => qr(20_000 + n * 30_000, 'a', { expiresInMs: 0 }))],
    ],
    [
      'fails 90 s after the last code if the provider starts again',
      'failed session-stale',
      [qr(0, 'a'), ...times(4, (n) => preparing(20_000 + n * 30_000))],
    ],
    [
      'does not fail earlier than 90 s after the last code',
      'preparing start-over',
      [qr(0, 'a'), ...times(3, (n) => preparing(20_000 + n * 30_000))],
    ],
    [
      'does not count the time during which requests failed',
      'preparing start-over',
      [qr(0, 'a'), ...times(4, (n) => fails(20_000 + n * 30_000)), preparing(125_000)],
    ],
    [
      'reads the code again when the device of the page wakes up',
      'preparing',
      [qr(0, 'a'), passes(3_600_000)],
    ],
  ])

  it.each([-499, 499])('keeps the expiry of a code if the next update differs by %i ms', (differenceMs) => {
    const before = run({}, [qr(0, 'a')])
    const leftMs = 15_000 + differenceMs
    const [, update] = reads(5_000, 'qr', { codeId: 'id-a', hideInMs: leftMs, expiresInMs: leftMs })
    const after = transition(before, { ...update, at: T + 5_000 } as SessionEvent, laterRules)
    expect(after.session).toBe(before.session)
  })

  it('starts the lifetime of a pushed code when the code is sent', () => {
    const { session } = run({}, [
      preparing(0),
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

describe('a session with a pairing code', () => {
  itReaches(
    [
      ['waits for the phone number', 'awaiting-number', [unlinked(0)]],
      [
        'reports after 30 s that a code is slow',
        'awaiting-code ABCD-1234 slow',
        [...codeShown, passes(30_000)],
      ],
      [
        'offers to start over after 30 s without a code',
        'requesting-code start-over',
        [unlinked(0), submits(0), passes(30_000)],
      ],
      ['does not offer to start over before 30 s', 'requesting-code', [submits(0), passes(29_999)]],
      [
        'returns to the number when the user starts over',
        'awaiting-number',
        [submits(0), passes(30_000), user(31_000, 'number-withdrawn')],
      ],
      [
        'offers a code that arrives after the user went back',
        'awaiting-number other …4321',
        [submits(0), passes(30_000), user(31_000, 'number-withdrawn'), issues(32_000, 'ABCD1234')],
      ],
      ['expires with the code', 'expired code-not-entered', [...codeShown, passes(150_000)]],
      [
        'requests another code for the same number after Retry',
        'requesting-code',
        [...codeShown, passes(150_000), starts(151_000)],
      ],
      [
        'returns to the number, and offers the code that is still valid',
        'awaiting-number other …4321',
        [...codeShown, user(1, 'number-withdrawn')],
      ],
      [
        'does not extend the lifetime of a repeated code',
        'expired code-not-entered',
        [...codeShown, unlinked(100_000, code('ABCD1234')), passes(150_000)],
      ],
      [
        'shows a later code for the same number',
        'awaiting-code WXYZ-9876',
        [...codeShown, unlinked(45_000, code('WXYZ9876'))],
      ],
      ['keeps the code if an update omits it', 'awaiting-code ABCD-1234', [...codeShown, unlinked(3_000)]],
      [
        'reports that a code for another number replaced its code',
        'awaiting-number other …0000 (code-replaced)',
        [...codeShown, unlinked(3_000, code('WXYZ9876', 150_000, '0000'))],
      ],
      [
        'reports that a change replaced its code',
        'awaiting-number (code-replaced)',
        [
          submits(0),
          issues(0, 'ABCD1234', { revision: T }),
          unlinked(3_000, { revision: T + 2_000, reason: 'code-replaced' }),
        ],
      ],
      [
        'reports that a reset ended its code',
        'awaiting-number (code-replaced)',
        [
          submits(0),
          issues(0, 'ABCD1234', { revision: T }),
          preparing(3_000, { revision: T + 2_000, reason: 'reset' }),
        ],
      ],
      [
        'keeps its code after its own request',
        'awaiting-code ABCD-1234',
        [
          submits(0),
          issues(1_000, 'ABCD1234', { revision: T + 500, reason: 'code-replaced' }),
          unlinked(3_000, { revision: T + 500, ...code('ABCD1234') }),
        ],
      ],
      [
        'ignores a pushed code without a number',
        'awaiting-number',
        [unlinked(0, code('ABCD1234', 150_000, ''))],
      ],
      [
        'shows the code again after a page reload',
        'awaiting-code ABCD-1234',
        [[0, { type: 'number-remembered', phoneNumber: NUMBER }], unlinked(1, code('ABCD1234'))],
      ],
      [
        'shows no code for another number after a page reload',
        'awaiting-number other …9999',
        [
          [0, { type: 'number-remembered', phoneNumber: NUMBER }],
          unlinked(1, code('ABCD1234', 150_000, '9999')),
        ],
      ],
      [
        'shows why a number got no code',
        'awaiting-number code-refused',
        [submits(0), fails(1, 'code-refused', 'request-pairing-code')],
      ],
      [
        'reports a response without a code',
        'awaiting-number code-refused',
        [submits(0), unlinked(1, {}, { request: 'request-pairing-code' })],
      ],
      [
        'sends no number for 30 s after "too many requests"',
        'awaiting-number rate-limited 30001',
        [submits(0), fails(1, 'rate-limited', 'request-pairing-code'), submits(2)],
      ],
      [
        'accepts a number 30 s after "too many requests"',
        'awaiting-number',
        [submits(0), fails(1, 'rate-limited', 'request-pairing-code'), passes(30_001)],
      ],
      [
        'fails if the app has to change something',
        'failed unauthorized',
        [submits(0), fails(1, 'unauthorized', 'request-pairing-code')],
      ],
      [
        'offers only the QR code if the provider has no pairing codes',
        'preparing',
        [submits(0), fails(1, 'not-supported', 'request-pairing-code')],
      ],
      [
        'reports an invalid number',
        'awaiting-number invalid-phone-number',
        [[0, { type: 'number-submitted', phoneNumber: '+49 12' }]],
      ],
      [
        'switches to the code when the app submits a number',
        'requesting-code',
        [qr(0, 'a'), submits(1_000)],
        { method: 'qr' },
      ],
      [
        'keeps the QR code while the user opens the other method',
        'awaiting-scan a 1/3',
        [qr(0, 'a'), chooses(1_000, 'phone-code'), chooses(2_000, 'qr')],
        { method: 'qr' },
      ],
      [
        'keeps the pairing code while the user opens the QR code',
        'awaiting-code ABCD-1234',
        [...codeShown, chooses(1_000, 'qr'), qr(1_100, 'a'), chooses(2_000, 'phone-code')],
      ],
      [
        'chooses no method that the provider lacks',
        'preparing',
        [preparing(0, { methods: ['qr'] }), chooses(1, 'phone-code')],
        { method: 'qr' },
      ],
      ['changes to a method that the provider supports', 'preparing', [preparing(0, { methods: ['qr'] })]],
    ],
    phone,
  )
})

describe('a session with two pages:', () => {
  const theirs = (value = 'WXYZ9876', digits = '0000', expiresInMs = 150_000) =>
    code(value, expiresInMs, digits)
  const shows = (atMs: number): Step => user(atMs, 'other-code-shown')
  const offered = unlinked(0, theirs())
  const accepted = [offered, shows(1_000)] as const
  itReaches(
    [
      [
        'is offered when an update is pushed',
        'awaiting-number other …0000',
        [pushed(0, 'unlinked', theirs())],
      ],
      [
        'is not shown automatically in the other tab',
        'awaiting-scan a 1/3',
        [qr(0, 'a', theirs())],
        { method: 'qr' },
      ],
      [
        'is offered to a user who opens the method in the other tab',
        'awaiting-number other …0000',
        [qr(0, 'a', theirs()), chooses(1_000, 'phone-code')],
        { method: 'qr' },
      ],
      ['is not shown if it does not exist', 'awaiting-number', [unlinked(0), shows(1_000)]],
      ['is offered until it expires', 'awaiting-number other …0000', [offered, passes(149_999)]],
      [
        'is no longer offered after it expires, even if updates repeat it',
        'awaiting-number',
        [offered, unlinked(100_000, theirs()), passes(150_000)],
      ],
      [
        'is not offered if it has expired on arrival',
        'awaiting-number',
        [unlinked(0, theirs('WXYZ9876', '0000', 0))],
      ],
      [
        'expires on screen like a code of the own page',
        'expired code-not-entered',
        [...accepted, passes(150_000)],
      ],
      [
        'needs the number again on Retry, because this page does not have it',
        'awaiting-number',
        [...accepted, passes(150_000), starts(151_000)],
      ],
      [
        'is slow after 30 s on screen',
        'awaiting-code WXYZ-9876 …0000 slow',
        [offered, shows(0), passes(30_000)],
      ],
      [
        'is replaced by a later code for the same number',
        'awaiting-code EFGH-5678 …0000',
        [...accepted, unlinked(2_000, theirs('EFGH5678'))],
      ],
      [
        'is replaced by a code for a third number, which is offered',
        'awaiting-number other …7777 (code-replaced)',
        [...accepted, unlinked(2_000, theirs('EFGH5678', '7777'))],
      ],
      [
        'is replaced in the offer by a later code',
        'awaiting-number other …7777',
        [offered, unlinked(2_000, theirs('EFGH5678', '7777'))],
      ],
      [
        'is not offered after a change that ended it',
        'awaiting-number',
        [offered, preparing(2_000, { revision: T + 1_000, reason: 'reset' })],
      ],
      [
        'is offered after the change that created it',
        'awaiting-number other …0000',
        [unlinked(0), unlinked(2_000, { revision: T + 1_000, reason: 'code-replaced', ...theirs() })],
      ],
      [
        'is replaced by a code of the own page',
        'awaiting-code ABCD-1234',
        [offered, submits(1_000), issues(2_000, 'ABCD1234')],
      ],
      [
        'is offered again if the own number got no code',
        'awaiting-number code-refused other …0000',
        [offered, submits(1_000), fails(2_000, 'code-refused', 'request-pairing-code')],
      ],
      [
        'is offered again when the user returns to the number',
        'awaiting-number other …0000',
        [...accepted, user(2_000, 'number-withdrawn')],
      ],
      [
        'is not offered while the own number waits for its code',
        'requesting-code',
        [offered, submits(1_000), unlinked(2_000, theirs())],
      ],
      ['is not offered to another session', 'awaiting-number', [offered, unlinked(1_000, otherSession)]],
      [
        'leads to the link that the phone makes with it',
        'linked Ana',
        [...accepted, linked(5_000, { account })],
      ],
      [
        'is not offered after the link has ended',
        'awaiting-number (link-ended)',
        [offered, linked(5_000, { account }), unlinked(8_000), unlinked(8_300)],
      ],
      ['is not offered after the clock is set back', 'awaiting-number', [offered, passes(-5_000)]],
    ],
    phone,
    'the code of another page %s',
  )

  it('the code of another page is polled while it is offered, because the user may link with it', () => {
    expect(nextRequest(run(phone, [offered]).facts)).toMatchObject({
      kind: 'read',
      at: T + 3_000,
    })
    expect(nextRequest(run(phone, [offered, passes(150_000)]).facts)).toBeUndefined()
  })
})

describe('a session that links a phone', () => {
  itReaches([
    ['is linking if the provider reports it', 'linking', [qr(0, 'a'), linking(1_000)]],
    ['is not linking if a code is missing', 'preparing', [qr(0, 'a'), passes(20_000), preparing(20_100)]],
    ['is linked if the provider reports it', 'linked Ana', [qr(0, 'a'), linked(1_000, { account })]],
    ['is linked without an account', 'linked', [linked(0)]],
    ['adds a name that arrives later', 'linked Ana', [linked(0), linked(3_000, { account })]],
    [
      'keeps the name if a later update omits it',
      'linked Ana',
      [linkedToAna, linked(3_000, { account: { id: '1' } })],
    ],
    [
      'does not mix the accounts of two phones',
      'linked',
      [linkedToAna, linked(3_000, { account: { phoneNumber: '447700900123' } })],
    ],
    ['stays linking if "not linked" lasts only a moment', 'linking', [linking(0), unlinked(9_999)]],
    [
      'returns to codes after 10 s of "not linked", and reports why',
      'preparing (link-not-finished)',
      [linking(0), unlinked(10_000)],
    ],
    [
      'returns to codes after 10 s of "stopped" too',
      'preparing starting (link-not-finished)',
      [linking(0), stopped(10_000)],
    ],
    ['stays linking if "stopped" lasts only a moment', 'linking', [linking(0), stopped(9_999)]],
    [
      'reports a failed link if an earlier link is still in the way',
      'failed session-stale (link-not-finished)',
      [linking(0), stale(10_000)],
    ],
    [
      'reports a failed link while the next code is on screen',
      'awaiting-scan b 1/3 (link-not-finished)',
      [linking(0), qr(10_000, 'b')],
    ],
    [
      'reports a failed link if the pairing code expires after it',
      'expired code-not-entered (link-not-finished)',
      [...codeShown, linking(5_000), unlinked(15_000), passes(150_000)],
      phone,
    ],
    [
      'no longer reports a failed link in the next round',
      'preparing',
      [linking(0), unlinked(10_000), passes(40_000), starts(41_000)],
    ],
    ['offers to start over after 30 s of linking', 'linking start-over', [linking(0), passes(30_000)]],
    [
      'offers to try again if the provider cannot be reset',
      'linking try-again',
      [linking(0, { abilities: [] }), passes(30_000)],
    ],
    [
      'resets when the user starts over',
      'preparing resetting',
      [linking(0), passes(30_000), startsOver(31_000)],
    ],
    [
      'returns to the number field if a pairing code led to the failed link',
      'awaiting-number',
      [...codeShown, linking(5_000), passes(35_000), startsOver(36_000)],
      phone,
    ],
    ['fails after five minutes of linking', 'failed session-stale', times(11, (n) => linking(n * 30_000))],
    ['shows no code during linking', 'linking', [linking(0), qr(1_000, 'a')]],
    [
      'moves from an expired code to linking',
      'linking',
      [qr(0, 'a'), passes(20_000), linking(20_100)],
      { maxRefreshes: 1 },
    ],
    [
      'moves from an expired code to linked',
      'linked Ana',
      [qr(0, 'a'), passes(20_000), linked(20_100, { account })],
      { maxRefreshes: 1 },
    ],
    ['stays linked if only one update denies the link', 'linked Ana', [linkedToAna, unlinked(3_000)]],
    ['starts again if two updates deny the link', 'preparing (link-ended)', [linkedToAna, ...twoDenials]],
    [
      'shows the next code immediately after two updates deny the link',
      'awaiting-scan a 1/3 (link-ended)',
      [linkedToAna, unlinked(3_000), qr(3_300, 'a')],
    ],
    [
      'stays linked if the same update arrives twice',
      'linked Ana',
      [linkedToAna, unlinked(3_000, { seq: 1e9 }), unlinked(3_300, { seq: 1e9 })],
    ],
    [
      'stays linked if the next update confirms the link again',
      'linked Ana',
      [linkedToAna, unlinked(3_000), linked(3_300), unlinked(6_000)],
    ],
    ['stays linked through failed reads', 'linked Ana', [linkedToAna, ...times(12, (n) => fails(n))]],
    [
      'starts again if two updates report a stopped session',
      'preparing starting (link-ended)',
      [linkedToAna, stopped(3_000), stopped(3_300)],
    ],
    [
      'reports an earlier link that is in the way after two updates deny the link',
      'failed session-stale (link-ended)',
      [linkedToAna, stale(3_000), stale(3_300)],
    ],
    [
      'reports after three minutes that the phone was unlinked',
      'preparing (unlinked-on-phone)',
      [linkedToAna, unlinked(180_000), unlinked(180_300)],
    ],
    [
      'ends immediately if another page unlinks the phone',
      'preparing (unlinked-on-phone)',
      [linkedToAna, preparing(3_000, { revision: T + 2_000, reason: 'disconnected' })],
    ],
    ['ignores a code while linked', 'linked Ana', [linkedToAna, qr(1_000, 'a')]],
    [
      'fails if another phone than the expected one is linked',
      'failed wrong-phone-number',
      [linkedToAna],
      expectsAnother,
    ],
    [
      'is complete when the expected number is linked',
      'linked Ana',
      [linkedToAna],
      { expectedPhoneNumber: '5511987654321' },
    ],
    [
      'lets the user confirm a number that is probably the expected one',
      'confirming-number Ana',
      [linkedToAna, linked(3_000, { account })],
      expectsSimilar,
    ],
    [
      'is linked when the user confirms the number',
      'linked Ana',
      [linkedToAna, judges(5_000, 'same'), linked(6_000, { account })],
      expectsSimilar,
    ],
    [
      'fails when the user says that it is another phone',
      'failed wrong-phone-number',
      [linkedToAna, judges(5_000, 'different')],
      expectsSimilar,
    ],
    [
      'does not repeat the confirmation in another component',
      'linked Ana',
      [
        linkedToAna,
        judges(5_000, 'same'),
        user(6_000, 'left'),
        user(8_000, 'entered'),
        [8_000, { type: 'expected', phoneNumber: '5521987654321' }],
        linked(8_100, { account }),
      ],
      expectsSimilar,
    ],
    [
      'is compared again if the app expects another number',
      'failed wrong-phone-number',
      [linkedToAna, [5_000, { type: 'expected', phoneNumber: '447700900123' }]],
      { expectedPhoneNumber: '5511987654321' },
    ],
    [
      'starts again if the link ends during the confirmation',
      'preparing (link-ended)',
      [linkedToAna, ...twoDenials],
      expectsSimilar,
    ],
    ['accepts a link if the provider does not report the number', 'linked', [linked(0)], expectsAnother],
    [
      'fails if another number is reported later',
      'failed wrong-phone-number',
      [linked(0), linked(3_000, { account })],
      expectsAnother,
    ],
    [
      'requires a passkey if the provider reports it',
      'passkey-required',
      [qr(0, 'a'), reads(1_000, 'passkey-required')],
    ],
    ['links after the passkey', 'linked Ana', [reads(0, 'passkey-required'), linked(60_000, { account })]],
  ])
})

describe('a session with an obstacle', () => {
  itReaches([
    ['starts a stopped provider session', 'preparing starting', [stopped(0)]],
    ['shows the code after the start', 'awaiting-scan a 1/3', [stopped(0), startDone, qr(500, 'a')]],
    ['fails if the start had no effect', 'failed session-stale', [stopped(0), startDone, stopped(500)]],
    [
      'waits if another process still reports "stopped" after the start',
      'preparing starting',
      [
        stopped(0),
        startDone,
        preparing(100, { revision: T + 100 }, { request: 'start' }),
        stopped(200, { origin: 'process-2' }),
      ],
    ],
    [
      'fails if the process that ran the start still reports "stopped"',
      'failed session-stale',
      [
        stopped(0),
        startDone,
        preparing(100, { revision: T + 100 }, { request: 'start' }),
        stopped(200, { revision: T + 100 }),
      ],
    ],
    [
      'starts again after codes were shown',
      'preparing starting',
      [stopped(0), startDone, qr(500, 'a'), stopped(21_000)],
    ],
    ['does not start after the round has ended', 'expired unscanned', [...expiredRound, stopped(60_100)]],
    ['fails if an earlier link is in the way', 'failed session-stale', [stale(0)]],
    [
      'resets automatically if the app says that the phone was linked before',
      'preparing resetting',
      [stale(0)],
      { clearsLeftovers: true },
    ],
    ['fails immediately after a refusal', 'failed unauthorized', [fails(0, 'unauthorized')]],
    [
      'fails immediately if the provider was refused',
      'failed unauthorized',
      [preparing(0, { error: { code: 'unauthorized' } })],
    ],
    [
      'treats a refusal as a transient error if the server tries again',
      'preparing retrying provider-unavailable',
      [preparing(0, { error: { code: 'unauthorized' }, willRetry: true })],
    ],
    [
      'fails when the server confirms the refusal',
      'failed session-not-found',
      [
        preparing(0, { error: { code: 'session-not-found' }, willRetry: true }),
        preparing(5_000, { error: { code: 'session-not-found' } }),
      ],
    ],
    [
      'retries a transient error of the provider',
      'preparing retrying timeout',
      [preparing(0, { error: { code: 'timeout', retryInMs: 1_000 } })],
    ],
    ['retries seven transient errors', 'preparing retrying network', times(7, (n) => fails(n))],
    ['fails after the eighth transient error', 'failed network', eightErrors],
    [
      'retries two other errors',
      'preparing retrying invalid-answer',
      [fails(0, 'invalid-answer'), fails(1, 'invalid-answer')],
    ],
    [
      'fails at the third other error',
      'failed invalid-answer',
      [0, 1, 2].map((n) => fails(n, 'invalid-answer')),
    ],
    [
      'counts an error of the provider once, even if it is read again',
      'preparing retrying timeout',
      times(20, (n) => preparing(n, { seq: 1e9, error: { code: 'timeout', retryInMs: 1_000 } })),
    ],
    ['resets the count of failures after an update', 'preparing', [fails(0), preparing(1_000)]],
    ['tries again on Retry', 'preparing', [...eightErrors, starts(100)]],
    ['gets a code after Retry', 'awaiting-scan a 1/3', [fails(0, 'unauthorized'), starts(100), qr(200, 'a')]],
    [
      'stays failed after any pushed update',
      'failed unauthorized',
      [fails(0, 'unauthorized'), pushed(1_000, 'unlinked')],
    ],
    [
      'stays failed if the clock is set back',
      'failed unauthorized',
      [fails(0, 'unauthorized'), passes(-5_000)],
    ],
    ['resets after the clock is set back', 'preparing resetting', [stale(0), passes(-5_000), starts(-4_000)]],
    ['stays linked after the clock is set back', 'linked Ana', [linkedToAna, passes(-5_000)]],
    ['hides a code of unknown age when the clock is set back', 'preparing', [qr(0, 'a'), passes(-5_000)]],
    [
      'expires a pairing code of unknown age when the clock is set back',
      'expired code-not-entered',
      [...codeShown, passes(-5_000)],
      phone,
    ],
    [
      'is idle after a cancel, and ignores updates',
      'idle',
      [qr(0, 'a'), user(1, 'cancelled'), linked(2, { account })],
    ],
  ])
})

describe('a session that processes and components share', () => {
  itReaches([
    [
      'ignores an older response of the same process',
      'linking',
      [linking(0, { seq: 9 }), linked(100, { seq: 8, account })],
    ],
    [
      'accepts a response of another process',
      'linked Ana',
      [linking(0, { seq: 1e9 }), linked(100, { origin: 'process-2', seq: 1, account })],
    ],
    ['drops all data of another session', 'preparing', [linkedToAna, preparing(100, otherSession)]],
    ['shows the code of the new session', 'awaiting-scan b 1/3', [qr(0, 'a'), qr(100, 'b', otherSession)]],
    [
      'drops the pairing code and the number of another session, and offers the code of the new one',
      'awaiting-number other …4321',
      [...codeShown, unlinked(100, { ...otherSession, ...code('ABCD1234') })],
      phone,
    ],
    [
      'hides a code after a change made it invalid',
      'preparing',
      [qr(0, 'a'), preparing(100, { revision: T + 50, reason: 'reset' })],
    ],
    [
      'shows a hidden code again if it is still valid',
      'awaiting-scan a 1/3',
      [qr(0, 'a'), qr(100, 'a', { revision: T + 50, reason: 'code-replaced' })],
    ],
    [
      'keeps a code if an update has no revision',
      'awaiting-scan a 1/3',
      [qr(0, 'a', { revision: T }), preparing(100)],
    ],
    [
      'shows no cached data before an update confirms it',
      'preparing',
      [linkedToAna, user(1_000, 'left'), user(1_001, 'entered')],
    ],
    [
      'fails if a component mounts again on a link and gets only transient errors',
      'failed network',
      [linkedToAna, ...remounted, ...times(8, (n) => fails(3_000 + n))],
    ],
    [
      'fails if a component mounts again on a link and gets a refusal',
      'failed sign-in-required',
      [linkedToAna, ...remounted, fails(3_000, 'sign-in-required')],
    ],
    [
      'shows cached data after an update confirms it',
      'linked Ana',
      [linkedToAna, user(1_000, 'left'), user(1_001, 'entered'), linked(1_100)],
    ],
    [
      'starts a round if a component mounts 1 s after the last one expired',
      'awaiting-scan d 1/3',
      [...expiredRound, user(61_000, 'left'), user(62_000, 'entered'), qr(62_100, 'd')],
    ],
    [
      'stays expired if a component only moved',
      'expired unscanned',
      [...expiredRound, user(61_000, 'left'), user(61_500, 'entered'), unlinked(61_600)],
    ],
    [
      'starts with the number if a component mounts after an expired pairing code',
      'awaiting-number',
      [...codeShown, passes(150_000), user(151_000, 'left'), user(153_000, 'entered'), unlinked(153_100)],
      phone,
    ],
    [
      'starts a round if a component mounts after a transient failure',
      'awaiting-scan a 1/3',
      [...eightErrors, ...remounted, qr(2_100, 'a')],
    ],
    [
      'stays failed if a component mounts after another failure',
      'failed unauthorized',
      [fails(0, 'unauthorized'), ...remounted, preparing(2_100, { error: { code: 'unauthorized' } })],
    ],
    [
      'is linked if the read after mounting reports it',
      'linked Ana',
      [fails(0, 'unauthorized'), ...remounted, linked(2_100, { account })],
    ],
  ])
})

describe('nextRequest()', () => {
  const rows: readonly Row[] = [
    ['reads the code immediately', 'read code -1800000000000', []],
    ['requests nothing before a start', 'nothing', [], onDemand],
    ['reads at the time that the update states', 'read code 3000', [qr(0, 'a')]],
    ['names the code that the page has', 'id-a', [qr(0, 'a')]],
    ['reads one second after a pushed update was due', 'read code 4000', [pushed(0, 'preparing')]],
    [
      'reads immediately when the provider stops pushing',
      'read code 100',
      [pushed(0, 'preparing'), [100, { type: 'push-ended' }]],
    ],
    ['is not rescheduled by other events', 'read code 3000', [qr(0, 'a'), user(2_000, 'number-withdrawn')]],
    ['reads the state while linking', 'read state 1000', [linking(0, { nextInMs: 1_000 })]],
    ['reads the state once more after the last code has expired', 'read state 60000', [...expiredRound]],
    ['requests nothing after that last read', 'nothing', [...expiredRound, unlinked(60_100)]],
    [
      'reads again while the provider prepares, because the last code may have been scanned just in time',
      'read state 63100',
      [...expiredRound, preparing(60_100)],
    ],
    [
      'requests nothing when the provider no longer prepares',
      'nothing',
      [...expiredRound, preparing(60_100), unlinked(63_100)],
    ],
    [
      'requests nothing after the provider has prepared for 20 seconds',
      'nothing',
      [...expiredRound, preparing(60_100), preparing(80_100)],
    ],
    [
      'reads again after a pairing code too',
      'read state 153100',
      [...codeShown, passes(150_000), preparing(150_100)],
      phone,
    ],
    ['requests nothing if that last read fails', 'nothing', [...expiredRound, fails(60_100)]],
    ['starts a stopped provider session immediately', 'start 0', [stopped(0)]],
    ['resets immediately on Start over', 'reset 1000', [stale(0), starts(1_000)]],
    ['unlinks the wrong phone on Start over', 'unlink 1000', [linkedToAna, starts(1_000)], expectsAnother],
    ['requests a pairing code immediately', 'request-pairing-code 0', [submits(1_000)], phone],
    ['reads the state while a pairing code is valid', 'read state 3000', [...codeShown], phone],
    ['reads the state once while the number field is shown', 'read state -1800000000000', [], phone],
    ['requests nothing while the user types the number', 'nothing', [unlinked(0)], phone],
    [
      'keeps polling while a QR code may have been scanned',
      'read state 3000',
      [qr(0, 'a'), chooses(1_000, 'phone-code')],
    ],
    ['waits 1 s after a failed read', 'read code 1000', [fails(0)]],
    ['waits 2 s after the second failed read', 'read code 3000', [fails(0), fails(1_000)]],
    [
      'waits as long as the server states',
      'read code 7000',
      [preparing(0, { error: { code: 'timeout', retryInMs: 7_000 } })],
    ],
    ['reads a linked state when the update says so', 'read state 15000', [linked(0, { nextInMs: 15_000 })]],
    ['confirms immediately that a link has ended', 'read state 3000', [linked(0), unlinked(3_000)]],
    ['keeps reading until the state with phone-code is known', 'read state 3000', [preparing(0)], phone],
    [
      'keeps reading if the first update of a phone-code session has an error',
      'read state 7000',
      [preparing(0, { error: { code: 'timeout', retryInMs: 7_000 } })],
      phone,
    ],
    ['starts a stopped phone-code session immediately', 'start 0', [stopped(0)]],
    [
      'keeps a due start if another request ends',
      'start 0',
      [stopped(0), [10, { type: 'request-done', request: 'reset' }]],
    ],
    ['starts without waiting for another update', 'start 0', [stopped(0), pushed(10, 'stopped')]],
    [
      'resets without waiting for an update that arrives first',
      'reset 0',
      [stale(0), pushed(10, 'stale'), pushed(20, 'preparing')],
      { clearsLeftovers: true },
    ],
    [
      'reads a link that existed before the start at the usual interval',
      'read state 3020',
      [stopped(0), linked(10), linked(20)],
    ],
    [
      'keeps the pause after a failed start',
      'start 1000',
      [stopped(0), fails(0, 'network', 'reset'), pushed(10, 'stopped')],
    ],
    ['requests nothing after the state of a phone-code session is known', 'nothing', [unlinked(0)], phone],
    ['requests nothing after a failure', 'nothing', [fails(0, 'unauthorized')]],
    [
      'reads the state once if a component mounts again after a failure',
      'read state 2000',
      [fails(0, 'unauthorized'), ...remounted],
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
    ['ends with the round', undefined, [...expiredRound]],
    ['streams while linking', 'qr', [linking(0)]],
    ['streams for three minutes after a link', 'qr', [linked(0), linked(180_000, { account })]],
    ['ends three minutes after a link', undefined, [linked(0), linked(180_001, { account })]],
    [
      'streams until a link is confirmed for a component that was mounted again',
      'qr',
      [linked(0), user(1_000, 'left'), user(200_000, 'entered')],
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
    ['is the time at which the session offers to start over', 30_000, [preparing(0)]],
    ['is the time at which the session offers to start over during linking', 30_000, [linking(0)]],
    ['is the time to offer to start over without a pairing code', 30_000, [submits(0)], phone],
    [
      'is the time at which the code of another page expires',
      100_000,
      [unlinked(0, code('WXYZ9876', 100_000, '0000'))],
      phone,
    ],
    ['is undefined after the session offers to start over', NEVER, [preparing(0), passes(30_000)]],
    ['is the time at which the last code expires', 60_000, [...threeCodes]],
    ['is undefined after the round', NEVER, [...expiredRound]],
    ['is the time at which a pairing code is slow', 30_000, [...codeShown], phone],
    ['is the time at which a slow pairing code expires', 150_000, [...codeShown, passes(30_000)], phone],
    [
      'is the end of the wait after too many requests',
      30_001,
      [submits(0), fails(1, 'rate-limited', 'request-pairing-code')],
      phone,
    ],
    ['is undefined when a phone is linked', NEVER, [linked(0)]],
  ])('%s', (_, expected, steps, options = {}) => {
    expect(deadline(run(options, steps).facts)).toBe(expected)
  })
})
