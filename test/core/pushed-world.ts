import fc from 'fast-check'
import { PairingError } from '../../src/core/errors.js'
import { nextDeadline, nextRequest } from '../../src/core/next-request.js'
import type { PairingSnapshot } from '../../src/core/provider.js'
import { normalizeQrPayload } from '../../src/core/qr-payload.js'
import { initialState, type SessionOptions, transition } from '../../src/core/session.js'
import type { RequestKind, SessionEvent } from '../../src/core/session-state.js'

// A small world: a provider that tells the truth about its codes, a line over which some of it is pushed and some is
// asked for, and a session that behaves as the hook makes it: it asks when its question is due, and wakes at its
// deadline. Real time goes on, whatever is done to the clock.

export const sessionOptions: SessionOptions = {
  provider: 'scripted',
  attemptSeed: 'seed',
  expectedPhoneNumber: undefined,
  clearsLeftovers: false,
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
}

type QrDetails = Partial<Extract<PairingSnapshot, { status: 'qr' }>>

export const qr = (name: string | number, details: QrDetails = {}): PairingSnapshot => ({
  status: 'qr',
  qrCode: normalizeQrPayload(`2@${name},noise,identity,adv,1`),
  ...details,
})

export const network = (): PairingError => new PairingError('network', 'No network.')

/** A code may stay this long after its end, or it would blink while an answer travels. */
export const GRACE_MS = 2_000

/** Whatever is promised, a minute later it is asked for, and a promise may be a second late. */
export const LONGEST_IDLE_MS = 61_000

const MINUTE_MS = 60_000

/** A question that nobody answers is given up after this time. */
const GIVEN_UP_MS = sessionOptions.timing.requestTimeoutMs * 2

/** What happens without a question. */
interface Step {
  readonly afterMs: number
  /** A push of the code, with its expiry, a time for its confirmation, or both; of the state; or something else. */
  readonly what: 'expiry' | 'confirm' | 'both' | 'state' | 'problem' | 'gap' | 'jump'
  /** When the next push is promised for; nobody keeps that. */
  readonly nextInMs: number | undefined
  /** Of the rest of a code's life: by when its confirmation is promised. */
  readonly part: number
  /** By how much the clock is set. */
  readonly jumpMs: number
}

/** What becomes of a question. */
interface Outcome {
  readonly what: 'answer' | 'error' | 'silence'
  readonly latencyMs: number
}

export interface World {
  /** How long each code lives; after the last, from the beginning again. */
  readonly lifetimes: readonly number[]
  readonly steps: readonly Step[]
  /** Of each question; after the last, from the beginning again. */
  readonly outcomes: readonly Outcome[]
}

const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max })

export const worlds: fc.Arbitrary<World> = fc.record({
  lifetimes: fc.array(fc.integer({ min: 3_000, max: MINUTE_MS }), { minLength: 1, maxLength: 6 }),
  steps: fc.array(
    fc.record({
      afterMs: fc.oneof(upTo(2_000), upTo(25_000)),
      what: fc.constantFrom('expiry', 'confirm', 'both', 'state', 'problem', 'gap', 'jump'),
      nextInMs: fc.option(fc.oneof(upTo(30_000), upTo(10 * MINUTE_MS)), { nil: undefined }),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
      // Forwards by any time, as after a sleep. Backwards by more than lies between two events: of less, nobody can know
      // who has no second clock.
      jumpMs: fc.oneof(upTo(60 * MINUTE_MS), fc.integer({ min: -60 * MINUTE_MS, max: -5 * MINUTE_MS })),
    }),
    { maxLength: 50 },
  ),
  outcomes: fc.array(
    fc.record({
      what: fc.constantFrom('answer', 'answer', 'answer', 'answer', 'error', 'silence'),
      latencyMs: fc.oneof(upTo(500), upTo(20_000)),
    }),
    { minLength: 1, maxLength: 20 },
  ),
})

/** What there was to see in a world. */
export interface Observed {
  /** For how long a code was on screen after its end, at most. */
  readonly deadMs: number
  /** For how long nothing was said, asked or under way, at most. */
  readonly idleMs: number
  /** For how long a code was on screen, all in all. */
  readonly shownMs: number
}

