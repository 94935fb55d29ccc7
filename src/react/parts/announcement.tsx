'use client'

import { useEffect, useState } from 'react'
import { formatMessage } from '../../core/messages.js'
import type { PairingSession } from '../../core/pairing-session.js'
import { watchTimeLeft } from '../watch-time-left.js'
import { type TimedCode, timedCode } from './countdown.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'

/**
 * Announces politely to screen readers when half and a quarter of a code's time is left, which the countdown shows to others. A
 * QR code that is replaced automatically is announced by the status line alone.
 */
export const PairingAnnouncement: PartComponent<'span'> = forwardPart(
  function PairingAnnouncement(props, ref) {
    const { session } = usePairingContext().pairing
    const code = timedCode(session)
    return code && <TimeLeft {...props} ref={ref} {...code} isAnnounced={isTimeAnnounced(session)} />
  },
)

function isTimeAnnounced(session: PairingSession): boolean {
  if (session.status !== 'awaiting-scan') return true
  const { number, of, isNextManual = false } = session.qrCode
  return number === 1 || number === of || isNextManual
}

/** The announcements of one code. */
export const TimeLeft: PartComponent<'span', TimedCode & { isAnnounced: boolean }> = forwardPart<
  'span',
  TimedCode & { isAnnounced: boolean }
>(function TimeLeft({ shownAt, expiresAt, isAnnounced, ...props }, ref) {
  const { messages, localeTag, part } = usePairingContext()
  const [announced] = useState(() => new Set<string>())
  const [seconds, setSeconds] = useState<number>()
  useEffect(
    () => (isAnnounced ? watchTimeLeft({ shownAt, expiresAt }, announced, setSeconds) : undefined),
    [isAnnounced, shownAt, expiresAt, announced],
  )
  return (
    <span {...props} ref={ref} aria-live="polite" {...part('announcement', props.className)}>
      {seconds && formatMessage(messages.timeLeft, { count: seconds }, localeTag)}
    </span>
  )
})
