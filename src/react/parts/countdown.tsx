'use client'

import { useCallback } from 'react'
import type { PairingSession } from '../../core/pairing-session.js'
import { useMergedRef } from '../use-merged-ref.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'

/**
 * The time a code has left, as a bar that CSS shortens: the variables `--whatsapp-pairing-lifetime` and
 * `--whatsapp-pairing-age` are set once for each code. Hidden from screen readers, which announce each code.
 */
export const PairingCountdown: PartComponent<'div'> = forwardPart(function PairingCountdown(props, ref) {
  const code = timedCode(usePairingContext().pairing.session)
  // The key restarts the animation for each code.
  return code && <CountdownBar {...props} ref={ref} {...code} key={`${code.shownAt}-${code.expiresAt}`} />
})

/** When a code was shown and when it expires, in epoch milliseconds. */
export interface TimedCode {
  readonly shownAt: number
  readonly expiresAt: number
}

/** The current code, or null. */
export function timedCode(session: PairingSession): TimedCode | null {
  const code =
    session.status === 'awaiting-scan'
      ? session.qrCode
      : session.status === 'awaiting-code' && session.pairingCode
  return code ? { shownAt: code.shownAt, expiresAt: code.expiresAt } : null
}

/** A bar that shrinks between two times. */
export const CountdownBar: PartComponent<'div', TimedCode> = forwardPart(function CountdownBar(
  { shownAt, expiresAt, ...props },
  hostRef,
) {
  const { part } = usePairingContext()
  // Not as `style`: a strict Content Security Policy forbids that in HTML from a server, and the server's clock may differ.
  const run = useCallback(
    (bar: HTMLDivElement | null) => {
      bar?.style.setProperty('--whatsapp-pairing-lifetime', `${expiresAt - shownAt}ms`)
      // A component that mounts late starts in the middle of the animation.
      bar?.style.setProperty('--whatsapp-pairing-age', `${Math.max(Date.now() - shownAt, 0)}ms`)
    },
    [shownAt, expiresAt],
  )
  return (
    <div
      {...props}
      ref={useMergedRef(run, hostRef)}
      aria-hidden="true"
      {...part('countdown', props.className)}
    >
      <div {...part('countdown-bar')} />
    </div>
  )
})
