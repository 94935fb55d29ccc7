'use client'

import type { ComponentPropsWithoutRef, ReactElement } from 'react'
import { usePairingContext } from './pairing-context.js'
import { useFocusHandover } from './use-focus-handover.js'
import { withAction } from './with-action.js'

/** Begins the first round, where `autoStart` is false. */
export function PairingStartButton(props: ComponentPropsWithoutRef<'button'>): ReactElement | null {
  const { status } = usePairingContext().pairing.session
  return status === 'idle' ? <Start {...props} /> : null
}

function Start({ children, ...props }: ComponentPropsWithoutRef<'button'>): ReactElement {
  const { pairing, messages } = usePairingContext()
  const ref = useFocusHandover<HTMLButtonElement>()
  return (
    <button
      type="button"
      {...props}
      ref={ref}
      data-part="start-button"
      onClick={withAction(props.onClick, pairing.start)}
    >
      {children ?? messages.start}
    </button>
  )
}
