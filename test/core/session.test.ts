import { describe, expect, it } from 'vitest'
import { PairingError, type PairingErrorCode } from '../../src/core/errors.js'
import { nextDeadline, nextRequest, wantedPush } from '../../src/core/next-request.js'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type { PairingAccount, PairingSnapshot } from '../../src/core/provider.js'
import { normalizeQrPayload } from '../../src/core/qr-payload.js'
import { initialState, type SessionOptions, transition } from '../../src/core/session.js'
import type {
  PairingSession,
  RequestKind,
  SessionEvent,
  SessionFacts,
  SessionState,
} from '../../src/core/session-state.js'

const START = 1_000_000_000
const NUMBER = normalizePhoneNumber('5511987654321')
const ANA: PairingAccount = { phoneNumber: '5511987654321', name: 'Ana' }
const BEN: PairingAccount = { phoneNumber: '4915112345678', name: 'Ben' }

const options: SessionOptions = {
  method: 'qr',
  methods: ['qr', 'phone-code'],
  timing: {
    qrLifetimeMs: 20_000,
    qrIntervalMs: 5_000,
    qrMinIntervalMs: 1_000,
    statusIntervalMs: 3_000,
    pairingCodeLifetimeMs: 160_000,
    requestTimeoutMs: 30_000,
  },
  maxRefreshes: 3,
  autoStart: true,
  provider: 'any',
  attemptSeed: 'seed',
  expectedPhoneNumber: undefined,
  clearsLeftovers: false,
}

type Happening = SessionEvent extends infer E ? (E extends SessionEvent ? Omit<E, 'at'> : never) : never

/** Something that happens, this many milliseconds after the session began. */
type Step = readonly [at: number, happening: Happening]

const responds = (at: number, snapshot: PairingSnapshot, request: RequestKind = 'status'): Step => [
  at,
  { type: 'responded', request, requestedAt: START + at, snapshot },
]
const qr = (at: number, name: string, expiresInMs: number | undefined = 20_000): Step =>
  responds(at, { status: 'qr', qrCode: normalizeQrPayload(`2@${name},a,b,c,1`), expiresInMs }, 'qr-code')
const fails = (
  at: number,
  code: PairingErrorCode,
  request: RequestKind = 'status',
  retryAfterMs?: number,
): Step => [at, { type: 'request-failed', request, error: new PairingError(code, code, { retryAfterMs }) }]
const failing = (times: number, code: PairingErrorCode): readonly Step[] =>
  Array.from({ length: times }, (_, index) => fails(index * 60_000, code))
const state = (at: number, status: 'preparing' | 'unlinked' | 'stopped' | 'stale' | 'linking'): Step =>
  responds(at, { status })
const linked = (at: number, account: PairingAccount = ANA): Step =>
  responds(at, { status: 'linked', account })
const passes = (at: number): Step => [at, { type: 'time-passed' }]
const starts = (at: number): Step => [at, { type: 'started' }]
const cancels = (at: number): Step => [at, { type: 'cancelled' }]
const chooses = (at: number, method: 'qr' | 'phone-code'): Step => [at, { type: 'method-chosen', method }]
const submits = (at: number): Step => [at, { type: 'number-submitted', phoneNumber: NUMBER }]
const code = (at: number, pairingCode: string, request: RequestKind = 'pairing-code'): Step =>
  responds(at, { status: 'pairing-code', pairingCode }, request)
const leaves = (at: number): Step => [at, { type: 'left' }]
const returns = (at: number, isReopened = false): Step => [
  at,
  { type: 'returned', autoStart: true, isReopened },
]
const watches = (at: number, isWatched: boolean): Step => [at, { type: 'attention-changed', isWatched }]
const tagged = (at: number, tag: string, status: 'unlinked' | 'preparing' = 'unlinked'): Step =>
  responds(at, { status, session: tag })

/** Three codes, and the end of the last one. */
const threeCodes = [qr(0, 'a'), qr(20_000, 'b'), qr(40_000, 'c')]
const spent = [...threeCodes, passes(60_000)]
const typing = [chooses(0, 'phone-code'), submits(100)]
const awaitingCode = [...typing, code(1_000, 'ABCD1234')]
const codeExpired = [...awaitingCode, passes(161_000)]

function play(steps: readonly Step[], given: Partial<SessionOptions> = {}): SessionState {
  let current = initialState({ ...options, ...given }, START)
  for (const [at, happening] of steps) {
    const event = { ...happening, at: START + at }
    current = transition(current, event as SessionEvent)
  }
  return current
}

