import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { type DueRequest, nextDeadline, nextRequest, wantedPush } from '../../src/core/next-request.js'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type { PairingSnapshot } from '../../src/core/provider.js'
import { initialState, type SessionOptions, transition } from '../../src/core/session.js'
import type { PairingSession, RequestKind, SessionEvent } from '../../src/core/session-state.js'
import { GRACE_MS, LONGEST_IDLE_MS, network, play, qr, sessionOptions, worlds } from './pushed-world.js'

const START = 1_000_000_000

/** A session to which things happen at moments that are milliseconds from its beginning. */
interface Story {
  readonly status: PairingSession['status']
  readonly session: PairingSession
  /** The next question, and when it is due. */
  readonly request: DueRequest | undefined
  /** When the session changes by time alone. */
  readonly deadline: number
  readonly wanted: ReturnType<typeof wantedPush>
  happens(at: number, event: Happening): Story
  /** Somebody says so without a question. */
  pushed(at: number, snapshot: PairingSnapshot): Story
  asked(at: number, request: RequestKind, snapshot: PairingSnapshot): Story
}

type Happening = SessionEvent extends infer E ? (E extends SessionEvent ? Omit<E, 'at'> : never) : never

function begin(options: Partial<SessionOptions> = {}): Story {
  let state = initialState({ ...sessionOptions, ...options }, START)
  const story: Story = {
    get session() {
      return state.session
    },
    get status() {
      return state.session.status
    },
    get request() {
      const request = nextRequest(state.facts)
      return request && { ...request, at: request.at - START }
    },
    get deadline() {
      return nextDeadline(state.facts) - START
    },
    get wanted() {
      return wantedPush(state.facts)
    },
    happens(at, event) {
      state = transition(state, { ...event, at: START + at } as SessionEvent)
      return story
    },
    pushed: (at, snapshot) => story.asked(at, snapshot.status === 'qr' ? 'qr-code' : 'status', snapshot),
    asked: (at, request, snapshot) =>
      story.happens(at, { type: 'responded', request, snapshot, requestedAt: START + at }),
  }
  return story
}

describe('what is promised', () => {
  it.each<PairingSnapshot>([
    { status: 'unlinked', nextInMs: 10_000 },
    { status: 'preparing', nextInMs: 10_000 },
    { status: 'linking', nextInMs: 10_000 },
    qr('a', { nextInMs: 10_000, confirmInMs: 10_000 }),
    qr('a', { nextInMs: 10_000, confirmInMs: 5_000 }),
    qr('a', { nextInMs: 10_000, expiresInMs: 4_000 }),
  ])('is not asked for before one second after its time: %j', (snapshot) => {
    expect(begin().pushed(500, snapshot).request?.at).toBe(500 + 10_000 + 1_000)
  })

  it('is what was promised last', () => {
    const story = begin().pushed(0, { status: 'unlinked', nextInMs: 30_000 })
    expect(story.pushed(4_000, qr('a', { nextInMs: 5_000, confirmInMs: 5_000 })).request?.at).toBe(10_000)
    expect(story.pushed(6_000, { status: 'unlinked', nextInMs: 20_000 }).request?.at).toBe(27_000)
  })

  it('stands also while a question of the session’s own is answered', () => {
    const story = begin().pushed(0, { status: 'unlinked', nextInMs: 20_000 })
    expect(story.asked(1_000, 'qr-code', qr('a')).request?.at).toBe(21_000)
  })

  it('holds nobody off for longer than a minute', () => {
    expect(begin().pushed(0, { status: 'unlinked', nextInMs: 1e12 }).request?.at).toBe(61_000)
  })

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('is nothing where it is %d', (nextInMs) => {
    const story = begin().asked(0, 'qr-code', qr('a'))
    expect(story.pushed(1_000, { status: 'unlinked', nextInMs }).request?.at).toBe(1_000 + 3_000)
  })

  it('is asked for at the usual pace as soon as nothing is pushed any more', () => {
    const story = begin().asked(0, 'qr-code', qr('a')).pushed(1_000, { status: 'unlinked', nextInMs: 30_000 })
    expect(story.request?.at).toBe(32_000)
    story.happens(2_000, { type: 'push-ended' })
    expect(story.request).toEqual({ kind: 'status', at: 1_000 + 3_000 })
  })

  it('is asked for at once where the usual time has passed too', () => {
    const story = begin().pushed(0, qr('a', { nextInMs: 30_000, confirmInMs: 30_000 }))
    story.happens(9_000, { type: 'push-ended' })
    expect(story.request?.at).toBeLessThanOrEqual(9_000)
  })

  it('may be an answer after a problem', () => {
    const story = begin().asked(0, 'qr-code', qr('a'))
    story.happens(1_000, { type: 'request-failed', request: 'status', error: network(), nextInMs: 8_000 })
    expect(story.request?.at).toBe(1_000 + 8_000 + 1_000)
    expect(story.status).toBe('awaiting-scan')
  })

  it('does not keep a problem without a promise from being looked into', () => {
    const story = begin().asked(0, 'qr-code', qr('a'))
    story.happens(1_000, { type: 'request-failed', request: 'status', error: network() })
    expect(story.request?.at).toBeLessThanOrEqual(3_000)
  })

  it('does not shorten what a problem says to wait', () => {
    const error = new PairingError('rate-limited', 'Wait.', { retryAfterMs: 45_000 })
    const story = begin().asked(0, 'qr-code', qr('a'))
    story.happens(1_000, { type: 'request-failed', request: 'status', error, nextInMs: 2_000 })
    expect(story.request?.at).toBeGreaterThanOrEqual(46_000)
  })

  it('does not hold off a pairing code that the user asks for', () => {
    const story = begin().pushed(0, { status: 'unlinked', nextInMs: 30_000 })
    const phoneNumber = normalizePhoneNumber('5511987654321')
    story.happens(1_000, { type: 'number-submitted', phoneNumber })
    expect(story.request?.kind).toBe('pairing-code')
    expect(story.request?.at).toBeLessThanOrEqual(1_000)
  })

  it('does not hold off a reset', () => {
    const story = begin().pushed(0, { status: 'stopped', nextInMs: 30_000 })
    expect(story.request?.kind).toBe('reset')
    expect(story.request?.at).toBeLessThanOrEqual(0)
  })
})

