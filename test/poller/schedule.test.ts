import { describe, expect, it } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import type { PairingSnapshot } from '../../src/core/provider.js'
import type { PairingWant } from '../../src/core/update.js'
import {
  afterChange,
  afterFailure,
  afterSnapshot,
  initialPollState,
  type PollState,
} from '../../src/poller/poll-state.js'
import {
  dueRequest,
  needsStart,
  nextRequest,
  shownPairingCode,
  shownQrCode,
} from '../../src/poller/schedule.js'
import { afterWebhook, areTrusted } from '../../src/poller/webhook-record.js'
import { timing } from '../server/spy-provider.js'

const T = 1_800_000_000_000
const qr = (n: number, expiresInMs?: number): PairingSnapshot => ({
  status: 'qr',
  qrCode: { kind: 'text', value: `2@code${n}` },
  ...(expiresInMs !== undefined && { expiresInMs }),
})
const linked: PairingSnapshot = { status: 'linked', account: {} }
const unlinked: PairingSnapshot = { status: 'unlinked' }
const preparing: PairingSnapshot = { status: 'preparing' }
const stopped: PairingSnapshot = { status: 'stopped' }
const linking: PairingSnapshot = { status: 'linking' }
const stale: PairingSnapshot = { status: 'stale' }
const offline = new PairingError('network', 'Offline.')
const limited = new PairingError('rate-limited', 'Slower.', { retryAfterMs: 12_000 })
const refused = new PairingError('unauthorized', 'Refused.')
const unknown = new PairingError('session-not-found', 'Not here.')
const unpaid = new PairingError('subscription-expired', 'Renew.')
type Step = readonly [
  atMs: number,
  what: PairingSnapshot | PairingError | 'changed' | 'webhook',
  want?: PairingWant | 'pushed',
]

const heard = (poll: PollState, at: number): PollState => ({
  ...poll,
  webhooks: afterWebhook(poll.webhooks, at),
})
/** A refusal is final after the third time. */
const refusals: readonly Step[] = [
  [0, refused],
  [5_000, refused],
  [15_000, refused],
]

/** The state after these steps. The time of each step is in milliseconds after T. */
function polled(...steps: readonly Step[]): PollState {
  return steps.reduce<PollState>((poll, [atMs, what, want]) => {
    const at = T + atMs
    if (what === 'changed') return afterChange(poll)
    if (what === 'webhook') return heard(poll, at)
    if (what instanceof PairingError) return afterFailure(poll, what, at, 0)
    const own = want ?? (what.status === 'qr' ? 'code' : 'state')
    const origin = { want: own === 'pushed' ? undefined : own, sentAt: at, at }
    return afterSnapshot(poll, what, origin, timing)
  }, initialPollState)
}

