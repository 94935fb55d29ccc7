import { describe, expect, it } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { laterRules } from '../../src/core/later-rules.js'
import type { PairingSession } from '../../src/core/pairing-session.js'
import { asPasskeyCode } from '../../src/core/passkey-step.js'
import { transition } from '../../src/core/session.js'
import { nextDeadline, nextRequest } from '../../src/core/session-request.js'
import type { SessionState } from '../../src/core/session-state.js'
import type { PairingUpdate } from '../../src/core/update.js'
import { type Fields, run as runWith, type Step, T, updateAt } from './session-steps.js'

const MINUTE = 60_000
const CODE = 'ABCD-EFGH'
const reads = (atMs: number, status: PairingUpdate['status'], fields: Fields = {}): Step => {
  const update = updateAt(atMs, status, {
    provider: 'waha',
    methods: ['qr'],
    abilities: ['reset', 'passkey', 'passkey-confirm'],
    ...fields,
  })
  return [atMs, { type: 'updated', update, sentAt: T + atMs }]
}

const qr = (atMs: number): Step =>
  reads(atMs, 'qr', {
    qrCode: { kind: 'text', value: '2@a' },
    codeId: 'id-a',
    hideInMs: 20_000,
    expiresInMs: 20_000,
  })
const wants = (atMs: number, step: 'assert' | 'submitted' = 'assert', fields: Fields = {}): Step =>
  reads(atMs, 'passkey-required', { passkey: { step, expiresInMs: 10 * MINUTE - atMs }, ...fields })
const compares = (atMs: number, code = CODE): Step =>
  reads(atMs, 'passkey-required', { passkey: { step: 'confirm', code, expiresInMs: 10 * MINUTE - atMs } })
/** The provider only reports that a passkey is required. */
const signals = (atMs: number): Step => reads(atMs, 'passkey-required', { abilities: ['reset'] })
const begins = (atMs: number, deed: 'sign' | 'hand-off' | 'confirm' = 'sign'): Step => [
  atMs,
  { type: 'passkey-begun', deed },
]
const fails = (
  atMs: number,
  problem: PairingError['code'] | 'cancelled' | 'stopped' = 'network',
  deed: 'sign' | 'confirm' = 'sign',
): Step => [
  atMs,
  {
    type: 'passkey-failed',
    deed,
    problem:
      problem === 'stopped' ? undefined : problem === 'cancelled' ? problem : new PairingError(problem),
  },
]
const answers = (atMs: number): Step => [atMs, { type: 'passkey-answered' }]
const confirms = (atMs: number, code = CODE): Step => [atMs, { type: 'passkey-confirmed', code }]
const denies = (atMs: number): Step => [atMs, { type: 'passkey-denied' }]
const hands = (atMs: number, lifetimeMs: number): Step => [
  atMs,
  { type: 'passkey-handed', handoff: { kind: 'code', code: 'FA48-HS63', expiresAt: T + atMs + lifetimeMs } },
]
const startsOver = (atMs: number): Step => [atMs, { type: 'reset-requested' }]
const passes = (atMs: number): Step => [atMs, { type: 'time-passed' }]

const confirmed = [compares(0), begins(1, 'confirm'), confirms(2)] as const

const run = (steps: readonly Step[]): SessionState => runWith({}, steps)

function words(session: PairingSession): string {
  if (session.status === 'failed') return `failed ${session.error.code}`
  if (session.status !== 'passkey-required' || !session.passkey) return session.status
  const { step, code, busy, isCancelled, error, isSlow, handoff } = session.passkey
  return [
    step,
    code,
    busy && `(${busy})`,
    isCancelled && 'cancelled',
    error?.code,
    isSlow && 'slow',
    handoff?.kind === 'code' && handoff.code,
  ]
    .filter(Boolean)
    .join(' ')
}

