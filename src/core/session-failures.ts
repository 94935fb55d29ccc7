import { pauseAfter, retryAfterMs } from './backoff.js'
import type { PairingError, PairingErrorCode } from './errors.js'
import { promisedAt } from './qr-lifetime.js'
import { enter, FAILURE_LIMIT, isCodeOnScreen, retry } from './session-moves.js'
import type { Phase, SessionEvent, SessionFacts } from './session-state.js'

/** Transient errors get more attempts than {@link FAILURE_LIMIT}, since they pass by themselves. */
const TRANSIENT_LIMIT = 8
const transientErrors: readonly PairingErrorCode[] = [
  'network',
  'timeout',
  'provider-unavailable',
  'rate-limited',
]

/** The wait after "too often", where the provider does not say how long it is. */
const CODE_COOL_DOWN_MS = 30_000

type Failure = Extract<SessionEvent, { type: 'request-failed' }>
type LinkedPhase = Extract<Phase, { name: 'linked' }>

/** What it means that a request failed. */
export function requestFailed(facts: SessionFacts, { request, error, jitter, nextInMs, at }: Failure): void {
  const { phase, poll, setup, code, visit } = facts
  const { lastRead } = facts
  facts.lastRead = undefined
  if (phase.name === 'idle') return
  if (lastRead && request === 'status') showWithoutAccount(facts)
  else if (phase.name === 'failed') return
  // Before a response has confirmed it, the link is not shown, and the wait for it has to end like any other.
  else if (phase.name === 'linked' && visit.name === 'shown')
    backOffWhileLinked(facts, phase, error, at, jitter)
  else if (request === 'pairing-code' && error.code === 'not-supported' && setup.methods.length === 0) {
    // The number was sent before the first response could say that there are no pairing codes.
    facts.code = { name: 'number' }
    facts.setup = { ...setup, methods: ['qr'] }
    facts.method = 'qr'
  } else if (request === 'pairing-code' && error.action !== 'contact-host') {
    // Another request could end a code that was issued after all: the user decides.
    if (code.name === 'requesting') facts.code = { ...code, name: 'number', error }
    const standardMs = error.code === 'rate-limited' ? CODE_COOL_DOWN_MS : 0
    facts.codeQuietUntil = at + (retryAfterMs(error) || standardMs)
  } else if (!error.retryable) fail(facts, error, at)
  else {
    // Before the next request was due, it is one failure that is reported twice: by a response and by a push.
    if (at >= poll.quietUntil) poll.failures += 1
    const limit = transientErrors.includes(error.code) ? TRANSIENT_LIMIT : FAILURE_LIMIT
    // A code that is still good stays while requests fail; after it has gone, the limit counts.
    if (poll.failures < limit || isCodeOnScreen(facts)) {
      retry(facts, error, at, jitter)
      poll.promisedAt = promisedAt(nextInMs, at) ?? poll.promisedAt
    } else fail(facts, error, at)
  }
}

function fail(facts: SessionFacts, error: PairingError, at: number): void {
  enter(facts, { name: 'failed', error }, at)
  facts.visit = { name: 'shown' }
}

/** The last read found nothing: the session has ended as it was. What nobody confirmed is not shown with it. */
function showWithoutAccount(facts: SessionFacts): void {
  const { visit, phase } = facts
  if (visit.name === 'shown') return
  facts.visit = { name: 'shown' }
  if (phase.name === 'failed') facts.phase = { name: 'failed', error: phase.error }
}

/** A failed poll does not mean that the link is gone; it only makes the pauses longer. */
function backOffWhileLinked(
  facts: SessionFacts,
  phase: LinkedPhase,
  error: PairingError,
  at: number,
  jitter?: number,
): void {
  const { poll } = facts
  poll.failures += 1
  poll.quietUntil = at + pauseAfter(error, poll.failures, jitter)
  // A provider that cannot be reached is not polled for ever.
  if (poll.failures >= TRANSIENT_LIMIT) facts.phase = { ...phase, unlinkSuspected: false }
}
