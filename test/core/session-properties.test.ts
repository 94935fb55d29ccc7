import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PairingError, pairingErrorCodes } from '../../src/core/errors.js'
import { laterRules } from '../../src/core/later-rules.js'
import { normalizeQrPayload } from '../../src/core/normalize-qr-payload.js'
import type { PairingRefreshMode } from '../../src/core/pairing-session.js'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import { initialState, transition } from '../../src/core/session.js'
import type { SessionEvent } from '../../src/core/session-event.js'
import { isOnlyReadOnFocus, nextDeadline, nextRequest } from '../../src/core/session-request.js'
import type { SessionState } from '../../src/core/session-state.js'
import type { PairingUpdate } from '../../src/core/update.js'
import { randomRuns } from '../long-runs.js'
import { timing } from '../server/spy-provider.js'

const MAX_REFRESHES = 3

/** The number of runs of each property. */
const RUNS = randomRuns(250, 2_000)

/** Usually undefined. */
const rarely = <Value>(arbitrary: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, arbitrary)

/**
 * Usually one session. Sometimes another user has signed in. All data of an update carries the letter of its
 * session.
 */
const letters = fc.oneof({ weight: 9, arbitrary: fc.constant('A') }, fc.constant('B'))

const errors = fc.record({
  code: fc.constantFrom(...pairingErrorCodes),
  retryInMs: fc.nat({ max: 30_000 }),
})

const updates: fc.Arbitrary<PairingUpdate> = fc
  .record({
    letter: letters,
    origin: fc.constantFrom('process-1', 'process-1', 'process-2'),
    /** The number of newer updates that overtake this one. */
    seq: rarely(fc.nat({ max: 3 })).map((steps = 0) => -steps),
    change: rarely(
      fc.record({
        revision: fc.nat({ max: 9 }),
        reason: fc.constantFrom(
          'code-replaced' as const,
          'reset' as const,
          'disconnected' as const,
          'unlinked' as const,
        ),
      }),
    ),
    status: fc.oneof(
      { weight: 3, arbitrary: fc.constant('qr' as const) },
      fc.constantFrom('preparing', 'unlinked', 'stopped', 'stale', 'linking', 'linked', 'passkey-required'),
    ),
    code: fc.integer({ min: 1, max: 9 }),
    isCodeSent: fc.boolean(),
    hideInMs: fc.nat({ max: 60_000 }),
    expiresInMs: fc.nat({ max: 60_000 }),
    issued: rarely(
      fc.record({
        code: fc.integer({ min: 1, max: 3 }),
        expiresInMs: fc.nat({ max: 160_000 }),
        /** Sometimes another page has requested the code. */
        lastDigits: fc.constantFrom('4321', '4321', '0000'),
      }),
    ),
    isNamed: fc.boolean(),
    error: rarely(errors),
    nextInMs: fc.nat({ max: 20_000 }),
    methods: fc.constantFrom(['qr', 'phone-code'] as const, ['qr', 'phone-code'] as const, ['qr'] as const),
  })
  .map(({ letter, code, isCodeSent, hideInMs, expiresInMs, issued, isNamed, error, change, ...update }) => ({
    ...update,
    ...change,
    v: 1,
    session: letter,
    at: 0,
    provider: 'any',
    abilities: ['reset', 'unlink'],
    timing,
    ...(update.status === 'qr' && {
      ...(isCodeSent && { qrCode: normalizeQrPayload(`2@${letter}${code},a,b,c,1`) }),
      codeId: `${letter}-${code}`,
      hideInMs: Math.min(hideInMs, expiresInMs),
      expiresInMs,
    }),
    ...(issued && {
      pairingCode: {
        value: `${letter.repeat(7)}${issued.code}`,
        lastDigits: issued.lastDigits,
        expiresInMs: issued.expiresInMs,
      },
    }),
    ...(update.status === 'linked' && { account: isNamed ? { name: `owner-${letter}` } : {} }),
    ...(error && { error }),
  }))

type Happening = SessionEvent extends infer E ? (E extends SessionEvent ? Omit<E, 'at'> : never) : never

const actions = fc.constantFrom('start', 'reset', 'unlink', 'request-pairing-code')
const requests = fc.oneof(fc.constant('read' as const), actions)

