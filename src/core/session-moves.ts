import { PairingError } from './errors.js'
import { type Draft, forgetQr, freshRound, unasked } from './session-draft.js'
import type { SessionFacts } from './session-state.js'

/** What fails for no outside reason is given this many chances. */
export const FAILURE_LIMIT = 3

const RETRY_FIRST_MS = 1_000

/** Who is told to slow down, and not for how long, waits longer than after any other failure. */
const RATE_LIMIT_FIRST_MS = 5_000

/** Of a pause: how much longer it may be, so that many who failed together do not come back together. */
const JITTER = 0.25
const RETRY_LONGEST_MS = 30_000

/** Whatever a provider says; nobody waits longer, and no timer holds more than 24 days. */
const RETRY_AFTER_LONGEST_MS = 3_600_000

/** A new round: from the beginning, after `expired`, after `failed`; or the next code, where that waits for the user. */
export function start(draft: Draft, at: number): void {
  const { phase, qr, phoneNumber } = draft
  if (phase === 'active' && draft.qrHeld && draft.method === 'qr') {
    askForNextCode(draft, at)
    return
  }
  // A second click must not hand out three more codes.
  if (phase === 'linking' || (phase === 'active' && !draft.qrExhausted && !draft.codeRanOut)) return
  // Where leftovers block the way, starting again *is* the reset the user asked for.
  const isReset = phase === 'failed' && draft.error?.action === 'start-over'
  const unlinks = isReset && draft.error?.code === 'wrong-phone-number'
  // Who asks again after a code ran out wants another one for the same number.
  const isRepeat = draft.method === 'phone-code' && draft.codeRanOut && at >= draft.codeQuietUntil
  Object.assign(draft, freshRound, {
    roundSince: at,
    waitingSince: at,
    attempt: draft.attempt + 1,
    reset: isReset ? 'due' : 'none',
    unlinks,
    // A code that may still be alive keeps its age; otherwise a provider that repeats it would make it young again.
    qr: qr && { ...qr, number: 0 },
    ...(isRepeat && { phoneNumber, codeRequested: true }),
  })
  enter(draft, 'active', at)
}

/** The next code of the round, as soon as the provider may be asked for it. */
export function askForNextCode(draft: Draft, at: number): void {
  forgetQr(draft)
  const qrWanted = draft.qrShown + 1
  const { promisedAt } = unasked
  Object.assign(draft, {
    qrHeld: false,
    qrWanted,
    qrInvited: true,
    ending: false,
    promisedAt,
    waitingSince: at,
  })
}

/** Into a phase, with what it takes off the screen. */
export function enter(draft: Draft, phase: SessionFacts['phase'], at: number): void {
  if (draft.phase !== phase) draft.since = draft.waitingSince = at
  draft.phase = phase
  if (phase === 'active') return
  // Only what is certainly used up is forgotten: after anything else the code may come again, and keeps its age.
  if (phase === 'linked' || phase === 'passkey-required') forgetQr(draft)
  // While linking it may still turn out that nothing was entered.
  if (phase !== 'linking') draft.code = undefined
  Object.assign(draft, { qrVisible: false, codeRequested: false, ending: false })
}

/** A code has run out: one last question, at once, and then silence. */
export function end(draft: Draft): void {
  if (draft.phase === 'active') Object.assign(draft, { ending: true, quietUntil: 0 })
}

/** The pause before the next question, after so many failures in a row. `jitter` is random, from 0 to 1. */
export function pauseAfter(error: PairingError, failures: number, jitter = 0): number {
  const firstMs = error.code === 'rate-limited' ? RATE_LIMIT_FIRST_MS : RETRY_FIRST_MS
  const pauseMs = Math.min(firstMs * 2 ** Math.max(failures - 1, 0), RETRY_LONGEST_MS)
  return Math.max(pauseMs, retryAfterMs(error)) * (1 + JITTER * jitter)
}

/** The question will be asked again, after a pause. */
export function retry(draft: Draft, error: PairingError, at: number, jitter?: number): void {
  draft.error = error
  draft.quietUntil = at + pauseAfter(error, draft.failures, jitter)
}

/** How long the provider wants to be left alone; 0 where it did not say. */
export function retryAfterMs(error: PairingError): number {
  // `||`: a provider's `NaN` is no time to wait for.
  return Math.min(error.retryAfterMs || 0, RETRY_AFTER_LONGEST_MS)
}

/** Into `failed`: somebody has to act. */
export function fail(draft: Draft, error: PairingError, at: number): void {
  draft.error = error
  enter(draft, 'failed', at)
}

/** Leftovers of an earlier link, or a start that never ends: only a reset helps. */
export function stuck(): PairingError {
  return new PairingError('session-stale', 'The session is stuck at the provider. Start over to clear it.')
}