interface Expected {
  readonly status: PairingSession['status']
  /** Fields of the session. */
  readonly session?: object
  /** The next request; `null` for none. */
  readonly request?: RequestKind | null
  /** When it is due. */
  readonly at?: number
  readonly facts?: Partial<SessionFacts>
}

type Row = readonly [
  title: string,
  steps: readonly Step[],
  expected: Expected,
  given?: Partial<SessionOptions>,
]

function table(rows: readonly Row[]): void {
  it.each(rows.map((row) => ({ title: row[0], row })))('$title', ({ row: [, steps, expected, given] }) => {
    const { status, session = {}, request, at, facts = {} } = expected
    const result = play(steps, given)
    expect(result.session).toMatchObject({ status, ...session })
    const next = nextRequest(result.facts)
    if (request !== undefined) expect(next?.kind ?? null).toBe(request)
    if (at !== undefined) expect(next && next.at - START).toBe(at)
    expect(result.facts).toMatchObject(facts)
  })
}

describe('the beginning of a session', () => {
  table([
    [
      'autoStart begins with a QR request',
      [],
      { status: 'preparing', request: 'qr-code', facts: { attempt: 1 } },
    ],
    ['without autoStart no request is due', [], { status: 'idle', request: null }, { autoStart: false }],
    ['a response while idle changes nothing', [linked(0)], { status: 'idle' }, { autoStart: false }],
    [
      'started begins the first round',
      [starts(0)],
      { status: 'preparing', facts: { attempt: 1 } },
      { autoStart: false },
    ],
    [
      'started in a running round changes nothing',
      [starts(0), starts(10)],
      { status: 'preparing', facts: { attempt: 1 } },
    ],
    [
      'a submitted number begins the round',
      [submits(0)],
      { status: 'requesting-code', facts: { attempt: 1 } },
      { autoStart: false },
    ],
    [
      'the phone method begins with the number',
      [],
      { status: 'awaiting-number', request: 'status' },
      { method: 'phone-code' },
    ],
    ['cancelled ends the round', [qr(0, 'a'), cancels(10)], { status: 'idle', request: null }],
    [
      'a method that is not offered cannot be chosen',
      [chooses(0, 'phone-code')],
      { status: 'preparing', session: { method: 'qr' } },
      { methods: ['qr'] },
    ],
    [
      'a response with other methods changes the method',
      [responds(0, { status: 'unlinked', methods: ['qr'] })],
      { status: 'preparing', session: { method: 'qr', methods: ['qr'] } },
      { method: 'phone-code' },
    ],
  ])
})

describe('waiting for a QR code', () => {
  table([
    [
      'preparing says that the provider starts',
      [state(0, 'preparing')],
      { status: 'preparing', session: { reason: 'starting' } },
    ],
    [
      'unlinked invites the QR request',
      [responds(0, { status: 'unlinked' }, 'qr-code'), state(100, 'unlinked')],
      { status: 'preparing', request: 'qr-code', at: 1_000 },
    ],
    [
      'a failed request is repeated after a pause',
      [fails(0, 'network')],
      { status: 'preparing', session: { reason: 'retrying' }, at: 1_000 },
    ],
    [
      'the second failure doubles the pause',
      [fails(0, 'network'), fails(1_000, 'network')],
      { status: 'preparing', at: 3_000 },
    ],
    [
      'rate-limited waits as long as the provider says',
      [fails(0, 'rate-limited', 'qr-code', 42_000)],
      { status: 'preparing', at: 42_000 },
    ],
    [
      'rate-limited without a time waits five seconds',
      [fails(0, 'rate-limited')],
      { status: 'preparing', at: 5_000 },
    ],
    [
      'a push and a response about one failure count once',
      [fails(0, 'invalid-answer'), fails(10, 'invalid-answer'), fails(20, 'invalid-answer')],
      { status: 'preparing' },
    ],
    [
      'seven transient errors in a row do not end the session',
      failing(7, 'network'),
      { status: 'preparing' },
    ],
    ['eight transient errors in a row end it', failing(8, 'network'), { status: 'failed', request: null }],
    ['two other errors in a row do not end it', failing(2, 'invalid-answer'), { status: 'preparing' }],
    ['three other errors in a row end it', failing(3, 'invalid-answer'), { status: 'failed' }],
    [
      'a response in between starts the count again',
      [...failing(7, 'network'), state(430_000, 'preparing'), fails(490_000, 'network')],
      { status: 'preparing' },
    ],
    [
      'an error that only the developer can repair ends it at once',
      [fails(0, 'unauthorized')],
      { status: 'failed', request: null },
    ],
    [
      'ten minutes without a code are a stuck session',
      [...Array.from({ length: 21 }, (_, n) => state(n * 30_000, 'preparing'))],
      { status: 'failed', session: { error: { code: 'session-stale' } } },
    ],
    [
      'stopped makes a reset due',
      [state(0, 'stopped')],
      { status: 'preparing', session: { reason: 'resetting' }, request: 'reset' },
    ],
    [
      'stopped again after the reset is a stuck session',
      [state(0, 'stopped'), [10, { type: 'reset-done' }], state(20, 'stopped')],
      { status: 'failed', session: { error: { code: 'session-stale' } } },
    ],
    [
      'after the reset the code is requested',
      [state(0, 'stopped'), [10, { type: 'reset-done' }]],
      { status: 'preparing', request: 'qr-code' },
    ],
    [
      'stale asks the user',
      [state(0, 'stale')],
      { status: 'failed', session: { error: { code: 'session-stale' } } },
    ],
    [
      'stale is reset where the app links again',
      [state(0, 'stale')],
      { status: 'preparing', request: 'reset' },
      { clearsLeftovers: true },
    ],
  ])
})

