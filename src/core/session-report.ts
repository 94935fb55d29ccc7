import type { PairingErrorCode } from './errors.js'
import type { PairingMethod } from './provider.js'
import type { ExpiredReason, PairingSession, PairingStatus } from './session-state.js'

/** A step of a session, for the host's own statistics. Holds no code, number or name. */
export interface PairingEvent {
  /** The state that was entered; `awaiting-scan` for each new code. */
  readonly type: PairingStatus
  readonly method: PairingMethod
  /** Of `awaiting-scan`: which code, from 1. */
  readonly number?: number | undefined
  /** Of `expired`. */
  readonly reason?: ExpiredReason | undefined
  /** Of `failed`. */
  readonly code?: PairingErrorCode | undefined
}

/** What a session reports on being entered. */
export function reportOf(session: PairingSession): PairingEvent {
  const { status: type, method } = session
  switch (type) {
    case 'awaiting-scan':
      return { type, method, number: session.qrCode.number }
    case 'expired':
      return { type, method, reason: session.reason }
    case 'failed':
      return { type, method, code: session.error.code }
    default:
      return { type, method }
  }
}
