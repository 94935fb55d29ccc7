import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PairingError, pairingErrorCodes } from '../../src/core/errors.js'
import { isOnlyOnLook, nextDeadline, nextRequest } from '../../src/core/next-request.js'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type { PairingSnapshot } from '../../src/core/provider.js'
import { normalizeQrPayload } from '../../src/core/qr-payload.js'
import { initialState, transition } from '../../src/core/session.js'
import type {
  PairingRefreshMode,
  RequestKind,
  SessionEvent,
  SessionState,
} from '../../src/core/session-state.js'

const timing = {
  qrLifetimeMs: 20_000,
  qrIntervalMs: 5_000,
  qrMinIntervalMs: 1_000,
  statusIntervalMs: 3_000,
  pairingCodeLifetimeMs: 160_000,
  requestTimeoutMs: 30_000,
}

const MAX_REFRESHES = 3
const requests = fc.constantFrom<RequestKind>('status', 'qr-code', 'pairing-code')

const snapshots: fc.Arbitrary<PairingSnapshot> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({
        code: fc.integer({ min: 1, max: 9 }),
        expiresInMs: fc.option(fc.integer({ min: 0, max: 90_000 }), { nil: undefined }),
      })
      .map(
        ({ code, expiresInMs }): PairingSnapshot => ({
          status: 'qr',
          qrCode: normalizeQrPayload(`2@${code},a,b,c,1`),
          expiresInMs,
        }),
      ),
  },
  fc.constant<PairingSnapshot>({ status: 'pairing-code', pairingCode: 'ABCD1234' }),
  fc.constantFrom<PairingSnapshot>(
    { status: 'preparing' },
    { status: 'unlinked' },
    { status: 'stopped' },
    { status: 'stale' },
    { status: 'linking' },
    { status: 'passkey-required' },
    { status: 'linked', account: { name: 'Ana' } },
  ),
)

type Happening = SessionEvent extends infer E ? (E extends SessionEvent ? Omit<E, 'at'> : never) : never

const happenings: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('responded' as const),
      request: requests,
      requestedAt: fc.constant(0),
      snapshot: snapshots,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('request-failed' as const),
      request: requests,
      error: fc.constantFrom(...pairingErrorCodes).map((code) => new PairingError(code, code)),
    }),
  },
  fc.constantFrom<Happening>(
    { type: 'started' },
    { type: 'cancelled' },
    { type: 'image-broken' },
    { type: 'time-passed' },
    { type: 'reset-done' },
    { type: 'number-withdrawn' },
  ),
  fc.constantFrom<Happening>(
    { type: 'method-chosen', method: 'qr' },
    { type: 'method-chosen', method: 'phone-code' },
  ),
  fc.constant<Happening>({ type: 'number-submitted', phoneNumber: normalizePhoneNumber('5511987654321') }),
)

// Mostly forwards, sometimes a laptop's sleep, sometimes a clock that is set back.
const steps = fc.array(
  fc.record({
    happening: happenings,
    elapsedMs: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 0, max: 25_000 }) },
      fc.integer({ min: 25_000, max: 3_600_000 }),
      fc.integer({ min: -3_600_000, max: -1 }),
    ),
  }),
  { maxLength: 60 },
)

const START = 1_000_000_000

type Story = Awaited<ReturnType<typeof steps.generate>>['value']
type Check = (state: SessionState, before: SessionState, event: SessionEvent) => void

/** Runs the steps and lets `check` see every state, with the one before it. */
function runIn(refreshMode: PairingRefreshMode, story: Story, check: Check) {
  let at = START
  let state = initialState(
    {
      method: 'qr',
      methods: ['qr', 'phone-code'],
      timing,
      maxRefreshes: MAX_REFRESHES,
      refreshMode,
      autoStart: true,
      provider: 'any',
      attemptSeed: 'seed',
      expectedPhoneNumber: undefined,
      clearsLeftovers: false,
    },
    at,
  )
  for (const { happening, elapsedMs } of story) {
    at += elapsedMs
    const event = { ...happening, ...('requestedAt' in happening && { requestedAt: at }), at } as SessionEvent
    const next = transition(state, event)
    check(next, state, event)
    state = next
  }
}

