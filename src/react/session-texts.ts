import { formatMessage, type PairingMessages } from '../core/messages.js'
import type { PairingNotice, PairingSession } from '../core/pairing-session.js'
import type { PasskeyStep } from '../core/passkey-step.js'
import type { PairingMode } from './session/query-options.js'

/** The heading of a session. */
export function sessionTitle(session: PairingSession, messages: PairingMessages, mode?: PairingMode): string {
  const titles: Readonly<Partial<Record<PasskeyStep, string>>> | undefined = messages.passkey?.titles
  switch (session.status) {
    case 'awaiting-code':
      return messages.titleCode
    case 'linking':
      return messages.titleLinking
    case 'linked':
      return messages.titleLinked
    case 'confirming-number':
      return messages.titleNumberCheck
    case 'passkey-required':
      return titles?.[session.passkey?.step ?? 'assert'] ?? messages.titlePasskey
    case 'failed':
      return messages.errors[session.error.code].title
    default:
      if (mode === 'relink' || isUnlinkedBefore(session)) return messages.titleRelink
      return session.method === 'qr' ? messages.titleScan : messages.titleNumber
  }
}

/** Whether a link or a started link has ended before this state. */
function isUnlinkedBefore({ notice }: PairingSession): boolean {
  return notice !== undefined && notice !== 'code-replaced'
}

/** The steps on the phone for the method. */
export function sessionSteps({ method }: PairingSession, messages: PairingMessages): readonly string[] {
  return method === 'qr' ? messages.stepsScan : messages.stepsCode
}

/** Why a session is `expired`, in words. */
export function expiredReasonText(
  { reason, notice }: Extract<PairingSession, { status: 'expired' }>,
  messages: PairingMessages,
): string {
  // A phone has scanned or entered a code of this round, so no text says that it was not used.
  if (notice === 'link-not-finished') return messages.noticeLinkNotFinished
  return reason === 'code-not-entered' ? messages.expiredCode : messages.expiredUnscanned
}

const notices = {
  'link-ended': 'noticeLinkEnded',
  'link-not-finished': 'noticeLinkNotFinished',
  'unlinked-on-phone': 'noticeUnlinkedOnPhone',
  'code-replaced': 'noticeCodeReplaced',
} as const satisfies Readonly<Record<PairingNotice, keyof PairingMessages>>

/** The state in words, preceded by the reason why the previous one ended. Shown under the code, and announced when it changes. */
export function sessionStatusText(session: PairingSession, messages: PairingMessages): string {
  const text = stateText(session, messages)
  const notice = session.notice && messages[notices[session.notice]]
  return notice && !text.includes(notice) ? `${notice} ${text}` : text
}

function stateText(session: PairingSession, messages: PairingMessages): string {
  switch (session.status) {
    case 'idle':
      return messages.statusIdle
    case 'preparing':
      if (session.reason === 'resetting') return messages.statusResetting
      return session.error || session.isSlow ? messages.statusRetrying : messages.statusPreparing
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
      return `${messages.expiredTitle} ${expiredReasonText(session, messages)}`
    case 'linking':
    case 'linked':
    case 'confirming-number':
    case 'passkey-required':
    case 'failed':
      return sessionTitle(session, messages)
  }
}