describe('a QR code on screen', () => {
  table([
    [
      'a code is shown with its number and end',
      [qr(0, 'a')],
      {
        status: 'awaiting-scan',
        session: { qrCode: { number: 1, of: 3, shownAt: START, expiresAt: START + 20_000 } },
      },
    ],
    [
      'another code takes its place at once',
      [qr(0, 'a'), qr(6_000, 'b')],
      { status: 'awaiting-scan', session: { qrCode: { number: 2 } } },
    ],
    [
      'a replaced code never comes back',
      [qr(0, 'a'), qr(6_000, 'b'), qr(7_000, 'a')],
      { status: 'awaiting-scan', session: { qrCode: { number: 2 } } },
    ],
    ['a code that arrives expired is not shown', [qr(0, 'a', 0)], { status: 'preparing' }],
    ['a code leaves at its end while a request hangs', [qr(0, 'a'), passes(20_000)], { status: 'preparing' }],
    [
      'a code without an end stays for one lifetime',
      [qr(0, 'a', Number.NaN), passes(19_999)],
      { status: 'awaiting-scan' },
    ],
    [
      'a repeated code without an end leaves after a minute',
      [...Array.from({ length: 13 }, (_, n) => qr(n * 5_000, 'a', Number.NaN))],
      { status: 'preparing' },
    ],
    [
      'an end that moves by less than 500 ms stays',
      [qr(0, 'a'), qr(1_000, 'a', 19_400)],
      { status: 'awaiting-scan', session: { qrCode: { expiresAt: START + 20_000 } } },
    ],
    [
      'an end that moves by 500 ms is taken over',
      [qr(0, 'a'), qr(1_000, 'a', 18_500)],
      { status: 'awaiting-scan', session: { qrCode: { expiresAt: START + 19_500 } } },
    ],
    ['preparing is no scan', [qr(0, 'a'), state(3_000, 'preparing')], { status: 'awaiting-scan' }],
    [
      'preparing keeps the code until its own end',
      [qr(0, 'a'), state(3_000, 'preparing'), passes(19_999)],
      { status: 'awaiting-scan' },
    ],
    [
      'preparing keeps the code no longer than that',
      [qr(0, 'a'), state(3_000, 'preparing'), passes(20_000)],
      { status: 'preparing' },
    ],
    [
      'preparing does not delay the next code',
      [qr(0, 'a'), responds(3_000, { status: 'preparing' }, 'qr-code'), qr(8_000, 'b')],
      { status: 'awaiting-scan', session: { qrCode: { number: 2 } } },
    ],
    [
      'while the code is missing it is requested at the usual pace',
      [qr(0, 'a'), responds(3_000, { status: 'preparing' }, 'qr-code'), state(6_000, 'preparing')],
      { status: 'awaiting-scan', request: 'qr-code', at: 8_000 },
    ],
    ['unlinked is no scan', [qr(0, 'a'), state(3_000, 'unlinked')], { status: 'awaiting-scan' }],
    [
      'linking is a scan',
      [qr(0, 'a'), state(3_000, 'linking')],
      { status: 'linking', session: { since: START + 3_000 } },
    ],
    [
      'a failed request keeps the code',
      [qr(0, 'a'), ...[1, 2, 3, 4].map((n) => fails(n * 1_000, 'invalid-answer'))],
      { status: 'awaiting-scan' },
    ],
    [
      'an error of the developer takes it away',
      [qr(0, 'a'), fails(1_000, 'unauthorized')],
      { status: 'failed' },
    ],
    [
      'a broken picture is requested again',
      [qr(0, 'a'), [1, { type: 'image-broken' }]],
      { status: 'preparing', session: { reason: 'retrying' } },
    ],
    [
      'three broken pictures end the session',
      [
        qr(0, 'a'),
        [1, { type: 'image-broken' }],
        qr(5_000, 'b'),
        [5_001, { type: 'image-broken' }],
        qr(9_000, 'c'),
        [9_001, { type: 'image-broken' }],
      ],
      { status: 'failed', session: { error: { code: 'invalid-answer' } } },
    ],
  ])
})

