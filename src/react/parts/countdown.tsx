'use client'

import { type ComponentPropsWithoutRef, type CSSProperties, type ReactElement, useState } from 'react'
import type { PairingSession } from '../../core/session-state.js'
import { usePairingContext } from './pairing-context.js'

/**
 * The time a code has left, as a bar that CSS runs down: the variables `--whatsapp-pairing-lifetime` and
 * `--whatsapp-pairing-age` are set once for each code. Hidden from screen readers, which are told of each code.
 */
export function PairingCountdown(props: ComponentPropsWithoutRef<'div'>): ReactElement | null {
  const code = timedCode(usePairingContext().pairing.session)
  // The key begins the animation anew for each code.
  return code && <CountdownBar {...props} {...code} key={`${code.shownAt}-${code.expiresAt}`} />
}

interface TimedCode {
  readonly shownAt: number
  readonly expiresAt: number
}

function timedCode(session: PairingSession): TimedCode | null {
  const code =
    session.status === 'awaiting-scan'
      ? session.qrCode
      : session.status === 'awaiting-code' && session.pairingCode
  return code ? { shownAt: code.shownAt, expiresAt: code.expiresAt } : null
}

/** A bar that runs down between two moments. */
export function CountdownBar({
  shownAt,
  expiresAt,
  ...props
}: ComponentPropsWithoutRef<'div'> & TimedCode): ReactElement {
  // A component that mounts late joins the animation where it would be.
  const [mountedAt] = useState(Date.now)
  const style: CSSProperties & Record<`--${string}`, string> = {
    ...props.style,
    '--whatsapp-pairing-lifetime': `${expiresAt - shownAt}ms`,
    '--whatsapp-pairing-age': `${Math.max(mountedAt - shownAt, 0)}ms`,
  }
  return (
    <div {...props} style={style} aria-hidden="true" data-part="countdown">
      <div data-part="countdown-bar" />
    </div>
  )
}
