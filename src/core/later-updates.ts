import { mergeAccounts } from './account.js'
import { PairingError } from './errors.js'
import { checkPhone, start } from './later-actions.js'
import { formatPairingCode } from './pairing-code.js'
import {
  type Draft,
  enter,
  forgetQr,
  hideQr,
  initialPoll,
  initialRound,
  isChangeDue,
  staleSession,
} from './session-draft.js'
import { applyPasskeyState, endPasskey } from './session-passkey.js'
import { EARLY_END_MS } from './session-request.js'
import type { Phase, UpdateContext, UpdatedEvent } from './session-state.js'
import { baseOf, showQrCode } from './show-qr-code.js'
import type { PairingUpdate, UpdatePairingCode } from './update.js'

/** Providers report "not linked" for a moment between the scan and the link (WhatsApp's 515 restart). */
const LINKING_GRACE_MS = 10_000

/** Prepares the session for an update that changes more than its state. */
export function prepare(s: Draft, event: UpdatedEvent): void {
  const { update, at, request } = event
  const { source } = s
  const isSameSession = source?.session === update.session
  if (source && !isSameSession) beginAnew(s, at)
  else if (source && !request && (update.revision ?? 0) > (source.revision ?? 0)) invalidate(s, update, at)
  // The failure from before the component came back is dropped, unless the provider reports it again.
  const isCauseRemoved =
    !s.isConfirmed && !update.error && update.status !== 'stale' && update.status !== 'linked'
  if (s.phase.name !== 'failed' || !isCauseRemoved) return
  const { dueAt } = s.poll
  enter(s, { name: 'idle' }, at)
  start(s, at)
  s.poll = { ...s.poll, dueAt }
}

/** Another session has replaced this one, for example because another user signed in. Everything is discarded. */
function beginAnew(s: Draft, at: number): void {
  s.phase = { name: 'active' }
  s.attempt += 1
  s.reset = 'none'
  s.qr = initialRound
  s.code = { name: 'number' }
  s.otherCode = undefined
  s.comparison = undefined
  s.codeQuietUntil = 0
  s.notice = undefined
  s.poll = { ...initialPoll, dueAt: s.poll.dueAt }
  s.since = s.roundSince = s.waitingSince = at
}

/** Another page, or another person, has changed the session. */
function invalidate(s: Draft, { reason }: PairingUpdate, at: number): void {
  const { code, phase } = s
  if (phase.name === 'linked') {
    if (reason !== 'disconnected' && reason !== 'unlinked') return
    start(s, at)
    s.notice = 'unlinked-on-phone'
    return
  }
  if (phase.name === 'passkey-required' && reason === 'reset') start(s, at)
  if (phase.name !== 'active') return
  // If the code is still live, this update contains it again.
  hideQr(s)
  s.otherCode = undefined
  // The page keeps reading until it knows the state after the change, which may include a code.
  if (s.source) s.source = { ...s.source, hasState: false }
  s.waitingSince = at
  if (code.name !== 'live') return
  s.code = { name: 'number', phoneNumber: code.phoneNumber }
  s.notice = 'code-replaced'
}

/** Applies the state of an update. */
export function applyState(s: Draft, event: UpdatedEvent, { isRepeated, wasLastRead }: UpdateContext): void {
  const { update, at } = event
  const { phase } = s
  if (phase.name === 'failed' && update.status !== 'linked') return
  if (phase.name === 'linked' && !isLinkEnded(s, phase, update, isRepeated, at)) return
  switch (update.status) {
    case 'linked':
      enter(
        s,
        {
          name: 'linked',
          account: update.account ?? {},
          syncProgress: update.syncProgress,
          unlinkSuspected: false,
        },
        at,
      )
      checkPhone(s, at)
      return
    case 'passkey-required':
      applyPasskeyState(s, event)
      return
    case 'stopped':
    case 'stale':
      if (phase.name === 'passkey-required' && phase.step) {
        endPasskey(s, phase, at)
        return
      }
      // The round has ended. The next round will see this state again.
      if (!wasLastRead) blocked(s, update.status, update.revision, at)
      return
    case 'linking':
      enter(s, { name: 'linking' }, at)
      return
    default:
      if (update.status !== 'preparing') endLinking(s, at)
      applyCodes(s, event, wasLastRead)
  }
}

