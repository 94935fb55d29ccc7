import type { PairingEvent } from './pairing-event.js'
import type { PairingSession, SessionState } from './session-state.js'
import { isOver } from './session-view.js'

type Step = Pick<PairingEvent, 'type' | 'number' | 'reason' | 'code'>

/** The steps from one state to the next; `before` is missing where nothing of the attempt was reported yet. */
export function reportSteps(
  before: SessionState | undefined,
  after: SessionState,
  at: number,
): readonly PairingEvent[] {
  const { attempt, attemptSeed, provider, method, roundSince } = after.facts
  const event = (step: Step): PairingEvent => ({
    ...step,
    attemptId: `${attemptSeed}-${attempt}`,
    provider,
    method,
    elapsedMs: Math.max(at - roundSince, 0),
  })
  return stepsBetween(before, after).map(event)
}

function stepsBetween(before: SessionState | undefined, { facts, session }: SessionState): readonly Step[] {
  const steps: Step[] = []
  const isFirst = before?.facts.attempt !== facts.attempt
  if (before?.session.status === 'linked' && session.status !== 'linked' && session.status !== 'idle')
    steps.push({ type: 'unlinked' })
  if (isFirst && facts.attempt > 0) steps.push({ type: 'started' })
  if (before && before.facts.method !== facts.method) steps.push({ type: 'method-chosen' })
  if (facts.codeRequested && !before?.facts.codeRequested) steps.push({ type: 'code-requested' })
  if (facts.qrShown > (isFirst ? 0 : before.facts.qrShown))
    steps.push({ type: facts.qrShown === 1 ? 'shown' : 'refreshed', number: facts.qrShown })
  if (facts.code && facts.code.value !== before?.facts.code?.value) steps.push({ type: 'code-shown' })
  if (facts.copies > (before?.facts.copies ?? 0)) steps.push({ type: 'copied' })
  if (facts.departures > (before?.facts.departures ?? 0)) steps.push({ type: 'gave-up' })
  const end = session.status === before?.session.status && !isFirst ? undefined : endOf(session, before)
  return end ? [...steps, end] : steps
}

function endOf(session: PairingSession, before: SessionState | undefined): Step | undefined {
  switch (session.status) {
    case 'linking':
    case 'linked':
    case 'passkey-required':
      return { type: session.status }
    case 'expired':
      return { type: 'expired', reason: session.reason }
    case 'failed':
      return { type: 'failed', code: session.error.code }
    case 'idle':
      return before && !isOver(before.session) ? { type: 'gave-up' } : undefined
    default:
      return undefined
  }
}
