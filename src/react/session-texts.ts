import { formatMessage, type PairingMessages } from '../core/messages.js'
import type { ExpiredReason, PairingSession } from '../core/session-state.js'

/** The heading of a session. */
export function sessionTitle(session: PairingSession, messages: PairingMessages): string {
  switch (session.status) {
    case 'awaiting-code':
      return messages.titleCode
    case 'linking':
      return messages.titleLinking
    case 'linked':
      return messages.titleLinked
    case 'passkey-required':
      return messages.titlePasskey
    case 'failed':
      return messages.errors[session.error.code].title
    default:
      return session.method === 'qr' ? messages.titleScan : messages.titleNumber
  }
}

/** The sentence under the heading, where there are no steps to follow. */
export function sessionLead(session: PairingSession, messages: PairingMessages): string | undefined {
  switch (session.status) {
    case 'linking':
      return messages.leadLinking
    case 'linked':
      return messages.leadLinked
    case 'passkey-required':
      return messages.leadPasskey
    case 'failed':
      return messages.errors[session.error.code].advice
    case 'awaiting-number':
    case 'requesting-code':
      return messages.leadNumber
    default:
      return undefined
  }
}

/** The steps on the phone, where there are any. */
export function sessionSteps(
  session: PairingSession,
  messages: PairingMessages,
): readonly string[] | undefined {
  if (sessionLead(session, messages)) return undefined
  return session.method === 'qr' ? messages.stepsScan : messages.stepsCode
}

/** Why a session is `expired`, in words. */
export function expiredReasonText(reason: ExpiredReason, messages: PairingMessages): string {
  return reason === 'unscanned' ? messages.expiredUnscanned : messages.expiredCode
}

/** The state in words: shown under the code, and announced when it changes. */
export function sessionStatusText(session: PairingSession, messages: PairingMessages): string {
  switch (session.status) {
    case 'idle':
      return messages.statusIdle
    case 'preparing':
      return session.error ? messages.statusRetrying : messages.statusPreparing
    case 'awaiting-scan': {
      const { number, of } = session.qrCode
      return Number.isFinite(of)
        ? formatMessage(messages.statusScan, { number, of })
        : messages.statusScanUnlimited
    }
    case 'awaiting-number':
      return messages.statusNumber
    case 'requesting-code':
      return messages.statusRequesting
    case 'awaiting-code':
      return messages.statusCode
    case 'expired':
      return `${messages.expiredTitle} ${expiredReasonText(session.reason, messages)}`
    case 'linking':
    case 'linked':
    case 'passkey-required':
    case 'failed':
      return sessionTitle(session, messages)
  }
}
