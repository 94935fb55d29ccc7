import type { PhoneNumber } from './phone-number.js'
import { isChangeDue, isWaiting } from './session-draft.js'
import type { SessionFacts } from './session-state.js'
import { PAIRING_CODE, type PairingWant } from './update.js'

/** The request that a page has to send, and when (epoch milliseconds). */
export type SessionRequest = { readonly at: number } & (
  | {
      readonly kind: 'read'
      readonly want: PairingWant
      /** The `codeId` of the page's QR code. */
      readonly has?: string | undefined
    }
  | { readonly kind: 'start' | 'reset' | 'unlink' }
  | { readonly kind: 'request-pairing-code'; readonly phoneNumber: PhoneNumber }
)

/** WhatsApp ends some links two or three minutes after they were made. If a link ends later, the phone's owner ended it. */
export const EARLY_END_MS: number = 3 * 60_000

/** Finding the right screen on the phone takes this long. After that, WhatsApp may have refused the code. */
const SLOW_CODE_MS = 30_000

/** After this time without anything to show, a way out is offered. */
export const WAY_OUT_MS = 30_000

/** The next request of the page; `undefined` if only the user can continue. This is a pure function of the facts. */
export function nextRequest(facts: SessionFacts): SessionRequest | undefined {
  const { phase, method, code, qr, poll, reset, since } = facts
  const read = (want: PairingWant): SessionRequest => ({
    kind: 'read',
    want,
    at: poll.dueAt,
    ...(want === 'code' && qr.code?.id && qr.code.number > 0 && { has: qr.code.id }),
  })
  if (facts.isLastRead) {
    const has = method === 'qr' ? qr.code?.id : PAIRING_CODE
    return { ...read('state'), ...(has && { has }) }
  }
  if (phase.name === 'idle') return undefined
  // The cached session may belong to another user.
  if (!facts.isConfirmed)
    return read(method === 'qr' && phase.name === 'active' && qr.display === 'waiting' ? 'code' : 'state')
  if (phase.name === 'failed') return undefined
  if (phase.name !== 'active') return read('state')
  if (method === 'qr' ? qr.display === 'spent' || qr.display === 'held' : code.name === 'spent')
    return undefined
  if (isChangeDue(reset)) return { kind: reset, at: Math.max(since, poll.dueAt) }
  if (method === 'qr') return read('code')
  if (code.name === 'requesting')
    return { kind: 'request-pairing-code', phoneNumber: code.phoneNumber, at: since }
  // A phone may already be linked, which neither an error nor a starting provider reports. Later, a code that was just shown may
  // have been scanned.
  const mayChange = code.name === 'live' || facts.otherCode || (qr.code && facts.now < qr.code.expiresAt)
  return mayChange || !facts.source?.hasState ? read('state') : undefined
}

/** Whether the next read waits until the page has the focus again: long waits are not polled. */
export function isOnlyReadOnFocus({ phase, since, now, isConfirmed }: SessionFacts): boolean {
  // Nothing is shown until a read has confirmed the session.
  if (!isConfirmed) return false
  return phase.name === 'linked' && !phase.unlinkSuspected && now - since > EARLY_END_MS
}

/** Whether the round ends, or waits for the user, when the current QR code expires. */
export function endsWithCode({ qr: { code, display, wanted }, setup }: SessionFacts): boolean {
  if (!code || code.number === 0 || display === 'spent' || display === 'held') return false
  return code.number >= setup.maxRefreshes || (setup.refreshMode === 'manual' && code.number >= wanted)
}

/** When to offer an alternative to a user who has not entered the pairing code; `Infinity` without a code. */
export function slowCodeAt({ code }: SessionFacts): number {
  return code.name === 'live' && !code.isSlow ? code.code.shownAt + SLOW_CODE_MS : Number.POSITIVE_INFINITY
}

/** When a way out is offered in a wait without anything to show. */
export function wayOutAt({ waitingSince }: SessionFacts): number {
  return waitingSince + WAY_OUT_MS
}

/** When the session changes next without an event; `Infinity` if it does not. */
export function nextDeadline(facts: SessionFacts): number {
  const { phase, qr, code, otherCode, codeQuietUntil } = facts
  const deadlines: number[] = []
  if (!facts.isSlow && isWaiting(facts)) deadlines.push(wayOutAt(facts))
  if (phase.name === 'passkey-required') deadlines.push(phase.nextAt)
  if (phase.name !== 'active') return Math.min(...deadlines)
  deadlines.push(slowCodeAt(facts))
  if (otherCode) deadlines.push(otherCode.code.expiresAt)
  if (codeQuietUntil) deadlines.push(codeQuietUntil)
  if (code.name === 'live') deadlines.push(code.code.expiresAt)
  if (qr.code && qr.display === 'visible') deadlines.push(qr.code.hideAt)
  if (qr.code && endsWithCode(facts)) deadlines.push(qr.code.expiresAt)
  return Math.min(...deadlines)
}
