import { isSame } from './is-same.js'
import type { ExpiredReason } from './pairing-event.js'
import type { PairingAccount } from './provider.js'
import { qrDeadAt } from './qr-lifetime.js'
import type { PairingSession, SessionFacts } from './session-state.js'

/** The session that these facts mean. The previous one is kept where nothing visible changed. */
export function viewSession(facts: SessionFacts, previous?: PairingSession): PairingSession {
  const session = { method: facts.method, methods: facts.methods, ...view(facts) }
  return previous && isSame(previous, session) ? previous : session
}

type OwnFields<Session> = Session extends unknown ? Omit<Session, 'method' | 'methods'> : never

function view({ phase: status, ...facts }: SessionFacts): OwnFields<PairingSession> {
  switch (status) {
    case 'linked':
      return { status, account: facts.account }
    case 'passkey-required':
      return { status, helpUrl: facts.helpUrl, provider: facts.provider }
    case 'failed':
      // Only `fail` enters this phase, and it brings the error; the type cannot say so.
      return facts.error ? { status, error: facts.error, ...wrongAccount(facts) } : { status: 'idle' }
    case 'active':
      return facts.method === 'qr' ? viewQr(facts) : viewCode(facts)
    default:
      return { status }
  }
}

type ActiveFacts = Omit<SessionFacts, 'phase'>

function viewQr({
  qr,
  qrVisible,
  qrExhausted,
  qrHeld,
  timing,
  maxRefreshes,
  ...facts
}: ActiveFacts): OwnFields<PairingSession> {
  if (qrExhausted) return viewEnd(facts, 'unscanned')
  if (qrHeld) return viewEnd(facts, 'refresh-due')
  if (!qr || !qrVisible) {
    const isResetting = facts.reset !== 'none' && facts.qrShown === 0
    return { status: 'preparing', since: facts.roundSince, isResetting, error: facts.error }
  }
  const { payload, number, firstSeenAt: shownAt } = qr
  const expiresAt = qrDeadAt(qr, timing)
  return {
    status: 'awaiting-scan',
    qrCode: {
      payload,
      number,
      of: maxRefreshes,
      shownAt,
      expiresAt,
      isNextManual: facts.refreshMode === 'manual',
    },
  }
}

function viewCode({
  phoneNumber,
  codeRequested,
  code,
  codeRanOut,
  isCodeSlow: isSlow,
  ...facts
}: ActiveFacts): OwnFields<PairingSession> {
  if (phoneNumber && codeRequested) return { status: 'requesting-code', phoneNumber }
  if (phoneNumber && code) return { status: 'awaiting-code', pairingCode: code, phoneNumber, isSlow }
  return codeRanOut
    ? viewEnd(facts, 'code-not-entered')
    : { status: 'awaiting-number', error: facts.codeError, retryAt: facts.codeQuietUntil || undefined }
}

type EndFacts = Pick<SessionFacts, 'ending' | 'roundSince'>

function viewEnd({ ending, roundSince }: EndFacts, reason: ExpiredReason): OwnFields<PairingSession> {
  return ending
    ? { status: 'preparing', since: roundSince, isResetting: false, error: undefined }
    : { status: 'expired', reason }
}

function wrongAccount({ error, account }: ActiveFacts): { readonly account?: PairingAccount } {
  return error?.code === 'wrong-phone-number' ? { account } : {}
}

/** Whether nothing is to come of a session as it is. */
export function isOver(session: PairingSession): boolean {
  const { status } = session
  if (status === 'expired') return session.reason !== 'refresh-due'
  return status === 'idle' || status === 'linked' || status === 'failed'
}
