import { isSame } from './is-same.js'
import type { ExpiredReason } from './pairing-event.js'
import { qrDeadAt } from './qr-lifetime.js'
import type { PairingSession, SessionFacts } from './session-state.js'

export function viewSession(facts: SessionFacts, previous?: PairingSession): PairingSession {
  const session = { method: facts.method, methods: facts.setup.methods, ...view(facts) }
  return previous && isSame(previous, session) ? previous : session
}

type OwnFields<Session> = Session extends unknown ? Omit<Session, 'method' | 'methods'> : never
type View = OwnFields<PairingSession>

function view(s: SessionFacts): View {
  const { phase } = s
  switch (phase.name) {
    case 'linked':
      return { status: 'linked', account: phase.account }
    case 'passkey-required':
      return { status: 'passkey-required', helpUrl: phase.helpUrl, provider: s.setup.provider }
    case 'failed':
      return { status: 'failed', error: phase.error, ...(phase.account && { account: phase.account }) }
    case 'active':
      return s.method === 'qr' ? viewQr(s) : viewCode(s)
    default:
      return { status: phase.name }
  }
}

function viewQr(s: SessionFacts): View {
  const { qr, setup, poll } = s
  if (qr.display === 'spent') return viewEnd(s, 'unscanned')
  if (qr.display === 'held') return viewEnd(s, 'refresh-due')
  if (!qr.code || qr.display === 'waiting')
    return {
      status: 'preparing',
      since: s.roundSince,
      isResetting: s.reset !== 'none' && qr.shown === 0,
      error: poll.error,
    }
  const { payload, number, firstSeenAt: shownAt } = qr.code
  const expiresAt = qrDeadAt(qr.code, setup.timing)
  const isNextManual = setup.refreshMode === 'manual'
  return {
    status: 'awaiting-scan',
    qrCode: { payload, number, of: setup.maxRefreshes, shownAt, expiresAt, isNextManual },
  }
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
        isSlow: code.isSlow,
      }
    case 'spent':
      return viewEnd(s, 'code-not-entered')
    case 'number':
      return { status: 'awaiting-number', error: code.error, retryAt: s.codeQuietUntil || undefined }
  }
}

function viewEnd({ isEnding, roundSince }: SessionFacts, reason: ExpiredReason): View {
  return isEnding
    ? { status: 'preparing', since: roundSince, isResetting: false, error: undefined }
    : { status: 'expired', reason }
}

export function isOver(session: PairingSession): boolean {
  const { status } = session
  if (status === 'expired') return session.reason !== 'refresh-due'
  return status === 'idle' || status === 'linked' || status === 'failed'
}