describe('the end of the codes', () => {
  table([
    [
      'after three codes the session is expired at once',
      spent,
      { status: 'expired', session: { reason: 'unscanned' } },
    ],
    ['one last read of the state is due', spent, { status: 'expired', request: 'status' }],
    [
      'after the last read nothing is requested',
      [...spent, state(61_000, 'unlinked')],
      { status: 'expired', request: null },
    ],
    [
      'a failed last read changes nothing',
      [...spent, fails(61_000, 'unauthorized')],
      { status: 'expired', request: null },
    ],
    [
      'stopped in the last read changes nothing',
      [...spent, state(61_000, 'stopped')],
      { status: 'expired', request: null },
    ],
    ['the last read may find the scan', [...spent, state(61_000, 'linking')], { status: 'linking' }],
    ['the last read may find the link', [...spent, linked(61_000)], { status: 'linked' }],
    [
      'preparing in the last read is no scan, and is read again',
      [...spent, state(61_000, 'preparing')],
      { status: 'expired', request: 'status', at: 64_000 },
    ],
    [
      'after fifteen seconds the last read is not repeated',
      [...spent, state(61_000, 'preparing'), state(76_000, 'preparing')],
      { status: 'expired', request: null },
    ],
    [
      'Retry works while the last read is under way',
      [...spent, starts(60_100)],
      { status: 'preparing', request: 'qr-code', facts: { attempt: 2 } },
    ],
    ['a fourth code ends the round', [...threeCodes, qr(59_000, 'd')], { status: 'expired' }],
    ['a late code does not reopen it', [...spent, qr(61_000, 'd')], { status: 'expired', request: null }],
    [
      'a new round counts from one',
      [...spent, starts(61_000), qr(62_000, 'd')],
      { status: 'awaiting-scan', session: { qrCode: { number: 1 } } },
    ],
    [
      'manual: the next code waits for the user',
      [qr(0, 'a'), passes(20_000)],
      { status: 'expired', session: { reason: 'refresh-due' }, request: 'status' },
      { refreshMode: 'manual' },
    ],
    [
      'manual: Retry shows the next code of the round',
      [qr(0, 'a'), passes(20_000), starts(21_000), qr(22_000, 'b')],
      { status: 'awaiting-scan', session: { qrCode: { number: 2 } } },
      { refreshMode: 'manual' },
    ],
    [
      'manual turned off shows the next code',
      [qr(0, 'a'), passes(20_000), [21_000, { type: 'expected', refreshMode: 'auto' }]],
      { status: 'preparing', request: 'qr-code' },
      { refreshMode: 'manual' },
    ],
    [
      'the other method is open after the codes',
      [...spent, chooses(61_000, 'phone-code')],
      { status: 'awaiting-number' },
    ],
  ])
})

describe('codes that do not count', () => {
  table([
    [
      'a code that was joined in its last seconds does not count',
      [qr(0, 'a', 4_000), qr(4_000, 'b')],
      { status: 'awaiting-scan', session: { qrCode: { number: 1 } } },
    ],
    [
      'a code that was there for five seconds counts',
      [qr(0, 'a', 5_000), qr(5_000, 'b')],
      { status: 'awaiting-scan', session: { qrCode: { number: 2 } } },
    ],
    [
      'only the first code of a round can have been joined',
      [qr(0, 'a'), qr(20_000, 'b', 2_000), qr(22_000, 'c')],
      { status: 'awaiting-scan', session: { qrCode: { number: 3 } } },
    ],
    [
      'a hidden page burns no code',
      [
        qr(0, 'a'),
        qr(20_000, 'b'),
        watches(20_500, false),
        passes(45_000),
        watches(45_000, true),
        qr(46_000, 'c'),
      ],
      { status: 'awaiting-scan', session: { qrCode: { number: 2 } } },
    ],
    [
      'a hidden page does not let the last code expire',
      [...threeCodes, watches(41_000, false), passes(60_000)],
      { status: 'preparing', request: 'qr-code' },
    ],
    [
      'a code that was watched for five seconds before counts',
      [...threeCodes, watches(46_000, false), passes(60_000)],
      { status: 'expired' },
    ],
    [
      'the time before and after the page was hidden adds up',
      [...threeCodes, watches(43_000, false), watches(50_000, true), passes(60_000)],
      { status: 'expired' },
    ],
  ])
})