describe('nextRequest()', () => {
  const rows: readonly (readonly [
    title: string,
    poll: PollState,
    qrShown: boolean,
    expected: readonly [PairingWant, number] | undefined,
  ])[] = [
    ['requests the code first if a page shows it', polled(), true, ['code', -Infinity]],
    ['requests the state first if no page shows a code', polled(), false, ['state', -Infinity]],
    ['reads the state one interval after a state', polled([0, preparing]), false, ['state', 3_000]],
    [
      'requests the code immediately after the provider reports that it is ready',
      polled([0, unlinked]),
      true,
      ['code', -Infinity],
    ],
    [
      'keeps the minimum interval between two code requests',
      polled([0, preparing, 'code'], [10, unlinked]),
      true,
      ['code', 1_000],
    ],
    ['reads the state while the first code is on screen', polled([0, qr(1)]), true, ['state', 3_000]],
    [
      'confirms a first code of unknown age after the code interval',
      polled([0, qr(1)], [3_000, unlinked]),
      true,
      ['code', 5_000],
    ],
    [
      'requests the next code when the first one expires according to the provider',
      polled([0, qr(1, 20_000)], [18_000, unlinked]),
      true,
      ['code', 20_000],
    ],
    ['requests no code while linking', polled([0, qr(1)], [1, linking]), true, ['state', 1_001]],
    [
      'reads the state every second, three times, while linking',
      polled([0, linking], [1_000, linking], [2_000, linking]),
      true,
      ['state', 3_000],
    ],
    [
      'reads the state at the usual interval after three reads while linking',
      polled([0, linking], [1_000, linking], [2_000, linking], [3_000, linking]),
      true,
      ['state', 6_000],
    ],
    [
      'keeps a link if a code arrives late',
      polled([0, linked], [1, qr(1), 'pushed']),
      true,
      ['state', 15_000],
    ],
    ['reads the state every 15 s when a phone is linked', polled([0, linked]), true, ['state', 15_000]],
    [
      'requests the details of a pushed link at the usual interval',
      polled([0, linked, 'pushed']),
      true,
      ['state', 3_000],
    ],
    [
      'keeps the usual interval while a passkey is required',
      polled([0, { status: 'passkey-required' }]),
      true,
      ['state', 3_000],
    ],
    ['waits 1 s after the first failure', polled([0, offline]), true, ['code', 1_000]],
    ['waits 2 s after the second failure', polled([0, offline], [1_000, offline]), true, ['code', 3_000]],
    [
      'waits at most 30 s',
      polled(...Array.from({ length: 9 }, (_, n): Step => [n, offline])),
      true,
      ['code', 30_008],
    ],
    ['waits as long as the provider states', polled([0, limited]), true, ['code', 12_000]],
    ['retries 5 s after a first refusal', polled([0, refused]), true, ['code', 5_000]],
    ['retries 10 s after a second refusal', polled(...refusals.slice(0, 2)), true, ['code', 15_000]],
    ['counts two kinds of refusals together', polled([0, refused], [5_000, unknown]), true, ['code', 15_000]],
    [
      'keeps the count of refusals after a transient error between them',
      polled([0, refused], [5_000, offline], [7_000, refused]),
      true,
      ['code', 17_000],
    ],
    ['sends nothing after a third refusal', polled(...refusals), true, undefined],
    [
      'retries a refusal again after a response in between',
      polled(...refusals.slice(0, 2), [15_000, unlinked, 'state'], [18_000, refused]),
      false,
      ['state', 23_000],
    ],
    ['does not retry after an unpaid plan', polled([0, unpaid]), true, undefined],
    ['requests immediately after a change', polled([0, linked], [1, 'changed']), true, ['code', -Infinity]],
    ['keeps the backoff after a change', polled([0, limited], [1, 'changed']), true, ['code', 12_000]],
    [
      'waits until one second after a promised push',
      polled([0, { status: 'unlinked', nextInMs: 8_000 }, 'pushed']),
      true,
      ['code', 9_000],
    ],
    [
      'waits at most one minute for a promised push',
      polled([0, { status: 'unlinked', nextInMs: 9e9 }, 'pushed']),
      true,
      ['code', 61_000],
    ],
    [
      'does not wait for a push that was promised before the clock was set back',
      polled([0, { ...linked, nextInMs: 8_000 }], [-60_000, preparing]),
      false,
      ['state', -57_000],
    ],
  ]
  it.each(rows)('%s', (_, poll, showsQrCode, expected) => {
    const next = nextRequest(poll, showsQrCode, timing)
    expect(next && [next.want, next.at - T]).toEqual(expected)
  })
})

describe('dueRequest()', () => {
  const rows: readonly (readonly [
    title: string,
    poll: PollState,
    want: PairingWant,
    atMs: number,
    expected: PairingWant | undefined,
  ])[] = [
    ['sends the first read', polled(), 'state', 0, 'state'],
    ['sends the first read for a code', polled(), 'code', 0, 'code'],
    ['serves a read from a state of this interval', polled([0, preparing]), 'state', 2_999, undefined],
    ['sends a read after the interval', polled([0, preparing]), 'state', 3_000, 'state'],
    ['serves a code read from a code that is still valid', polled([0, qr(1)]), 'code', 2_999, undefined],
    ['reads the state for a page that shows a code', polled([0, qr(1)]), 'code', 3_000, 'state'],
    [
      'serves a page that shows a code from the state that another page read',
      polled([0, qr(1)], [2_000, unlinked]),
      'code',
      4_000,
      undefined,
    ],
    [
      'sends the last read for an expired code immediately',
      polled([0, qr(1, 20_000)], [19_500, unlinked]),
      'state',
      20_000,
      'state',
    ],
    [
      'serves the last read of the second page from the cached state',
      polled([0, qr(1, 20_000)], [20_000, unlinked]),
      'state',
      20_100,
      undefined,
    ],
    ['reads the state if a page requests a code while linking', polled([0, linking]), 'code', 1_000, 'state'],
    ['sends nothing during a backoff', polled([0, offline]), 'state', 999, undefined],
    ['sends a read after a backoff', polled([0, offline]), 'state', 1_000, 'state'],
    ['sends nothing while the provider requests a pause', polled([0, limited]), 'code', 11_999, undefined],
    ['serves reads right after a refusal with the refusal', polled(...refusals), 'state', 15_999, undefined],
    ['retries after a refusal when a page reads', polled(...refusals), 'state', 16_000, 'state'],
    ['sends a read after a change', polled([0, linked], [1, 'changed']), 'state', 2, 'state'],
    ['sends a read after the clock was set back', polled([0, linked]), 'state', -60_000, 'state'],
    [
      'sends a read if the clock was set back during the pause after a failure',
      polled([0, offline]),
      'state',
      -60_000,
      'state',
    ],
    [
      'sends a read if the clock was set back during a pause that continues after a change',
      polled([0, offline], [1, 'changed']),
      'state',
      -60_000,
      'state',
    ],
    [
      'sends a read after the pause of a failure, even if the clock was set back before',
      polled([0, linked], [-60_000, offline]),
      'state',
      -59_000,
      'state',
    ],
    [
      'serves reads of a link from the cached state during the minimum interval',
      polled([0, linked]),
      'code',
      999,
      undefined,
    ],
    ['reads a link again if a page reads later', polled([0, linked]), 'code', 1_000, 'state'],
    ['reads a stopped session again if a page reads later', polled([0, stopped]), 'code', 1_000, 'code'],
  ]
  it.each(rows)('%s', (_, poll, want, atMs, expected) => {
    expect(dueRequest(poll, want, T + atMs, timing)).toBe(expected)
  })
})