describe('a pushed code', () => {
  it('leaves the screen two seconds after it was to be confirmed', () => {
    const story = begin().pushed(0, qr('a', { nextInMs: 6_000, confirmInMs: 6_000 }))
    expect(story.deadline).toBe(8_000)
    expect(story.happens(7_999, { type: 'time-passed' }).status).toBe('awaiting-scan')
    expect(story.happens(8_000, { type: 'time-passed' }).status).toBe('preparing')
  })

  it('stays with each confirmation', () => {
    const story = begin()
    for (let at = 0; at <= 50_000; at += 5_000)
      story.pushed(at, qr('a', { nextInMs: 5_000, confirmInMs: 5_000 }))
    expect(story.status).toBe('awaiting-scan')
    expect(story.deadline).toBe(57_000)
  })

  it('does not outlive a minute, whatever confirms it', () => {
    const story = begin()
    for (let at = 0; at <= 58_000; at += 2_000)
      story.pushed(at, qr('a', { nextInMs: 30_000, confirmInMs: 30_000 }))
    expect(story.deadline).toBe(60_000)
    expect(story.happens(60_000, { type: 'time-passed' }).status).toBe('preparing')
    expect(story.pushed(61_000, qr('a', { nextInMs: 30_000, confirmInMs: 30_000 })).status).toBe('preparing')
  })

  it('leaves at its own expiry, though its confirmation is due later', () => {
    const story = begin().pushed(0, qr('a', { nextInMs: 30_000, confirmInMs: 30_000, expiresInMs: 12_000 }))
    expect(story.deadline).toBe(12_000)
  })

  it('is trusted for as long as was said also when nothing more is pushed', () => {
    const story = begin().pushed(0, qr('a', { nextInMs: 6_000, confirmInMs: 6_000 }))
    story.happens(1_000, { type: 'push-ended' })
    expect(story.deadline).toBe(8_000)
  })

  it('gives its place to the next one at once', () => {
    const story = begin().pushed(0, qr('a', { nextInMs: 20_000, confirmInMs: 20_000 }))
    story.pushed(7_000, qr('b', { nextInMs: 20_000, confirmInMs: 20_000 }))
    expect(story.session).toMatchObject({ status: 'awaiting-scan', qrCode: { ...named('b'), number: 2 } })
    story.asked(7_500, 'qr-code', qr('a'))
    expect(story.session).toMatchObject({ qrCode: named('b') })
  })

  it('burns nothing while the phone tab is in front', () => {
    const story = begin().happens(0, { type: 'method-chosen', method: 'phone-code' })
    for (const at of [1, 2, 3, 4]) story.pushed(at * 20_000, qr(at, { nextInMs: 20_000 }))
    story.happens(100_000, { type: 'method-chosen', method: 'qr' })
    story.pushed(100_000, qr('now', { nextInMs: 20_000, confirmInMs: 20_000 }))
    expect(story.session).toMatchObject({ status: 'awaiting-scan', qrCode: { number: 1 } })
  })
})

