import { formatPairingCode } from './pairing-code.js'
import { qrPayloadKey } from './qr-payload.js'
import { type Draft, forgetQr, uncount } from './session-moves.js'
import type { QrCodeOnScreen, SessionEvent } from './session-state.js'
import type { PairingUpdate, UpdatePairingCode } from './update.js'

/** Two statements about the end of one code that differ by less are the same statement, delayed on the way. */
const STEADY_MS = 500

/**
 * The first statement of a page that is still loading travels for long, so the end that it gives is too early by as much. It
 * is safe to keep it, and another one would draw the screen again and restart the countdown. In milliseconds.
 */
const STEADY_END_MS = 2_000

/** The time in which the next code arrives on a slow network. In milliseconds. */
const FOLLOWS_MS = 5_000

type Updated = Extract<SessionEvent, { type: 'updated' }>

/** Shows the codes of an update. */
export function takeCodes(s: Draft, event: Updated, wasLastLook: boolean): void {
  if (s.phase.name !== 'active') return
  const { update, request, at } = event
  const base = baseOf(s, event)
  if (update.status === 'qr' && s.method === 'qr' && !wasLastLook) showQrCode(s, update, base, at)
  if (update.pairingCode) takePairingCode(s, update.pairingCode, request === 'request-pairing-code', base, at)
}

function showQrCode(s: Draft, update: PairingUpdate, base: number, at: number): void {
  const { setup } = s
  const { codeId: id, hideInMs = 0, expiresInMs = 0 } = update
  const held = s.qr.code
  const payload = update.qrCode ?? (id !== undefined && held?.id === id ? held.payload : undefined)
  if (!payload) {
    // The server thinks that this page holds a code that it has forgotten.
    s.qr = { ...s.qr, code: held && { ...held, id: undefined } }
    s.poll = { ...s.poll, dueAt: at }
    return
  }
  const key = qrPayloadKey(payload)
  if (s.qr.display === 'spent' || s.qr.display === 'held' || s.qr.replaced.includes(key)) return
  const known = held && qrPayloadKey(held.payload) === key ? held : undefined
  const expiresAt = steady(known?.expiresAt, base + expiresInMs, STEADY_END_MS)
  const hideAt = Math.min(steady(known?.hideAt, base + hideInMs), expiresAt)
  if (at >= expiresAt) return
  // The one before is never shown again.
  if (!known) {
    uncount(s, at)
    forgetQr(s)
  }
  const { qr } = s
  const number = known?.number || qr.shown + 1
  if (number > setup.maxRefreshes) {
    s.qr = { ...s.qr, display: 'spent' }
    return
  }
  if (setup.refreshMode === 'manual' && number > qr.wanted) {
    s.qr = { ...s.qr, display: 'held' }
    return
  }
  // One that follows another was seen from its beginning.
  const follows = held !== undefined && at < held.expiresAt + FOLLOWS_MS
  const code: QrCodeOnScreen = {
    payload,
    id,
    number,
    isJoined: known?.isJoined ?? !follows,
    shownAt: known?.number ? known.shownAt : at,
    hideAt,
    expiresAt,
  }
  s.qr = { ...qr, code, display: at < hideAt ? 'visible' : 'waiting', shown: number }
  s.notice = s.notice === 'code-replaced' ? undefined : s.notice
  // The start or the reset has helped. After these codes, another one may be sent.
  if (!s.reset.endsWith('-due')) s.reset = 'none'
}

function steady(before: number | undefined, after: number, laterMs = STEADY_MS): number {
  return before !== undefined && after - before < laterMs && before - after < STEADY_MS ? before : after
}

function takePairingCode(
  s: Draft,
  { value, lastDigits, expiresInMs }: UpdatePairingCode,
  isOwn: boolean,
  base: number,
  at: number,
): void {
  const { code: step, otherCode } = s
  const { phoneNumber } = step
  if (step.name === 'requesting' && !isOwn) return
  const expiresAt = base + expiresInMs
  const issued = { lastDigits, code: { ...formatPairingCode(value), shownAt: at, expiresAt } }
  const digits = step.name === 'live' ? step.lastDigits : phoneNumber?.slice(-4)
  // A code belongs to a number: that of another page is shown here only when the user wants to see it.
  if (!digits || (!isOwn && lastDigits && digits !== lastDigits)) {
    if (step.name === 'live') {
      s.code = { name: 'number', phoneNumber }
      s.notice = 'code-replaced'
    }
    // An update that goes on naming a code does not make it younger.
    if (lastDigits && otherCode?.code.value !== value && at < expiresAt) s.otherCode = issued
    return
  }
  if (step.name === 'spent' || (step.name === 'live' && step.code.value === value)) return
  if ((step.name === 'number' && !lastDigits) || at >= expiresAt) return
  s.code = { ...issued, name: 'live', lastDigits: digits, phoneNumber, isSlow: false }
  s.otherCode = undefined
  s.notice = undefined
}

/** The moment that the durations of an update count from, by the clock of the page. */
function baseOf(s: Draft, { update, sentAt, at, isPushed }: Updated): number {
  if (!isPushed) return Math.min(sentAt + (update.heldMs ?? 0), at)
  const delayMs = at - update.at - (s.source?.clockOffsetMs ?? 0)
  return at - Math.max(delayMs, 0)
}
