import { isSame } from './is-same.js'
import type { ExpiredReason } from './pairing-event.js'
import { qrDeadAt } from './qr-lifetime.js'
import type { PairingSession, SessionFacts } from './session-state.js'

/** The session that these facts mean. The previous one is kept where nothing visible changed. */
export function viewSession(facts: SessionFacts, previous?: PairingSession): PairingSession {
  const { method, notice, setup } = facts
  const session = { method, methods: setup.methods, ...(notice && { notice }), ...view(facts) }
  return previous && isSame(previous, session) ? previous : session
}

type OwnFields<Session> = Session extends unknown ? Omit<Session, 'method' | 'methods' | 'notice'> : never
type View = OwnFields<PairingSession>

function view(facts: SessionFacts): View {
  const { phase, visit } = facts
  if (phase.name !== 'idle' && visit.name !== 'shown') return viewUnconfirmed(facts)
  switch (phase.name) {
    case 'linking':
      return { status: 'linking', since: facts.since }
    case 'linked':
      return { status: 'linked', account: phase.account }
    case 'passkey-required':
      return { status: 'passkey-required', helpUrl: phase.helpUrl, provider: facts.setup.provider }
    case 'failed':
      return { status: 'failed', error: phase.error, ...(phase.account && { account: phase.account }) }
    case 'active':
      return facts.method === 'qr' ? viewQr(facts) : viewCode(facts)
    case 'idle':
      return { status: 'idle' }
  }
}

/** Nothing of the session may be shown before a response confirms that it is still the same one. */
function viewUnconfirmed({ phase, method, code, waitingSince: since, poll: { error } }: SessionFacts): View {
  if (phase.name === 'active' && method === 'phone-code' && code.name === 'number')
    return { status: 'awaiting-number', error: undefined, retryAt: undefined }
  return { status: 'preparing', since, reason: error && 'retrying', error }
}

function viewQr({ qr, setup, poll, reset, roundSince }: SessionFacts): View {
  if (qr.display === 'spent') return viewExpired('unscanned')
  if (qr.display === 'held') return viewExpired('refresh-due')
  if (!qr.code || qr.display === 'waiting') {
    const isResetting = reset !== 'none' && qr.shown === 0
    const reason = isResetting
      ? 'resetting'
      : poll.error
        ? 'retrying'
        : poll.isStarting
          ? 'starting'
          : undefined
    return { status: 'preparing', since: roundSince, reason, error: poll.error }
  }
  const { payload, number, firstSeenAt: shownAt } = qr.code
  const expiresAt = qrDeadAt(qr.code, setup.timing)
  const isNextManual = setup.refreshMode === 'manual'
  return {
    status: 'awaiting-scan',
    qrCode: { payload, number, of: setup.maxRefreshes, shownAt, expiresAt, isNextManual },
  }
}

function viewCode({ code, codeQuietUntil }: SessionFacts): View {
  switch (code.name) {
    case 'requesting':
      return { status: 'requesting-code', phoneNumber: code.phoneNumber }
    case 'live': {
      const { code: pairingCode, phoneNumber, isSlow } = code
      return { status: 'awaiting-code', pairingCode, phoneNumber, isSlow }
    }
    case 'expired':
      return viewExpired('code-not-entered')
    case 'number':
      return { status: 'awaiting-number', error: code.error, retryAt: codeQuietUntil || undefined }
  }
}

function viewExpired(reason: ExpiredReason): View {
  return { status: 'expired', reason }
}

/** Whether the session has come to an end: nothing changes until the user acts. */
export function isOver(session: PairingSession): boolean {
  const { status } = session
  if (status === 'expired') return session.reason !== 'refresh-due'
  return status === 'idle' || status === 'linked' || status === 'failed'
}
