'use client'

import { type ReactElement, useEffect, useState } from 'react'
import { formatMessage } from '../../core/messages.js'
import type { PairingSession } from '../../core/pairing-session.js'
import { ActionButton } from './action-button.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { Icon } from './icon.js'
import { usePairingContext } from './pairing-context.js'
import { LONG_MS } from './use-later-parts.js'

type Wait = Extract<PairingSession, { status: 'preparing' | 'requesting-code' | 'linking' }>

/**
 * The texts of a wait without anything to show. After eight seconds, that it may take a minute. After thirty, what the screen
 * waits for and how long that may take, with a button.
 */
export const PairingWayOut: PartComponent<'div'> = forwardPart(function PairingWayOut(props, ref) {
  const { pairing, part } = usePairingContext()
  const { session } = pairing
  const { status } = session
  // Between two codes of a round, a new wait begins.
  const [isFirstWait, setFirstWait] = useState(true)
  if (isFirstWait && status !== 'preparing') setFirstWait(false)
  if (status !== 'preparing' && status !== 'requesting-code' && status !== 'linking') return null
  return (
    // Empty at first, so that screen readers announce its changes.
    <div {...props} ref={ref} aria-live="polite" {...part('way-out', props.className)}>
      {session.isSlow ? (
        <Exit wait={session} />
      ) : (
        status === 'preparing' && (
          <LongWait key={session.since} since={isFirstWait ? session.since : undefined} />
        )
      )}
    </div>
  )
})

function LongWait({ since }: { since: number | undefined }): ReactElement | null {
  const { messages } = usePairingContext()
  const [isLong, setLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(
      () => setLong(true),
      since === undefined ? LONG_MS : since + LONG_MS - Date.now(),
    )
    return () => clearTimeout(timer)
  }, [since])
  return isLong ? <p>{messages.stillPreparing}</p> : null
}

function Exit({ wait }: { wait: Wait }): ReactElement {
  const { pairing, messages } = usePairingContext()
  const { status, mayTakeMs, canStartOver } = wait
  const what = messages.longWait[(status === 'preparing' && wait.reason) || status]
  const mayTake = mayTakeMs && formatMessage(messages.mayTake, { minutes: Math.ceil(mayTakeMs / 60_000) })
  return (
    <>
      <p>{mayTake ? `${what} ${mayTake}` : what}</p>
      {status === 'requesting-code' ? (
        <ActionButton part="change-number-button" action={pairing.changeNumber}>
          {messages.backToNumber}
        </ActionButton>
      ) : (
        <ActionButton part="retry-button" action={canStartOver ? pairing.startOver : pairing.retry}>
          <Icon name="retry" />
          <span>{canStartOver ? messages.startOver : messages.tryAgain}</span>
        </ActionButton>
      )}
    </>
  )
}