describe('the end of the last code', () => {
  /** Three codes, each with 20 seconds, and a push that goes on promising. */
  const lastCode = () => {
    const story = begin()
    for (const number of [0, 1, 2])
      story.pushed(
        number * 20_000,
        qr(number, { nextInMs: 60_000, confirmInMs: 60_000, expiresInMs: 20_000 }),
      )
    return story.happens(60_000, { type: 'time-passed' })
  }

  it('is expired at once and read once more, though a push has promised to report', () => {
    const story = lastCode()
    expect(story.status).toBe('expired')
    expect(story.request?.kind).toBe('status')
    expect(story.request?.at).toBeLessThanOrEqual(60_000)
    expect(story.wanted).toBeUndefined()
  })

  it.each<readonly [string, (story: Story) => void]>([
    ['its question is answered', (story) => story.asked(61_000, 'status', { status: 'unlinked' })],
    ['a push answers it', (story) => story.pushed(60_500, { status: 'unlinked', nextInMs: 60_000 })],
    ['a fourth code is pushed', (story) => story.pushed(60_500, qr(4, { nextInMs: 60_000 }))],
    [
      'its question fails',
      (story) => story.happens(61_000, { type: 'request-failed', request: 'status', error: network() }),
    ],
  ])('is expired when %s', (_, answer) => {
    const story = lastCode()
    answer(story)
    expect(story.session).toMatchObject({ status: 'expired', reason: 'unscanned' })
  })

  it('stays expired, and nothing is asked, whatever is pushed and promised from then on', () => {
    const story = lastCode().asked(61_000, 'status', { status: 'unlinked' })
    story.pushed(62_000, { status: 'unlinked', nextInMs: 1_000 })
    story.pushed(63_000, qr(5, { nextInMs: 1_000, confirmInMs: 1_000, expiresInMs: 20_000 }))
    story.happens(64_000, { type: 'push-ended' })
    expect(story.status).toBe('expired')
    expect(story.request).toBeUndefined()
    expect(story.wanted).toBeUndefined()
    expect(story.deadline).toBe(Number.POSITIVE_INFINITY)
  })

  it('is a link where the phone answered in its last seconds', () => {
    expect(lastCode().asked(61_000, 'status', { status: 'linking' }).status).toBe('linking')
    expect(lastCode().pushed(60_200, { status: 'linked', account: {} }).status).toBe('linked')
  })
})

describe('a push is wanted', () => {
  const phoneNumber = normalizePhoneNumber('5511987654321')
  const codeUp = () =>
    begin()
      .happens(0, { type: 'number-submitted', phoneNumber })
      .asked(1_000, 'pairing-code', { status: 'pairing-code', pairingCode: 'ABCD1234' })

  it.each<readonly [string, 'qr' | 'phone-code' | undefined, () => Story]>([
    ['at the beginning', 'qr', () => begin()],
    ['while a code is up', 'qr', () => begin().pushed(0, qr('a'))],
    ['while it links', 'qr', () => begin().pushed(0, qr('a')).pushed(1, { status: 'linking' })],
    ['of the state alone while a pairing code is up', 'phone-code', codeUp],
    ['of nothing before the start', undefined, () => begin({ autoStart: false })],
    ['of nothing after the end', undefined, () => codeUp().happens(2_000, { type: 'cancelled' })],
    [
      'of nothing while the user types the number',
      undefined,
      () =>
        begin()
          .asked(0, 'status', { status: 'unlinked' })
          .happens(1, { type: 'method-chosen', method: 'phone-code' }),
    ],
    ['of nothing while a reset is due', undefined, () => begin().pushed(0, { status: 'stopped' })],
    ['of nothing once it has failed', undefined, () => begin().pushed(0, { status: 'stale' })],
  ])('%s: %s', (_, method, story) => {
    expect(story().wanted).toBe(method)
  })
})

describe('any mix of pushed and asked answers, problems, gaps and clock jumps', () => {
  it('shows no code for longer than two seconds after its end, where all that is said is true', () => {
    let shownMs = 0
    fc.assert(
      fc.property(worlds, (world) => {
        const observed = play(world)
        shownMs += observed.shownMs
        expect(observed.deadMs).toBeLessThanOrEqual(GRACE_MS)
      }),
      { numRuns: 500 },
    )
    // A screen that shows nothing shows nothing dead.
    expect(shownMs / 500).toBeGreaterThan(60_000)
  })

  it('never keeps the session from asking for longer than the longest promise', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        expect(play(world).idleMs).toBeLessThanOrEqual(LONGEST_IDLE_MS)
      }),
      { numRuns: 500 },
    )
  })
})

function named(name: string): object {
  return { payload: { kind: 'text', value: `2@${name},noise,identity,adv,1` } }
}