describe('a pairing code', () => {
  table([
    [
      'a submitted number requests a code',
      typing,
      { status: 'requesting-code', session: { phoneNumber: NUMBER }, request: 'pairing-code' },
    ],
    [
      'the code is shown',
      awaitingCode,
      {
        status: 'awaiting-code',
        session: { pairingCode: { value: 'ABCD1234', expiresAt: START + 161_000 } },
      },
    ],
    [
      'a second submit while requesting changes nothing',
      [...typing, submits(200)],
      { status: 'requesting-code', facts: { attempt: 1 } },
    ],
    [
      'after half a minute it is slow',
      [...awaitingCode, passes(31_000)],
      { status: 'awaiting-code', session: { isSlow: true } },
    ],
    [
      'it expires at its end',
      codeExpired,
      { status: 'expired', session: { reason: 'code-not-entered' }, request: 'status' },
    ],
    [
      'Retry requests one for the same number',
      [...codeExpired, starts(162_000)],
      { status: 'requesting-code', session: { phoneNumber: NUMBER } },
    ],
    [
      'a state that names an expired code does not bring it back',
      [...codeExpired, code(162_000, 'ABCD1234', 'status')],
      { status: 'expired' },
    ],
    [
      'preparing is not an entered code',
      [...awaitingCode, state(3_000, 'preparing')],
      { status: 'awaiting-code' },
    ],
    [
      'a response without a code is a refusal',
      [...typing, responds(1_000, { status: 'unlinked' }, 'pairing-code')],
      { status: 'awaiting-number', session: { error: { code: 'code-refused' } } },
    ],
    [
      'a failed request leaves the repetition to the user',
      [...typing, fails(1_000, 'timeout', 'pairing-code')],
      { status: 'awaiting-number', session: { error: { code: 'timeout' } } },
    ],
    [
      'rate-limited starts the cool-down',
      [...typing, fails(1_000, 'rate-limited', 'pairing-code')],
      { status: 'awaiting-number', session: { retryAt: START + 31_000 } },
    ],
    [
      'no code is requested during the cool-down',
      [...typing, fails(1_000, 'rate-limited', 'pairing-code'), submits(5_000)],
      { status: 'awaiting-number' },
    ],
    [
      'the cool-down ends by itself',
      [...typing, fails(1_000, 'rate-limited', 'pairing-code'), passes(31_000)],
      { status: 'awaiting-number', session: { retryAt: undefined, error: undefined } },
    ],
    [
      'not-supported before the methods are known leads to the QR code',
      [...typing, fails(1_000, 'not-supported', 'pairing-code')],
      { status: 'preparing', session: { method: 'qr', methods: ['qr'] } },
      { methods: [] },
    ],
    [
      'stopped resets, and then the code is requested',
      [...typing, responds(1_000, { status: 'stopped' }, 'pairing-code')],
      { status: 'requesting-code', request: 'reset' },
    ],
    [
      'the number can be changed',
      [...awaitingCode, [2_000, { type: 'number-withdrawn' }]],
      { status: 'awaiting-number' },
    ],
    [
      'a rejected number is explained',
      [
        chooses(0, 'phone-code'),
        [1, { type: 'number-rejected', error: new PairingError('invalid-phone-number') }],
      ],
      { status: 'awaiting-number', session: { error: { code: 'invalid-phone-number' } } },
    ],
    [
      'a pushed code without a requested number is ignored',
      [chooses(0, 'phone-code'), code(1, 'ABCD1234', 'status')],
      { status: 'awaiting-number', facts: { code: { name: 'number' } } },
    ],
    [
      'a pushed code does not answer the request of this page',
      [...typing, code(500, 'WXYZ9876', 'status')],
      { status: 'requesting-code' },
    ],
    [
      'a pushed code shows what a failed request brought after all',
      [...typing, fails(1_000, 'timeout', 'pairing-code'), code(2_000, 'ABCD1234', 'status')],
      { status: 'awaiting-code' },
    ],
    [
      'the same code again keeps its age',
      [...awaitingCode, code(9_000, 'ABCD1234', 'status')],
      { status: 'awaiting-code', session: { pairingCode: { expiresAt: START + 161_000 } } },
    ],
    [
      'another code of the provider takes its place',
      [...awaitingCode, code(9_000, 'WXYZ9876', 'status')],
      { status: 'awaiting-code', session: { pairingCode: { value: 'WXYZ9876', shownAt: START + 9_000 } } },
    ],
    [
      'a code that another user replaced gives the field back and is explained',
      [...awaitingCode, responds(9_000, { status: 'unlinked', reason: 'code-replaced' })],
      { status: 'awaiting-number', session: { notice: 'code-replaced' } },
    ],
    [
      'a replaced code without one on screen is not explained',
      [...typing, responds(9_000, { status: 'unlinked', reason: 'code-replaced' })],
      { status: 'requesting-code', facts: { notice: undefined } },
    ],
    [
      'the next number ends the notice',
      [...awaitingCode, responds(9_000, { status: 'unlinked', reason: 'code-replaced' }), submits(10_000)],
      { status: 'requesting-code', facts: { notice: undefined } },
    ],
    [
      'looking at the QR code burns no pairing code',
      [...awaitingCode, chooses(2_000, 'qr'), chooses(3_000, 'phone-code')],
      { status: 'awaiting-code' },
    ],
  ])
})