const happenings: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({ update: updates, isPushed: fc.boolean(), request: rarely(actions) }).map(
      ({ isPushed, request, ...event }): Happening => ({
        ...event,
        type: 'updated',
        sentAt: 0,
        ...(isPushed ? { isPushed } : request && { request }),
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('request-failed' as const),
      request: requests,
      error: fc.constantFrom(...pairingErrorCodes).map((code) => new PairingError(code, code)),
    }),
  },
  fc.record({ type: fc.constant('request-done' as const), request: requests }),
  fc.constantFrom<Happening>(
    { type: 'started' },
    { type: 'cancelled' },
    { type: 'image-broken' },
    { type: 'time-passed' },
    { type: 'number-withdrawn' },
    { type: 'other-code-shown' },
    { type: 'reset-requested' },
    { type: 'push-ended' },
    { type: 'left' },
    { type: 'entered' },
  ),
  fc.constantFrom<Happening>(
    { type: 'method-chosen', method: 'qr' },
    { type: 'method-chosen', method: 'phone-code' },
  ),
  fc.constant<Happening>({ type: 'number-submitted', phoneNumber: normalizePhoneNumber('5511987654321') }),
)

// Time usually moves forwards. Sometimes a laptop sleeps, or its clock is set back.
const steps = fc.array(
  fc.record({
    happening: happenings,
    elapsedMs: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 0, max: 25_000 }) },
      fc.integer({ min: 25_000, max: 3_600_000 }),
      fc.integer({ min: -3_600_000, max: -1 }),
    ),
    /** The time that a response or a pushed update takes to arrive. */
    delayMs: fc.nat({ max: 10_000 }),
  }),
  { maxLength: 60 },
)

const START = 1_000_000_000

type Story = Awaited<ReturnType<typeof steps.generate>>['value']
type Check = (state: SessionState, before: SessionState, event: SessionEvent) => void

/** Runs the steps and calls `check` with each state and the previous one. */
function runIn(refreshMode: PairingRefreshMode, story: Story, check: Check) {
  let at = START
  let state = initialState(
    {
      method: 'qr',
      offer: { provider: 'proxy', methods: [], abilities: [], timing: undefined },
      maxRefreshes: MAX_REFRESHES,
      refreshMode,
      autoStart: true,
      attemptSeed: 'seed',
      expectedPhoneNumber: undefined,
      clearsLeftovers: false,
    },
    at,
  )
  for (const [index, { happening, elapsedMs, delayMs }] of story.entries()) {
    at += elapsedMs
    const event: SessionEvent =
      happening.type === 'updated' ? updatedAt(happening, index, at, at - delayMs) : { ...happening, at }
    const next = transition(state, event, laterRules)
    check(next, state, event)
    state = next
  }
}

/** Creates the update of a step, which was sent at `sentAt`. */
function updatedAt(
  happening: Extract<Happening, { type: 'updated' }>,
  index: number,
  at: number,
  sentAt: number,
): SessionEvent {
  const update = { ...happening.update, seq: index + happening.update.seq, at: sentAt }
  return { ...happening, update, sentAt, at }
}

/** Whether the user has ended the previous state. */
const isByUser = ({ type }: SessionEvent): boolean => type === 'started' || type === 'cancelled'

const isOtherSession = (state: SessionState, before: SessionState): boolean =>
  state.facts.source?.session !== before.facts.source?.session

