import { isClockSetBack, pauseAfter } from './backoff.js'
import { isSame } from './is-same.js'
import type { PairingMethod } from './provider.js'
import {
  type Draft,
  hideQr,
  initialPoll,
  initialRound,
  isWaiting,
  readOnceMore,
  uncountQr,
} from './session-draft.js'
import type { SessionEvent } from './session-event.js'
import { endsWithCode, wayOutAt } from './session-request.js'
import type { LaterRules, SessionFacts, SessionOffer, SessionSetup, SessionState } from './session-state.js'
import { failed, requireRules, updated } from './session-updates.js'
import { isOver, viewSession } from './session-view.js'

/** How many QR codes may expire unscanned, as on WhatsApp's own page. */
export const DEFAULT_MAX_REFRESHES = 3

/** After a longer silence (the machine slept), waiting times start again. */
const SILENCE_MS = 60_000

/** Options for the first state of a session. */
export interface SessionOptions extends SessionSetup {
  readonly offer: SessionOffer
  readonly method: PairingMethod
  readonly autoStart: boolean
}

/** The state of a session before its first update. `now` is epoch milliseconds. */
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
    abandoned: 0,
    reset: 'none',
    isLastRead: false,
    source: undefined,
    poll: initialPoll,
    qr: initialRound,
    code: { name: 'number' },
    otherCode: undefined,
    codeQuietUntil: 0,
    comparison: undefined,
    notice: undefined,
    unwatchedAt: undefined,
    leftAt: undefined,
    isConfirmed: true,
  }
  return { facts, session: viewSession(facts, undefined) }
}

/**
 * The state after an event. If nothing changed, it is the same object.
 *
 * @param later The rules that no session needs before its first QR code; `undefined` while they are not loaded
 * @throws {@link rulesMissing} where the event needs one of them.
 */
export function transition(
  state: SessionState,
  event: SessionEvent,
  later: LaterRules | undefined,
): SessionState {
  const { facts } = state
  const s: Draft = { ...facts }
  settle(s, event.at, later)
  apply(s, event, later)
  settle(s, event.at, later)
  if (isSame(s, facts)) return state
  s.now = event.at
  return { facts: s, session: viewSession(s, later, state.session) }
}

/** Applies the passing of time to a session. */
function settle(s: Draft, at: number, later: LaterRules | undefined): void {
  if (isClockSetBack(s.now, at)) {
    requireRules(later).forgetTimes(s, at)
    return
  }
  if (s.code.name === 'live' || s.codeQuietUntil || s.otherCode || s.phase.name === 'passkey-required')
    requireRules(later).settle(s, at)
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
  uncountQr(s, at)
  if (!endsWithCode(s)) return
  s.qr = { ...s.qr, display: code.number >= s.setup.maxRefreshes ? 'spent' : 'held' }
  if (s.method === 'qr') readOnceMore(s, at)
}

function apply(s: Draft, event: SessionEvent, later: LaterRules | undefined): void {
  const { at } = event
  switch (event.type) {
    case 'time-passed':
      return
    case 'updated':
      updated(s, event, later)
      return
    case 'request-failed': {
      const { request, error, jitter } = event
      if (request === 'request-pairing-code') break
      if (s.phase.name !== 'idle' || request === 'rules')
        failed(s, error, at + pauseAfter(error, s.poll.failures + 1, jitter), at)
      return
    }
    case 'expected': {
      const { setup, qr, phase } = s
      const { phoneNumber, clearsLeftovers, refreshMode } = event
      s.setup = {
        ...setup,
        expectedPhoneNumber: phoneNumber ?? setup.expectedPhoneNumber,
        clearsLeftovers: clearsLeftovers ?? setup.clearsLeftovers,
        refreshMode: refreshMode ?? setup.refreshMode,
      }
      if (s.setup.expectedPhoneNumber !== setup.expectedPhoneNumber) s.comparison = undefined
      // For a linked phone or a code that waits for the user, the later rules apply the change.
      if (phase.name === 'linked' || qr.display === 'held') break
      return
    }
    case 'push-ended':
      // After a failure, the pause continues.
      if (s.poll.failures === 0) s.poll = { ...s.poll, dueAt: Math.min(s.poll.dueAt, at) }
      return
    case 'watched':
      s.unwatchedAt = event.isWatched ? undefined : (s.unwatchedAt ?? at)
      // There may have been other codes while the page was hidden.
      if (event.isWatched && s.qr.code) s.qr = { ...s.qr, code: { ...s.qr.code, isJoined: true } }
      return
    case 'entered':
      if (s.leftAt === undefined) return
      break
    case 'left':
      if (!isOver(viewSession(s, later))) s.abandoned += 1
      s.leftAt = at
      s.isConfirmed = false
      return
  }
  requireRules(later).apply(s, event)
}
