'use client'

import type { ComponentPropsWithoutRef, ReactElement } from 'react'
import { ActionButton } from './action-button.js'
import { usePairingContext } from './pairing-context.js'

/** Begins the first round, where `autoStart` is false. */
export function PairingStartButton(props: ComponentPropsWithoutRef<'button'>): ReactElement | null {
  const { pairing, messages } = usePairingContext()
  if (pairing.session.status !== 'idle') return null
  return (
    <ActionButton {...props} part="start-button" action={pairing.start}>
      {props.children ?? messages.start}
    </ActionButton>
  )
}
