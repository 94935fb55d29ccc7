import { pauseAfter, retryAfterMs } from './backoff.js'
import { PairingError, type PairingErrorCode } from './errors.js'
import { normalizePairingCode } from './pairing-code.js'
import { isSamePhone } from './phone-number.js'
import type { PairingAccount } from './provider.js'
import { qrPayloadKey } from './qr-payload.js'
import {
  checkPhone,
  type Draft,
  enter,
  forgetQr,
  hideQr,
  initialPoll,
  initialRound,
  isCodeOnScreen,
  start,
  stuck,
} from './session-moves.js'
import type { PairingNotice, Phase, QrCodeOnScreen, SessionEvent } from './session-state.js'
import type { PairingUpdate, UpdatePairingCode } from './update.js'

/** Failures in a row until the session fails. */
export const FAILURE_LIMIT = 3

/** Transient errors get more retries than {@link FAILURE_LIMIT}. */
const TRANSIENT_LIMIT = 8
const transientErrors: readonly PairingErrorCode[] = [
  'network',
  'timeout',
  'provider-unavailable',
  'rate-limited',
]

/** Providers report "not linked" for a moment between the scan and the link (WhatsApp's 515 restart). */
const LINKING_GRACE_MS = 10_000

/** WhatsApp's own hand-over after a scan takes seconds, the start of a provider up to five minutes. */
const LINKING_LIMIT_MS = 5 * 60_000

/** GREEN-API documents up to ten minutes before the first code. */
const WAITING_LIMIT_MS = 10 * 60_000

/** After a refusal for too many requests that names no time to wait. */
const CODE_COOL_DOWN_MS = 30_000

/** A pushed update may be this late before the page reads. */
const PUSH_SLACK_MS = 1_000

/** Where an update does not say when to read again. */
const USUAL_INTERVAL_MS = 3_000

/** Two statements about the end of one code that differ by less are the same statement, delayed on the way. */
const STEADY_MS = 500

/** A code that was joined with less of its life left does not count as one of the round. */
const JOINED_MS = 5_000

type Updated = Extract<SessionEvent, { type: 'updated' }>

/** What an update means for the session. */
export function updated(s: Draft, event: Updated): void {
  const { update, at, isPushed = false, request } = event
  const { source, phase: before } = s
  if (before.name === 'idle' || (before.name === 'failed' && s.isConfirmed && !s.isLastLook)) return
  const { nextInMs = update.timing.statusIntervalMs || USUAL_INTERVAL_MS } = update
  s.poll = { ...s.poll, dueAt: at + nextInMs + (isPushed ? PUSH_SLACK_MS : 0) }
  const isSameSession = source?.session === update.session
  const isSameOrigin = isSameSession && source?.origin === update.origin
  if (isSameOrigin && update.seq < source.seq) return
  if (source && !isSameSession) beginAnew(s, at)
  else if (source && !request && isChanged(source.revision, update.revision)) invalidate(s, update, at)
  const isRepeated = isSameOrigin && update.seq === source.seq
  const wasLastLook = s.isLastLook
  s.isLastLook = false
  s.isConfirmed = true
  takeSource(s, event)
  if (update.error) {
    s.isLastLook = wasLastLook
    if (!isRepeated || wasLastLook) takeError(s, update.error, at)
  } else {
    s.poll = { ...s.poll, failures: 0, error: undefined }
    takeState(s, event, { isRepeated, wasLastLook })
  }
  // What stands in the way is cleared first, then the code is requested again.
  const isBlocked = s.reset !== 'none' && s.reset !== 'done'
  if (request === 'request-pairing-code' && s.code.name === 'requesting' && !isBlocked) {
    const error = new PairingError(
      'code-refused',
      'The provider issued no pairing code. Try again, or use the QR code.',
    )
    s.code = { ...s.code, name: 'number', error }
  }
  limitWaiting(s, at)
}

/** A greater revision makes invalid what a page shows; a missing one does not. */
function isChanged(before: number | undefined, after: number | undefined): boolean {
  return after !== undefined && after > (before ?? 0)
}

