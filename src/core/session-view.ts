import { isSame } from './is-same.js'
import type { PairingSession, PreparingReason, SlowWait } from './pairing-session.js'
import type { LaterRules, SessionFacts, SessionView } from './session-state.js'
import { requireRules } from './session-updates.js'

/** The session as the interface sees it; the same object as before if it has not changed. */
export function viewSession(
  facts: SessionFacts,
  later: LaterRules | undefined,
  previous?: PairingSession,
): PairingSession {
  const { method, offer, notice } = facts
  const session = { method, methods: offer.methods, notice, ...view(facts, later) }
  return previous && isSame(previous, session) ? previous : session
}

function view(s: SessionFacts, later: LaterRules | undefined): SessionView {
  const { phase, qr, code, setup } = s
  if (phase.name === 'idle') return { status: 'idle' }
  // Another user may have signed in since the last component left.
  if (!s.isConfirmed) return preparing(s)
  if (phase.name === 'failed') return { status: 'failed', error: phase.error, account: phase.account }
  if (phase.name !== 'active') return requireRules(later).view(s)
  if (s.method !== 'qr')
    return code.name === 'number' && !code.error && !s.codeQuietUntil && !s.otherCode
      ? { status: 'awaiting-number' }
      : requireRules(later).view(s)
  if (qr.display === 'spent') return { status: 'expired', reason: 'unscanned' }
  if (qr.display === 'held') return { status: 'expired', reason: 'refresh-due' }
  if (!qr.code || qr.display === 'waiting') return preparing(s, preparingReason(s))
  const { payload, number, shownAt, expiresAt } = qr.code
  const isNextManual = setup.refreshMode === 'manual'
  return {
    status: 'awaiting-scan',
    qrCode: { payload, number, of: setup.maxRefreshes, shownAt, expiresAt, isNextManual },
  }
}

function preparing(s: SessionFacts, reason?: PreparingReason): SessionView {
  return { status: 'preparing', since: s.roundSince, reason, error: s.poll.error, ...slowWait(s) }
}

function preparingReason({ reset, poll }: SessionFacts): PreparingReason | undefined {
  if (reset === 'start' || reset === 'started') return 'starting'
  if (reset !== 'none') return 'resetting'
  return poll.error && 'retrying'
}

/** The fields of a long wait. */
export function slowWait({ isSlow, isConfirmed, phase, offer }: SessionFacts): SlowWait {
  return {
    isSlow,
    canStartOver: isSlow && isConfirmed && offer.abilities.includes('reset'),
    mayTakeMs: phase.name === 'active' ? offer.timing?.startMs : undefined,
  }
}

/** Whether a session has ended in a state that only the user can leave. */
export function isOver(session: PairingSession): boolean {
  const { status } = session
  if (status === 'expired') return session.reason !== 'refresh-due'
  return status === 'idle' || status === 'linked' || status === 'failed'
}
