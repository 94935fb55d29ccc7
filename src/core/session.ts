import { pauseAfter } from './backoff.js'
import { PairingError } from './errors.js'
import { isSame } from './is-same.js'
import type { PhoneNumber } from './phone-number.js'
import type { PairingMethod } from './provider.js'
import {
  askForNextCode,
  checkPhone,
  type Draft,
  enter,
  forgetQr,
  hideQr,
  initialPoll,
  initialRound,
  isWaiting,
  judgeNumber,
  lookOnce,
  start,
  uncount,
} from './session-moves.js'
import { endsWithCode, slowCodeAt, wayOutAt } from './session-request.js'
import type { SessionEvent, SessionFacts, SessionOffer, SessionSetup, SessionState } from './session-state.js'
import { FAILURE_LIMIT, requestFailed, updated } from './session-updates.js'
import { isOver, viewSession } from './session-view.js'

/** QR codes that may pass unscanned, as WhatsApp's own page does it. */
export const DEFAULT_MAX_REFRESHES = 3

/** After a longer silence (a machine that slept), waiting starts anew. */
const SILENCE_MS = 60_000

/** Two readings of one clock may be this far out of order before it counts as set back. */
const CLOCK_TOLERANCE_MS = 1_000

/** A component that is mounted again within this time has only moved. */
const MOVE_MS = 1_000

/** What a session begins with. */
export interface SessionOptions extends SessionSetup {
  readonly offer: SessionOffer
  readonly method: PairingMethod
  readonly autoStart: boolean
}

/** The state of a session that no update was received for. `now` is epoch milliseconds. */
export function initialState(
  { offer, method, autoStart, ...setup }: SessionOptions,
  now: number,
): SessionState {
  const facts: SessionFacts = {
    setup,
    offer,
    method,
    phase: { name: autoStart ? 'active' : 'idle' },
    since: now,
    roundSince: now,
    waitingSince: now,
    isSlow: false,
    now,
    attempt: autoStart ? 1 : 0,
    copies: 0,
    departures: 0,
    reset: 'none',
    isLastLook: false,
    source: undefined,
    poll: initialPoll,
    qr: initialRound,
    code: { name: 'number' },
    otherCode: undefined,
    codeQuietUntil: 0,
    judged: undefined,
    notice: undefined,
    unwatchedAt: undefined,
    leftAt: undefined,
    isConfirmed: true,
  }
  return { facts, session: viewSession(facts) }
}

/** The state after an event. A state that stays is returned as the same object. */
export function transition(state: SessionState, event: SessionEvent): SessionState {
  const { facts } = state
  const s: Draft = { ...facts }
  settle(s, event.at)
  apply(s, event)
  settle(s, event.at)
  if (isSame(s, facts)) return state
  s.now = event.at
  return { facts: s, session: viewSession(s, state.session) }
}

/** What time alone does to a session. */
function settle(s: Draft, at: number): void {
  if (at < s.now - CLOCK_TOLERANCE_MS) {
    forgetTimes(s, at)
    return
  }
  const { code } = s
  if (code.name === 'live') {
    if (at >= code.code.expiresAt) {
      s.code = { name: 'spent', phoneNumber: code.phoneNumber }
      if (s.method === 'phone-code') lookOnce(s, at)
    } else if (at >= slowCodeAt(s)) s.code = { ...code, isSlow: true }
  }
  if (s.codeQuietUntil && at >= s.codeQuietUntil) {
    s.codeQuietUntil = 0
    if (code.name === 'number' && code.error?.code === 'rate-limited') s.code = { ...code, error: undefined }
  }
  if (s.otherCode && at >= s.otherCode.code.expiresAt) s.otherCode = undefined
  settleQr(s, at)
  if (at - s.now > SILENCE_MS) s.waitingSince = at
  s.isSlow = isWaiting(s) && at >= wayOutAt(s)
}

function settleQr(s: Draft, at: number): void {
  const { code } = s.qr
  if (!code) return
  if (s.qr.display === 'visible' && at >= Math.min(code.hideAt, code.expiresAt)) {
    hideQr(s)
    s.waitingSince = at
  }
  if (at < code.expiresAt) return
  uncount(s, at)
  if (!endsWithCode(s)) return
  s.qr = { ...s.qr, display: code.number >= s.setup.maxRefreshes ? 'spent' : 'held' }
  if (s.method === 'qr') lookOnce(s, at)
}

/** The clock was set back: no age is known any more. The phase stays, with its error or account. */
function forgetTimes(s: Draft, at: number): void {
  const { code } = s
  s.poll = { ...s.poll, dueAt: at, failures: 0 }
  forgetQr(s)
  if (code.name === 'live') s.code = { name: 'spent', phoneNumber: code.phoneNumber }
  s.source = s.source && { ...s.source, clockOffsetMs: Number.POSITIVE_INFINITY }
  s.otherCode = undefined
  s.codeQuietUntil = 0
  s.now = s.since = s.waitingSince = at
  s.roundSince = Math.min(s.roundSince, at)
  s.leftAt = s.leftAt === undefined ? undefined : Math.min(s.leftAt, at)
}