/** Another session took the place of this one, as after another user signed in: nothing of it may stay. */
function beginAnew(s: Draft, at: number): void {
  s.phase = { name: 'active' }
  s.attempt += 1
  s.reset = 'none'
  s.qr = initialRound
  s.code = { name: 'number' }
  s.codeQuietUntil = 0
  s.notice = undefined
  s.poll = { ...initialPoll, dueAt: s.poll.dueAt }
  s.since = s.roundSince = s.waitingSince = at
}

/** Another page, or another person, has changed the session. */
function invalidate(s: Draft, { reason }: PairingUpdate, at: number): void {
  const { code, qr, phase } = s
  if (phase.name === 'linked') {
    if (reason !== 'unlinked') return
    start(s, at)
    s.notice = 'unlinked'
    return
  }
  if (phase.name !== 'active') return
  // Where the code is still live, this update names it again.
  const wasVisible = qr.display === 'visible'
  hideQr(s)
  s.waitingSince = at
  if (code.name === 'live') s.code = { name: 'number', phoneNumber: code.phoneNumber }
  if (code.name === 'live' || (wasVisible && reason !== 'code-replaced')) s.notice = reason
}

function takeSource(s: Draft, { update, at }: Updated): void {
  const { session, revision = s.source?.revision, origin, seq, provider, methods, abilities, timing } = update
  const known = s.source?.origin === origin ? s.source.clockOffsetMs : Number.POSITIVE_INFINITY
  const { source: before } = s
  const saysState = update.status !== 'preparing' && !update.error
  const hasState = saysState || (before?.session === session && before.hasState)
  s.source = { session, revision, origin, seq, hasState, clockOffsetMs: Math.min(known, at - update.at) }
  s.offer = { provider, methods, abilities, timing }
  const [first] = methods
  if (!first || methods.includes(s.method)) return
  s.method = first
  // What was read was about the other method.
  s.poll = { ...s.poll, dueAt: at }
}

/** The moment that the durations of an update count from, by the clock of the page. */
function baseOf(s: Draft, { update, sentAt, at, isPushed }: Updated): number {
  if (!isPushed) return Math.min(sentAt + (update.heldMs ?? 0), at)
  const delayMs = at - update.at - (s.source?.clockOffsetMs ?? 0)
  return at - Math.max(delayMs, 0)
}

function takeState(
  s: Draft,
  event: Updated,
  { isRepeated, wasLastLook }: { readonly isRepeated: boolean; readonly wasLastLook: boolean },
): void {
  const { update, at } = event
  const { phase } = s
  if (phase.name === 'failed' && update.status !== 'linked') return
  if (phase.name === 'linked' && !isLinkGone(s, phase, update, isRepeated, at)) return
  switch (update.status) {
    case 'linked':
      enter(s, { name: 'linked', account: update.account ?? {}, unlinkSuspected: false }, at)
      checkPhone(s, at)
      return
    case 'passkey-required':
      enter(s, { name: 'passkey-required', helpUrl: update.helpUrl }, at)
      return
    case 'stopped':
    case 'stale':
      // The round is over; the next one meets this state again.
      if (!wasLastLook) blocked(s, update.status, at)
      return
    case 'linking':
      enter(s, { name: 'linking' }, at)
      return
    default:
      if (update.status !== 'preparing') endLinking(s, at)
      takeCodes(s, event, wasLastLook)
  }
}

/** The provider sleeps, or keeps something of an earlier link. */
function blocked(s: Draft, status: 'stopped' | 'stale', at: number): void {
  if (s.reset === 'start-due' || s.reset === 'reset-due' || s.reset === 'unlink-due') return
  if (s.reset === 'done' || (status === 'stale' && !s.setup.clearsLeftovers)) {
    enter(s, stuck(), at)
    return
  }
  forgetQr(s)
  s.reset = status === 'stopped' ? 'start-due' : 'reset-due'
  s.poll = { ...s.poll, dueAt: at }
  enter(s, { name: 'active' }, at)
}

