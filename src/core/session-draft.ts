import { PairingError } from './errors.js'
import { qrPayloadKey, withReplaced } from './qr-payload.js'
import type { Phase, QrRound, SessionFacts, SessionPoll } from './session-state.js'

/** The facts that a transition changes. */
export type Draft = SessionFacts

/** Before the first read, which is due immediately. */
export const initialPoll: SessionPoll = { dueAt: 0, failures: 0, error: undefined }

/** Before the first QR code of a round. */
export const initialRound: QrRound = {
  display: 'waiting',
  code: undefined,
  shown: 0,
  broken: 0,
  wanted: 1,
  replaced: [],
}

/** Enters a phase, and removes codes from the screen that do not belong to it. */
export function enter(s: Draft, phase: Phase, at: number): void {
  if (s.phase.name !== phase.name) s.since = s.waitingSince = at
  s.phase = phase
  if (phase.name === 'active') return
  if (phase.name === 'linked' || phase.name === 'passkey-required') forgetQr(s)
  const { code } = s
  // While linking, the pairing code is kept: it may turn out that it was not entered.
  if (code.name === 'requesting' || (code.name === 'live' && phase.name !== 'linking'))
    s.code = { name: 'number', phoneNumber: code.phoneNumber }
  hideQr(s)
  s.isLastRead = false
}

/** Hides the QR code; it may be shown again. */
export function hideQr(s: Draft): void {
  if (s.qr.display === 'visible') s.qr = { ...s.qr, display: 'waiting' }
}

/** Removes the QR code permanently. */
export function forgetQr(s: Draft): void {
  const { code, replaced } = s.qr
  if (code) {
    s.qr = { ...s.qr, code: undefined, replaced: withReplaced(replaced, qrPayloadKey(code.payload)) }
  }
  hideQr(s)
}

/**
 * If a code was already live when the page opened, and was shown for less than this, it does not count in the round. In
 * milliseconds.
 */
const SEEN_MS = 5_000

/** Removes the QR code from the count of the round, if it expired on a hidden page or was shown only for a moment. */
export function uncountQr(s: Draft, at: number): void {
  const { code } = s.qr
  if (!code || code.number === 0) return
  const { shownAt, expiresAt, isJoined, number } = code
  const hiddenAt = s.unwatchedAt ?? Number.POSITIVE_INFINITY
  const seenMs = Math.min(at, expiresAt, hiddenAt) - shownAt
  if (hiddenAt >= expiresAt && !(isJoined && seenMs < SEEN_MS)) return
  s.qr = { ...s.qr, shown: number - 1, code: { ...code, number: 0 } }
}

/**
 * A code has expired: the state is read once more immediately, and then no request is sent. If the provider is between two
 * states, it is read again for some seconds.
 */
export function readOnceMore(s: Draft, at: number): void {
  if (s.phase.name !== 'active') return
  s.isLastRead = true
  s.waitingSince = at
  s.poll = { ...s.poll, dueAt: at }
}

/** The failure for a session that only a reset can clear. */
export function staleSession(): Phase {
  return {
    name: 'failed',
    error: new PairingError('session-stale', 'The session is stuck at the provider. Start over to clear it.'),
  }
}

/** Whether the user waits without anything to see or to do. */
export function isWaiting({ phase, method, qr, code, isConfirmed }: Draft): boolean {
  if (!isConfirmed) return phase.name !== 'idle'
  if (phase.name !== 'active') return phase.name === 'linking'
  return method === 'qr' ? qr.display === 'waiting' : code.name === 'requesting'
}

/** Whether an action is due at the provider before the round continues. */
export function isChangeDue(reset: Draft['reset']): reset is 'start' | 'reset' | 'unlink' {
  return reset === 'start' || reset === 'reset' || reset === 'unlink'
}

/** Whether a code is on screen. */
export function isCodeOnScreen({ method, qr, code }: Draft): boolean {
  return method === 'qr' ? qr.display === 'visible' : code.name === 'live'
}
