'use client'

import type { ReactElement } from 'react'
import { formatMessage } from '../../core/messages.js'
import type { PairingSession } from '../../core/session-state.js'
import { ActionButton } from './action-button.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { Icon } from './icon.js'
import { usePairingContext } from './pairing-context.js'

type Wait = Extract<PairingSession, { status: 'preparing' | 'requesting-code' | 'linking' }>

/** After 30 seconds in which nothing could be shown: what is waited for, how long it may take, and a button. */
export const PairingWayOut: PartComponent<'div'> = forwardPart(function PairingWayOut(props, ref) {
  const { pairing, part } = usePairingContext()
  const { session } = pairing
  const { status } = session
  if (status !== 'preparing' && status !== 'requesting-code' && status !== 'linking') return null
  return (
    // Empty at first, so that screen readers announce what comes into it.
    <div {...props} ref={ref} aria-live="polite" {...part('way-out', props.className)}>
      {session.isSlow && <Exit wait={session} />}
    </div>
  )
})

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
