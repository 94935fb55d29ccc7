import { PairingError } from './errors.js'
import { qrPayloadKey } from './qr-payload.js'
import type { Phase, QrRound, SessionFacts, SessionPoll } from './session-state.js'

/** The facts while a transition is worked out. */
export type Draft = SessionFacts

/** Before the first read: it is due at once. */
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

/** Of replaced codes, these many are remembered: no provider repeats an older one. */
const REPLACED_LIMIT = 12

/** Into a phase, with what it takes off the screen. */
export function enter(s: Draft, phase: Phase, at: number): void {
  if (s.phase.name !== phase.name) s.since = s.waitingSince = at
  s.phase = phase
  if (phase.name === 'active') return
  if (phase.name === 'linked' || phase.name === 'passkey-required') forgetQr(s)
  const { code } = s
  // While linking it may still turn out that the code was not entered.
  if (code.name === 'requesting' || (code.name === 'live' && phase.name !== 'linking'))
    s.code = { name: 'number', phoneNumber: code.phoneNumber }
  hideQr(s)
  s.isLastLook = false
}

/** Takes the QR code off the screen; it may come back. */
export function hideQr(s: Draft): void {
  if (s.qr.display === 'visible') s.qr = { ...s.qr, display: 'waiting' }
}

/** Takes the QR code off the screen for good. */
export function forgetQr(s: Draft): void {
  const { code, replaced } = s.qr
  if (code) {
    const keys = [...replaced, qrPayloadKey(code.payload)].slice(-REPLACED_LIMIT)
    s.qr = { ...s.qr, code: undefined, replaced: keys }
  }
  hideQr(s)
}

/** A code that a page joined and showed for less than this does not count as one of the round. In milliseconds. */
const SEEN_MS = 5_000

/** The QR code is over. It does not count where it expired on a hidden page, or where the page joined it for a moment only. */
export function uncount(s: Draft, at: number): void {
  const { code } = s.qr
  if (!code || code.number === 0) return
  const { shownAt, expiresAt, isJoined, number } = code
  const hiddenAt = s.unwatchedAt ?? Number.POSITIVE_INFINITY
  const seenMs = Math.min(at, expiresAt, hiddenAt) - shownAt
  if (hiddenAt >= expiresAt && !(isJoined && seenMs < SEEN_MS)) return
  s.qr = { ...s.qr, shown: number - 1, code: { ...code, number: 0 } }
}

/**
 * A code has expired: the state is read once more, at once, and then no request is sent. A provider that is between two states is read
 * again until it is in one, for some seconds.
 */
export function lookOnce(s: Draft, at: number): void {
  if (s.phase.name !== 'active') return
  s.isLastLook = true
  s.waitingSince = at
  s.poll = { ...s.poll, dueAt: at }
}

/** The provider keeps something that only a reset clears. */
export function stuck(): Phase {
  return {
    name: 'failed',
    error: new PairingError('session-stale', 'The session is stuck at the provider. Start over to clear it.'),
  }
}

/** Whether the user waits, with nothing to look at or to do. */
export function isWaiting({ phase, method, qr, code, isConfirmed }: Draft): boolean {
  if (!isConfirmed) return phase.name !== 'idle'
  if (phase.name !== 'active') return phase.name === 'linking'
  return method === 'qr' ? qr.display === 'waiting' : code.name === 'requesting'
}

/** Whether an action is due at the provider before the round goes on. */
export function isChangeDue(reset: Draft['reset']): reset is 'start' | 'reset' | 'unlink' {
  return reset === 'start' || reset === 'reset' || reset === 'unlink'
}

/** Whether a code is in front of the user. */
export function isCodeOnScreen({ method, qr, code }: Draft): boolean {
  return method === 'qr' ? qr.display === 'visible' : code.name === 'live'
}
