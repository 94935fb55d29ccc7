import type { PhoneComparison } from './compare-digits.js'
import { comparePhoneNumbers } from './compare-phone-numbers.js'
import { PairingError } from './errors.js'
import { type Draft, enter, forgetQr, initialPoll, initialRound } from './session-moves.js'

/** A new round: from the beginning, after `expired`, after `failed`; or the next code, where that waits for the user. */
export function start(s: Draft, at: number): void {
  const { phase, qr, code } = s
  if (!s.isConfirmed && s.isSlow) {
    // What the session is may not be known: it is read again, and nothing is changed.
    s.poll = initialPoll
    s.waitingSince = at
    return
  }
  const isActive = phase.name === 'active'
  if (isActive && qr.display === 'held' && s.method === 'qr') {
    askForNextCode(s, at)
    return
  }
  const isOver = s.method === 'qr' ? qr.display === 'spent' : code.name === 'spent'
  // A second click must not hand out more codes.
  if (!s.isSlow && (phase.name === 'linking' || (isActive && !isOver))) return
  const error = phase.name === 'failed' ? phase.error : undefined
  // Where an earlier link blocks the way, a start by the user includes the reset.
  const isReset = error?.action === 'start-over'
  s.reset = isReset ? (error?.code === 'wrong-phone-number' ? 'unlink' : 'reset') : 'none'
  // Retrying after a pairing code expired requests a new code for the same number.
  const repeated =
    s.method === 'phone-code' && code.name === 'spent' && at >= s.codeQuietUntil && code.phoneNumber
  s.code = repeated ? { name: 'requesting', phoneNumber: repeated } : { name: 'number' }
  s.otherCode = undefined
  if (error) s.judged = undefined
  s.poll = initialPoll
  // A code that may still be live keeps its age; otherwise a provider that repeats it would make it young again.
  s.qr = { ...initialRound, code: qr.code && { ...qr.code, number: 0 }, replaced: qr.replaced }
  s.isLastLook = false
  s.notice = undefined
  s.roundSince = s.waitingSince = at
  s.attempt += 1
  enter(s, { name: 'active' }, at)
}

/** The next code of a round, as soon as it may be read. */
export function askForNextCode(s: Draft, at: number): void {
  forgetQr(s)
  s.qr = { ...s.qr, display: 'waiting', wanted: s.qr.shown + 1 }
  s.isLastLook = false
  s.poll = { ...s.poll, dueAt: at }
  s.waitingSince = at
}

/** Compares the linked number, however late it is known, with the expected one. What the user has said about it counts. */
export function checkPhone(s: Draft, at: number): void {
  const { phase, setup, judged } = s
  if (phase.name !== 'linked' || !setup.expectedPhoneNumber || !phase.account.phoneNumber) return
  const { phoneNumber } = phase.account
  const isJudged = judged?.phoneNumber === phoneNumber
  judgeNumber(s, isJudged ? judged.result : comparePhoneNumbers(setup.expectedPhoneNumber, phoneNumber), at)
}

/** What the comparison has shown, or the user has said. A link to another phone than the expected one is a failure. */
export function judgeNumber(s: Draft, result: PhoneComparison, at: number): void {
  const { phase } = s
  if (phase.name !== 'linked') return
  const { account } = phase
  s.judged = { phoneNumber: account.phoneNumber, result }
  s.phase = { ...phase, isUnsure: result === 'probably' }
  if (result !== 'different') return
  const error = new PairingError(
    'wrong-phone-number',
    'Another phone was linked than the expected one. Unlink it.',
  )
  enter(s, { name: 'failed', error, account }, at)
}