describe.each(['auto', 'manual'] as const)(
  'transition() in the refresh mode %s, for any sequence of events',
  (mode) => {
    const hold = (check: Check, begin = () => {}) =>
      fc.assert(
        fc.property(steps, (story) => {
          begin()
          runIn(mode, story, check)
        }),
        RUNS,
      )

    it('never throws, and each state has a method of the provider, a schedule and no deadline in the past', () => {
      hold(({ facts, session }, _, { at }) => {
        if (session.methods.length > 0) expect(session.methods).toContain(session.method)
        expect(nextRequest(facts)?.at).not.toBeNaN()
        expect(nextDeadline(facts)).toBeGreaterThan(at)
      })
    })

    it('never shows a code that has expired', () => {
      hold(({ session }, _, { at }) => {
        if (session.status === 'awaiting-scan') {
          expect(session.qrCode.expiresAt).toBeGreaterThan(at)
          // The longest lifetime in an update, plus the time that a clock may go back before it counts as set back.
          expect(session.qrCode.expiresAt - at).toBeLessThanOrEqual(61_000)
        }
        if (session.status === 'awaiting-code') expect(session.pairingCode.expiresAt).toBeGreaterThan(at)
      })
    })

    it('never shows more codes in a round than allowed, and sends at most one last read after they have expired', () => {
      let shown = new Set<string>()
      hold(
        ({ facts, session }, before) => {
          if (facts.attempt !== before.facts.attempt) shown = new Set()
          if (session.status === 'awaiting-scan') {
            // A code that the page shares for a moment does not count.
            if (facts.qr.code?.number && !facts.qr.code.isJoined)
              shown.add(JSON.stringify(session.qrCode.payload))
            expect(session.qrCode.number).toBeLessThanOrEqual(MAX_REFRESHES)
          }
          expect(shown.size).toBeLessThanOrEqual(MAX_REFRESHES)
          if (session.status === 'expired' && !facts.isLastRead) expect(nextRequest(facts)).toBeUndefined()
        },
        () => {
          shown = new Set()
        },
      )
    })

    it('never shows a code again after it was replaced', () => {
      let order: string[] = []
      hold(
        (state, before) => {
          const { session } = state
          if (isOtherSession(state, before)) order = []
          if (session.status !== 'awaiting-scan') return
          const key = JSON.stringify(session.qrCode.payload)
          if (order.at(-1) === key) return
          expect(order).not.toContain(key)
          order.push(key)
        },
        () => {
          order = []
        },
      )
    })

    it('leaves linked only if two updates deny the link, an unlinking is reported, or the user reports it', () => {
      hold((state, before, event) => {
        const { phase, isConfirmed } = before.facts
        // A component that was mounted again shows nothing yet, so its first read may fail permanently.
        if (phase.name !== 'linked' || !isConfirmed || isByUser(event) || isOtherSession(state, before))
          return
        const isDenied = event.type === 'updated' && /unlinked|stopped|stale|qr/.test(event.update.status)
        if (isDenied && phase.unlinkSuspected) return
        if (event.type === 'updated' && /unlinked|disconnected/.test(event.update.reason ?? '')) return
        const { facts } = state
        expect(facts.phase.name).toBe('linked')
        if (facts.phase.name !== 'linked') return
        expect(facts.phase.account).toMatchObject(phase.account)
        expect(facts.phase.unlinkSuspected && isOnlyReadOnFocus(facts)).toBe(false)
      })
    })

    it('keeps the error of failed until the user starts again, or a component mounts again and reads that the cause has ended', () => {
      hold((state, before, event) => {
        const { phase, isConfirmed } = before.facts
        if (phase.name !== 'failed' || isByUser(event) || event.type === 'entered' || !isConfirmed) return
        expect(state.facts.phase).toBe(phase)
      })
    })

    it('keeps its phase, with the error or account, if the clock is set back', () => {
      hold((state) => {
        const at = state.facts.now - 3_600_000
        expect(transition(state, { type: 'time-passed', at }, laterRules).facts.phase).toEqual(
          state.facts.phase,
        )
      })
    })

    it('shows no data of a session after an update of another session', () => {
      hold(({ facts, session }) => {
        const other = facts.source?.session === 'A' ? 'B' : 'A'
        expect(JSON.stringify(session)).not.toMatch(new RegExp(`2@${other}|${other}{7}|owner-${other}`))
      })
    })

    it('keeps the same session object if nothing visible has changed', () => {
      hold(({ session }, before) => {
        if (JSON.stringify(session) === JSON.stringify(before.session) && !('error' in session))
          expect(session).toBe(before.session)
      })
    })
  },
)

describe('transition() in the refresh mode manual, for any sequence of events', () => {
  it('shows no next code before the user has requested it', () => {
    fc.assert(
      fc.property(steps, (story) => {
        let wanted = 1
        let shown = 0
        runIn('manual', story, ({ facts, session }, before, event) => {
          if (facts.attempt !== before.facts.attempt) [wanted, shown] = [1, 0]
          // The code may have expired at exactly this time.
          else if (event.type === 'started' && isHeldAt(before, event.at)) wanted += 1
          if (session.status === 'awaiting-scan') shown = Math.max(shown, session.qrCode.number)
          expect(shown).toBeLessThanOrEqual(wanted)
        })
      }),
      RUNS,
    )
  })

  it('sends only one last read while the next code waits for the user', () => {
    fc.assert(
      fc.property(steps, (story) =>
        runIn('manual', story, (state) => {
          if (state.session.method !== 'qr' || !isRefreshDue(state)) return
          if (!state.facts.isLastRead) expect(nextRequest(state.facts)).toBeUndefined()
        }),
      ),
      RUNS,
    )
  })
})

const isRefreshDue = ({ session }: SessionState): boolean =>
  session.status === 'expired' && session.reason === 'refresh-due'

const isHeldAt = (state: SessionState, at: number): boolean =>
  transition(state, { type: 'time-passed', at }, laterRules).facts.qr.display === 'held'
