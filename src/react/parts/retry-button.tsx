'use client'

import type { PairingMessages } from '../../core/messages.js'
import type { PairingSession } from '../../core/pairing-session.js'
import { ActionButton } from './action-button.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { Icon } from './icon.js'
import { usePairingContext } from './pairing-context.js'

/** Begins a new round, in the states that wait for the user. */
export const PairingRetryButton: PartComponent<'button'> = forwardPart(
  function PairingRetryButton(props, ref) {
    const { pairing, messages } = usePairingContext()
    const { session } = pairing
    const label = retryLabel(session, messages)
    if (!label) return null
    return (
      <ActionButton
        {...props}
        ref={ref}
        part="retry-button"
        // If only the people who run the app can help, Retry is a secondary button.
        data-secondary={('error' in session && session.error?.action === 'contact-host') || undefined}
        action={pairing.retry}
      >
        <Icon name="retry" />
        {props.children ?? <span>{label}</span>}
      </ActionButton>
    )
  },
)

function retryLabel(session: PairingSession, messages: PairingMessages): string | undefined {
  if (session.status === 'expired')
    return session.reason === 'refresh-due' ? messages.showNewCode : messages.retry
  if (session.status !== 'failed') return undefined
  return session.error.action === 'start-over' ? messages.startOver : messages.tryAgain
}