/** "Not linked" after a scan ends the linking, when it has lasted long enough. */
function endLinking(s: Draft, at: number): void {
  if (s.phase.name !== 'linking' || at - s.since < LINKING_GRACE_MS) return
  s.roundSince = at
  s.notice = 'link-ended'
  enter(s, { name: 'active' }, at)
}

function takeCodes(s: Draft, event: Updated, wasLastLook: boolean): void {
  if (s.phase.name !== 'active') return
  const { update, request, at } = event
  const base = baseOf(s, event)
  if (update.status === 'qr' && s.method === 'qr' && !wasLastLook) showQrCode(s, update, base, at)
  if (update.pairingCode) takePairingCode(s, update.pairingCode, request === 'request-pairing-code', base, at)
}

function showQrCode(s: Draft, update: PairingUpdate, base: number, at: number): void {
  const { qr, setup } = s
  const { codeId: id, hideInMs = 0, expiresInMs = 0 } = update
  const payload = update.qrCode ?? (id !== undefined && qr.code?.id === id ? qr.code.payload : undefined)
  if (!payload) {
    // The server thinks that this page holds a code that it has forgotten.
    s.qr = { ...qr, code: qr.code && { ...qr.code, id: undefined } }
    s.poll = { ...s.poll, dueAt: at }
    return
  }
  const key = qrPayloadKey(payload)
  if (qr.display === 'spent' || qr.display === 'held' || qr.replaced.includes(key)) return
  const known = qr.code && qrPayloadKey(qr.code.payload) === key ? qr.code : undefined
  const expiresAt = steady(known?.expiresAt, base + expiresInMs)
  const hideAt = Math.min(steady(known?.hideAt, base + hideInMs), expiresAt)
  if (at >= expiresAt) return
  // The one before is never shown again.
  if (!known) forgetQr(s)
  const number = known?.number || qr.shown + 1
  if (number > setup.maxRefreshes) {
    s.qr = { ...s.qr, display: 'spent' }
    return
  }
  if (setup.refreshMode === 'manual' && number > qr.wanted) {
    s.qr = { ...s.qr, display: 'held' }
    return
  }
  const isJoined = !known?.number && expiresAt - at < JOINED_MS
  const code: QrCodeOnScreen = { payload, id, number, shownAt: known?.shownAt ?? at, hideAt, expiresAt }
  s.qr = {
    ...s.qr,
    code: isJoined ? { ...code, number: 0 } : code,
    display: at < hideAt ? 'visible' : 'waiting',
    shown: isJoined ? qr.shown : number,
  }
  s.notice = s.notice === 'code-replaced' ? undefined : s.notice
  // The start or the reset has helped. After these codes, another one may be sent.
  if (s.reset === 'done') s.reset = 'none'
}

function steady(before: number | undefined, after: number): number {
  return before !== undefined && Math.abs(after - before) < STEADY_MS ? before : after
}

function takePairingCode(
  s: Draft,
  { value, lastDigits, expiresInMs }: UpdatePairingCode,
  isOwn: boolean,
  base: number,
  at: number,
): void {
  const { code: step } = s
  const { phoneNumber } = step
  // A code belongs to a number: that of another page is not shown here.
  if (!phoneNumber || (step.name === 'requesting' && !isOwn)) return
  if (!isOwn && lastDigits && !phoneNumber.endsWith(lastDigits)) {
    if (step.name !== 'live') return
    s.code = { name: 'number', phoneNumber }
    s.notice = 'code-replaced'
    return
  }
  // An update that goes on naming a code does not make it younger.
  if (step.name === 'spent' || (step.name === 'live' && step.code.value === value)) return
  if (step.name === 'number' && !lastDigits) return
  const expiresAt = base + expiresInMs
  if (at >= expiresAt) return
  const code = { ...normalizePairingCode(value), shownAt: at, expiresAt }
  s.code = { name: 'live', phoneNumber, code, isSlow: false }
  s.notice = undefined
}