describe('shownQrCode()', () => {
  const shownAt = (poll: PollState, atMs: number) => {
    const shown = shownQrCode(poll, T + atMs, timing)
    return shown && [shown.payload.kind === 'text' && shown.payload.value, shown.hideInMs, shown.expiresInMs]
  }
  const rows: readonly (readonly [title: string, poll: PollState, atMs: number, expected: unknown])[] = [
    ['shows a code that was just issued', polled([0, qr(1)]), 0, ['2@code1', 20_000, 60_000]],
    ['shows a code until it expires', polled([0, qr(1, 20_000)]), 19_999, ['2@code1', 1, 1]],
    ['shows no expired code', polled([0, qr(1, 20_000)]), 20_000, undefined],
    ['counts the lifetime from the request', polled([0, qr(1, 20_000)]), 5_000, ['2@code1', 15_000, 15_000]],
    [
      'keeps a code while the provider prepares the next one',
      polled([0, qr(1, 20_000)], [5_000, preparing, 'code']),
      5_000,
      ['2@code1', 15_000, 15_000],
    ],
    ['shows the newest code', polled([0, qr(1)], [5_000, qr(2)]), 5_000, ['2@code2', 17_000, 20_000]],
    ['shows no code after a phone has scanned', polled([0, qr(1)], [1, linking]), 1, undefined],
    ['shows no code when the provider session is stopped', polled([0, qr(1)], [1, stopped]), 1, undefined],
    ['shows no code from before a change', polled([0, qr(1)], [1, 'changed']), 1, undefined],
    [
      'keeps a code after a failure',
      polled([0, qr(1, 20_000)], [1, offline]),
      1,
      ['2@code1', 19_999, 19_999],
    ],
  ]
  it.each(rows)('%s', (_, poll, atMs, expected) => {
    expect(shownAt(poll, atMs)).toEqual(expected)
  })

  it('gives each code a different number', () => {
    expect(polled([0, qr(1)], [1, qr(1)], [2, qr(2)], [3, 'changed'], [4, qr(3)]).qrCount).toBe(3)
  })
})

