import type { PairingEvent } from './pairing-event.js'
import type { PairingSession, SessionState } from './session-state.js'
import { isOver, viewSession } from './session-view.js'

type Step = Pick<PairingEvent, 'type' | 'number' | 'reason' | 'code'>

/** The steps from one state to the next; `before` is missing where nothing of the attempt was reported yet. */
export function reportSteps(
  before: SessionState | undefined,
  after: SessionState,
  at: number,
): readonly PairingEvent[] {
  // What a return hides until a response confirms it was reported before: it is no step.
  const seen = before && { ...before, session: viewSession({ ...before.facts, visit: { name: 'shown' } }) }
  const shown = { ...after, session: viewSession({ ...after.facts, visit: { name: 'shown' } }) }
  const events = stepsBetween(seen, shown).map((step) => eventOf(step, after, at))
  // The link that is gone ended the attempt before.
  return before && isUnlinked(before, after) ? [eventOf({ type: 'unlinked' }, before, at), ...events] : events
}

function eventOf(step: Step, { facts }: SessionState, at: number): PairingEvent {
  const {
    attempt,
    setup: { attemptSeed, provider },
    method,
    roundSince,
  } = facts
  return {
    ...step,
    attemptId: `${attemptSeed}-${attempt}`,
    provider,
    method,
    elapsedMs: Math.max(at - roundSince, 0),
  }
}

/** Whether the provider has ended a link, and not the app. */
function isUnlinked({ facts: before }: SessionState, { facts }: SessionState): boolean {
  const isSameTag = !before.setup.tag || before.setup.tag === facts.setup.tag
  return (
    before.phase.name === 'linked' &&
    before.phase.unlinkSuspected &&
    facts.attempt > before.attempt &&
    isSameTag
  )
}

function stepsBetween(before: SessionState | undefined, { facts, session }: SessionState): readonly Step[] {
  const steps: Step[] = []
  const isFirst = before?.facts.attempt !== facts.attempt
  if (isFirst && facts.attempt > 0) steps.push({ type: 'started' })
  if (before && before.facts.method !== facts.method) steps.push({ type: 'method-chosen' })
  if (facts.code.name === 'requesting' && before?.facts.code.name !== 'requesting')
    steps.push({ type: 'code-requested' })
  if (facts.qr.displayed > (isFirst ? 0 : before.facts.qr.displayed))
    steps.push({ type: facts.qr.displayed === 1 ? 'shown' : 'refreshed', number: facts.qr.shown })
  if (liveCode(facts) && liveCode(facts) !== liveCode(before?.facts)) steps.push({ type: 'code-shown' })
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
      return isOver(session) ? { type: 'expired', reason: session.reason } : undefined
    case 'failed':
      return { type: 'failed', code: session.error.code }
    case 'idle':
      return before && !isOver(before.session) ? { type: 'gave-up' } : undefined
    default:
      return undefined
  }
}

const liveCode = (facts: SessionState['facts'] | undefined): string | undefined =>
  facts?.code.name === 'live' ? facts.code.code.value : undefined
