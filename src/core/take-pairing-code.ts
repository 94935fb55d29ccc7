import { formatPairingCode } from './pairing-code.js'
import type { Draft } from './session-moves.js'
import type { UpdatePairingCode } from './update.js'

/**
 * Shows the pairing code of an update.
 *
 * @param isOwn The update is the response to the request of this page for a code.
 * @param base The moment that the durations of the update count from.
 */
export function takePairingCode(
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
