import { pauseAfter, retryAfterMs } from './backoff.js'
import { PairingError, type PairingErrorCode } from './errors.js'
import type { PairingAccount } from './provider.js'
import { takeCodes } from './session-codes.js'
import {
  checkPhone,
  type Draft,
  enter,
  forgetQr,
  hideQr,
  initialPoll,
  initialRound,
  isCodeOnScreen,
  isWaiting,
  start,
  stuck,
} from './session-moves.js'
import { WAY_OUT_MS } from './session-request.js'
import type { Phase, SessionEvent } from './session-state.js'
import type { PairingUpdate } from './update.js'

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

/** Where a provider does not document how long its first code may take. */
const WAITING_LIMIT_MS = 10 * 60_000

/** A provider that had a code in this round, and has no other one after this time, is stuck. */
const NEXT_CODE_LIMIT_MS = 90_000

/** After a refusal for too many requests that names no time to wait. */
const CODE_COOL_DOWN_MS = 30_000

/** A pushed update may be this late before the page reads. */
const PUSH_SLACK_MS = 1_000

/** Where an update does not say when to read again. */
const USUAL_INTERVAL_MS = 3_000

/** WhatsApp ends some links again two or three minutes after they were made. A later end is one of the phone's owner. */
const SOON_MS = 3 * 60_000

type Updated = Extract<SessionEvent, { type: 'updated' }>

/** What an update means for the session. */
export function updated(s: Draft, event: Updated): void {
  const { update, at, isPushed = false, request } = event
  const { source, phase: before } = s
  if (before.name === 'idle' || (before.name === 'failed' && s.isConfirmed && !s.isLastLook)) return
  const { nextInMs = update.timing.statusIntervalMs || USUAL_INTERVAL_MS } = update
  // An update that comes while a change is due does not delay it.
  if (!isChangeDue(s) || before.name !== 'active')
    s.poll = { ...s.poll, dueAt: at + nextInMs + (isPushed ? PUSH_SLACK_MS : 0) }
  const isSameSession = source?.session === update.session
  const isSameOrigin = isSameSession && source?.origin === update.origin
  if (isSameOrigin && update.seq < source.seq) return
  if (source && !isSameSession) beginAnew(s, at)
  else if (source && !request && isChanged(source.revision, update.revision)) invalidate(s, update, at)
  const isRepeated = isSameOrigin && update.seq === source.seq
  const wasLastLook = s.isLastLook
  // What made the session fail before the component came back is gone, unless the provider says so again.
  const isObstacleGone =
    !s.isConfirmed && !update.error && update.status !== 'stale' && update.status !== 'linked'
  if (s.phase.name === 'failed' && isObstacleGone) {
    const { dueAt } = s.poll
    enter(s, { name: 'idle' }, at)
    start(s, at)
    s.poll = { ...s.poll, dueAt }
  }
  s.isLastLook = false
  s.isConfirmed = true
  takeSource(s, event)
  if (update.error) {
    s.isLastLook = wasLastLook
    if (!isRepeated || wasLastLook) takeError(s, update, at)
  } else {
    s.poll = { ...s.poll, failures: 0, error: undefined }
    takeState(s, event, { isRepeated, wasLastLook })
  }
  // What stands in the way is cleared first, then the code is requested again.
  const isBlocked = s.reset.endsWith('-due')
  if (request === 'request-pairing-code' && s.code.name === 'requesting' && !isBlocked) {
    const error = new PairingError('code-refused', 'The provider issued no pairing code. Try again.')
    s.code = { ...s.code, name: 'number', error }
  }
  limitWaiting(s, at)
}

function isChangeDue({ reset }: Draft): boolean {
  return reset === 'start-due' || reset === 'reset-due' || reset === 'unlink-due'
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
  s.otherCode = undefined
  s.judged = undefined
  s.codeQuietUntil = 0
  s.notice = undefined
  s.poll = { ...initialPoll, dueAt: s.poll.dueAt }
  s.since = s.roundSince = s.waitingSince = at
}

/** Another page, or another person, has changed the session. */
function invalidate(s: Draft, { reason }: PairingUpdate, at: number): void {
  const { code, phase } = s
  if (phase.name === 'linked') {
    if (reason !== 'unlinked') return
    start(s, at)
    s.notice = 'unlinked-on-phone'
    return
  }
  if (phase.name !== 'active') return
  // Where the code is still live, this update names it again.
  hideQr(s)
  s.otherCode = undefined
  // It is read on until the state after the change is known, which may name a code.
  if (s.source) s.source = { ...s.source, hasState: false }
  s.waitingSince = at
  if (code.name !== 'live') return
  s.code = { name: 'number', phoneNumber: code.phoneNumber }
  s.notice = 'code-replaced'
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
      if (!wasLastLook) blocked(s, update.status, update.revision, at)
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
function blocked(s: Draft, status: 'stopped' | 'stale', revision: number | undefined, at: number): void {
  endLinking(s, at)
  if (s.phase.name === 'linking' || isChangeDue(s)) return
  const isSent = s.reset !== 'none'
  // A process that has not seen the start or reset may respond with its cached state from before it.
  if (isSent && (revision ?? 0) < (s.source?.revision ?? 0)) return
  if (isSent || (status === 'stale' && !s.setup.clearsLeftovers)) {
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
  s.notice = 'link-not-finished'
  enter(s, { name: 'active' }, at)
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
    const notice = at - s.since < SOON_MS ? 'link-ended' : 'unlinked-on-phone'
    start(s, at)
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
  const isOther = before.phoneNumber && after.phoneNumber && before.phoneNumber !== after.phoneNumber
  return isOther ? after : { ...before, ...after }
}

function limitWaiting(s: Draft, at: number): void {
  const startMs = s.offer.timing?.startMs ?? WAITING_LIMIT_MS
  const firstMs = s.qr.shown > 0 ? NEXT_CODE_LIMIT_MS : startMs
  const limitMs = s.phase.name === 'linking' ? LINKING_LIMIT_MS : firstMs
  if (isWaiting(s) && at - s.waitingSince >= limitMs) enter(s, stuck(), at)
}

/** A request of the poller to the provider failed. */
function takeError(s: Draft, { error: told, willRetry, nextInMs }: PairingUpdate, at: number): void {
  const { code = 'unknown', retryInMs } = told ?? {}
  const text = `A request to the provider failed with "${code}". See the log of the server.`
  const error = new PairingError(code, text, { retryAfterMs: retryInMs })
  const waitMs = willRetry ? nextInMs : retryInMs
  const shown = willRetry ? new PairingError('provider-unavailable', text) : error
  failed(s, shown, waitMs === undefined ? undefined : at + waitMs, at)
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
  if (error.retryable && (failures < limit || isCodeOnScreen(s))) {
    s.poll = { dueAt, failures, error }
    // Time in which nothing is known about the provider is no sign that it is stuck.
    s.waitingSince = Math.max(s.waitingSince, at - WAY_OUT_MS)
  } else {
    enter(s, { name: 'failed', error }, at)
    // A component that came back waits for nothing more.
    s.isConfirmed = true
  }
}
