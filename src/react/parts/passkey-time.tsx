'use client'

import { type ReactElement, useEffect, useState } from 'react'
import { CountdownBar, type TimedCode } from './countdown.js'
import { usePairingContext } from './pairing-context.js'

/** How often the remaining time is updated. In milliseconds. */
const TICK_MS = 1_000

/**
 * The remaining time of a passkey ceremony or its code, as a bar and as minutes and seconds. Screen readers can read it, but it
 * is not announced.
 */
export function PasskeyTime({ shownAt, expiresAt }: TimedCode): ReactElement {
  const { part } = usePairingContext()
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.max(Math.ceil((expiresAt - now) / 1_000), 0)
  return (
    <>
      <CountdownBar shownAt={shownAt} expiresAt={expiresAt} key={expiresAt} />
      <span role="timer" {...part('passkey-time')}>
        {`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`}
      </span>
    </>
  )
}