/** Plays a world to its end, and beyond: by then, whatever was promised has lapsed. */
export function play({ lifetimes, steps, outcomes }: World): Observed {
  const observed = { deadMs: 0, idleMs: 0, shownMs: 0 }
  let now = 0
  let clockAheadMs = 1_000_000_000
  const clock = (): number => now + clockAheadMs
  let state = initialState({ ...sessionOptions, maxRefreshes: Number.POSITIVE_INFINITY }, clock())
  let askAt = 0
  let wakeAt = Number.POSITIVE_INFINITY
  let questions = 0
  let underWay: { readonly endsAt: number; readonly end: () => SessionEvent } | undefined
  /** The last push, or the end of the last question. */
  let heardAt = 0

  const endOf = (code: number): number => {
    let end = 0
    for (let index = 0; index <= code; index++) end += lifetimes[index % lifetimes.length] ?? MINUTE_MS
    return end
  }

  const codeNow = (): { readonly code: number; readonly expiresInMs: number } => {
    let code = 0
    while (endOf(code) <= now) code++
    return { code, expiresInMs: endOf(code) - now }
  }

  /** Lets time pass. What is on screen stays there for all of it. */
  function passTo(time: number): void {
    const { session } = state
    if (session.status === 'awaiting-scan' && session.qrCode.payload.kind === 'text') {
      const code = Number(/^2@(\d+)/.exec(session.qrCode.payload.value)?.[1])
      observed.deadMs = Math.max(observed.deadMs, time - endOf(code))
      observed.shownMs += time - now
    }
    now = time
  }

  function setTimers(): void {
    const request = nextRequest(state.facts)
    askAt = request ? now + Math.max(request.at - clock(), 1) : Number.POSITIVE_INFINITY
    wakeAt = now + Math.max(nextDeadline(state.facts) - clock(), 0)
  }

  function happen(event: SessionEvent): void {
    const next = transition(state, event)
    if (next === state) return
    state = next
    setTimers()
    // The user wants to go on.
    if (state.session.status === 'failed') happen({ type: 'started', at: clock() })
  }

  function noteIdle(): void {
    if (!underWay) observed.idleMs = Math.max(observed.idleMs, now - heardAt)
  }

  function ask(): void {
    happen({ type: 'time-passed', at: clock() })
    const request = nextRequest(state.facts)
    if (!request || request.at > clock()) {
      setTimers()
      return
    }
    noteIdle()
    const { what, latencyMs } = outcomes[questions++ % outcomes.length] ?? { what: 'error', latencyMs: 0 }
    const answer = answerTo(request.kind)
    underWay = {
      endsAt: now + (what === 'silence' ? GIVEN_UP_MS : latencyMs),
      end: () =>
        what === 'answer'
          ? { ...answer, at: clock() }
          : { type: 'request-failed', request: request.kind, error: network(), at: clock() },
    }
  }

  function answerTo(request: RequestKind): SessionEvent {
    const at = clock()
    if (request === 'reset') return { type: 'reset-done', at }
    const { code, expiresInMs } = codeNow()
    const snapshot: PairingSnapshot =
      request === 'qr-code' ? qr(code, { expiresInMs }) : { status: 'unlinked' }
    return { type: 'responded', request, snapshot, requestedAt: at, at }
  }

  function wordOf({ what, nextInMs, part }: Step): SessionEvent {
    const at = clock()
    if (what === 'gap') return { type: 'push-ended', at }
    if (what === 'problem')
      return { type: 'request-failed', request: 'status', error: network(), nextInMs, at }
    if (what === 'state') {
      const status = part < 0.2 ? 'preparing' : 'unlinked'
      return { type: 'responded', request: 'status', snapshot: { status, nextInMs }, requestedAt: at, at }
    }
    const { code, expiresInMs } = codeNow()
    const details = {
      nextInMs,
      ...(what !== 'confirm' && { expiresInMs }),
      ...(what !== 'expiry' && { confirmInMs: expiresInMs * part }),
    }
    return { type: 'responded', request: 'qr-code', snapshot: qr(code, details), requestedAt: at, at }
  }

  function take(step: Step): void {
    if (step.what === 'jump') {
      // The age of an answer that is on its way meanwhile would be anybody's guess.
      if (underWay) return
      clockAheadMs += step.jumpMs
      happen({ type: 'time-passed', at: clock() })
      return
    }
    const word = wordOf(step)
    if (word.type !== 'push-ended') {
      noteIdle()
      heardAt = now
    }
    happen(word)
  }

  /** Lets time pass, with all that falls due meanwhile. */
  function runTo(time: number): void {
    for (;;) {
      const dueAt = Math.min(underWay?.endsAt ?? askAt, wakeAt)
      if (dueAt > time) break
      passTo(dueAt)
      if (dueAt === wakeAt) {
        wakeAt = Number.POSITIVE_INFINITY
        happen({ type: 'time-passed', at: clock() })
      } else if (underWay) {
        const { end } = underWay
        underWay = undefined
        heardAt = now
        happen(end())
        setTimers()
      } else ask()
    }
    passTo(time)
  }

  setTimers()
  for (const step of steps) {
    runTo(now + step.afterMs)
    take(step)
  }
  runTo(now + 2 * MINUTE_MS + GIVEN_UP_MS)
  noteIdle()
  return observed
}
