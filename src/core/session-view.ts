import { qrDeadAt } from './qr-lifetime.js'
import type { PairingSession, SessionFacts, SessionState } from './session-state.js'

/** The session that these facts mean. The previous one is kept where nothing visible changed. */
export function viewState(facts: SessionFacts, previous?: SessionState): SessionState {
  const session = view(facts)
  return { facts, session: previous && isSame(previous.session, session) ? previous.session : session }
}

function view(facts: SessionFacts): PairingSession {
  const { method, methods, phase } = facts
  const common = { method, methods }
  switch (phase.name) {
    case 'idle':
    case 'linking':
      return { ...common, status: phase.name }
    case 'linked':
      return { ...common, status: 'linked', account: phase.account }
    case 'passkey-required':
      return { ...common, status: 'passkey-required', helpUrl: phase.helpUrl }
    case 'failed':
      return { ...common, status: 'failed', error: phase.error }
    case 'active':
      return { ...common, ...(method === 'qr' ? viewQr(facts) : viewCode(facts)) }
  }
}

function viewQr({ qr, timing, maxRefreshes, roundSince, lastError }: SessionFacts) {
  if (qr.exhausted) return { status: 'expired', reason: 'unscanned' } as const
  if (!qr.current || !qr.visible)
    return { status: 'preparing', since: roundSince, error: lastError ?? undefined } as const
  const { payload, number, firstSeenAt } = qr.current
  const expiresAt = qrDeadAt(qr.current, timing)
  return {
    status: 'awaiting-scan',
    qrCode: { payload, number, of: maxRefreshes, shownAt: firstSeenAt, expiresAt },
  } as const
}

function viewCode({ code }: SessionFacts) {
  const { phoneNumber, current } = code
  if (phoneNumber && code.requested) return { status: 'requesting-code', phoneNumber } as const
  if (phoneNumber && current) return { status: 'awaiting-code', pairingCode: current, phoneNumber } as const
  if (code.ranOut) return { status: 'expired', reason: 'code-not-entered' } as const
  return { status: 'awaiting-number', error: code.error ?? undefined } as const
}

/** Equal as far as sessions nest: three levels (session, code, payload). */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || a instanceof Error)
    return false
  const left = Object.entries(a)
  const right = new Map(Object.entries(b))
  return (
    left.length === right.size &&
    left.every(([key, value]) => right.has(key) && isSame(value, right.get(key)))
  )
}