describe('a passkey ceremony in the page', () => {
  const rows: readonly (readonly [title: string, expected: string, steps: readonly Step[]])[] = [
    ['waits for the passkey', 'assert', [qr(0), wants(1_000)]],
    ['has no steps if the provider only reports a passkey', 'passkey-required', [qr(0), signals(1_000)]],
    ['waits for the passkey if the provider names no step', 'assert', [reads(0, 'passkey-required')]],
    [
      'shows that the browser prompts for the passkey',
      'assert (sign)',
      [wants(0), begins(1_000), wants(2_000)],
    ],
    [
      'does not start a second action while one runs',
      'assert (sign)',
      [wants(0), begins(1_000), begins(2_000, 'hand-off')],
    ],
    ['stays at its step if the user cancels', 'assert', [wants(0), begins(1), fails(2, 'stopped')]],
    [
      'reports a missing passkey, or a refusal of the user',
      'assert cancelled',
      [wants(0), begins(1), fails(2, 'cancelled')],
    ],
    [
      'removes that notice at the next attempt',
      'assert (sign)',
      [wants(0), begins(1), fails(2, 'cancelled'), begins(3)],
    ],
    ['stays at its step after an error', 'assert network', [wants(0), begins(1), fails(2)]],
    ['ignores the failure of a request that is not pending', 'assert', [wants(0), fails(2)]],
    [
      'fails if the answer is refused',
      'failed passkey-refused',
      [wants(0), begins(1), fails(2, 'passkey-refused')],
    ],
    ['waits for WhatsApp after the answer is sent', 'submitted', [wants(0), begins(1), answers(2)]],
    [
      'is not prompted again by an update that does not contain the answer yet',
      'submitted',
      [wants(0), begins(1), answers(2), wants(3_000)],
    ],
    ['shows the code to compare', 'confirm ABCD-EFGH', [wants(0), begins(1), answers(2), compares(3_000)]],
    ['waits after the user confirms the code', 'submitted', [...confirmed, compares(3_000)]],
    [
      'shows a new code that the user has not compared yet',
      'confirm JKLM-NPQR',
      [...confirmed, compares(3_000, 'JKLM-NPQR')],
    ],
    [
      'keeps the code if the confirmation fails',
      'confirm ABCD-EFGH timeout',
      [compares(0), begins(1, 'confirm'), fails(2, 'timeout', 'confirm')],
    ],
    [
      'waits for a code that has not arrived yet',
      'submitted',
      [reads(0, 'passkey-required', { passkey: { step: 'confirm' } })],
    ],
    ['shows a warning if the codes differ', 'failed passkey-mismatch', [compares(0), denies(1)]],
    [
      'stays ended after the codes differ, even if an update arrives late',
      'failed passkey-mismatch',
      [compares(0), denies(1), compares(2), qr(3)],
    ],
    ['is linking when the phone continues', 'linking', [wants(0), reads(1_000, 'linking')]],
    ['ends when a phone links', 'linked', [wants(0), answers(1), reads(1_000, 'linked', { account: {} })]],
    ['reports a slow response after 30 s', 'submitted slow', [wants(0), answers(1_000), passes(31_000)]],
    ['does not report a slow response before 30 s', 'submitted', [wants(0), answers(1_000), passes(30_999)]],
    [
      'reports a slow response again 30 s after the confirmation',
      'submitted',
      [wants(0), answers(1_000), compares(40_000, 'A'), confirms(50_000, 'A'), passes(79_999)],
    ],
    ['reports no slow response while it waits for the passkey', 'assert', [wants(0), passes(5 * MINUTE)]],
    ['ends when its time limit is reached', 'failed passkey-expired', [wants(0), passes(10 * MINUTE)]],
    [
      'ends after ten minutes if the provider states no time limit',
      'failed passkey-expired',
      [
        reads(0, 'passkey-required', { passkey: { step: 'assert' } }),
        reads(9 * MINUTE, 'passkey-required', { passkey: { step: 'assert' } }),
        passes(10 * MINUTE),
      ],
    ],
    [
      'ends after ten minutes if the provider only reports that a passkey is required',
      'failed passkey-expired',
      [signals(0), signals(9 * MINUTE), passes(10 * MINUTE)],
    ],
    [
      'ends at its time limit while the browser prompts for the passkey',
      'failed passkey-expired',
      [wants(0), begins(1), passes(10 * MINUTE)],
    ],
    [
      'ends with a refusal after an answer',
      'failed passkey-refused',
      [wants(0, 'submitted'), reads(3_000, 'stopped')],
    ],
    ['ends as expired without an answer', 'failed passkey-expired', [wants(0), reads(3_000, 'stale')]],
    [
      'ends with the error that the server names',
      'failed passkey-refused',
      [wants(0), reads(3_000, 'passkey-required', { error: { code: 'passkey-refused' } })],
    ],
    [
      'keeps the code of the extension until it expires',
      'assert FA48-HS63',
      [wants(0), hands(0, MINUTE), wants(59_000)],
    ],
    ['removes the code of the extension at its end', 'assert', [wants(0), hands(0, MINUTE), passes(MINUTE)]],
    [
      'removes the code of the extension when the answer arrives',
      'submitted',
      [wants(0), hands(0, MINUTE), wants(1_000, 'submitted')],
    ],
    ['starts again when the user starts again', 'preparing', [wants(0), startsOver(1_000)]],
    [
      'starts again if another page has reset the session',
      'preparing',
      [wants(0), reads(1_000, 'preparing', { revision: 5, reason: 'reset' })],
    ],
    [
      'keeps nothing of the last ceremony in the next one',
      'assert',
      [wants(0), answers(1), startsOver(2), wants(9_000)],
    ],
  ]
  it.each(rows)('%s', (_, expected, steps) => {
    expect(words(run(steps).session)).toBe(expected)
  })

  const late = ['qr', 'unlinked', 'preparing'] as const
  it.each(late)('is not replaced by a late update that says %s', (status) => {
    const update = status === 'qr' ? qr(3_000) : reads(3_000, status)
    for (const step of [wants(0), wants(0, 'submitted'), compares(0), signals(0)]) {
      const { facts, session } = run([step, update])
      expect(session.status).toBe('passkey-required')
      // No code is requested during the ceremony.
      expect(nextRequest(facts)).toMatchObject({ kind: 'read', want: 'state' })
    }
  })

  it('polls immediately after an answer, and after a failed action', () => {
    for (const last of [answers(5_000), fails(5_000)])
      expect(nextRequest(run([wants(0), begins(1), last]).facts)?.at).toBe(T + 5_000)
  })

  it('sends one reset if the user starts again, and none otherwise', () => {
    expect(nextRequest(run([wants(0), startsOver(1_000)]).facts)).toMatchObject({ kind: 'reset' })
    expect(nextRequest(run([wants(0), passes(11 * MINUTE)]).facts)).toBeUndefined()
    const cannot = run([wants(0, 'assert', { abilities: ['passkey'] }), startsOver(1_000)])
    expect(nextRequest(cannot.facts)).toMatchObject({ kind: 'read' })
  })

  it('changes when the code of the extension expires, when the ceremony expires, and after 30 s without an update', () => {
    expect(nextDeadline(run([wants(0)]).facts)).toBe(T + 10 * MINUTE)
    expect(nextDeadline(run([wants(0), hands(0, MINUTE)]).facts)).toBe(T + MINUTE)
    expect(nextDeadline(run([wants(0), answers(1_000)]).facts)).toBe(T + 31_000)
    expect(nextDeadline(run([signals(0)]).facts)).toBe(T + 10 * MINUTE)
  })

  it('keeps the same object if an update only changes the end time slightly', () => {
    const before = run([wants(0)])
    const [at, event] = reads(3_000, 'passkey-required', {
      passkey: { step: 'assert', expiresInMs: 10 * MINUTE - 3_000 + 400 },
    })
    expect(transition(before, { ...event, at: T + at }, laterRules).session).toBe(before.session)
  })

  it('shows the actions that the abilities of the update allow', () => {
    const abilities = ['passkey-handoff'] as const
    expect(run([wants(0, 'assert', { abilities })]).session).toMatchObject({
      canStartOver: false,
      passkey: { canAnswer: false, canConfirm: false, canHandOff: true },
    })
    expect(run([wants(0)]).session).toMatchObject({
      canStartOver: true,
      passkey: { canAnswer: true, canConfirm: true, canHandOff: false },
    })
  })
})

describe('asPasskeyCode()', () => {
  it.each(['ABCD-EFGH', '7KQ2-M9XV', '1234', 'FA48-HS63', 'abcd-1234', 'AB12CD34'])('accepts %s', (code) => {
    expect(asPasskeyCode(code)).toBe(code)
  })

  it.each([
    'pending',
    'not-found',
    'undefined',
    'Not available',
    '{"code":"1234"}',
    '<b>1234</b>',
    '12',
    'A-1',
    `1${'A'.repeat(40)}`,
    '1234\u202e',
    undefined,
    null,
    {},
  ])('refuses %j', (value) => {
    expect(asPasskeyCode(value)).toBeUndefined()
  })
})
