import { qrPayloadKey } from './qr-payload.js'
import { type Draft, forgetQr, isChangeDue, uncountQr } from './session-draft.js'
import type { QrCodeOnScreen, UpdatedEvent } from './session-state.js'

/** Two reported ends of one code that differ by less are the same. In milliseconds. */
const STEADY_MS = 500

/**
 * While a page is loading, the first update arrives late, so its end of the code is too early. It is safe to keep that end: a new
 * one would redraw the screen and restart the countdown. In milliseconds.
 */
const STEADY_END_MS = 2_000

/** The time in which the next code arrives on a slow network. In milliseconds. */
const FOLLOWS_MS = 5_000

/** Shows the QR code of an update. */
export function showQrCode(s: Draft, event: UpdatedEvent): void {
  const { setup } = s
  const { update, at } = event
  const base = baseOf(s, event)
  const { codeId: id, hideInMs = 0, expiresInMs = 0 } = update
  const held = s.qr.code
  const payload = update.qrCode ?? (id !== undefined && held?.id === id ? held.payload : undefined)
  if (!payload) {
    // The server assumes that this page still has the code, but the page has discarded it.
    s.qr = { ...s.qr, code: held && { ...held, id: undefined } }
    s.poll = { ...s.poll, dueAt: at }
    return
  }
  const key = qrPayloadKey(payload)
  if (s.qr.display === 'spent' || s.qr.display === 'held' || s.qr.replaced.includes(key)) return
  const same = held && qrPayloadKey(held.payload) === key ? held : undefined
  const expiresAt = keepIfClose(same?.expiresAt, base + expiresInMs, STEADY_END_MS)
  const hideAt = Math.min(keepIfClose(same?.hideAt, base + hideInMs), expiresAt)
  if (at >= expiresAt) return
  // The previous code is never shown again.
  if (!same) {
    uncountQr(s, at)
    forgetQr(s)
  }
  const { qr } = s
  const number = same?.number || qr.shown + 1
  if (number > setup.maxRefreshes) {
    s.qr = { ...s.qr, display: 'spent' }
    return
  }
  if (setup.refreshMode === 'manual' && number > qr.wanted) {
    s.qr = { ...s.qr, display: 'held' }
    return
  }
  // A code that follows another was seen from its beginning.
  const follows = held !== undefined && at < held.expiresAt + FOLLOWS_MS
  const code: QrCodeOnScreen = {
    payload,
    id,
    number,
    isJoined: same?.isJoined ?? !follows,
    shownAt: same?.number ? same.shownAt : at,
    hideAt,
    expiresAt,
  }
  s.qr = { ...qr, code, display: at < hideAt ? 'visible' : 'waiting', shown: number }
  s.notice = s.notice === 'code-replaced' ? undefined : s.notice
  // The start or reset has worked. After these codes, another one may be sent.
  if (!isChangeDue(s.reset)) s.reset = 'none'
}

export function keepIfClose(before: number | undefined, after: number, laterMs: number = STEADY_MS): number {
  return before !== undefined && after - before < laterMs && before - after < STEADY_MS ? before : after
}

/** The moment that the durations of an update count from, by the clock of the page. */
export function baseOf(s: Draft, { update, sentAt, at, isPushed }: UpdatedEvent): number {
  if (!isPushed) return Math.min(sentAt + (update.heldMs ?? 0), at)
  const delayMs = at - update.at - (s.source?.clockOffsetMs ?? 0)
  return at - Math.max(delayMs, 0)
}
