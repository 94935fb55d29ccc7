import { isSame } from './is-same.js'
import type { PairingSession, PreparingReason, SessionFacts } from './session-state.js'

/** The facts as the interface sees them; the same object as before where nothing of it changed. */
export function viewSession(facts: SessionFacts, previous?: PairingSession): PairingSession {
  const { notice } = facts
  const session = {
    method: facts.method,
    methods: facts.offer.methods,
    ...(notice && { notice }),
    ...view(facts),
  }
  return previous && isSame(previous, session) ? previous : session
}

type OwnFields<Session> = Session extends unknown ? Omit<Session, 'method' | 'methods' | 'notice'> : never
type View = OwnFields<PairingSession>

function view(s: SessionFacts): View {
  const { phase } = s
  // Another user may have signed in since the last component left.
  if (!s.isConfirmed && phase.name !== 'idle')
    return { status: 'preparing', since: s.roundSince, ...(s.poll.error && { error: s.poll.error }) }
  switch (phase.name) {
    case 'linked':
      return { status: 'linked', account: phase.account }
    case 'linking':
      return { status: 'linking', since: s.since }
    case 'passkey-required':
      return { status: 'passkey-required', helpUrl: phase.helpUrl, provider: s.offer.provider }
    case 'failed':
      return { status: 'failed', error: phase.error, ...(phase.account && { account: phase.account }) }
    case 'active':
      return s.method === 'qr' ? viewQr(s) : viewCode(s)
    default:
      return { status: 'idle' }
  }
}

function viewQr(s: SessionFacts): View {
  const { qr, setup, poll } = s
  if (qr.display === 'spent') return { status: 'expired', reason: 'unscanned' }
  if (qr.display === 'held') return { status: 'expired', reason: 'refresh-due' }
  if (!qr.code || qr.display === 'waiting') {
    const reason = preparingReason(s)
    return {
      status: 'preparing',
      since: s.roundSince,
      ...(reason && { reason }),
      ...(poll.error && { error: poll.error }),
      ...(s.canStartOver && { canStartOver: true }),
    }
  }
  const { payload, number, shownAt, expiresAt } = qr.code
  return {
    status: 'awaiting-scan',
    qrCode: {
      payload,
      number,
      of: setup.maxRefreshes,
      shownAt,
      expiresAt,
      ...(setup.refreshMode === 'manual' && { isNextManual: true }),
    },
  }
}

function preparingReason({ reset, qr, poll }: SessionFacts): PreparingReason | undefined {
  if (reset === 'start-due') return 'starting'
  if (reset !== 'none' && qr.shown === 0) return 'resetting'
  return poll.error ? 'retrying' : undefined
}

function viewCode(s: SessionFacts): View {
  const { code } = s
  switch (code.name) {
    case 'requesting':
      return { status: 'requesting-code', phoneNumber: code.phoneNumber }
    case 'live':
      return {
        status: 'awaiting-code',
        pairingCode: code.code,
        phoneNumber: code.phoneNumber,
        ...(code.isSlow && { isSlow: true }),
      }
    case 'spent':
      return { status: 'expired', reason: 'code-not-entered' }
    case 'number':
      return {
        status: 'awaiting-number',
        ...(code.error && { error: code.error }),
        ...(s.codeQuietUntil > 0 && { retryAt: s.codeQuietUntil }),
      }
  }
}

/** Whether a session has come to an end that only the user can leave. */
export function isOver(session: PairingSession): boolean {
  const { status } = session
  if (status === 'expired') return session.reason !== 'refresh-due'
  return status === 'idle' || status === 'linked' || status === 'failed'
}
