import { isSame } from './is-same.js'
import type { PairingSession, Phase, PreparingReason, SessionFacts, SlowWait } from './session-state.js'

/** The facts as the interface sees them; the same object as before where nothing of it changed. */
export function viewSession(facts: SessionFacts, previous?: PairingSession): PairingSession {
  const { method, offer, notice } = facts
  const session = { method, methods: offer.methods, notice, ...view(facts) }
  return previous && isSame(previous, session) ? previous : session
}

type OwnFields<Session> = Session extends unknown ? Omit<Session, 'method' | 'methods' | 'notice'> : never
type View = OwnFields<PairingSession>

function view(s: SessionFacts): View {
  const { phase } = s
  // Another user may have signed in since the last component left.
  if (!s.isConfirmed && phase.name !== 'idle') return preparing(s)
  switch (phase.name) {
    case 'linked':
      return viewLink(phase, s)
    case 'linking':
      return { status: 'linking', since: s.since, ...slowWait(s) }
    case 'passkey-required':
      return { status: 'passkey-required', helpUrl: phase.helpUrl, provider: s.offer.provider }
    case 'failed':
      return { status: 'failed', error: phase.error, account: phase.account }
    case 'active':
      return s.method === 'qr' ? viewQr(s) : viewCode(s)
    default:
      return { status: 'idle' }
  }
}

function viewLink({ account, check }: Extract<Phase, { name: 'linked' }>, s: SessionFacts): View {
  if (!check) return { status: 'linked', account }
  const { expectedPhoneNumber = '' } = s.setup
  return check === 'unsure' ? { status: 'confirming-number', account, expectedPhoneNumber } : preparing(s)
}

function preparing(s: SessionFacts, reason?: PreparingReason): View {
  return { status: 'preparing', since: s.roundSince, reason, error: s.poll.error, ...slowWait(s) }
}

function viewQr(s: SessionFacts): View {
  const { qr, setup } = s
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

function preparingReason({ reset, poll }: SessionFacts): PreparingReason | undefined {
  if (reset === 'start-due' || reset === 'started') return 'starting'
  if (reset !== 'none') return 'resetting'
  return poll.error && 'retrying'
}

function slowWait({ isSlow, isConfirmed, phase, offer }: SessionFacts): SlowWait {
  return {
    isSlow,
    canStartOver: isSlow && isConfirmed && offer.abilities.includes('reset'),
    mayTakeMs: phase.name === 'active' ? offer.timing?.startMs : undefined,
  }
}

function viewCode(s: SessionFacts): View {
  const { code, otherCode: other } = s
  switch (code.name) {
    case 'requesting':
      return { status: 'requesting-code', phoneNumber: code.phoneNumber, ...slowWait(s) }
    case 'live': {
      const { code: pairingCode, name: _, ...rest } = code
      return { status: 'awaiting-code', pairingCode, ...rest }
    }
    case 'spent':
      return { status: 'expired', reason: 'code-not-entered' }
    case 'number':
      return {
        status: 'awaiting-number',
        error: code.error,
        retryAt: s.codeQuietUntil || undefined,
        otherCode: other && { lastDigits: other.lastDigits, expiresAt: other.code.expiresAt },
      }
  }
}

/** Whether a session has come to an end that only the user can leave. */
export function isOver(session: PairingSession): boolean {
  const { status } = session
  if (status === 'expired') return session.reason !== 'refresh-due'
  return status === 'idle' || status === 'linked' || status === 'failed'
}
