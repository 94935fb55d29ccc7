import type { PhoneComparison } from './compare-digits.js'
import { comparePhoneNumbers } from './compare-phone-numbers.js'
import { PairingError } from './errors.js'
import { type Draft, enter, forgetQr, initialPoll, initialRound } from './session-draft.js'

/** Starts a new round at the beginning, after `expired` or after `failed`. With a manual refresh, shows the next code. */
export function start(s: Draft, at: number): void {
  const { phase, qr, code } = s
  if (!s.isConfirmed && s.isSlow) {
    // The state at the provider may have changed, so it is read again before anything else.
    s.poll = initialPoll
    s.waitingSince = at
    return
  }
  const isActive = phase.name === 'active'
  if (isActive && qr.display === 'held' && s.method === 'qr') {
    requestNextCode(s, at)
    return
  }
  const isOver = s.method === 'qr' ? qr.display === 'spent' : code.name === 'spent'
  // A second click must not hand out more codes.
  if (!s.isSlow && (phase.name === 'linking' || (isActive && !isOver))) return
  const error = phase.name === 'failed' ? phase.error : undefined
  // If an earlier link blocks the new one, a start by the user includes the reset.
  const isReset = error?.action === 'start-over'
  s.reset = isReset ? (error?.code === 'wrong-phone-number' ? 'unlink' : 'reset') : 'none'
  // Retrying after a pairing code expired requests a new code for the same number.
  const repeated =
    s.method === 'phone-code' && code.name === 'spent' && at >= s.codeQuietUntil && code.phoneNumber
  s.code = repeated ? { name: 'requesting', phoneNumber: repeated } : { name: 'number' }
  s.otherCode = undefined
  if (error) s.comparison = undefined
  s.poll = initialPoll
  // A code that may still be live keeps its age. Otherwise it would look new when the provider repeats it.
  s.qr = { ...initialRound, code: qr.code && { ...qr.code, number: 0 }, replaced: qr.replaced }
  s.isLastRead = false
  s.notice = undefined
  s.roundSince = s.waitingSince = at
  s.attempt += 1
  enter(s, { name: 'active' }, at)
}

/** Requests the next code of the round, as soon as a read is allowed. */
export function requestNextCode(s: Draft, at: number): void {
  forgetQr(s)
  s.qr = { ...s.qr, display: 'waiting', wanted: s.qr.shown + 1 }
  s.isLastRead = false
  s.poll = { ...s.poll, dueAt: at }
  s.waitingSince = at
}

/**
 * Compares the linked number with the expected one, even if the number arrives after the link. A confirmation by the user takes
 * precedence.
 */
export function checkPhone(s: Draft, at: number): void {
  const { phase, setup, comparison } = s
  if (phase.name !== 'linked' || !setup.expectedPhoneNumber || !phase.account.phoneNumber) return
  const { phoneNumber } = phase.account
  const isCompared = comparison?.phoneNumber === phoneNumber
  applyComparison(
    s,
    isCompared ? comparison.result : comparePhoneNumbers(setup.expectedPhoneNumber, phoneNumber),
    at,
  )
}

/** Applies the result of the comparison or of the user's confirmation. A link to an unexpected phone is a failure. */
export function applyComparison(s: Draft, result: PhoneComparison, at: number): void {
  const { phase } = s
  if (phase.name !== 'linked') return
  const { account } = phase
  s.comparison = { phoneNumber: account.phoneNumber, result }
  s.phase = { ...phase, isUnsure: result === 'probably' }
  if (result !== 'different') return
  const error = new PairingError(
    'wrong-phone-number',
    'Another phone was linked than the expected one. Unlink it.',
  )
  enter(s, { name: 'failed', error, account }, at)
}