function applyCodes(s: Draft, event: UpdatedEvent, wasLastRead: boolean): void {
  if (s.phase.name !== 'active') return
  const { update, request, at } = event
  if (update.status === 'qr' && s.method === 'qr' && !wasLastRead) showQrCode(s, event)
  const { pairingCode } = update
  if (pairingCode) applyPairingCode(s, pairingCode, request === 'request-pairing-code', baseOf(s, event), at)
}

/** The request for a pairing code has ended. If no code arrived, it was refused. */
export function endCodeRequest(s: Draft): void {
  // A pending reset runs first, then the code is requested again.
  if (s.code.name !== 'requesting' || isChangeDue(s.reset)) return
  const error = new PairingError('code-refused', 'The provider issued no pairing code. Try again.')
  s.code = { ...s.code, name: 'number', error }
}

/** The provider is stopped, or has leftovers of an earlier link. */
function blocked(s: Draft, status: 'stopped' | 'stale', revision: number | undefined, at: number): void {
  endLinking(s, at)
  if (s.phase.name === 'linking' || isChangeDue(s.reset)) return
  const isSent = s.reset !== 'none'
  // A process that has not seen the start or reset may respond with its cached state from before it.
  if (isSent && (revision ?? 0) < (s.source?.revision ?? 0)) return
  if (isSent || (status === 'stale' && !s.setup.clearsLeftovers)) {
    enter(s, staleSession(), at)
    return
  }
  forgetQr(s)
  s.reset = status === 'stopped' ? 'start' : 'reset'
  s.poll = { ...s.poll, dueAt: at }
  enter(s, { name: 'active' }, at)
}

/** A report of "not linked" after a scan ends the linking, if it has lasted long enough. */
function endLinking(s: Draft, at: number): void {
  if (s.phase.name !== 'linking' || at - s.since < LINKING_GRACE_MS) return
  s.roundSince = at
  s.notice = 'link-not-finished'
  enter(s, { name: 'active' }, at)
}

/**
 * Whether a finished link has ended. A second update has to confirm it, because some providers report the end for a moment while
 * a new link settles.
 */
function isLinkEnded(
  s: Draft,
  phase: Extract<Phase, { name: 'linked' }>,
  update: PairingUpdate,
  isRepeated: boolean,
  at: number,
): boolean {
  const { status } = update
  const isDenied = status === 'unlinked' || status === 'stopped' || status === 'stale' || status === 'qr'
  if (isDenied && phase.unlinkSuspected && !isRepeated) {
    const notice = at - s.since < EARLY_END_MS ? 'link-ended' : 'unlinked-on-phone'
    start(s, at)
    s.notice = notice
    return true
  }
  if (isRepeated) return false
  const account = status === 'linked' ? mergeAccounts(phase.account, update.account) : phase.account
  s.phase = { ...phase, account, syncProgress: update.syncProgress, unlinkSuspected: isDenied }
  if (isDenied) s.poll = { ...s.poll, dueAt: at }
  checkPhone(s, at)
  return false
}

/**
 * Shows the pairing code of an update.
 *
 * @param isOwn The update is the response to the request of this page for a code.
 * @param base The moment that the durations of the update count from.
 */
function applyPairingCode(
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
  // A code belongs to a number. The code of another page is shown only when the user requests it.
  if (!digits || (!isOwn && lastDigits && digits !== lastDigits)) {
    if (step.name === 'live') {
      s.code = { name: 'number', phoneNumber }
      s.notice = 'code-replaced'
    }
    // Updates that repeat a code do not extend its life.
    if (lastDigits && otherCode?.code.value !== value && at < expiresAt) s.otherCode = issued
    return
  }
  if (step.name === 'spent' || (step.name === 'live' && step.code.value === value)) return
  if ((step.name === 'number' && !lastDigits) || at >= expiresAt) return
  s.code = { ...issued, name: 'live', lastDigits: digits, phoneNumber, isSlow: false }
  s.otherCode = undefined
  s.notice = undefined
}