describe('the link', () => {
  table([
    [
      'linked shows the account',
      [linked(0)],
      { status: 'linked', session: { account: ANA }, request: 'status', at: 15_000 },
    ],
    [
      'details may come later',
      [linked(0, { phoneNumber: NUMBER }), linked(1_000, { name: 'Ana' })],
      { status: 'linked', session: { account: ANA } },
    ],
    [
      'details of another phone replace them',
      [linked(0), linked(1_000, BEN)],
      { status: 'linked', session: { account: BEN } },
    ],
    ['a late QR code does not end it', [linked(0), qr(100, 'a')], { status: 'linked' }],
    [
      'one report that it is gone only makes it suspected',
      [linked(0), state(1_000, 'unlinked')],
      {
        status: 'linked',
        request: 'status',
        at: 4_000,
        facts: { phase: { name: 'linked', account: ANA, unlinkSuspected: true } },
      },
    ],
    [
      'a link in between clears the suspicion',
      [linked(0), state(1_000, 'unlinked'), linked(2_000), state(3_000, 'unlinked')],
      { status: 'linked' },
    ],
    [
      'a second report ends it and is explained',
      [linked(0), state(1_000, 'unlinked'), state(4_000, 'unlinked')],
      { status: 'preparing', session: { notice: 'link-ended' }, facts: { attempt: 2 } },
    ],
    [
      'an end after minutes was made on the phone',
      [linked(0), state(200_000, 'unlinked'), state(203_000, 'unlinked')],
      { status: 'preparing', session: { notice: 'unlinked-on-phone' } },
    ],
    [
      'stopped twice ends it too, and resets',
      [linked(0), state(1_000, 'stopped'), state(4_000, 'stopped')],
      { status: 'preparing', request: 'reset' },
    ],
    [
      'the notice stays with the code',
      [linked(0), state(1_000, 'unlinked'), state(4_000, 'unlinked'), qr(5_000, 'a')],
      { status: 'awaiting-scan', session: { notice: 'link-ended' } },
    ],
    [
      'the next link ends the notice',
      [linked(0), state(1_000, 'unlinked'), state(4_000, 'unlinked'), linked(5_000)],
      { status: 'linked', session: {}, facts: { notice: undefined } },
    ],
    ['a failed poll does not end the link', [linked(0), fails(1_000, 'unauthorized')], { status: 'linked' }],
    [
      'failed polls make the pauses longer',
      [linked(0), fails(15_000, 'network'), fails(30_000, 'network')],
      { status: 'linked', at: 32_000 },
    ],
    ['linking ends in a link', [qr(0, 'a'), state(1_000, 'linking'), linked(9_000)], { status: 'linked' }],
    [
      'unlinked soon after the scan is WhatsApp’s restart',
      [qr(0, 'a'), state(1_000, 'linking'), state(10_000, 'unlinked')],
      { status: 'linking' },
    ],
    [
      'unlinked later means that it did not finish',
      [qr(0, 'a'), state(1_000, 'linking'), state(11_000, 'unlinked')],
      { status: 'preparing', session: { notice: 'link-not-finished' } },
    ],
    [
      'five minutes of linking are a stuck session',
      [qr(0, 'a'), ...Array.from({ length: 11 }, (_, n) => state(1_000 + n * 30_000, 'linking'))],
      { status: 'failed', session: { error: { code: 'session-stale' } } },
    ],
    [
      'Retry while linking changes nothing',
      [qr(0, 'a'), state(1_000, 'linking'), starts(2_000)],
      { status: 'linking', facts: { attempt: 1 } },
    ],
    [
      'the wrong phone is a failure',
      [linked(0, BEN)],
      { status: 'failed', session: { error: { code: 'wrong-phone-number' }, account: BEN } },
      { expectedPhoneNumber: NUMBER },
    ],
    [
      'Start over unlinks the wrong phone',
      [linked(0, BEN), starts(1_000)],
      { status: 'preparing', request: 'reset', facts: { reset: 'unlink-due' } },
      { expectedPhoneNumber: NUMBER },
    ],
    [
      'an expectation that comes later is checked too',
      [linked(0, BEN), [1, { type: 'expected', phoneNumber: NUMBER }]],
      { status: 'failed', session: { error: { code: 'wrong-phone-number' } } },
    ],
    [
      'a passkey is required',
      [responds(0, { status: 'passkey-required', helpUrl: 'https://x.example/' })],
      {
        status: 'passkey-required',
        session: { helpUrl: 'https://x.example/', provider: 'any' },
        request: 'status',
      },
    ],
  ])
})