describe('the schedule if webhooks arrive before polls', () => {
  /** A webhook, and the state that the following requests find. */
  const announced = (atMs: number, what: PairingSnapshot, want: PairingWant = 'code'): readonly Step[] => [
    [atMs, 'webhook'],
    [atMs + 50, what, want],
  ]
  const first: readonly Step[] = [[0, qr(1), 'code']]
  const trusted: readonly Step[] = [...first, ...announced(60_000, qr(2)), ...announced(80_000, qr(3))]

  it.each<readonly [string, boolean, readonly Step[]]>([
    ['no webhook at all', false, [...first, [60_000, qr(2)], [80_000, qr(3)], [100_000, qr(4)]]],
    ['a webhook before one change', false, [...first, ...announced(60_000, qr(2))]],
    ['a webhook before each of two changes', true, trusted],
    ['webhooks that announced nothing', false, [...first, [10, 'webhook'], [20, 'webhook'], [30, 'webhook']]],
    ['many webhooks before one change', false, [...first, [59_000, 'webhook'], ...announced(60_000, qr(2))]],
    [
      'webhooks about states and about codes',
      true,
      [[0, stopped], ...announced(1_000, preparing, 'state'), ...announced(2_000, unlinked, 'state')],
    ],
    [
      'a code that is read shortly after the state of its webhook',
      true,
      [
        ...first,
        ...announced(60_000, unlinked, 'state'),
        [60_300, qr(2)],
        ...announced(80_000, unlinked, 'state'),
        [82_000, qr(3)],
      ],
    ],
    ['a change that a poll finds before its webhook', false, [...trusted, [100_000, qr(4)]]],
    ['a webhook within 3 s after such a poll', true, [...trusted, [100_000, qr(4)], [103_000, 'webhook']]],
    ['a webhook that arrives later than that', false, [...trusted, [100_000, qr(4)], [103_001, 'webhook']]],
    [
      'only one more announced change after a late webhook',
      false,
      [...trusted, [100_000, qr(4)], [103_001, 'webhook'], ...announced(120_000, qr(5))],
    ],
    [
      'two changes that polls find first, and one webhook after them',
      false,
      [...trusted, [100_000, qr(4)], [120_000, qr(5)], [120_010, 'webhook']],
    ],
    [
      'two announced changes after two missed webhooks',
      true,
      [
        ...trusted,
        [100_000, qr(4)],
        [120_000, qr(5)],
        ...announced(140_000, qr(6)),
        ...announced(160_000, qr(7)),
      ],
    ],
    [
      'a change 5 s after its webhook',
      true,
      [...first, ...announced(60_000, qr(2)), [75_000, 'webhook'], [80_000, qr(3)]],
    ],
    [
      'a change more than 5 s after its webhook',
      false,
      [...first, ...announced(60_000, qr(2)), [74_999, 'webhook'], [80_000, qr(3)]],
    ],
    ['a change by the user', true, [...trusted, [85_000, 'changed'], [86_000, qr(4)]]],
  ])('trusts webhooks after %s: %s', (_, expected, steps) => {
    expect(areTrusted(polled(...steps).webhooks)).toBe(expected)
  })

  it.each<readonly [string, readonly Step[], readonly [PairingWant, number]]>([
    ['polls the state after 3 s while webhooks are not trusted', [...first], ['state', 3_000]],
    ['polls after 20 s when webhooks are trusted', trusted, ['code', 100_050]],
    ['polls the state 20 s after a state read', [...trusted, [90_000, unlinked]], ['code', 100_050]],
    [
      'waits for the webhook of the next code until one second after a code expires',
      [
        ...first,
        ...announced(60_000, qr(2, 20_000)),
        ...announced(80_000, qr(3, 10_000)),
        [85_000, unlinked],
      ],
      ['code', 91_050],
    ],
    ['requests an announced code', [...trusted, [95_000, 'webhook'], [95_050, unlinked]], ['code', 81_050]],
    [
      'requests no code if the webhook reports that the session starts',
      [
        [0, qr(1)],
        [4_000, 'webhook'],
        [4_050, preparing],
      ],
      ['code', 5_000],
    ],
    ['polls as usual while the session starts', [...trusted, [85_000, preparing]], ['state', 88_000]],
    ['polls as usual while linking', [...trusted, [85_000, linking]], ['state', 86_000]],
    ['polls as usual after a missed webhook', [...trusted, [90_000, qr(4)]], ['state', 93_000]],
  ])('%s', (_, steps, [want, atMs]) => {
    expect(nextRequest(polled(...steps), true, timing)).toEqual({ want, at: T + atMs })
  })

  it('polls after 20 s if no page shows a code', () => {
    expect(nextRequest(polled(...trusted), false, timing)).toEqual({ want: 'state', at: T + 100_050 })
  })

  it.each([
    ['of unknown age until 2 s after the next poll', [[0, qr(1), 'code']], 22_000],
    ['until it expires', [[0, qr(1, 18_000), 'code']], 18_000],
  ] as const)('shows a code %s', (_, steps, expected) => {
    const webhooks = polled(...trusted).webhooks
    const poll = steps.reduce<PollState>(
      (before, [atMs, what, want]) =>
        afterSnapshot(before, what, { want, sentAt: T + atMs, at: T + atMs }, timing),
      { ...initialPollState, webhooks },
    )
    expect(shownQrCode(poll, T, timing)?.hideInMs).toBe(expected)
  })
})

