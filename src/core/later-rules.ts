import { pauseAfter, retryAfterMs } from './backoff.js'
import { PairingError, toPairingError } from './errors.js'
import { applyComparison, checkPhone, requestNextCode, start } from './later-actions.js'
import { applyState, endCodeRequest, prepare } from './later-updates.js'
import { normalizePhoneNumber, type PhoneNumber } from './phone-number.js'
import { extractNumber } from './phone-text.js'
import type { PairingMethod } from './provider.js'
import { type Draft, enter, forgetQr, initialPoll, readOnceMore } from './session-draft.js'
import type { SessionEvent } from './session-event.js'
import {
  applyPasskey,
  isPasskeyEvent,
  restartPasskey,
  settlePasskey,
  viewPasskey,
} from './session-passkey.js'
import { slowCodeAt } from './session-request.js'
import type { LaterRules, Phase, SessionFacts, SessionView } from './session-state.js'
import { FAILURE_LIMIT, failed } from './session-updates.js'
import { slowWait } from './session-view.js'

/** A component that is remounted within this time has only moved in the page. */
const MOVE_MS = 1_000

/** After a refusal for too many requests that names no time to wait. */
const CODE_COOL_DOWN_MS = 30_000

/** All rules that an app loads after the first QR code, or when one of them is needed. */
export const laterRules: LaterRules = {
  apply,
  prepare,
  applyState,
  endCodeRequest,
  settle,
  forgetTimes,
  view,
}

function settle(s: Draft, at: number): void {
  const { code, phase } = s
  if (phase.name === 'passkey-required') settlePasskey(s, phase, at)
  if (code.name === 'live') {
    if (at >= code.code.expiresAt) {
      s.code = { name: 'spent', phoneNumber: code.phoneNumber }
      if (s.method === 'phone-code') readOnceMore(s, at)
    } else if (at >= slowCodeAt(s)) s.code = { ...code, isSlow: true }
  }
  if (s.codeQuietUntil && at >= s.codeQuietUntil) {
    s.codeQuietUntil = 0
    if (code.name === 'number' && code.error?.code === 'rate-limited') s.code = { ...code, error: undefined }
  }
  if (s.otherCode && at >= s.otherCode.code.expiresAt) s.otherCode = undefined
}

/** Keeps the phase with its error or account, but forgets all times. */
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
  if (isPasskeyEvent(event)) {
    applyPasskey(s, event)
    return
  }
  switch (event.type) {
    case 'started':
      start(s, at)
      return
    case 'reset-requested':
      if (s.phase.name === 'passkey-required' && s.isConfirmed) {
        restartPasskey(s, at)
        return
      }
      if (!s.isSlow || !s.isConfirmed || !s.offer.abilities.includes('reset')) return
      // The phone has used the code.
      if (s.phase.name === 'linking') s.code = { name: 'number' }
      enter(s, { name: 'active' }, at)
      s.reset = 'reset'
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
      try {
        submit(s, normalizePhoneNumber(extractNumber(event.phoneNumber)), at)
      } catch (error) {
        s.code = { name: 'number', error: toPairingError(error) }
      }
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
      if (s.setup.refreshMode === 'auto' && s.qr.display === 'held') requestNextCode(s, at)
      checkPhone(s, at)
      return
    case 'request-done':
      requestDone(s, event)
      return
    case 'request-failed':
      codeRequestFailed(s, event)
      return
    case 'number-compared':
      applyComparison(s, event.result, at)
      return
    case 'entered':
      returned(s, event)
      return
    case 'image-broken':
      if (s.qr.display === 'visible') imageBroken(s, at)
  }
}

function submit(s: Draft, phoneNumber: PhoneNumber, at: number): void {
  choose(s, 'phone-code', at)
  if (s.phase.name === 'idle') start(s, at)
  if (s.phase.name !== 'active' || s.method !== 'phone-code' || s.code.name === 'requesting') return
  if (at < s.codeQuietUntil) return
  s.code = { name: 'requesting', phoneNumber }
  s.waitingSince = at
  s.isLastRead = false
  s.notice = undefined
}

