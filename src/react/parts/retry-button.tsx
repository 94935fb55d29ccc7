'use client'

import type { ComponentPropsWithoutRef, ReactElement } from 'react'
import type { PairingMessages } from '../../core/messages.js'
import type { PairingSession } from '../../core/session-state.js'
import { Icon } from './icons.js'
import { usePairingContext } from './pairing-context.js'
import { useFocusHandover } from './use-focus-handover.js'
import { withAction } from './with-action.js'

/** Begins a new round, in the states that need somebody to say so. */
export function PairingRetryButton(props: ComponentPropsWithoutRef<'button'>): ReactElement | null {
  const { pairing, messages } = usePairingContext()
  const label = retryLabel(pairing.session, messages)
  return label ? <Retry {...props}>{props.children ?? label}</Retry> : null
}

function Retry({ children, ...props }: ComponentPropsWithoutRef<'button'>): ReactElement {
  const { pairing } = usePairingContext()
  const ref = useFocusHandover<HTMLButtonElement>()
  return (
    <button
      type="button"
      {...props}
      ref={ref}
      data-part="retry-button"
      onClick={withAction(props.onClick, pairing.retry)}
    >
      <Icon name="retry" />
      {children}
    </button>
  )
}

function retryLabel(session: PairingSession, messages: PairingMessages): string | undefined {
  if (session.status === 'expired') return messages.retry
  if (session.status !== 'failed') return undefined
  return session.error.action === 'start-over' ? messages.startOver : messages.tryAgain
}