describe('the reason why a link has ended', () => {
  it.each<readonly [string, boolean, PollState]>([
    ['no phone is linked', true, polled([0, linked], [15_000, unlinked])],
    ['the provider sends a QR code', true, polled([0, linked], [15_000, qr(1)])],
    ['data of an earlier link is in the way', true, polled([0, linked], [15_000, stale])],
    ['the provider says so', true, polled([0, linked], [15_000, { status: 'stopped', reason: 'unlinked' }])],
    ['the provider session is stopped, which keeps a link', false, polled([0, linked], [15_000, stopped])],
    ['the provider starts', false, polled([0, linked], [15_000, preparing])],
    ['a phone is linked again', false, polled([0, linked], [15_000, qr(1)], [20_000, linked])],
    ['the user has changed the session', false, polled([0, linked], [15_000, qr(1)], [20_000, 'changed'])],
    ['there was no link', false, polled([0, preparing], [1_000, unlinked])],
  ])('is that the phone was unlinked, if %s: %s', (_, expected, poll) => {
    expect(poll.isUnlinked).toBe(expected)
  })
})

describe('shownPairingCode()', () => {
  const code = (value = 'AAAA1111', expiresInMs?: number): PairingSnapshot => ({
    status: 'pairing-code',
    pairingCode: value,
    ...(expiresInMs !== undefined && { expiresInMs }),
  })
  const rows: readonly (readonly [
    title: string,
    poll: PollState,
    atMs: number,
    expected: string | undefined,
  ])[] = [
    ['shows a code for the lifetime that the provider documents', polled([0, code()]), 159_999, 'AAAA1111'],
    ['shows no code after its lifetime', polled([0, code()]), 160_000, undefined],
    ['accepts a shorter lifetime', polled([0, code('AAAA1111', 40_000)]), 40_000, undefined],
    ['limits a longer lifetime', polled([0, code('AAAA1111', 9e9)]), 160_000, undefined],
    ['does not extend a repeated code', polled([0, code()], [100_000, code()]), 160_000, undefined],
    ['shows the newest code', polled([0, code()], [1, code('BBBB2222')]), 2, 'BBBB2222'],
    ['shows no code when a phone is linked', polled([0, code()], [1, linked]), 2, undefined],
    ['shows no code from before a change', polled([0, code()], [1, 'changed']), 2, undefined],
  ]
  it.each(rows)('%s', (_, poll, atMs, expected) => {
    expect(shownPairingCode(poll, T + atMs)?.value).toBe(expected)
  })
})

describe('a provider whose reads start a pairing', () => {
  /** The state after these steps, for a provider whose reads start a pairing. */
  const starting = (isStarted: boolean, ...steps: readonly Step[]): PollState =>
    steps.reduce<PollState>(
      (poll, [atMs, what, want]) => {
        if (typeof what === 'string' || what instanceof PairingError)
          throw new Error('These rows contain only snapshots.')
        const origin = {
          want: want === 'pushed' ? undefined : (want ?? 'state'),
          sentAt: T + atMs,
          at: T + atMs,
        }
        return afterSnapshot(poll, what, origin, timing)
      },
      { ...initialPollState, startsOnRead: true, isStarted },
    )
  const code: Step = [0, qr(1, 20_000), 'code']

  it.each<readonly [string, PollState, number, PairingWant | undefined]>([
    ['reads the state if a page requests a code before a start', starting(false), 0, 'state'],
    ['requests no code before a start', starting(false, [0, unlinked]), 60_000, 'state'],
    ['requests the code after a start', starting(true, [0, unlinked]), 0, 'code'],
    ['requests no code while a code is valid', starting(true, code), 19_999, 'state'],
    ['reads the state when the code expires', starting(true, code), 20_000, 'state'],
    [
      'requests no code within one second after the code expires',
      starting(true, code, [20_000, unlinked]),
      20_999,
      undefined,
    ],
    [
      'requests the next code one second after the code expires',
      starting(true, code, [20_000, unlinked]),
      21_000,
      'code',
    ],
    ['requests no code while linking', starting(true, code, [5_000, linking]), 60_000, 'state'],
    ['requests no code when the session is stopped', starting(true, code, [5_000, stopped]), 60_000, 'state'],
  ])('%s', (_, poll, atMs, expected) => {
    expect(dueRequest(poll, 'code', T + atMs, timing)).toBe(expected)
  })

  it.each<readonly [string, PollState, boolean]>([
    ['needs a start if there is no code', starting(false, [0, unlinked]), true],
    ['needs no start before its state is known', starting(false), false],
    ['needs no start after a start', starting(true, [0, unlinked]), false],
    ['needs no start while a code is valid', starting(false, code), false],
    ['needs no start when a phone is linked', starting(false, [0, linked]), false],
  ])('%s', (_, poll, expected) => {
    expect(needsStart(poll)).toBe(expected)
  })
})