describe('a clock that is set back', () => {
  table([
    [
      'failed stays failed',
      [fails(0, 'unauthorized'), passes(-5_000)],
      { status: 'failed', session: { error: { code: 'unauthorized' } } },
    ],
    [
      'Start over still resets',
      [state(0, 'stale'), passes(-5_000), starts(-4_000)],
      { status: 'preparing', request: 'reset' },
    ],
    [
      'the wrong phone is still unlinked',
      [linked(0, BEN), passes(-5_000), starts(-4_000)],
      { status: 'preparing', facts: { reset: 'unlink-due' } },
      { expectedPhoneNumber: NUMBER },
    ],
    [
      'linked keeps its account',
      [linked(0), passes(-5_000)],
      { status: 'linked', session: { account: ANA } },
    ],
    ['a QR code of unknown age leaves the screen', [qr(0, 'a'), passes(-5_000)], { status: 'preparing' }],
    ['a pairing code of unknown age is expired', [...awaitingCode, passes(-5_000)], { status: 'expired' }],
    [
      'expired stays expired',
      [...spent, state(61_000, 'unlinked'), passes(-5_000)],
      { status: 'expired', request: null },
    ],
    ['a tenth of a second is no clock set back', [qr(1_000, 'a'), passes(900)], { status: 'awaiting-scan' }],
  ])
})

describe('a return to the session', () => {
  table([
    [
      'nothing is shown after the last component has left',
      [linked(0), leaves(1_000)],
      { status: 'preparing' },
    ],
    [
      'nothing is shown before a response after the return',
      [linked(0), leaves(1_000), returns(9_000)],
      { status: 'preparing', request: 'status' },
    ],
    [
      'a response after the return shows the link',
      [linked(0), leaves(1_000), returns(9_000), linked(9_100)],
      { status: 'linked' },
    ],
    [
      'a response to a request from before does not',
      [
        linked(0),
        leaves(1_000),
        returns(9_000),
        [
          9_100,
          {
            type: 'responded',
            request: 'status',
            requestedAt: START + 900,
            snapshot: { status: 'linked', account: ANA },
          },
        ],
      ],
      { status: 'preparing' },
    ],
    [
      'a response shows the code again',
      [qr(0, 'a'), leaves(1_000), returns(9_000), state(9_100, 'unlinked')],
      { status: 'awaiting-scan' },
    ],
    [
      'expired begins a new round',
      [...spent, leaves(61_000), returns(62_000)],
      { status: 'preparing', request: 'qr-code', facts: { attempt: 2 } },
    ],
    [
      'expired stays for a component that only moved',
      [...spent, leaves(61_000), returns(61_999), state(62_000, 'unlinked')],
      { status: 'expired', facts: { attempt: 1 } },
    ],
    [
      'a reopened dialog begins a round however soon',
      [...spent, leaves(61_000), returns(61_100, true)],
      { status: 'preparing', facts: { attempt: 2 } },
    ],
    [
      'an expired pairing code is not requested again',
      [...codeExpired, leaves(162_000), returns(164_000)],
      { status: 'awaiting-number', facts: { attempt: 2 } },
    ],
    [
      'a retryable failure begins a new round',
      [...failing(8, 'network'), leaves(500_000), returns(502_000)],
      { status: 'preparing', facts: { attempt: 2 } },
    ],
    [
      'another failure is read once',
      [fails(0, 'unauthorized'), leaves(1_000), returns(9_000)],
      { status: 'preparing', request: 'status', facts: { attempt: 1 } },
    ],
    [
      'a failed read shows the failure again',
      [fails(0, 'unauthorized'), leaves(1_000), returns(9_000), fails(9_100, 'unauthorized')],
      { status: 'failed', request: null, facts: { attempt: 1 } },
    ],
    [
      'a read without an obstacle ends the failure',
      [fails(0, 'unauthorized'), leaves(1_000), returns(9_000), state(9_100, 'unlinked')],
      { status: 'preparing', request: 'qr-code', facts: { attempt: 2 } },
    ],
    [
      'a read that is still stale keeps the failure',
      [state(0, 'stale'), leaves(1_000), returns(9_000), state(9_100, 'stale')],
      { status: 'failed', request: null, facts: { attempt: 1 } },
    ],
    [
      'the same wrong phone keeps the failure',
      [linked(0, BEN), leaves(1_000), returns(9_000), linked(9_100, BEN)],
      { status: 'failed', facts: { attempt: 1, since: START } },
      { expectedPhoneNumber: NUMBER },
    ],
    [
      'a link that no response confirms ends in the error',
      [
        linked(0),
        leaves(1_000),
        returns(200_000),
        ...Array.from({ length: 8 }, (_, index) => fails(260_000 + index * 60_000, 'network')),
      ],
      { status: 'failed', session: { error: { code: 'network' } }, request: null },
    ],
    [
      'a link that no response confirms is polled however old it is',
      [linked(0), leaves(1_000), returns(900_000), fails(900_100, 'network')],
      { status: 'preparing', session: { reason: 'retrying' }, request: 'status', at: 901_100 },
    ],
    [
      'without autoStart no round begins',
      [...spent, leaves(61_000), [70_000, { type: 'returned', autoStart: false }]],
      { status: 'preparing', request: 'status', facts: { attempt: 1 } },
    ],
    [
      'leaving before an end is counted',
      [qr(0, 'a'), leaves(1_000)],
      { status: 'preparing', facts: { departures: 1 } },
    ],
    [
      'leaving a link is not counted',
      [linked(0), leaves(1_000)],
      { status: 'preparing', facts: { departures: 0 } },
    ],
  ])
})