describe.each(['auto', 'manual'] as const)(
  'transition, for any sequence of events, refreshed in the mode %s',
  (mode) => {
    const run = (story: Story, check: Check) => runIn(mode, story, check)

    it('is total: every state has a session, a schedule and no pending deadline', () => {
      fc.assert(
        fc.property(steps, (story) =>
          run(story, ({ facts, session }, _, { at }) => {
            expect(session.methods).toContain(session.method)
            const question = nextRequest(facts)
            expect(question?.at).not.toBeNaN()
            const deadline = nextDeadline(facts)
            expect(deadline).toBeGreaterThan(at)
          }),
        ),
        { numRuns: 1_000 },
      )
    })

    it('never shows a code that has expired, nor one for longer than a minute', () => {
      fc.assert(
        fc.property(steps, (story) =>
          run(story, ({ session }, _, { at }) => {
            if (session.status === 'awaiting-scan') {
              expect(session.qrCode.expiresAt).toBeGreaterThan(at)
              expect(session.qrCode.expiresAt - session.qrCode.shownAt).toBeLessThanOrEqual(60_000)
            }
            if (session.status === 'awaiting-code') expect(session.pairingCode.expiresAt).toBeGreaterThan(at)
          }),
        ),
        { numRuns: 1_000 },
      )
    })

    it('never counts more codes in a round than allowed, and reads at most the state once they have passed', () => {
      fc.assert(
        fc.property(steps, (story) => {
          let shown = new Set<string>()
          run(story, ({ facts, session }, before, event) => {
            if (facts.roundSince !== before.facts.roundSince || event.type === 'started') shown = new Set()
            if (session.status === 'awaiting-scan') {
              shown.add(JSON.stringify(session.qrCode.payload))
              expect(session.qrCode.number).toBeLessThanOrEqual(MAX_REFRESHES)
            }
            // The first one does not count where it was joined in its last seconds.
            expect(shown.size).toBeLessThanOrEqual(MAX_REFRESHES + 1)
            if (session.status === 'expired' && session.reason === 'unscanned')
              expect(nextRequest(facts)?.kind).toBe(facts.lastRead ? 'status' : undefined)
          })
        }),
        { numRuns: 1_000 },
      )
    })

    it('never leaves linked on a late code: only where the state itself says so twice, or on the user’s word', () => {
      fc.assert(
        fc.property(steps, (story) =>
          run(story, ({ facts, session }, before, event) => {
            if (before.session.status !== 'linked') return
            if (event.type === 'started' || event.type === 'cancelled') return
            const isDenied =
              event.type === 'responded' && /unlinked|stopped|stale/.test(event.snapshot.status)
            if (isDenied && before.facts.phase.name === 'linked' && before.facts.phase.unlinkSuspected) return
            expect(session.status).toBe('linked')
            expect(facts.phase.name === 'linked' && facts.phase.unlinkSuspected && isOnlyOnLook(facts)).toBe(
              false,
            )
          }),
        ),
        { numRuns: 1_000 },
      )
    })

    it('never brings back a code that was replaced', () => {
      fc.assert(
        fc.property(steps, (story) => {
          const order: string[] = []
          run(story, ({ session }) => {
            if (session.status !== 'awaiting-scan') return
            const key = JSON.stringify(session.qrCode.payload)
            if (order.at(-1) === key) return
            expect(order).not.toContain(key)
            order.push(key)
          })
        }),
        { numRuns: 1_000 },
      )
    })

    it('keeps the very same session object where nothing visible changed', () => {
      fc.assert(
        fc.property(steps, (story) =>
          run(story, ({ session }, before) => {
            if (JSON.stringify(session) === JSON.stringify(before.session) && !('error' in session))
              expect(session).toBe(before.session)
          }),
        ),
        { numRuns: 500 },
      )
    })
  },
)

describe('with refreshMode manual, for any sequence of events', () => {
  it('no code takes the place of another one unless the user has asked for it', () => {
    fc.assert(
      fc.property(steps, (story) => {
        let wanted = 1
        let shown = 0
        runIn('manual', story, ({ facts, session }, before, event) => {
          if (facts.attempt !== before.facts.attempt) [wanted, shown] = [1, 0]
          // The code may have passed at this very moment.
          else if (event.type === 'started' && isHeldAt(before, event.at)) wanted += 1
          if (session.status === 'awaiting-scan') shown = Math.max(shown, session.qrCode.number)
          expect(shown).toBeLessThanOrEqual(wanted)
        })
      }),
      { numRuns: 1_000 },
    )
  })

  it('no request is due while the next code waits for the user, but one last read of the state', () => {
    fc.assert(
      fc.property(steps, (story) =>
        runIn('manual', story, (state) => {
          if (state.session.method !== 'qr' || !isRefreshDue(state)) return
          expect(nextRequest(state.facts)?.kind).toBe(state.facts.lastRead ? 'status' : undefined)
        }),
      ),
      { numRuns: 1_000 },
    )
  })
})

const isRefreshDue = ({ session }: SessionState): boolean =>
  session.status === 'expired' && session.reason === 'refresh-due'

const isHeldAt = (state: SessionState, at: number): boolean =>
  transition(state, { type: 'time-passed', at }).facts.qr.display === 'held'