/** Whether a finished link is gone: by a second update that says so, since some providers say it while a link settles. */
function isLinkGone(
  s: Draft,
  phase: Extract<Phase, { name: 'linked' }>,
  update: PairingUpdate,
  isRepeated: boolean,
  at: number,
): boolean {
  const { status } = update
  const isDenied = status === 'unlinked' || status === 'stopped' || status === 'stale' || status === 'qr'
  if (isDenied && phase.unlinkSuspected && !isRepeated) {
    start(s, at)
    const notice: PairingNotice = 'link-ended'
    s.notice = notice
    return true
  }
  if (isRepeated) return false
  const account = status === 'linked' ? mergeAccounts(phase.account, update.account) : phase.account
  s.phase = { ...phase, account, unlinkSuspected: isDenied }
  if (isDenied) s.poll = { ...s.poll, dueAt: at }
  checkPhone(s, at)
  return false
}

/** The number, the name and the picture may come later than the link. Details of another phone are not mixed in. */
function mergeAccounts(before: PairingAccount, after: PairingAccount = {}): PairingAccount {
  const isOther =
    before.phoneNumber && after.phoneNumber && !isSamePhone(before.phoneNumber, after.phoneNumber)
  return isOther ? after : { ...before, ...after }
}

function limitWaiting(s: Draft, at: number): void {
  const isLinking = s.phase.name === 'linking'
  const isWaiting =
    isLinking || (s.phase.name === 'active' && s.method === 'qr' && s.qr.display === 'waiting')
  if (isWaiting && at - s.waitingSince >= (isLinking ? LINKING_LIMIT_MS : WAITING_LIMIT_MS))
    enter(s, stuck(), at)
}

/** A request of the poller to the provider failed. */
function takeError(s: Draft, { code, retryInMs }: NonNullable<PairingUpdate['error']>, at: number): void {
  const error = new PairingError(
    code,
    `A request to the provider failed with "${code}". The console or log of the server says more.`,
    { retryAfterMs: retryInMs },
  )
  failed(s, error, retryInMs === undefined ? undefined : at + retryInMs, at)
}

/** A request of the page failed. */
export function requestFailed(s: Draft, event: Extract<SessionEvent, { type: 'request-failed' }>): void {
  const { request, error, jitter, at } = event
  const { phase, offer, code } = s
  if (phase.name === 'idle') return
  const isForCode = request === 'request-pairing-code'
  if (isForCode && error.code === 'not-supported' && offer.methods.length === 0) {
    s.code = { name: 'number' }
    s.offer = { ...offer, methods: ['qr'] }
    s.method = 'qr'
  } else if (isForCode && error.action !== 'contact-host') {
    if (code.name === 'requesting') s.code = { ...code, name: 'number', error }
    s.codeQuietUntil = at + (retryAfterMs(error) || (error.code === 'rate-limited' ? CODE_COOL_DOWN_MS : 0))
  } else failed(s, error, at + pauseAfter(error, s.poll.failures + 1, jitter), at)
}

function failed(s: Draft, error: PairingError, retryAt: number | undefined, at: number): void {
  const { phase } = s
  const failures = s.poll.failures + 1
  const wasLastLook = s.isLastLook
  const dueAt = retryAt ?? at + pauseAfter(error, failures)
  s.isLastLook = false
  if (phase.name === 'failed') {
    s.isConfirmed = true
    return
  }
  if (phase.name === 'linked' && s.isConfirmed) {
    // A failed read does not mean that the link is gone.
    s.poll = { dueAt, failures, error: undefined }
    if (failures >= TRANSIENT_LIMIT) s.phase = { ...phase, unlinkSuspected: false }
    return
  }
  // The last look failed: the round is over all the same.
  if (wasLastLook) return
  const limit = transientErrors.includes(error.code) ? TRANSIENT_LIMIT : FAILURE_LIMIT
  if (error.retryable && (failures < limit || isCodeOnScreen(s))) s.poll = { dueAt, failures, error }
  else {
    enter(s, { name: 'failed', error }, at)
    // A component that came back waits for nothing more.
    s.isConfirmed = true
  }
}