describe('the tag of the session', () => {
  table([
    ['the first tag changes nothing', [qr(0, 'a'), tagged(1_000, 'one')], { status: 'awaiting-scan' }],
    [
      'the same tag changes nothing',
      [tagged(0, 'one'), qr(100, 'a'), tagged(1_000, 'one')],
      { status: 'awaiting-scan' },
    ],
    [
      'a response without a tag changes nothing',
      [tagged(0, 'one'), qr(100, 'a'), state(1_000, 'unlinked')],
      { status: 'awaiting-scan' },
    ],
    [
      'another tag drops the code',
      [tagged(0, 'one'), qr(100, 'a'), tagged(1_000, 'two')],
      { status: 'preparing', facts: { attempt: 2 } },
    ],
    [
      'another tag drops the link at once',
      [tagged(0, 'one'), linked(100), tagged(1_000, 'two')],
      { status: 'preparing' },
    ],
    [
      'another tag drops the pairing code and the number',
      [tagged(0, 'one'), ...awaitingCode, tagged(9_000, 'two')],
      { status: 'awaiting-number', facts: { code: { name: 'number' } } },
    ],
    [
      'another tag drops the failure',
      [tagged(0, 'one'), fails(10, 'unauthorized'), tagged(1_000, 'two')],
      { status: 'preparing' },
    ],
    [
      'the response with the new tag is applied',
      [tagged(0, 'one'), linked(100), responds(1_000, { status: 'linked', account: BEN, session: 'two' })],
      { status: 'linked', session: { account: BEN } },
    ],
    ['an idle session stays idle', [tagged(0, 'one'), cancels(10), tagged(20, 'two')], { status: 'idle' }],
  ])
})

describe('what is pushed', () => {
  it('wants codes and state, or with phone-code the state alone', () => {
    expect(wantedPush(play([]).facts)).toBe('qr')
    expect(wantedPush(play([chooses(0, 'phone-code')]).facts)).toBe('phone-code')
  })

  it('is not wanted once the codes have expired', () => {
    expect(wantedPush(play(spent).facts)).toBeUndefined()
  })

  it('holds back the next poll until a second after its time', () => {
    const { facts } = play([responds(0, { status: 'unlinked', nextInMs: 10_000 })])
    expect(nextRequest(facts)?.at).toBe(START + 11_000)
  })

  it('no longer holds back the poll after it has ended', () => {
    const { facts } = play([
      responds(0, { status: 'unlinked', nextInMs: 10_000 }),
      [5_000, { type: 'push-ended' }],
    ])
    expect(nextRequest(facts)?.at).toBeLessThanOrEqual(START + 5_000)
  })

  it('has no deadline of its own while nothing is on screen', () => {
    expect(nextDeadline(play([]).facts)).toBe(Number.POSITIVE_INFINITY)
  })
})
