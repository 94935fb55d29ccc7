'use client'

import { type ComponentPropsWithoutRef, type ReactElement, useEffect, useState } from 'react'
import { formatMessage } from '../../core/messages.js'
import { onceLoaded } from '../once-loaded.js'
import { type TimedCode, timedCode } from './countdown.js'
import { usePairingContext } from './pairing-context.js'

/**
 * Says to screen readers, politely, when half and a quarter of a code's time is left: what the countdown shows. A QR code
 * that takes another one's place by itself, and is followed by one, is told of by the status line alone.
 */
export function PairingAnnouncer(props: ComponentPropsWithoutRef<'span'>): ReactElement | null {
  const { session } = usePairingContext().pairing
  const code = timedCode(session)
  const isFollowed = session.status === 'awaiting-scan' && session.qrCode.number < session.qrCode.of
  return code && <TimeLeft {...props} {...code} key={session.status} isFollowed={isFollowed} />
}

function TimeLeft({
  shownAt,
  expiresAt,
  isFollowed,
  ...props
}: ComponentPropsWithoutRef<'span'> & TimedCode & { isFollowed: boolean }): ReactElement {
  const { messages, localeTag } = usePairingContext()
  const [firstShownAt] = useState(shownAt)
  const [told] = useState(() => new Set<string>())
  const [seconds, setSeconds] = useState<number>()
  const isTold = shownAt === firstShownAt || !isFollowed
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