function apply(s: Draft, event: SessionEvent): void {
  const { at } = event
  switch (event.type) {
    case 'started':
      start(s, at)
      return
    case 'reset-requested':
      if (!s.isSlow || !s.isConfirmed || !s.offer.abilities.includes('reset')) return
      // The code that the phone has answered is over.
      if (s.phase.name === 'linking') s.code = { name: 'number' }
      enter(s, { name: 'active' }, at)
      s.reset = 'reset-due'
      s.poll = { ...initialPoll, dueAt: at }
      s.waitingSince = at
      return
    case 'cancelled':
      s.code = { name: 'number' }
      s.notice = undefined
      enter(s, { name: 'idle' }, at)
      return
    case 'method-chosen':
      choose(s, event.method, at)
      return
    case 'number-submitted':
      submit(s, event.phoneNumber, at)
      return
    case 'number-rejected':
      s.code = { name: 'number', error: event.error }
      return
    case 'number-withdrawn':
      if (s.code.name === 'live') s.otherCode = s.code
      s.code = { name: 'number' }
      return
    case 'other-code-shown':
      if (!s.otherCode || s.code.name !== 'number') return
      s.code = { ...s.otherCode, name: 'live', isSlow: false }
      s.notice = undefined
      return
    case 'number-remembered':
      if (s.code.name !== 'number' || s.source) return
      s.code = { ...s.code, phoneNumber: event.phoneNumber }
      choose(s, 'phone-code', at)
      return
    case 'expected':
      expect(s, event)
      return
    case 'updated':
      updated(s, event)
      return
    case 'request-done':
      requestDone(s, event)
      return
    case 'request-failed':
      requestFailed(s, event)
      return
    case 'push-ended':
      // After a failure, the pause goes on.
      if (s.poll.failures === 0) s.poll = { ...s.poll, dueAt: Math.min(s.poll.dueAt, at) }
      return
    case 'number-judged':
      judgeNumber(s, event.result, at)
      return
    case 'copied':
      s.copies += 1
      return
    case 'watched':
      s.unwatchedAt = event.isWatched ? undefined : (s.unwatchedAt ?? at)
      // A code may have come and gone in the meantime.
      if (event.isWatched && s.qr.code) s.qr = { ...s.qr, code: { ...s.qr.code, isJoined: true } }
      return
    case 'entered':
      returned(s, event)
      return
    case 'left':
      if (!isOver(viewSession(s))) s.departures += 1
      s.leftAt = at
      s.isConfirmed = false
      return
    case 'image-broken':
      if (s.qr.display === 'visible') imageBroken(s, at)
  }
}

function expect(
  s: Draft,
  { phoneNumber, clearsLeftovers, refreshMode, at }: Extract<SessionEvent, { type: 'expected' }>,
): void {
  const { setup } = s
  s.setup = {
    ...setup,
    expectedPhoneNumber: phoneNumber ?? setup.expectedPhoneNumber,
    clearsLeftovers: clearsLeftovers ?? setup.clearsLeftovers,
    refreshMode: refreshMode ?? setup.refreshMode,
  }
  if (s.setup.refreshMode === 'auto' && s.qr.display === 'held') askForNextCode(s, at)
  if (s.setup.expectedPhoneNumber !== setup.expectedPhoneNumber) s.judged = undefined
  checkPhone(s, at)
}

function submit(s: Draft, phoneNumber: PhoneNumber, at: number): void {
  choose(s, 'phone-code', at)
  if (s.phase.name === 'idle') start(s, at)
  if (s.phase.name !== 'active' || s.method !== 'phone-code' || s.code.name === 'requesting') return
  if (at < s.codeQuietUntil) return
  s.code = { name: 'requesting', phoneNumber }
  s.waitingSince = at
  s.isLastLook = false
  s.notice = undefined
}

function choose(s: Draft, method: PairingMethod, at: number): void {
  const { methods } = s.offer
  const isOpen = s.phase.name === 'active' || s.phase.name === 'idle' || s.phase.name === 'failed'
  if (!isOpen || s.method === method || (methods.length > 0 && !methods.includes(method))) return
  s.method = method
  s.isLastLook = false
  if (method !== 'qr') return
  s.poll = { ...s.poll, dueAt: Math.min(s.poll.dueAt, at) }
  s.waitingSince = at
}

function requestDone(s: Draft, { request, at }: Extract<SessionEvent, { type: 'request-done' }>): void {
  const isDue = s.reset === `${request}-due`
  if (!isDue) return
  s.reset = request === 'unlink' ? 'none' : request === 'start' ? 'started' : 'done'
  s.poll = { ...initialPoll, dueAt: at }
}

function imageBroken(s: Draft, at: number): void {
  const broken = s.qr.broken + 1
  const { code } = s.qr
  // Without its id it is sent again.
  s.qr = { ...s.qr, display: 'waiting', broken, code: code && { ...code, id: undefined } }
  const error = new PairingError('invalid-answer', 'The QR image cannot be shown.')
  if (broken < FAILURE_LIMIT) s.poll = { ...s.poll, error, dueAt: at + pauseAfter(error, broken) }
  else enter(s, { name: 'failed', error }, at)
}

/**
 * A component was mounted where there was none: it does not show how the last one ended. Another failure than a transient
 * one is shown again when a read has confirmed the session, unless that says that its cause is gone.
 */
function returned(s: Draft, { isReopened, at }: Extract<SessionEvent, { type: 'entered' }>): void {
  const { leftAt, phase } = s
  s.leftAt = undefined
  if (leftAt === undefined) return
  s.poll = { ...s.poll, dueAt: at }
  s.waitingSince = at
  if (!isReopened && at - leftAt < MOVE_MS) return
  const isExpired =
    phase.name === 'active' && (s.method === 'qr' ? s.qr.display === 'spent' : s.code.name === 'spent')
  if (isExpired || (phase.name === 'failed' && phase.error.retryable)) {
    s.code = { name: 'number' }
    enter(s, { name: 'idle' }, at)
    start(s, at)
  }
}
