import { laterRules } from './later-rules.js'
import type { PairingEvent, PairingUserStep } from './pairing-event.js'
import type { PairingSession } from './pairing-session.js'
import type { PasskeyStep } from './passkey-step.js'
import type { SessionState } from './session-state.js'
import { isOver, viewSession } from './session-view.js'

type Step = Pick<PairingEvent, 'type' | 'number' | 'reason' | 'code' | 'step'>

/**
 * The steps from one state to the next; `before` is missing if nothing of the attempt was reported yet.
 *
 * @param did The user's action in the state `after`.
 */
export function reportSteps(
  before: SessionState | undefined,
  after: SessionState,
  at: number,
  did?: PairingUserStep,
): readonly PairingEvent[] {
  const steps = [...stepsBetween(before, after), ...(did ? [{ type: did }] : [])]
  const events = steps.map((step) => eventOf(step, after, at))
  // The ended link was the result of the previous attempt.
  return before && isUnlinked(before, after) ? [eventOf({ type: 'unlinked' }, before, at), ...events] : events
}

function eventOf(step: Step, { facts }: SessionState, at: number): PairingEvent {
  const { attempt, setup, offer, method, roundSince } = facts
  return {
    ...step,
    attemptId: `${setup.attemptSeed}-${attempt}`,
    provider: offer.provider,
    method,
    elapsedMs: Math.max(at - roundSince, 0),
  }
}

/** Whether a link has ended, and not by `unlink` of the app. */
function isUnlinked({ facts: before }: SessionState, { facts }: SessionState): boolean {
  return before.phase.name === 'linked' && facts.attempt > before.attempt && facts.notice !== undefined
}

/** The session as if a read had confirmed it. A remounted component shows it only after a read, which is not a step. */
function confirmedSession({ facts, session }: SessionState): PairingSession {
  return facts.isConfirmed ? session : viewSession({ ...facts, isConfirmed: true }, laterRules)
}

function stepsBetween(before: SessionState | undefined, after: SessionState): readonly Step[] {
  const { facts } = after
  const session = confirmedSession(after)
  const earlier = before && confirmedSession(before)
  const steps: Step[] = []
  const isFirst = before?.facts.attempt !== facts.attempt
  if (isFirst && facts.attempt > 0) steps.push({ type: 'started' })
  if (before && before.facts.method !== facts.method) steps.push({ type: 'method-chosen' })
  if (facts.code.name === 'requesting' && before?.facts.code.name !== 'requesting')
    steps.push({ type: 'code-requested' })
  if (facts.qr.shown > (isFirst ? 0 : before.facts.qr.shown))
    steps.push({ type: facts.qr.shown === 1 ? 'shown' : 'refreshed', number: facts.qr.shown })
  if (liveCode(facts) && liveCode(facts) !== liveCode(before?.facts)) steps.push({ type: 'code-shown' })
  const slow = slowStep(session)
  if (slow && slow !== (earlier && slowStep(earlier))) steps.push({ type: slow })
  const code = facts.poll.error?.code
  // Reported once for each run of failures with the same code.
  if (code && code !== before?.facts.poll.error?.code) steps.push({ type: 'retrying', code })
  if (facts.abandoned > (before?.facts.abandoned ?? 0)) steps.push({ type: 'gave-up' })
  const end = session.status === earlier?.status && !isFirst ? undefined : endOf(session, earlier)
  if (end) steps.push(end)
  const step = passkeyStep(session)
  if (step && step !== (earlier && passkeyStep(earlier))) steps.push({ type: 'passkey-step', step })
  return steps
}

function endOf(session: PairingSession, before: PairingSession | undefined): Step | undefined {
  switch (session.status) {
    case 'linking':
    case 'linked':
    case 'passkey-required':
      return { type: session.status }
    case 'expired':
      return isOver(session) ? { type: 'expired', reason: session.reason } : undefined
    case 'failed':
      return { type: 'failed', code: session.error.code }
    case 'idle':
      return before && !isOver(before) ? { type: 'gave-up' } : undefined
    default:
      return undefined
  }
}

const liveCode = (facts: SessionState['facts'] | undefined): string | undefined =>
  facts?.code.name === 'live' ? facts.code.code.value : undefined

const passkeyStep = (session: PairingSession): PasskeyStep | undefined =>
  session.status === 'passkey-required' ? session.passkey?.step : undefined

function slowStep(session: PairingSession): 'slow-code' | 'stalled' | undefined {
  if (!('isSlow' in session && session.isSlow)) return undefined
  return session.status === 'awaiting-code' ? 'slow-code' : 'stalled'
}
