'use client'

import { type ComponentPropsWithoutRef, type ReactElement, useEffect, useState } from 'react'
import { formatMessage } from '../../core/messages.js'
import type { PairingSession } from '../../core/session-state.js'
import { onceLoaded } from '../once-loaded.js'
import { type TimedCode, timedCode } from './countdown.js'
import { usePairingContext } from './pairing-context.js'

/**
 * Says to screen readers, politely, when half and a quarter of a code's time is left: what the countdown shows. A QR code
 * that takes another one's place by itself, and is followed by one, is told of by the status line alone.
 */
export function PairingAnnouncement(props: ComponentPropsWithoutRef<'span'>): ReactElement | null {
  const { session } = usePairingContext().pairing
  const code = timedCode(session)
  return code && <TimeLeft {...props} {...code} isTold={isTimeTold(session)} />
}

function isTimeTold(session: PairingSession): boolean {
  if (session.status !== 'awaiting-scan') return true
  const { number, of, isNextManual = false } = session.qrCode
  return number === 1 || number === of || isNextManual
}

function TimeLeft({
  shownAt,
  expiresAt,
  isTold,
  ...props
}: ComponentPropsWithoutRef<'span'> & TimedCode & { isTold: boolean }): ReactElement {
  const { messages, localeTag } = usePairingContext()
  const [told] = useState(() => new Set<string>())
  const [seconds, setSeconds] = useState<number>()
  useEffect(
    () =>
      isTold
        ? onceLoaded(import('../watch-time-left.js'), ({ watchTimeLeft }) =>
            watchTimeLeft({ shownAt, expiresAt }, told, setSeconds),
          )
        : undefined,
    [isTold, shownAt, expiresAt, told],
  )
  return (
    <span {...props} aria-live="polite" data-part="announcement">
      {seconds && formatMessage(messages.timeLeft, { count: seconds }, localeTag)}
    </span>
  )
}