function choose(s: Draft, method: PairingMethod, at: number): void {
  const { methods } = s.offer
  const isOpen = s.phase.name === 'active' || s.phase.name === 'idle' || s.phase.name === 'failed'
  if (!isOpen || s.method === method || (methods.length > 0 && !methods.includes(method))) return
  s.method = method
  s.isLastRead = false
  if (method !== 'qr') return
  s.poll = { ...s.poll, dueAt: Math.min(s.poll.dueAt, at) }
  s.waitingSince = at
}

function requestDone(s: Draft, { request, at }: Extract<SessionEvent, { type: 'request-done' }>): void {
  if (s.reset !== request) return
  s.reset = request === 'unlink' ? 'none' : request === 'start' ? 'started' : 'done'
  s.poll = { ...initialPoll, dueAt: at }
}

function codeRequestFailed(
  s: Draft,
  { error, jitter, at }: Extract<SessionEvent, { type: 'request-failed' }>,
): void {
  const { phase, offer, code } = s
  if (phase.name === 'idle') return
  if (error.code === 'not-supported' && offer.methods.length === 0) {
    s.code = { name: 'number' }
    s.offer = { ...offer, methods: ['qr'] }
    s.method = 'qr'
  } else if (error.action !== 'contact-host') {
    if (code.name === 'requesting') s.code = { ...code, name: 'number', error }
    s.codeQuietUntil = at + (retryAfterMs(error) || (error.code === 'rate-limited' ? CODE_COOL_DOWN_MS : 0))
  } else failed(s, error, at + pauseAfter(error, s.poll.failures + 1, jitter), at)
}

function imageBroken(s: Draft, at: number): void {
  const broken = s.qr.broken + 1
  const { code } = s.qr
  // Without its id, the server sends it again.
  s.qr = { ...s.qr, display: 'waiting', broken, code: code && { ...code, id: undefined } }
  const error = new PairingError('invalid-answer', 'The QR image cannot be shown.')
  if (broken < FAILURE_LIMIT) s.poll = { ...s.poll, error, dueAt: at + pauseAfter(error, broken) }
  else enter(s, { name: 'failed', error }, at)
}

/**
 * The first component was mounted: it does not show how the previous one ended. A failure that is not transient is shown again
 * after a read has confirmed the session, unless its cause no longer exists.
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

/** The view of every state beyond the wait for a scan. */
function view(s: SessionFacts): SessionView {
  const { phase, code, otherCode: other } = s
  switch (phase.name) {
    case 'linked':
      return viewLink(phase, s)
    case 'linking':
      return { status: 'linking', since: s.since, ...slowWait(s) }
    case 'passkey-required':
      return viewPasskey(phase, s)
  }
  switch (code.name) {
    case 'requesting':
      return { status: 'requesting-code', phoneNumber: code.phoneNumber, ...slowWait(s) }
    case 'live': {
      const { code: pairingCode, name: _, ...rest } = code
      return { status: 'awaiting-code', pairingCode, ...rest }
    }
    case 'spent':
      return { status: 'expired', reason: 'code-not-entered' }
    case 'number':
      return {
        status: 'awaiting-number',
        error: code.error,
        retryAt: s.codeQuietUntil || undefined,
        otherCode: other && { lastDigits: other.lastDigits, expiresAt: other.code.expiresAt },
      }
  }
}

function viewLink(
  { account, syncProgress, isUnsure }: Extract<Phase, { name: 'linked' }>,
  { setup: { expectedPhoneNumber = '' } }: SessionFacts,
): SessionView {
  return isUnsure
    ? { status: 'confirming-number', account, expectedPhoneNumber }
    : { status: 'linked', account, syncProgress }
}
